"""Bonus kind `stairstep`: group differential by volume."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
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
    terms = _terms(work)
    found = None if work.keeps_lines else _totals(work, terms)
    return found or _with_lines(work, group_steps(work, terms))


def _with_lines(work: Work, steps: GroupSteps) -> list[Paid]:
    paid = steps.qualified & steps.takes_itself
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
class _Terms:
    """Each member's rate, own and group base (exact), and whether his group's part is his.

    `low_*` are the rate and base below the first step, 0 for whoever has a rate.
    """

    rate: Numbers
    own: Numbers
    group: Numbers
    low_rate: Numbers
    low_own: Numbers
    low_group: Numbers
    qualified: npt.NDArray[np.bool_]
    takes_itself: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSteps(_Terms):
    """As settled, with what each group takes (exact)."""

    taken: Numbers


def _terms(work: Work) -> _Terms:
    """Settle everybody's rate and bases."""
    bonus, figures = work.bonus, work.figures
    rate = numbers(value(bonus.rate, figures.member_scope)).spread(len(figures.world))
    own = own_base(work)
    has_rate = rate.values != 0
    low_rate, low_own = _below_first_step(work, ~has_rate)
    low_group = _groups(work, low_own) if bonus.below_first_step is not None else constant(0)
    qualified = work.member_rule(bonus.requires)
    takes_itself = has_rate | (low_rate.values != 0)
    if bonus.unpaid == "passed_up":
        takes_itself &= qualified
    return _Terms(
        rate=rate,
        own=own,
        group=_group_base(work, own),
        low_rate=low_rate,
        low_own=low_own,
        low_group=low_group,
        qualified=qualified,
        takes_itself=takes_itself,
    )


def group_steps(work: Work, terms: _Terms | None = None) -> GroupSteps:
    """Compute what every group takes, from the bottom up."""
    one = terms or _terms(work)
    gross = columns.added(
        columns.multiplied(one.rate, one.group), columns.multiplied(one.low_rate, one.low_group)
    )
    taken = _taken(work, one.takes_itself, gross)
    settled = {field.name: getattr(one, field.name) for field in fields(one)}
    return GroupSteps(**settled, taken=taken)


def own_base(
    work: Work, mask_of: Callable[[Work], npt.NDArray[np.bool_] | None] = shared.order_mask
) -> Numbers:
    """Give each member's own base: his orders that count, added up, or his figure."""
    figures = work.figures
    if _is_of_members(work):
        base = shared.member_base(work)
        return Numbers(shared.summable(base, "the base of a bonus"), base.unit)
    if _is_of_all_orders(work) and mask_of is shared.order_mask:
        own = Call(function="own", arguments=(work.bonus.base.node,))
        return own_sums(own, figures.member_scope)
    mask = mask_of(work)
    base = numbers(value(work.bonus.base, figures.order_scope)).spread(len(figures.world.orders))
    whole = shared.summable(base, "the base of a bonus")
    if mask is not None:
        whole = np.where(mask, whole, 0)
    return Numbers(figures.world.orders.summed(whole), base.unit)


def _is_of_members(work: Work) -> bool:
    names = work.figures.world.plan.names
    return Typing(names).base_context(work.bonus.base) == "member"


def _is_of_all_orders(work: Work) -> bool:
    """Say whether a bonus is paid on a formula of every order of the period."""
    bonus = work.bonus
    is_filtered = bonus.orders is not None or getattr(bonus, "sources", None) is not None
    return isinstance(bonus.base, Formula) and not is_filtered and not _is_of_members(work)


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


def _group_base(work: Work, own: Numbers) -> Numbers:
    """Give the base of everybody's whole group: as a measure of the plan, where it may be one."""
    if work.forest is work.figures.world.forest and _is_of_all_orders(work):
        group = Call(function="group", arguments=(work.bonus.base.node,))
        return numbers(work.figures.member_scope.call(group))
    return _groups(work, own)


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


def _totals(work: Work, terms: _Terms) -> list[Paid] | None:
    """Add up what the lines come to without making them; None where they must be made."""
    bonus, forest, count = work.bonus, work.forest, len(work.figures.world)
    worth = work.point_value() or constant(1)
    is_plain = bonus.cap is None and bonus.below_first_step is None
    if not is_plain or forest is not work.figures.world.forest or not worth.values.all():
        return None
    exact = terms.rate.unit * terms.group.unit
    above, divisor = shared.fraction_of(exact, worth.unit, work.rounding.places)
    parts = (terms.rate, terms.own, terms.group, worth)
    # No group has more than all members together, and groups below take no more of it.
    most_rate, most_own, _, most_worth = (columns.greatest(one.values) for one in parts)
    most = 2 * most_rate * most_own * max(count, 1) * most_worth * above
    is_wide = any(one.values.dtype == object for one in parts)
    if is_wide or most + divisor >= columns.SAFE:
        return None
    own, recruits = memory.zeros(count, np.int64), memory.zeros(count, np.int64)
    walks.group_totals(
        forest.parent,
        terms.takes_itself,
        terms.takes_itself & terms.qualified,
        terms.rate.values,
        terms.own.values,
        terms.group.values,
        np.atleast_1d(columns.scaled(worth.values, above)),
        divisor,
        work.mode,
        memory.zeros(count, np.int64),
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
