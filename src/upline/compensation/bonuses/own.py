"""Bonus kind `own`: pays the buyer, or another whom the order names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from upline.compensation import columns
from upline.compensation.bonuses import lines as shared
from upline.compensation.bonuses.lines import NO_LEVEL, Lines, Paid, Work
from upline.compensation.columns import Codes, Numbers, constant
from upline.compensation.errors import Fault, InputRefused
from upline.compensation.measures.evaluate import numbers, rule, value
from upline.compensation.measures.scopes import LineScope
from upline.compensation.measures.windows import carried_numbers
from upline.compensation.plan.units import Typing

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Groups:
    """What each line is paid on: its receiver, buyer, single order (or -1), event and base."""

    receiver: Array
    buyer: Array
    order: Array
    events: Array | None
    base: Numbers

    def taken(self, rows: Array) -> Groups:
        events = self.events[rows] if self.events is not None else None
        return Groups(
            self.receiver[rows], self.buyer[rows], self.order[rows], events, self.base.taken(rows)
        )


def compute(work: Work) -> list[Paid]:
    """Pay a rate on the base, or an amount, for each order, period or event."""
    groups, all_events = groups_of(work)
    scope = scope_of(work, groups, all_events)
    holds = np.broadcast_to(rule(work.bonus.requires, scope), groups.receiver.shape)
    if not holds.all():
        groups = groups.taken(np.flatnonzero(holds))
        scope = scope_of(work, groups, all_events)
    base, rate = groups.base, constant(1)
    if work.bonus.amount is not None:
        base, rate = numbers(value(work.bonus.amount, scope)).spread(scope.size), constant(1)
    elif work.bonus.rate is not None:
        rate = numbers(value(work.bonus.rate, scope))
    _grant(work, groups.receiver, base, scope)
    worth = work.point_value()
    shared.check_point_values(work, worth, groups.receiver[np.flatnonzero(base.values)])
    paid_at = rate if worth is None else columns.multiplied(rate, worth.taken(groups.receiver))
    lines = Lines(
        receiver=groups.receiver,
        buyer=groups.buyer,
        order=groups.order,
        level=np.full(scope.size, NO_LEVEL, np.int32),
        amount=shared.line_amounts(base, paid_at, work.rounding),
        base=base,
        rate=paid_at.spread(scope.size),
    )
    return [work.paid(lines.taken(np.flatnonzero(lines.base.values)))]


def _grant(work: Work, receiver: Array, base: Numbers, scope: LineScope) -> None:
    """Report the counts that go with each line, beside the pay; a refund takes them back."""
    sign = np.sign(base.spread(scope.size).values).astype(np.int64)
    for name, count in work.bonus.grants.items():
        granted = numbers(value(count, scope)).spread(scope.size)
        totals = np.zeros(len(work.figures.world), granted.values.dtype)
        np.add.at(totals, receiver, granted.values * sign)
        work.figures.states[f"{work.name}.{name}"] = Numbers(totals, granted.unit)


def scope_of(work: Work, groups: Groups, all_events: Array | None) -> LineScope:
    """Give the scope in which the lines' conditions and rates are computed."""
    order = groups.order if len(groups.order) and (groups.order >= 0).all() else None
    if not len(groups.order) and work.bonus.lines == "per_order":
        order = groups.order
    return LineScope(work.figures, groups.receiver, groups.buyer, order, all_events, groups.events)


def groups_of(work: Work) -> tuple[Groups, Array | None]:
    """Give what each line is paid on, and for events those of all orders."""
    bonus, figures = work.bonus, work.figures
    if bonus.base is not None:
        typing = Typing(figures.world.plan.names)
        if typing.base_context(bonus.base) == "member":
            return _per_member(work), None
    orders = figures.world.orders
    mask = shared.order_mask(work)
    receiver = orders.member if bonus.to == "member" else shared.receivers_named(work, bonus.to)
    chosen = np.flatnonzero(receiver >= 0 if mask is None else mask & (receiver >= 0))
    base = _base(work).spread(len(orders)).taken(chosen)
    single = Groups(receiver[chosen], orders.member[chosen], chosen, None, base)
    if bonus.lines == "per_order":
        return single, None
    if bonus.lines == "per_period":
        return _per_period(work, single), None
    if bonus.lines == "per_buyer":
        return _per_buyer(work, single), None
    return _per_event(work, single)


def _base(work: Work) -> Numbers:
    if work.bonus.base is None:
        return constant(1)
    return numbers(value(work.bonus.base, work.figures.order_scope))


