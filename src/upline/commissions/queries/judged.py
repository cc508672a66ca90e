"""What staff see of a run that was held to limits."""

from __future__ import annotations

from dataclasses import dataclass

from upline.commissions.models import Judgement
from upline.compensation.explain.wording import Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Limited:
    """A limit and what was found: hundredths of a percent, or smallest units for `largest`.

    `title` is the bonus in words, or the member's code. See `limits.Limit`.
    """

    name: str
    of: str
    title: str
    allowed: int | None
    found: int | None
    now_minor: int | None
    before_minor: int | None
    is_passed: bool


def limited(judgement: Judgement | None, words: Wording | None) -> tuple[Limited, ...]:
    """Give the limits of a judgement, those that were passed first."""
    if judgement is None:
        return ()
    rows = sorted(judgement.limits, key=lambda one: not one["is_passed"])
    return tuple(Limited(**{"title": _title(one["name"], one["of"], words), **one}) for one in rows)


def _title(name: str, of: str, words: Wording | None) -> str:
    return words.bonus(of) if name == "change" and of and words is not None else of
