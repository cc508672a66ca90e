"""Bonus kind `stairstep`: group differential by volume."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from upline.compensation import columns, memory
from upline.compensation.bonuses import lines as shared
from upline.compensation.bonuses.lines import Lines, Paid, Work
from upline.compensation.columns import Numbers, constant
from upline.compensation.kernels import trees, walks
from upline.compensation.measures.evaluate import numbers, rule, value
from upline.compensation.measures.sums import own_sums
from upline.compensation.plan.formula import Call
from upline.compensation.plan.units import Typing
from upline.compensation.plan.values import Formula

Array = npt.NDArray[Any]


def compute(work: Work) -> list[Paid]:
    """Pay each member rate x group, less what the groups of his recruits have taken."""
    steps = group_steps(work)
    paid = steps.qualified & steps.takes_itself
    if not work.keeps_lines and work.bonus.cap is None:
        totals = _totals(work, paid, steps)
        if totals is not None:
            return totals
    own_lines = _own_lines(work, paid, steps)
    recruit_lines = _recruit_lines(work, paid, steps)
    lines = shared.capped(shared.joined([own_lines, recruit_lines]), work)
    if work.bonus.own_part is None:
        return [work.added_up(lines)]
    is_own = lines.level == 0
    own_lines, recruit_lines = (
        lines.taken(np.flatnonzero(is_own)),
        lines.taken(np.flatnonzero(~is_own)),
    )
    return [work.added_up(recruit_lines), work.added_up(own_lines, bonus=work.bonus.own_part)]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSteps:
    """Each member's rate, own and group base, and what his group takes of it (exact).

    `low_*` are the rate and base below the first step, 0 for whoever has a rate.
    """

    rate: Numbers
    own: Numbers
    group: Numbers
    low_rate: Numbers
    low_own: Numbers
    low_group: Numbers
    taken: Numbers
    qualified: npt.NDArray[np.bool_]
    takes_itself: npt.NDArray[np.bool_]


def group_steps(work: Work) -> GroupSteps:
    """Compute what every group takes, from the bottom up."""
    bonus, figures = work.bonus, work.figures
    count = len(figures.world)
    rate = numbers(value(bonus.rate, figures.member_scope)).spread(count)
    own = own_base(work)
    has_rate = rate.values != 0
    low_rate, low_own = _below_first_step(work, ~has_rate)
    group = _groups(work, own)
    low_group = _groups(work, low_own) if bonus.below_first_step is not None else constant(0)
    gross = columns.added(columns.multiplied(rate, group), columns.multiplied(low_rate, low_group))
    qualified = work.member_rule(bonus.requires)
    takes_itself = has_rate | (low_rate.values != 0)
    if bonus.unpaid == "passed_up":
        takes_itself &= qualified
    return GroupSteps(
        rate=rate,
        own=own,
        group=group,
        low_rate=low_rate,
        low_own=low_own,
        low_group=low_group,
        taken=_taken(work, takes_itself, gross),
        qualified=qualified,
        takes_itself=takes_itself,
    )


def own_base(
    work: Work, mask_of: Callable[[Work], npt.NDArray[np.bool_] | None] = shared.order_mask
) -> Numbers:
    """Give each member's own base: his orders that count, added up, or his figure."""
    figures = work.figures
    if Typing(figures.world.plan.names).base_context(work.bonus.base) == "member":
        base = shared.member_base(work)
        return Numbers(shared.summable(base, "the base of a bonus"), base.unit)
    if _is_of_all_orders(work.bonus) and mask_of is shared.order_mask:
        own = Call(function="own", arguments=(work.bonus.base.node,))
        return own_sums(own, figures.member_scope)
    mask = mask_of(work)
    base = numbers(value(work.bonus.base, figures.order_scope)).spread(len(figures.world.orders))
    whole = shared.summable(base, "the base of a bonus")
    if mask is not None:
        whole = np.where(mask, whole, 0)
    return Numbers(figures.world.orders.summed(whole), base.unit)


def _is_of_all_orders(bonus: Any) -> bool:
    """Say whether a bonus is paid on a formula of every order of the period."""
    is_filtered = bonus.orders is not None or getattr(bonus, "sources", None) is not None
    return isinstance(bonus.base, Formula) and not is_filtered


def _below_first_step(work: Work, is_below: Array) -> tuple[Numbers, Numbers]:
    """Give the rate of those below the first step and each member's own base for it."""
    below = work.bonus.below_first_step
    if below is None:
        return constant(0), constant(0)

    def mask(work: Work) -> npt.NDArray[np.bool_] | None:
        chosen = shared.order_mask(work)
        if below.orders is None:
            return chosen
        holds = rule(below.orders, work.figures.order_scope)
        chosen = holds if chosen is None else chosen & holds
        return np.broadcast_to(chosen, (len(work.figures.world.orders),))

    rate = numbers(value(below.rate, work.figures.member_scope))
    return Numbers(np.where(is_below, rate.values, 0), rate.unit), own_base(work, mask)


