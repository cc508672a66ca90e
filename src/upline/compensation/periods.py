"""The span of days that a run computes, in the company's time zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from upline.compensation.errors import InputRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Days from `start` up to, but not including, `end`.

    >>> Period.parse("2026-10").end
    datetime.date(2026, 11, 1)
    """

    start: date
    end: date
    label: str = ""

    def __post_init__(self) -> None:
        if self.start >= self.end:
            problem = f"The period from {self.start} to {self.end} holds no day."
            raise InputRefused.because("period.empty", problem, "Let it end after it starts.")

    @property
    def last_day(self) -> date:
        """Give the last day that lies in the period."""
        return self.end - timedelta(days=1)

    @classmethod
    def with_day(cls, day: date, every: str, starts: date | None = None) -> Period:
        """Give the period of a calendar that a day lies in; `starts` is a day on which one began.

        Weeks begin on Monday unless `starts` says otherwise; four weeks need it. Raises
        InputRefused where the calendar does not say where its periods begin.

        >>> Period.with_day(date(2026, 11, 5), "four_weeks", date(2026, 10, 5)).label
        '2026-11-02..2026-11-29'
        """
        year, week, _ = day.isocalendar()
        lengths = {"week": 7, "four_weeks": 28}
        if every in lengths and (starts is not None or every == "four_weeks"):
            if starts is None:
                problem = "The calendar of four weeks does not say on which day one began."
                raise InputRefused.because("period.starts", problem, "Add 'starts: 2026-10-05'.")
            start = starts + (day - starts) // timedelta(lengths[every]) * timedelta(lengths[every])
            end = start + timedelta(lengths[every])
            if every == "week" and start.weekday() == 0:
                return cls.with_day(day, "week")
            return cls(start=start, end=end, label=f"{start}..{end - timedelta(1)}")
        labels = {
            "day": day.isoformat(),
            "week": f"{year}-W{week:02}",
            "month": f"{day.year}-{day.month:02}",
            "quarter": f"{day.year}-Q{(day.month + 2) // 3}",
            "year": str(day.year),
        }
        if every not in labels:
            problem = f"A calendar of '{every}' has no periods of its own."
            raise InputRefused.because("period.given", problem, "Name the days of the period.")
        return cls.parse(labels[every])

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read `2026`, `2026-10`, `2026-Q4`, `2026-W43`, `2026-10-05`, or `first..last` day.

        Raises InputRefused for anything else.
        """
        span = _span(text.strip())
        if span is None:
            remedy = "Write 2026-10, 2026-Q4, 2026-W43, 2026, one day, or 2026-10-01..2026-10-28."
            raise InputRefused.because("period.unreadable", f"'{text}' is not a period.", remedy)
        return cls(start=span[0], end=span[1], label=text.strip())


def _span(text: str) -> tuple[date, date] | None:
    try:
        if match := re.fullmatch(r"(\d{4})", text):
            return date(int(text), 1, 1), date(int(text) + 1, 1, 1)
        if match := re.fullmatch(r"(\d{4})-(\d{2})", text):
            return _months(int(match[1]), int(match[2]), 1)
        if match := re.fullmatch(r"(\d{4})-Q([1-4])", text):
            return _months(int(match[1]), int(match[2]) * 3 - 2, 3)
        if match := re.fullmatch(r"(\d{4})-W(\d{2})", text):
            monday = date.fromisocalendar(int(match[1]), int(match[2]), 1)
            return monday, monday + timedelta(days=7)
        if match := re.fullmatch(r"(\d{4}-\d{2}-\d{2})(?:\.\.(\d{4}-\d{2}-\d{2}))?", text):
            first = date.fromisoformat(match[1])
            last = date.fromisoformat(match[2]) if match[2] else first
            return first, last + timedelta(days=1)
    except ValueError:
        return None
    return None


def _months(year: int, month: int, count: int) -> tuple[date, date]:
    end = year * 12 + month - 1 + count
    return date(year, month, 1), date(end // 12, end % 12 + 1, 1)
