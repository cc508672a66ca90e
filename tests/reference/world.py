"""What the reference engine is given and what it answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction


class NotCovered(Exception):
    """The plan uses something that the reference engine does not reckon."""


class WorldRefused(ValueError):
    """The members, orders or rates that came in cannot be computed as given."""


@dataclass(frozen=True, slots=True)
class World:
    """Members, orders and periods; numbers are Fractions, days are dates.

    A member is a mapping with `id`, `sponsor` (an id or None), perhaps `joined` and `number`, and
    the fields that the plan declares. An order has `id`, `member`, `date` (its local day), perhaps
    `period`, `kind`, `customer`, `currency`, and declared fields. A period is its id, its first
    day and the day after its last. A given earning has `member`, `bonus`, `amount`, and `period`
    where there are several; given legs have `member`, `left`, `right`, and `period` likewise.
    `calendars` names the calendar of each period, in the order in which they are closed; without
    it all are of the plan's.
    """

    members: Sequence[Mapping[str, object]]
    orders: Sequence[Mapping[str, object]]
    periods: Sequence[tuple[str, date, date]]
    given_earnings: Sequence[Mapping[str, object]] = ()
    given_legs: Sequence[Mapping[str, object]] = ()
    exchange: Mapping[str, Fraction] = field(default_factory=dict)
    pay_exchange: Mapping[str, Fraction] = field(default_factory=dict)
    calendars: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """What one receiver is paid for one cause; `amount` counts the bonus's smallest units.

    `bonus` is the name under which it is reported, `owner` the bonus that paid it.
    """

    receiver: str
    bonus: str
    buyer: str | None
    order: str | None
    level: int | None
    amount: int
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """All that one period came to. Lines of nothing are left out.

    `states` are what bonuses and trees report beside lines, as in `team.carry_left`. `hits` count
    how often each rule had something to do.
    """

    period: str
    lines: list[Line]
    totals: dict[tuple[str, str], int]
    ranks: dict[str, str | None]
    titles: dict[str, str | None]
    ladders: dict[tuple[str, str], str | None]
    measures: dict[tuple[str, str], object]
    order_values: dict[tuple[str, str], object]
    grants: dict[tuple[str, str, str], Fraction]
    states: dict[tuple[str, str], object]
    wallets: dict[tuple[str, str], int]
    legal: dict[tuple[str, str], bool]
    pay: dict[str, tuple[str, int]]
    carried: dict[tuple[str, str], Fraction]
    hits: Counter[str]
