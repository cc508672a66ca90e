"""Bonus kind `best_of`: of several whole bonuses each member is paid the one that gives most."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from upline.compensation import columns
from upline.compensation.bonuses.lines import Lines, Paid, Work, capped, joined
from upline.compensation.columns import Numbers
from upline.compensation.measures.figures import Choice
from upline.compensation.plan import schema
from upline.compensation.plan.parts import own_part
from upline.compensation.plan.schema import BestOf, PlanFile

Array = npt.NDArray[Any]
NOBODY = -1


def choose(work: Work, paid: list[Paid]) -> list[Paid]:
    """Give the parts of all bonuses compared, each with the pay of those who get it.

    The choice is noted in `figures.choices`. At the end stands a part without lines, by the name
    of the choice itself: what is paid keeps the name of the bonus that pays it.
    """
    file = work.figures.world.plan.file
    options = [
        [part for part in paid if part.bonus in names_of(name, file)] for name in work.bonus.of
    ]
    totals = [_total(parts, len(work.figures.world)) for parts in options]
    chosen = np.where(work.member_rule(work.bonus.requires), _greatest(totals), NOBODY)
    work.figures.choices[work.name] = Choice(tuple(work.bonus.of), tuple(totals), chosen)
    found = [
        part
        for index, parts in enumerate(options)
        for part in _cut(work, [_kept(part, chosen == index) for part in parts])
    ]
    return [*found, work.added_up(_no_lines())]


def earned(parts: list[Paid]) -> tuple[Array, Fraction]:
    """Give what each member is paid by the bonus chosen, in whole units, and the unit."""
    total = _total(parts, len(parts[-1].totals))
    return columns.as_int64(total.values, "what a choice pays"), total.unit


def _no_lines() -> Lines:
    nobody, nothing = np.zeros(0, np.int64), Numbers(np.zeros(0, np.int64), Fraction(1))
    return Lines(
        receiver=nobody,
        buyer=nobody,
        order=nobody,
        level=nobody.astype(np.int32),
        amount=nobody,
        base=nothing,
        rate=nothing,
    )


def names_of(name: str, file: PlanFile) -> set[str]:
    """Give the names under which a bonus, or those that it chooses from, report their pay."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        one = waiting.pop()
        bonus = file.bonuses[one]
        if isinstance(bonus, BestOf):
            waiting += bonus.of
        found |= {one, own_part(bonus) or one}
    return found


def lines_needed(file: PlanFile) -> set[str]:
    """Give the bonuses whose lines are cut by the cap of a choice."""
    return {
        name
        for best in file.bonuses.values()
        if isinstance(best, BestOf) and best.cap is not None
        for option in best.of
        for name in names_of(option, file)
    }


def _total(parts: list[Paid], count: int) -> Numbers:
    total = Numbers(np.zeros(count, np.int64), Fraction(1))
    for part in parts:
        total = columns.added(total, Numbers(part.totals, Fraction(1, 10**part.places)))
    return total


def _greatest(totals: list[Numbers]) -> Array:
    """Say for each member which total is the greatest; of equal ones the first."""
    unit = columns.common_unit([total.unit for total in totals])
    whole = [columns.scaled(total.values, int(total.unit / unit)) for total in totals]
    return np.asarray(np.argmax(np.stack(whole), axis=0))


def _kept(part: Paid, keeps: Array) -> Paid:
    lines = part.lines
    if lines is not None:
        lines = lines.taken(np.flatnonzero(keeps[lines.receiver]))
    return replace(part, totals=np.where(keeps, part.totals, 0), lines=lines)


def _cut(work: Work, parts: list[Paid]) -> list[Paid]:
    """Cut the lines of one option, all its parts together, by the cap of the choice."""
    lined = [(part, part.lines) for part in parts if part.lines is not None and len(part.lines)]
    if work.bonus.cap is None or not lined:
        return parts
    places = max(part.places for part, _ in lined)
    finest = work.bonus.model_copy(update={"rounding": schema.Rounding(places=places)})
    whole = [
        replace(lines, amount=lines.amount * 10 ** (places - part.places)) for part, lines in lined
    ]
    lines = capped(joined(whole), replace(work, bonus=finest))
    found = [part for part in parts if part.lines is None or not len(part.lines)]
    first = 0
    for part, own in lined:
        cut = lines.taken(np.arange(first, first + len(own)))
        first += len(own)
        found.append(replace(work, bonus=finest).added_up(cut, bonus=part.bonus))
    return found
