"""The customers of a member for whom a condition on their orders holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from upline.compensation import columns
from upline.compensation.columns import Codes, Column, Days, Flags, Numbers
from upline.compensation.measures.evaluate import formula, numbers
from upline.compensation.measures.figures import MemberValues, OrderValues
from upline.compensation.plan.formula import (
    COMPARISONS,
    Call,
    Name,
    Node,
    Operation,
    Unary,
    text_of,
    walk,
)
from upline.compensation.plan.names import NUMERIC
from upline.compensation.plan.units import Typing

# These look at a single order: its day, or whether a field of it is filled in.
_OF_ONE_ORDER = ("within", "days_since", "given")


def customers(node: Call, scope: MemberValues) -> Numbers:
    """Count the different customers of each member for whom a condition holds."""
    world = scope.figures.world
    orders = scope.of_orders
    codes = orders.named("customer")
    assert isinstance(codes, Codes)
    named = codes.spread(len(world.orders)).values
    mask = world.orders.in_period
    chosen = np.flatnonzero(named >= 0 if mask is None else (named >= 0) & mask)
    pairs = world.orders.member[chosen].astype(np.int64) * (len(codes.labels) + 1) + named[chosen]
    distinct, group = np.unique(pairs, return_inverse=True)
    typing = Typing(world.plan.names)
    inner = _CustomerScope(orders, typing, group.astype(np.int64), chosen, len(distinct))
    members = distinct // (len(codes.labels) + 1)
    out = np.zeros(len(world), np.int64)
    np.add.at(out, members, inner.holds(node.arguments[0]).astype(np.int64))
    return Numbers(out, columns.constant(1).unit)


@dataclass(slots=True)
class _CustomerScope:
    """Bare names are sums over the orders of one customer with one member."""

    orders: OrderValues
    typing: Typing
    group: npt.NDArray[np.int64]
    chosen: npt.NDArray[np.int64]
    count: int
    _sums: dict[str, Numbers] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return self.count

    @property
    def first_day(self) -> date:
        return self.orders.first_day

    def version_days(self) -> Days | None:
        return None

    def is_closed(self, measure: str) -> bool:
        return self.orders.is_closed(measure)

    def position_of(self, member: str) -> int:
        return self.orders.position_of(member)

    def name(self, node: Name) -> Column:
        return self._summed(node)

    def call(self, node: Call) -> Column:
        return self._summed(node)

    def holds(self, node: Node) -> npt.NDArray[np.bool_]:
        """Say for which customers a condition holds.

        A comparison of numbers is one of their sums; what no sum can answer holds for a customer
        if it holds for one of his orders.
        """
        if isinstance(node, Unary):
            return ~self.holds(node.operand)
        if isinstance(node, Operation) and node.operator in ("and", "or"):
            left, right = self.holds(node.left), self.holds(node.right)
            return left & right if node.operator == "and" else left | right
        found = formula(node, self if self._is_of_sums(node) else self.orders)
        assert isinstance(found, Flags)
        if self._is_of_sums(node):
            return np.broadcast_to(found.values, (self.count,))
        holding = found.spread(self.orders.size).values[self.chosen]
        result = np.zeros(self.count, np.bool_)
        result[self.group[holding]] = True
        return result

    def _is_of_sums(self, node: Node) -> bool:
        if not isinstance(node, Operation) or node.operator not in COMPARISONS:
            return False
        if any(isinstance(one, Call) and one.function in _OF_ONE_ORDER for one in walk(node)):
            return False
        return self.typing.formula(node.left, "order") in (*NUMERIC, "yes_no")

    def _summed(self, node: Name | Call) -> Numbers:
        key = text_of(node)
        if key not in self._sums:
            part = numbers(formula(node, self.orders)).spread(self.orders.size)
            values: npt.NDArray[Any] = part.values[self.chosen]
            if columns.greatest(values) * max(len(values), 1) >= columns.SAFE:
                values = values.astype(object)
            totals = np.zeros(self.count, values.dtype)
            np.add.at(totals, self.group, values)
            self._sums[key] = Numbers(totals, part.unit)
        return self._sums[key]
