"""Gives a random plan a second calendar, and a company the periods of both."""

from __future__ import annotations

from copy import copy
from datetime import date
from typing import Any

from tests.properties.chance import Chance
from upline.compensation import Period

# The periods of months begin with January; these overlap and cross them.
FOUR_WEEKS = {"every": "four_weeks", "starts": "2026-01-01"}
OTHERS: tuple[Any, ...] = ("week", FOUR_WEEKS, "quarter")
FIRST_DAY = date(2026, 1, 1)


def with_calendars(file: dict[str, Any], chance: Chance) -> None:
    """Let some bonuses and measures, perhaps the ranks too, have a calendar of their own."""
    other = chance.pick(OTHERS)
    bonuses = file["bonuses"]
    if chance.one_in(3) and isinstance(file.get("ranks"), list) and "best" not in bonuses:
        file["rank_calendar"] = copy(other)
    for name, bonus in bonuses.items():
        if bonus.get("once") == "per_rank":
            if "rank_calendar" in file:
                bonus["calendar"] = copy(other)
        elif chance.one_in(2) and not _keeps(file, name):
            bonus["calendar"] = copy(other)
    for name, measure in file["measures"].items():
        if chance.one_in(5) and name not in ("own_pv", "active"):
            file["measures"][name] = {"is": measure, "calendar": copy(other)}
    _cut_apart(file, chance)


def _keeps(file: dict[str, Any], name: str) -> bool:
    """Say whether a bonus must have the calendar of others that are asked about orders, or chosen."""
    bonuses = file["bonuses"]
    chosen = "best" in bonuses and (name == "best" or name in bonuses["best"]["of"])
    asks = any("paid_on" in str(one) for one in bonuses.values())
    return chosen or asks


def _cut_apart(file: dict[str, Any], chance: Chance) -> None:
    """Leave a budget and limits only over bonuses of one calendar."""
    bonuses = file["bonuses"]
    own = [name for name, bonus in bonuses.items() if "calendar" not in bonus]
    others = [name for name in bonuses if name not in own]
    if own and others:
        file.pop("budget", None)
        for limit in file.get("limits", {}).values():
            limit["bonuses"] = list(chance.pick((own, others)))


def calendars_of(source: str) -> tuple[str, ...]:
    """Name the calendars that a plan has beside its months."""
    marks = {"week": "calendar: week", "four_weeks": "every: four_weeks", "quarter": ": quarter"}
    return tuple(every for every, mark in marks.items() if mark in source)


def closings(chance: Chance, months: list[str], other: str) -> list[tuple[str, str]]:
    """Give the periods of both calendars in some order of closing, each calendar's own kept.

    Weeks are many: a company of weeks has one month.
    """
    months = months[:1] if other == "week" else months
    end = Period.parse(months[-1]).end
    waiting = [[(label, "") for label in months], _periods(other, end)]
    found = []
    while waiting[0] or waiting[1]:
        ends = [Period.parse(one[0][0]).end if one else date.max for one in waiting]
        first = 0 if ends[0] <= ends[1] else 1
        # Now and then the one that has ended later is closed first.
        later = waiting[1 - first] and chance.one_in(5)
        found.append(waiting[1 - first if later else first].pop(0))
    return found


def _periods(every: str, end: date) -> list[tuple[str, str]]:
    day, found = FIRST_DAY, []
    while day < end:
        starts = FIRST_DAY if every == "four_weeks" else None
        period = Period.with_day(day, every, starts)
        found.append((period.label, every))
        day = period.end
    return found
