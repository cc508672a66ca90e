"""The how-manieth order of its buyer each order is, counted from period to period."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from upline.compensation import columns
from upline.compensation.bonuses.lines import id_ranks
from upline.compensation.columns import Days, Numbers
from upline.compensation.measures.figures import Computed
from upline.compensation.measures.windows import carried_numbers
from upline.compensation.plan.formula import Name
from upline.compensation.plan.once import once_a_plan
from upline.compensation.plan.parts import all_nodes
from upline.compensation.plan.schema import PlanFile

Array = npt.NDArray[Any]
_CARRY = "orders so far"


def number_orders(figures: Computed) -> None:
    """Give every order its `nth` and carry how many there are, where the plan asks for it.

    Orders count by day, then by id. An order and the refund that takes it back whole do not count
    and are the 0th; any other refund is the how-manieth the buyer's last order of that time was.
    """
    world = figures.world
    if not _asks(world.plan.file):
        return
    member = world.orders.member.astype(np.int64)
    negative, whole = _refunds(figures)
    counted = ~(negative | whole)
    days, ids = _days(figures), id_ranks(world.order_ids)[world.orders.rows]
    sequence = np.lexsort((ids, negative, days, member))
    so_far = np.empty(len(member), np.int64)
    so_far[sequence] = np.cumsum(counted[sequence])
    of_members = np.bincount(member[counted], minlength=len(world)).astype(np.int64)
    so_far -= (np.cumsum(of_members) - of_members)[member]
    before = _before(figures, counted)
    total = before + of_members
    figures.orders["nth"] = Numbers(np.where(whole, 0, so_far + before[member]), Fraction(1))
    figures.carries[_CARRY] = Numbers(total, Fraction(1))


@once_a_plan
def _asks(file: PlanFile) -> bool:
    """Say whether a formula names `nth`, and no field or value of the plan has taken the name."""
    if "nth" in file.orders or "nth" in file.order_values:
        return False
    nodes = (node for node in all_nodes(file) if isinstance(node, Name) and node.name == "nth")
    return any(node.prefix in ("", "order") for node in nodes)


def _days(figures: Computed) -> Array:
    column = figures.world.orders.columns["date"]
    assert isinstance(column, Days)
    return column.values


def _before(figures: Computed, counted: npt.NDArray[np.bool_]) -> Array:
    """Give how many orders each member had before the first that came in.

    Earlier orders that came in, for rules that look back, are among those that were carried.
    """
    orders = figures.world.orders
    carried = columns.rounded(carried_numbers(figures, _CARRY), 0, "down")
    known = columns.as_int64(carried.values, _CARRY)
    if orders.in_period is None:
        return known
    earlier = orders.member[counted & ~orders.in_period]
    came_in = np.bincount(earlier, minlength=len(known)).astype(np.int64)
    return np.asarray(np.maximum(known - came_in, 0))


def _refunds(figures: Computed) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Say which orders are refunds, and which of all make up a pair of an order and its refund.

    A refund has figures below zero and none above; it takes back whole an order of the same member
    and day whose figures are its exact opposite, the first by id.
    """
    orders = figures.world.orders
    named = [orders.columns[name] for name in figures.world.plan.file.orders]
    parts = [part.spread(len(orders)).values for part in named if isinstance(part, Numbers)]
    none = np.zeros(len(orders), np.bool_)
    below = np.logical_or.reduce([none, *(part < 0 for part in parts)])
    negative = below & ~np.logical_or.reduce([none, *(part > 0 for part in parts)])
    whole = np.zeros(len(orders), np.bool_)
    if not negative.any():
        return negative, whole
    has_refund = np.zeros(len(figures.world), np.bool_)
    has_refund[orders.member[negative]] = True
    rows = np.flatnonzero(negative | (~below & has_refund[orders.member]))
    ids = id_ranks(figures.world.order_ids)[orders.rows[rows]]
    days = _days(figures)
    waiting: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for row in rows[np.lexsort((ids, negative[rows]))].tolist():
        key = (int(orders.member[row]), int(days[row]), *(abs(int(part[row])) for part in parts))
        if not negative[row]:
            waiting[key].append(row)
        elif waiting[key]:
            whole[[row, waiting[key].pop(0)]] = True
    return negative, whole
