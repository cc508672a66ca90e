"""Calendars, and the periods that days lie in."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction

from upline.commissions.errors import (
    CalendarDiffers,
    CalendarMalformed,
    CalendarUnknown,
    PeriodUnknown,
)
from upline.commissions.models import Calendar, Period
from upline.compensation import InputRefused
from upline.compensation.periods import Period as Span


def open_calendar(*, name: str, every: str, starts_on: date, time_zone: str) -> Calendar:
    """Open a calendar; the same again changes nothing. Raises CalendarDiffers, CalendarMalformed."""
    try:
        ZoneInfo(time_zone)
        Span.with_day(starts_on, every, starts_on)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise CalendarMalformed(calendar=name, fault=str(error)) from error
    except InputRefused as refused:
        raise CalendarMalformed(calendar=name, fault=str(refused)) from refused
    wanted = {"every": every, "starts_on": starts_on, "time_zone": time_zone}
    calendar, _ = Calendar.objects.get_or_create(name=name, defaults=wanted)
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


def period_of_day(calendar: Calendar, day: date) -> Period:
    """Give the period that a day lies in, writing it down when it is first asked for."""
    span = Span.with_day(day, calendar.every, _anchor(calendar))
    with transaction.atomic():
        period, _ = Period.objects.get_or_create(
            calendar=calendar,
            starts_on=span.start,
            defaults={"label": span.label, "ends_on": span.end},
        )
    return period


def period_labelled(calendar: Calendar, label: str) -> Period:
    """Give a period by its label. Raises PeriodUnknown where the calendar has none such."""
    try:
        span = Span.parse(label)
        own = Span.with_day(span.start, calendar.every, _anchor(calendar))
    except InputRefused as refused:
        raise PeriodUnknown(label=label, calendar=calendar.name) from refused
    if (own.start, own.end) != (span.start, span.end):
        raise PeriodUnknown(label=label, calendar=calendar.name)
    return period_of_day(calendar, span.start)


def _anchor(calendar: Calendar) -> date | None:
    """Give the day that weeks are counted from; months and longer begin where they always do."""
    return calendar.starts_on if calendar.every in ("week", "four_weeks") else None
