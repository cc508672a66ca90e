"""The only place that reads the time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_stopped_at: ContextVar[datetime | None] = ContextVar("stopped_at", default=None)


def now() -> datetime:
    """Give the present moment in UTC, or the one at which a test stopped the clock."""
    return _stopped_at.get() or datetime.now(UTC)


def today(zone: str) -> date:
    """Give the present day in a time zone: a company's day starts where the company is."""
    return now().astimezone(ZoneInfo(zone)).date()


@contextmanager
def stopped_at(moment: datetime) -> Iterator[datetime]:
    """Stop the clock at a moment, for tests and for what is computed as of a moment.

    >>> from datetime import UTC, datetime
    >>> with stopped_at(datetime(2026, 11, 1, tzinfo=UTC)):
    ...     now().isoformat()
    '2026-11-01T00:00:00+00:00'
    """
    if moment.tzinfo is None:
        raise ValueError("A moment needs its time zone.")
    token = _stopped_at.set(moment.astimezone(UTC))
    try:
        yield moment
    finally:
        _stopped_at.reset(token)
