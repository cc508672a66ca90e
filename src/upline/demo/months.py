"""The months that the demo company lives through: three that are closed, and the present one."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from upline.generate.chance import Ints

ZONE = "Europe/Warsaw"
CLOSED_MONTHS = 3
EPOCH = date(1970, 1, 1)
# Members join and buy before the first of the months as well; so long ago the company was founded.
DAYS_BEFORE = 1_400
_CLOSED_ON_DAY = 3
_CLOSED_AT = time(9, 30)
# On the first day of a month everything of it lies in its first minutes, for none is yet to come.
FIRST_MINUTES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A calendar month of the company; of the present one only the days that are over."""

    starts_on: date
    ends_on: date
    is_open: bool
    # When the finance department closes it; of the present one, now.
    closes_at: datetime
    now: datetime

    @property
    def label(self) -> str:
        """The name of the period, as 2026-10."""
        return f"{self.starts_on:%Y-%m}"

    @property
    def days(self) -> int:
        """How many days of the month are over; at least one, so that there is something to see."""
        last = min(self.ends_on, local_day(self.now))
        return max((last - self.starts_on).days, 1)

    @property
    def part(self) -> int:
        """How many hundredths of a month's business there are by now."""
        if not self.is_open:
            return 100
        return max(100 * self.days // (self.ends_on - self.starts_on).days, 12)

    @property
    def is_first_day(self) -> bool:
        """Whether the month has only begun."""
        return self.is_open and local_day(self.now) == self.starts_on

    def at(self, day: int, hour: int, minute: int = 0) -> datetime:
        """Give a moment of the month's calendar, or now where that has not come yet."""
        wanted = local(self.starts_on + timedelta(days=day - 1), time(hour, minute))
        return min(wanted, self.now)

    def after(self, day: int, hour: int, minute: int = 0) -> datetime:
        """Give a moment of the following month, or now where that has not come yet."""
        wanted = local(self.ends_on + timedelta(days=day - 1), time(hour, minute))
        return min(wanted, self.now)

    def midnights(self) -> Ints:
        """Give the moment at which each day that is over began, in seconds since 1970."""
        days = (self.starts_on + timedelta(days=one) for one in range(self.days))
        return np.array([int(local(day).timestamp()) for day in days], np.int64)


def months_until(today: date) -> tuple[Month, ...]:
    """Give the months that a company of this day has: three closed, and the present one.

    >>> [month.label for month in months_until(date(2026, 1, 15))]
    ['2025-10', '2025-11', '2025-12', '2026-01']
    """
    starts = [_first_of(today, back) for back in range(CLOSED_MONTHS, -2, -1)]
    # Nothing is told of the day itself, which is not over. Closes begin after its first minutes.
    now = local(today) + timedelta(minutes=2 * FIRST_MINUTES)
    return tuple(
        Month(
            starts_on=start,
            ends_on=end,
            is_open=start <= today < end,
            closes_at=min(local(end + timedelta(days=_CLOSED_ON_DAY - 1), _CLOSED_AT), now),
            now=now,
        )
        for start, end in itertools.pairwise(starts)
    )


def local(day: date, moment: time = time()) -> datetime:
    """Give a moment by the company's clocks, in UTC."""
    return datetime.combine(day, moment, ZoneInfo(ZONE)).astimezone(UTC)


def local_day(moment: datetime) -> date:
    """Give the day that it is in the company at a moment."""
    return moment.astimezone(ZoneInfo(ZONE)).date()


def in_days(day: date) -> int:
    """Count the days since 1970."""
    return (day - EPOCH).days


def _first_of(today: date, months_back: int) -> date:
    number = today.year * 12 + today.month - 1 - months_back
    return date(number // 12, number % 12 + 1, 1)