def _per_member(work: Work) -> Groups:
    """One line for each member with a base, or for whom he names."""
    base = shared.member_base(work)
    everybody = np.arange(len(base.values))
    receiver = everybody
    if work.bonus.to != "member":
        receiver = shared.members_named(work, work.bonus.to)
    nothing = np.full(len(everybody), -1, np.int64)
    groups = Groups(receiver, everybody, nothing, None, base)
    if work.bonus.negative is not None:
        return _balanced(work, groups)
    return groups.taken(np.flatnonzero((base.values != 0) & (receiver >= 0)))


def _per_period(work: Work, single: Groups) -> Groups:
    count = len(work.figures.world)
    sums = np.zeros(count, np.int64)
    np.add.at(sums, single.receiver, shared.summable(single.base, "the base of a bonus"))
    everybody = np.arange(count)
    nothing = np.full(count, -1, np.int64)
    base = Numbers(sums, single.base.unit)
    return _balanced(work, Groups(everybody, everybody, nothing, None, base))


def _per_buyer(work: Work, single: Groups) -> Groups:
    """One line for each receiver and buyer."""
    count = max(len(work.figures.world), 1)
    pairs = single.receiver.astype(np.int64) * count + single.buyer
    distinct, where = np.unique(pairs, return_inverse=True)
    sums = np.zeros(len(distinct), np.int64)
    np.add.at(sums, where, shared.summable(single.base, "the base of a bonus"))
    receiver, buyer = np.divmod(distinct, count)
    nothing = np.full(len(distinct), -1, np.int64)
    groups = Groups(receiver, buyer, nothing, None, Numbers(sums, single.base.unit))
    return groups.taken(np.flatnonzero(sums))


def _balanced(work: Work, groups: Groups) -> Groups:
    """Treat negative sums as the bonus says: kept, carried to the next period, or forgotten."""
    figures = work.figures
    if work.bonus.negative is None:
        return groups.taken(np.flatnonzero(groups.base.values))
    scope = LineScope(figures, groups.receiver, groups.buyer)
    rules = value(work.bonus.negative, scope)
    assert isinstance(rules, Codes)
    named = rules.spread(len(groups.receiver))
    labels = [*named.labels, "kept"]
    how = np.asarray([("kept", "carried", "reset").index(label) for label in labels])[named.values]
    before = carried_numbers(figures, f"{work.name} balance")
    base = columns.added(groups.base, before)
    values = base.values
    left = np.where((how == 1) & (values < 0), values, 0)
    figures.carries[f"{work.name} balance"] = Numbers(left, base.unit)
    values = np.where((how > 0) & (values < 0), 0, values)
    balanced = Groups(groups.receiver, groups.buyer, groups.order, None, Numbers(values, base.unit))
    return balanced.taken(np.flatnonzero(values))


def _per_event(work: Work, single: Groups) -> tuple[Groups, Array]:
    """One line for each value of an order's text field; all its orders name one receiver."""
    figures = work.figures
    column = figures.order_scope.named(work.bonus.lines)
    assert isinstance(column, Codes)
    all_events, labels = _sorted_codes(column.spread(len(figures.world.orders)))
    events = all_events[single.order]
    kept = np.flatnonzero(events >= 0)
    distinct, first, where = np.unique(events[kept], return_index=True, return_inverse=True)
    receiver = single.receiver[kept][first].astype(np.int64)
    differs = np.flatnonzero(single.receiver[kept] != receiver[where])
    if len(differs):
        event = labels[int(events[kept][differs[0]])]
        problem = f"The orders of {work.bonus.lines} '{event}' name several receivers."
        remedy = "Let all orders of one name the same member."
        raise InputRefused([Fault(work.bonus.place, "own.receivers", problem, remedy)])
    base = np.zeros(len(distinct), np.int64)
    np.add.at(base, where, shared.summable(single.base, "the base of a bonus")[kept])
    nobody = np.full(len(distinct), -1, np.int64)
    summed = Numbers(base, single.base.unit)
    if work.bonus.base is None:
        summed = constant(1).spread(len(distinct))
    return Groups(receiver, nobody, nobody, distinct, summed), all_events


def _sorted_codes(column: Codes) -> tuple[Array, list[str]]:
    """Give codes that do not hang on the order in which texts came in."""
    labels = sorted(column.labels)
    table = [labels.index(label) for label in column.labels]
    return np.asarray([*table, -1], np.int64)[column.values], labels
