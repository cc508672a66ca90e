"""What runs of one calendar give to those of the plan's others: last values, and earnings."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import numpy as np

from upline.compensation import columns
from upline.compensation.carried import Entries, marked
from upline.compensation.columns import Column, Numbers, Quotients
from upline.compensation.measures.evaluate import not_computed
from upline.compensation.measures.figures import Computed, MemberValues
from upline.compensation.measures.windows import column_of, numbers_of
from upline.compensation.plan import calendars


def closed(name: str, figures: Computed) -> Column:
    """Give a measure or rank of another calendar as the last run of that calendar left it.

    Before the first one it is 0, no, or empty.
    """
    world = figures.world
    file = world.plan.file
    owner = calendars.of_measure(name, file) if name in file.measures else calendars.of_ranks(file)
    entries = world.carried_elsewhere.get(marked(f"closed {name}", owner, file), {})
    unit = world.plan.names.member[name]
    return column_of(entries, unit, figures)


def leave_closed(scope: MemberValues) -> None:
    """Carry the values of this run that the runs of other calendars ask for."""
    world = scope.figures.world
    file = world.plan.file
    for name in sorted(calendars.asked_elsewhere(file, world.calendar)):
        column = scope.named(name)
        if isinstance(column, Quotients):
            what = f"The quotient '{name}', asked in runs of another calendar and not rounded,"
            raise not_computed(what, file.measures[name].place)
        scope.figures.carries[f"closed {name}"] = column.spread(scope.size)


def take_earnings(figures: Computed) -> None:
    """Count as earned what bonuses of other calendars earned in periods that ended by now.

    What ended later stays for the next period; what is taken is carried no more.
    """
    world = figures.world
    for bonus in calendars.earnings_asked(world.plan.file, world.calendar):
        total = Numbers(np.zeros(len(world), np.int64), Fraction(1))
        start = f"earned {bonus} "
        for name in [name for name in world.carried if name.startswith(start)]:
            part = numbers_of(world.carried.get(name, {}), len(world))
            if date.fromisoformat(name.removeprefix(start)) <= world.period.end:
                total = columns.added(total, part)
            else:
                figures.carries[name] = part
        figures.earned[bonus] = columns.as_int64(total.values, "earnings of other calendars")
        figures.earned_unit[bonus] = total.unit


def left_elsewhere(figures: Computed) -> dict[str, Entries]:
    """Give the carries of the other calendars: as they came, with what was earned here."""
    world = figures.world
    file = world.plan.file
    found = dict(world.carried_elsewhere)
    for other in calendars.calendars_of(file):
        if other == world.calendar:
            continue
        for bonus in calendars.earnings_asked(file, other):
            if calendars.of_bonus(bonus, file) == world.calendar:
                key = marked(f"earned {bonus} {world.period.end}", other, file)
                found[key] = _earned(bonus, figures)
    return found


def _earned(bonus: str, figures: Computed) -> Entries:
    totals = figures.earned.get(bonus)
    if totals is None:
        return {}
    unit = figures.earned_unit[bonus]
    rows = np.flatnonzero(totals)
    return {row: str(int(totals[row]) * unit) for row in rows.tolist()}
