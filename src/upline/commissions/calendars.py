"""Calendars, and the periods that days lie in."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import connection, transaction

from upline.commissions.errors import (
    CalendarDiffers,
    CalendarMalformed,
    CalendarTaken,
    CalendarUnknown,
    PeriodUnknown,
)
from upline.commissions.models import Calendar, Period, State
from upline.compensation import InputRefused
from upline.compensation.periods import Period as Span
from upline.foundation import clock, locking


def open_calendar(*, name: str, every: str, starts_on: date, time_zone: str) -> Calendar:
    """Open a calendar whose first period is the one that `starts_on` lies in.

    Days are those of the time zone. The same again changes nothing. Raises CalendarDiffers,
    CalendarTaken, CalendarMalformed.
    """
    try:
        ZoneInfo(time_zone)
        Span.with_day(starts_on, every, starts_on)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise CalendarMalformed(calendar=name, fault=str(error)) from error
    except InputRefused as refused:
        raise CalendarMalformed(calendar=name, fault=str(refused)) from refused
    wanted = {"every": every, "starts_on": starts_on, "time_zone": time_zone}
    with transaction.atomic():
        locking.take("company", "set-up")
        calendar = Calendar.objects.filter(name=name).first()
        if calendar is None:
            _refuse_unknown_zone(name, time_zone)
            taken = Calendar.objects.filter(every=every).first()
            if taken is not None:
                raise CalendarTaken(calendar=name, taken=taken.name, every=every)
            return Calendar.objects.create(name=name, **wanted)
    if any(getattr(calendar, field) != value for field, value in wanted.items()):
        raise CalendarDiffers(calendar=name)
    return calendar


def calendar_named(name: str) -> Calendar:
    """Give a calendar. Raises CalendarUnknown."""
    found = Calendar.objects.filter(name=name).first()
    if found is None:
        known = ", ".join(Calendar.objects.order_by("name").values_list("name", flat=True))
        raise CalendarUnknown(calendar=name, known=known or "none yet")
    return found


def period_labelled(calendar: Calendar, label: str) -> Period:
    """Give a period by its label, writing it down when it is first asked for.

    Raises PeriodUnknown where the calendar has none such, as before its first.
    """
    return _written(calendar, _span_labelled(calendar, label))


def begun_period(calendar: Calendar, label: str) -> Period:
    """Give a period by its label whose first day has come, for a page that shows it.

    Raises PeriodUnknown for any other: whoever asks for 2099-01 leaves nothing behind.
    """
    span = _span_labelled(calendar, label)
    if span.start > max(first_day(calendar), clock.today(calendar.time_zone)):
        raise PeriodUnknown(label=label, calendar=calendar.name)
    return _written(calendar, span)


def find_period(calendar: Calendar, label: str) -> Period | None:
    """Give a period by its label, or None where nobody began to close it. Raises PeriodUnknown."""
    span = _span_labelled(calendar, label)
    return Period.objects.filter(calendar=calendar, starts_on=span.start).first()


def period_before(period: Period) -> Period | None:
    """Give the period before, or None where the calendar begins with this one."""
    first = first_day(period.calendar)
    if period.starts_on <= first:
        return None
    day = date.fromordinal(period.starts_on.toordinal() - 1)
    return _written(period.calendar, _span_of(period.calendar, day))


def open_periods(calendar: Calendar) -> list[Period]:
    """Give the periods that nobody began to close, from the earliest to that of today."""
    closed = calendar.periods.exclude(state=State.OPEN).order_by("-ends_on").first()
    day = first_day(calendar) if closed is None else closed.ends_on
    today, found = clock.today(calendar.time_zone), []
    while day <= today:
        span = _span_of(calendar, day)
        found.append(_written(calendar, span))
        day = span.end
    return found


def period_of_today(calendar: Calendar) -> Period:
    """Give the period that today lies in, the first one before the calendar begins."""
    day = max(clock.today(calendar.time_zone), first_day(calendar))
    return _written(calendar, _span_of(calendar, day))


def period_with(calendar: Calendar, day: date) -> Period:
    """Give the period that a day lies in, writing it down when it is first asked for."""
    return _written(calendar, _span_of(calendar, day))


def at_work(calendar: Calendar) -> Period:
    """Give the period that is to be closed next, or is being closed; maybe not written down yet."""
    last = calendar.periods.exclude(state=State.OPEN).order_by("-ends_on").first()
    if last is not None and last.state != State.SEALED:
        return last
    span = _span_of(calendar, first_day(calendar) if last is None else last.ends_on)
    found = Period.objects.filter(calendar=calendar, starts_on=span.start).first()
    return found or Period(
        calendar=calendar, label=span.label, starts_on=span.start, ends_on=span.end
    )


def first_day(calendar: Calendar) -> date:
    """Give the day on which the first period of a calendar begins."""
    return _span_of(calendar, calendar.starts_on).start


def begins_on(calendar: Calendar, day: date) -> bool:
    """Say whether a period of the calendar's sequence begins on a day, also before its first."""
    return _span_of(calendar, day).start == day


def _span_labelled(calendar: Calendar, label: str) -> Span:
    try:
        span = Span.parse(label)
        own = _span_of(calendar, span.start)
    except InputRefused as refused:
        raise PeriodUnknown(label=label, calendar=calendar.name) from refused
    if (own.start, own.end) != (span.start, span.end) or own.start < first_day(calendar):
        raise PeriodUnknown(label=label, calendar=calendar.name)
    return own


def _written(calendar: Calendar, span: Span) -> Period:
    with transaction.atomic():
        period, _ = Period.objects.get_or_create(
            calendar=calendar,
            starts_on=span.start,
            defaults={"label": span.label, "ends_on": span.end},
        )
    return period


def _span_of(calendar: Calendar, day: date) -> Span:
    # Weeks are counted from a day; months and longer begin where they always do.
    anchor = calendar.starts_on if calendar.every in ("week", "four_weeks") else None
    return Span.with_day(day, calendar.every, anchor)


def _refuse_unknown_zone(calendar: str, time_zone: str) -> None:
    """Refuse a zone that the database does not know by its name, for it counts the days."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_timezone_names WHERE name = %s", [time_zone])
        if cursor.fetchone() is None:
            fault = f"the database knows no time zone '{time_zone}'"
            raise CalendarMalformed(calendar=calendar, fault=fault)
