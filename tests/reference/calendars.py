"""Whose calendar each part of a plan has; a run computes the parts of one of them."""

from __future__ import annotations

from tests.reference.company import own_part
from upline.compensation.plan.schema import CalendarSpec, GivenRanks, PlanFile


def of_bonus(file: PlanFile, name: str) -> str:
    """Give the calendar of a bonus, or of the one that reports an own part under a name."""
    for bonus_name, bonus in file.bonuses.items():
        if name in (bonus_name, own_part(bonus)):
            return _span(bonus.calendar, file)
    return file.calendar.every


def of_ranks(file: PlanFile) -> str:
    """Give the calendar of the ranks on all ladders."""
    return _span(file.rank_calendar, file)


def elsewhere(file: PlanFile, name: str, calendar: str) -> str | None:
    """Name the calendar whose runs find a member's value; None where this run does."""
    found = calendar
    if name in file.measures:
        spec = file.measures[name].calendar
        found = calendar if spec is None else spec.every
    elif name in file.ladders or (name in ("rank", "title") and not _come_in(file)):
        found = of_ranks(file)
    return None if found == calendar else found


def _come_in(file: PlanFile) -> bool:
    return isinstance(file.ranks, GivenRanks) or not file.ranks


def _span(spec: CalendarSpec | None, file: PlanFile) -> str:
    return (spec or file.calendar).every
