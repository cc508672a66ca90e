"""What queries give to screens; texts are in the reader's language, figures in words with units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from upline.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why something cannot be computed, and what to do."""

    code: str
    text: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BonusSum:
    """What one bonus gives a member: in the currency of the pay, exactly in the plan's, and before."""

    bonus: str
    title: str
    amount: Money
    exact: Decimal
    before: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A condition: what was there, what is needed, what is missing; of a group the parts.

    `percent` is how far it is met, None where that cannot be said.
    """

    text: str
    have: str = ""
    need: str = ""
    missing: str = ""
    is_met: bool
    percent: int | None = None
    how: str = ""
    parts: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WayPart:
    """One thing that a way asks for: what is still missing of it, '' where no figure can say it."""

    text: str
    missing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMember:
    """Somebody below who is nearest to count for the next rank, and what he still lacks for it.

    `leg` is the name of who leads his leg, '' where legs are not counted.
    """

    code: str
    name: str
    leg: str
    parts: tuple[WayPart, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RankNow:
    """A member's rank on a ladder, and each condition of the next; '' where there is none above.

    `ways` are the choices that there are, the least missing first; none where there is only one.
    """

    ladder: str
    name: str
    title: str
    next_title: str
    is_kept: bool
    is_given: bool
    conditions: tuple[Gap, ...]
    percent: int
    ways: tuple[tuple[WayPart, ...], ...] = ()
    near: tuple[NearMember, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RankHeldNow:
    """The rank that a closed period found, and the title that the member keeps."""

    ladder: str
    name: str
    title: str
    kept_title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A measure of the plan for one member."""

    name: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementRow:
    """A period in a member's list; `change` is to the period before, in the same currency."""

    calendar: str
    label: str
    first_on: date
    last_on: date
    state: str
    pay: Money | None
    rank: str
    change: Money | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFilter:
    """Which lines are wanted, in which order, and which page of them.

    `search` is the beginning of an order's number or of a buyer's code.
    """

    bonus: str = ""
    level: int | None = None
    search: str = ""
    order: str = "amount_down"
    first: int = 0
    most: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementKey:
    """Whose statement, or estimate, of which period."""

    member: str
    calendar: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRow:
    """A pay line: its amount is exact, in the plan's currency."""

    number: int
    bonus: str
    title: str
    level: int | None
    order: str | None
    buyer: str | None
    base: Decimal
    rate: Decimal
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineList:
    """A page of lines, how many there are, and what they may be filtered by."""

    rows: tuple[LineRow, ...]
    total: int
    bonuses: tuple[tuple[str, str], ...]
    levels: tuple[int, ...]


def changed(now: Money | None, before: Money | None) -> Money | None:
    """Give the difference of two sums; None where there is none to compare with.

    >>> changed(Money(500, "EUR"), Money(200, "EUR"))
    Money(minor=300, currency='EUR')
    """
    if before is None:
        return None
    now = now or Money(0, before.currency)
    return now - before if now.currency == before.currency else None