def _groups(work: Work, own: Numbers) -> Numbers:
    forest = work.forest
    sums = shared.in_tree(work, own.values).copy()
    trees.add_up(forest.parent, sums)
    return Numbers(shared.to_members(work, sums), own.unit)


def _taken(work: Work, takes_itself: Array, gross: Numbers) -> Numbers:
    forest = work.forest
    whole = shared.summable(gross, "what groups take")
    out = np.zeros(len(whole), np.int64)
    trees_own = shared.in_tree(work, whole)
    walks.take_up(forest.parent, shared.in_tree(work, takes_itself), trees_own, out)
    return Numbers(shared.to_members(work, out), gross.unit)


def _amounts(work: Work, exact: Numbers, receiver: Array) -> Array:
    worth = work.point_value()
    shared.check_point_values(work, worth, receiver)
    rate = constant(1) if worth is None else worth.taken(receiver)
    return shared.line_amounts(exact, rate, work.rounding)


def _totals(work: Work, paid: Array, steps: GroupSteps) -> list[Paid] | None:
    """Add up what the lines come to without making them; None where they must be made."""
    bonus, worth = work.bonus, work.point_value() or constant(1)
    if bonus.below_first_step is not None or not worth.values.all():
        return None
    exact = steps.rate.unit * steps.group.unit
    times = int(exact / steps.taken.unit)
    above, divisor = shared.fraction_of(steps.taken.unit, worth.unit, work.rounding.places)
    columns_of = (steps.rate, steps.own, steps.group, steps.taken, worth)
    if any(one.values.dtype == object for one in columns_of):
        return None
    most_rate, most_own, most_group, most_taken, most_worth = (
        columns.greatest(one.values) for one in columns_of
    )
    most = most_rate * max(most_own, most_group) * times + most_taken
    count = len(paid)
    if (most * most_worth * above + divisor) * 2 * max(count, 1) >= columns.SAFE:
        return None
    own, recruits = memory.zeros(count, np.int64), memory.zeros(count, np.int64)
    walks.group_totals(
        parents(work),
        paid,
        steps.rate.values,
        steps.own.values,
        steps.group.values,
        steps.taken.values,
        times,
        np.atleast_1d(columns.scaled(worth.values, above)),
        divisor,
        work.mode,
        own,
        recruits,
    )
    if bonus.own_part is None:
        return [work.paid_in_all(np.add(recruits, own, out=recruits))]
    return [work.paid_in_all(recruits), work.paid_in_all(own, bonus=bonus.own_part)]


def _own_lines(work: Work, paid: Array, steps: GroupSteps) -> Lines:
    exact = columns.added(
        columns.multiplied(steps.rate, steps.own), columns.multiplied(steps.low_rate, steps.low_own)
    )
    rows = np.flatnonzero(paid & (exact.values != 0))
    return Lines(
        receiver=rows,
        buyer=rows,
        order=np.full(len(rows), -1, np.int64),
        level=np.zeros(len(rows), np.int32),
        amount=_amounts(work, exact.taken(rows), rows),
        base=steps.own.taken(rows),
        rate=_rate_of(steps, rows),
    )


def _recruit_lines(work: Work, paid: Array, steps: GroupSteps) -> Lines:
    """One line for each direct recruit: rate x his group, less what it has taken."""
    parent = parents(work)
    recruits = np.flatnonzero(parent >= 0)
    recruits = recruits[paid[parent[recruits]]]
    receiver = parent[recruits]
    high = columns.multiplied(steps.rate.taken(receiver), steps.group.taken(recruits))
    low = columns.multiplied(steps.low_rate.taken(receiver), steps.low_group.taken(recruits))
    exact = columns.added(columns.added(high, low), steps.taken.taken(recruits), -1)
    rows = np.flatnonzero(exact.values)
    recruits, receiver = recruits[rows], receiver[rows]
    return Lines(
        receiver=receiver,
        buyer=recruits,
        order=np.full(len(rows), -1, np.int64),
        level=np.ones(len(rows), np.int32),
        amount=_amounts(work, exact.taken(rows), receiver),
        base=steps.group.taken(recruits),
        rate=_rate_of(steps, receiver),
    )


def _rate_of(steps: GroupSteps, receiver: Array) -> Numbers:
    return columns.added(steps.rate.taken(receiver), steps.low_rate.taken(receiver))


def parents(work: Work) -> Array:
    """Give, in the sponsor tree's positions, who stands above each in the bonus's tree."""
    return work.figures.world.forest.parents_in(work.forest)
