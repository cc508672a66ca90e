"""Holding what a run pays to the limits of a standing approval: a pure decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

_WHOLE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How far a close may go by itself: percents in hundredths, sums in the smallest unit."""

    currency: str
    ratio_hundredths: int
    change_hundredths: int
    change_from_minor: int
    largest_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One limit and what was found: hundredths of a percent, or smallest units for `largest`.

    `name` is `ratio`, `change`, `largest`, `currency` or `reopening`; `of` the bonus or the member.
    What could not be found is None and counts as passed.
    """

    name: str
    of: str = ""
    allowed: int | None = None
    found: int | None = None
    now_minor: int | None = None
    before_minor: int | None = None
    is_passed: bool

    def as_json(self) -> dict[str, Any]:
        """Give it as the judgement keeps it."""
        return asdict(self)


def held_to(
    terms: Terms, summary: Mapping[str, Any], before: Mapping[str, Any] | None
) -> tuple[Limit, ...]:
    """Hold the sums of a run to the terms, against those of the period before.

    Nothing that is missing is taken for zero: without turnover, without the period before, or in
    another currency the limit is passed. A percent is rounded up, so that what is shown of a passed
    limit is more than what was allowed.

    >>> terms = Terms(currency="EUR", ratio_hundredths=4000, change_hundredths=2000,
    ...               change_from_minor=0, largest_minor=900)
    >>> paid = {"currency": "EUR", "total": 401, "turnover": 1000, "by_bonus": [["own", 401, 1]],
    ...         "highest": ["ANNA", 401]}
    >>> [(one.name, one.found, one.is_passed) for one in held_to(terms, paid, paid)]
    [('ratio', 4010, True), ('change', 0, False), ('largest', 401, False)]
    """
    if summary["currency"] != terms.currency:
        return (Limit(name="currency", of=summary["currency"], is_passed=True),)
    return (_ratio(terms, summary), *_changes(terms, summary, before), _largest(terms, summary))


def _ratio(terms: Terms, summary: Mapping[str, Any]) -> Limit:
    total, turnover = summary["total"], summary["turnover"]
    found = _percent(total, turnover) if turnover else None
    return Limit(
        name="ratio",
        allowed=terms.ratio_hundredths,
        found=found,
        now_minor=total,
        before_minor=turnover,
        is_passed=found is None or found > terms.ratio_hundredths,
    )


def _changes(
    terms: Terms, summary: Mapping[str, Any], before: Mapping[str, Any] | None
) -> list[Limit]:
    if not before or before["currency"] != terms.currency:
        return [Limit(name="change", allowed=terms.change_hundredths, is_passed=True)]
    now = {name: paid for name, paid, _ in summary["by_bonus"]}
    then = {name: paid for name, paid, _ in before["by_bonus"]}
    names = [*now, *(name for name in then if name not in now)]
    return [_change(terms, name, now.get(name, 0), then.get(name, 0)) for name in names]


def _change(terms: Terms, bonus: str, now: int, before: int) -> Limit:
    """Compare a bonus; from nothing any change is without measure, and only its sum excuses it."""
    difference = abs(now - before)
    found = _percent(difference, before) if before > 0 else (0 if not difference else None)
    is_large = difference > terms.change_from_minor
    return Limit(
        name="change",
        of=bonus,
        allowed=terms.change_hundredths,
        found=found,
        now_minor=now,
        before_minor=before,
        is_passed=is_large and (found is None or found > terms.change_hundredths),
    )


def _largest(terms: Terms, summary: Mapping[str, Any]) -> Limit:
    member, found = summary.get("highest") or ("", None)
    return Limit(
        name="largest",
        of=member,
        allowed=terms.largest_minor,
        found=found,
        is_passed=found is None or found > terms.largest_minor,
    )


def _percent(part: int, whole: int) -> int:
    """Give a share in hundredths of a percent, rounded up."""
    return -(-part * _WHOLE // whole)
