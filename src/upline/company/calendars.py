"""The calendars of a description, and whether its plan can be computed by them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from upline.company.reading import Reading
from upline.compensation import InputRefused, Plan
from upline.compensation.errors import Place
from upline.compensation.periods import Period
from upline.compensation.plan.text import Entries, Text, place_of

CALENDAR_KEYS = ("every", "starts_on")
# Calendars of the platform, and how one is called where nobody names it.
CALENDAR_NAMES = {
    "day": "daily",
    "week": "weekly",
    "four_weeks": "four-weekly",
    "month": "monthly",
    "quarter": "quarterly",
    "year": "yearly",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarDescription:
    """A calendar; its first period is the one that `starts_on` lies in."""

    name: str
    every: str
    starts_on: date


def calendars_of(reading: Reading, plan: Plan | None) -> tuple[CalendarDescription, ...]:
    given = reading.mapping(reading.entries.get("calendars", ""), "'calendars'")
    if not given and plan is not None:
        every = plan.file.calendar.every
        found = [_calendar(reading, Text.at(CALENDAR_NAMES.get(every, every), _at(plan)), "", plan)]
    else:
        found = [_calendar(reading, name, value, plan) for name, value in given.items()]
    calendars = tuple(one for one in found if one is not None)
    if plan is not None and plan.file.calendar.every not in {one.every for one in calendars}:
        every = plan.file.calendar.every
        remedy = (
            f"Add one as in calendars: {{{CALENDAR_NAMES.get(every, 'own')}: {{every: {every}}}}}."
        )
        if every not in CALENDAR_NAMES:
            remedy = f"Give the plan a 'calendar:' of {', '.join(CALENDAR_NAMES)}."
        place = reading.entries.place_of("calendars")
        problem = f"The plan pays by '{every}', but no calendar has such periods."
        reading.fault(place, "calendar_of_plan", problem, remedy)
    return calendars


def _at(plan: Plan) -> Place:
    return plan.file.calendar.place


def _calendar(
    reading: Reading, name: str, value: object, plan: Plan | None
) -> CalendarDescription | None:
    row = reading.mapping(value, f"The calendar '{name}'")
    row.place = place_of(name)
    reading.check_keys(row, CALENDAR_KEYS)
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", name):
        remedy = "Use at most 40 Latin letters, digits, - and _."
        reading.fault(row.place, "calendar_name", f"'{name}' is no name for a calendar.", remedy)
    by_name = {usual: every for every, usual in CALENDAR_NAMES.items()}
    of_plan = plan.file.calendar.every if plan else None
    every = reading.one(
        row,
        "every",
        by_name.get(str(name), of_plan),
        CALENDAR_NAMES.__contains__,
        f"Write one of {', '.join(CALENDAR_NAMES)}.",
    )
    if every not in CALENDAR_NAMES:
        return None
    first = _first_period(plan, every) if plan and every == of_plan else None
    starts_on = reading.day(row, "starts_on", first)
    if starts_on is None:
        remedy = "Write 'starts_on: ' with the first day of the first period to be closed."
        reading.fault(row.place, "missing", f"The calendar '{name}' has no first day.", remedy)
        return None
    if plan and every == of_plan:
        _refuse_before_plan(reading, row, starts_on, plan)
    return CalendarDescription(name=str(name), every=every, starts_on=starts_on)


def _first_period(plan: Plan, every: str) -> date | None:
    """Give the start of the first period that lies wholly after the plan's first day."""
    version, starts = plan.file.version, plan.file.calendar.starts
    try:
        period = Period.with_day(version, every, starts)
    except InputRefused:
        return None
    return version if period.start == version else period.end


def _refuse_before_plan(reading: Reading, row: Entries, starts_on: date, plan: Plan) -> None:
    """Refuse periods that no plan covers: they could never be closed, nor those after them."""
    every, version = plan.file.calendar.every, plan.file.version
    anchor = starts_on if every in ("week", "four_weeks") else None
    first = Period.with_day(starts_on, every, anchor)
    if first.start >= version:
        return
    end = first.end
    while end < version:
        end = Period.with_day(end, every, anchor).end
    problem = (
        f"The first period begins on {first.start}, the plan is in force from {version} on, so the"
        " periods before it could never be closed."
    )
    reading.fault(
        row.place_of("starts_on"),
        "before_plan",
        problem,
        f"Write 'starts_on: {end}', or an earlier 'version:' in the plan.",
    )
