"""The one entry point: a plan and its inputs give lines, totals, ranks, carries and a receipt."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import partial
from itertools import chain

import numpy as np

from upline.compensation.after.budget import within_budget
from upline.compensation.after.gates import gates_of, passed
from upline.compensation.after.limits import lines_needed, within_limits
from upline.compensation.after.withdrawals import report_withdrawals
from upline.compensation.bonuses import (
    award,
    best_of,
    binary,
    board,
    breakaway,
    differential,
    level,
    own,
    pool,
    stairstep,
)
from upline.compensation.bonuses.lines import Paid, Work
from upline.compensation.errors import Fault, InputRefused, PlanRefused
from upline.compensation.genealogy.places import report_places
from upline.compensation.inputs import Inputs, World
from upline.compensation.measures.elsewhere import leave_closed, take_earnings
from upline.compensation.measures.scopes import Figures
from upline.compensation.numbering import number_orders
from upline.compensation.parallel import MANY, side_by_side
from upline.compensation.plan import schema
from upline.compensation.plan.calendars import calendars_of, faults_between, of_bonus, of_ranks
from upline.compensation.plan.load import Plan
from upline.compensation.plan.once import once_a_plan
from upline.compensation.plan.stages import Stage, asked_on_orders
from upline.compensation.preparation import prepare
from upline.compensation.ranks.ladder import rank_members
from upline.compensation.result import Result
from upline.compensation.wallets import Payable

KINDS: dict[type[schema.Bonus], Callable[[Work], list[Paid]]] = {
    schema.Own: own.compute,
    schema.Level: level.compute,
    schema.Stairstep: stairstep.compute,
    schema.Differential: differential.compute,
    schema.Binary: binary.compute,
    schema.Pool: pool.compute,
    schema.Award: award.compute,
    schema.Breakaway: breakaway.compute,
    schema.Board: board.compute,
}


def run(
    plan: Plan, inputs: Inputs, *, keep_lines: bool = True, threads: int | None = None
) -> Result:
    """Compute a period of one calendar of a plan: what each member earns by each bonus, and why.

    Pure: the same plan and inputs give the same result for any order of input rows and any number
    of threads. Without `keep_lines` only totals are kept, which is faster. Raises InputRefused
    with every fault of the inputs, PlanRefused for rules that are not computed yet.
    """
    refuse_uncomputed(plan)
    with within_range():
        return compute(prepare(plan, inputs), keep_lines=keep_lines, threads=threads)


@contextmanager
def within_range() -> Iterator[None]:
    """Refuse figures that pass the range in which the engine is exact. Raises InputRefused."""
    try:
        yield
    except OverflowError as error:
        problem = f"The run would pass 9.2 x 10^18 smallest units in {error}."
        remedy = "Look for a figure that is far too large; or declare fewer decimals in the plan."
        raise InputRefused.because("range.too_large", problem, remedy) from error


def compute(world: World, *, keep_lines: bool = True, threads: int | None = None) -> Result:
    """Compute inputs that are laid out already."""
    figures = Figures(world)
    report_places(figures)
    number_orders(figures)
    take_earnings(figures)
    file = world.plan.file
    workers = threads if threads is not None else min(os.cpu_count() or 1, 8)
    lanes = workers if len(world) + len(world.orders) >= MANY else 1
    needed = _lines_needed(file)
    paid: list[Paid] = []
    for stages in world.plan.rounds:
        works = [
            partial(_computed, stage, figures, keep_lines or stage.name in needed, workers)
            for stage in stages
            if _is_here(stage, world)
        ]
        if min(lanes, len(works)) > 1:
            # Whoever asks first waits for orders that are still brought together; of several none must.
            world.orders.settle()
        for part in chain.from_iterable(side_by_side(works, lanes)):
            _remember(figures, part)
            paid.append(part)
        for stage in stages:
            bonus = file.bonuses.get(stage.name)
            if isinstance(bonus, schema.BestOf) and _is_here(stage, world):
                work = Work(stage.name, bonus, figures, keep_lines, workers)
                paid = _chosen(work, paid)
    leave_closed(figures.member_scope)
    order = {name: index for index, name in enumerate(world.plan.names.bonuses)}
    paid.sort(key=lambda part: order[part.bonus])
    paid = within_limits(within_budget(paid, figures), figures)
    gates = gates_of(figures)
    result = Result(figures, passed(paid, gates, figures), gates, keep_lines)
    report_withdrawals(Payable(figures, result.paid, gates), result.places)
    if file.pay_currency is not None:
        # A missing rate stops the run, not only the one table that asks for it.
        result.in_own_currency()
    return result


def _is_here(stage: Stage, world: World) -> bool:
    """Say whether a stage belongs to the calendar that is computed."""
    file = world.plan.file
    own = of_ranks(file) if stage.kind == "ladder" else of_bonus(stage.name, file)
    return own == world.calendar


def _computed(stage: Stage, figures: Figures, keep_lines: bool, threads: int) -> list[Paid]:  # noqa: FBT001
    """Rank members on a ladder, or compute a bonus; choices between bonuses come later."""
    file = figures.world.plan.file
    if stage.kind == "ladder":
        ladder = file.ladders.get(stage.name, file.ranks)
        assert isinstance(ladder, list)
        rank_members(stage.name, ladder, figures)
        return []
    bonus = file.bonuses[stage.name]
    if isinstance(bonus, schema.BestOf):
        return []
    return KINDS[type(bonus)](Work(stage.name, bonus, figures, keep_lines, threads))


def _chosen(work: Work, paid: list[Paid]) -> list[Paid]:
    """Let a bonus choose among those computed before; all that is asked later sees the choice."""
    parts = best_of.choose(work, paid)
    for part in parts:
        _remember(work.figures, part)
    work.figures.earned[work.name], work.figures.earned_unit[work.name] = best_of.earned(parts)
    names = {part.bonus for part in parts}
    return [*(part for part in paid if part.bonus not in names), *parts]


@once_a_plan
def _lines_needed(file: schema.PlanFile) -> frozenset[str]:
    """Give the bonuses of which another rule asks what they paid on an order, or cuts it."""
    return asked_on_orders(file) | lines_needed(file) | best_of.lines_needed(file)


def _remember(figures: Figures, part: Paid) -> None:
    figures.earned[part.bonus] = part.totals
    figures.earned_unit[part.bonus] = Fraction(1, 10**part.places)
    if part.lines is not None and (has := part.lines.order >= 0).any():
        on_orders = np.zeros(len(figures.world.orders), np.int64)
        np.add.at(on_orders, part.lines.order[has], part.lines.amount[has])
        figures.paid_on[part.bonus] = on_orders


def refuse_uncomputed(plan: Plan) -> None:
    """Raise PlanRefused, naming each, if a plan uses rules that are not computed yet.

    Whether a plan may be put in force is another question, which `refuse_blocked` answers: wages
    that an approved plan owes are computed though a later review would block it.
    """
    file = plan.file
    found: list[tuple[str, schema.Part]] = []
    for name, bonus in file.bonuses.items():
        if type(bonus) not in (*KINDS, schema.BestOf):
            found.append((f"The bonus kind '{bonus.kind}' ('{name}')", bonus))
    remedy = "See docs/roadmap.md for what is computed today."
    faults = [
        Fault(
            part.place,
            "plan.not_computed",
            f"{what} is in the language, but this version does not compute it yet.",
            remedy,
        )
        for what, part in found
    ]
    faults += faults_between(file)
    if faults:
        raise PlanRefused(faults)


def refuse_unclosable(plan: Plan) -> None:
    """Raise PlanRefused if a company cannot close periods by a plan: one calendar serves one plan.

    Files of such a plan are computed all the same, calendar by calendar.
    """
    refuse_uncomputed(plan)
    own, *others = calendars_of(plan.file)
    if others:
        problem = f"The plan has calendars of {', '.join([own, *others])}; a company closes one."
        remedy = (
            "Write a plan for each calendar, or compute files with 'upline compute --calendar'."
        )
        place = plan.file.calendar.place
        raise PlanRefused.because("plan.several_calendars", problem, remedy, place)
