"""Orders that were given back in the period in which they were placed."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from upline.compensation.bonuses.lines import id_ranks
from upline.compensation.columns import Days, Numbers
from upline.compensation.measures.figures import Computed

Array = npt.NDArray[Any]


def refunded(figures: Computed) -> npt.NDArray[np.bool_]:
    """Say which orders are refunds, or are wholly given back by a refund of this period.

    A refund has figures below zero and none above. It gives back an order of the same member and
    day whose figures are its exact opposite, one refund one order, the first by id.
    """
    world = figures.world
    named = [world.orders.columns[name] for name in world.plan.file.orders]
    parts = [part.spread(len(world.orders)).values for part in named if isinstance(part, Numbers)]
    if not parts:
        return np.zeros(len(world.orders), np.bool_)
    is_refund = np.asarray(np.logical_or.reduce([part < 0 for part in parts]), np.bool_)
    is_refund &= ~np.logical_or.reduce([part > 0 for part in parts])
    if world.orders.in_period is not None:
        is_refund &= world.orders.in_period
    members = world.orders.member
    has_refund = np.zeros(len(world), np.bool_)
    has_refund[members[is_refund]] = True
    is_original = ~np.logical_or.reduce([part < 0 for part in parts]) & has_refund[members]
    if world.orders.in_period is not None:
        is_original &= world.orders.in_period
    rows = np.flatnonzero(is_refund | is_original)
    is_refund[rows] |= _given_back(figures, rows, is_refund, parts)
    return is_refund


def _given_back(
    figures: Computed, rows: Array, is_refund: Array, parts: list[Array]
) -> npt.NDArray[np.bool_]:
    """Say which of the rows are orders that a refund of the same member, day and figures takes back."""
    world = figures.world
    days = world.orders.columns["date"]
    assert isinstance(days, Days)
    keys = [np.unique(abs(part[rows]), return_inverse=True)[1] for part in parts]
    keys += [days.values[rows], world.orders.member[rows]]
    ids = id_ranks(world.order_ids)[world.orders.rows[rows]]
    # Refunds of a group come before its orders, those in the order of their ids.
    order = np.lexsort((ids, ~is_refund[rows], *keys))
    starts = np.logical_or.reduce(
        [np.diff(key[order], prepend=key[order][:1] - 1) != 0 for key in keys]
    )
    group = np.cumsum(starts) - 1
    refunds = np.bincount(group, is_refund[rows][order]).astype(np.int64)
    nth = np.arange(len(rows)) - np.flatnonzero(starts)[group]
    out = np.zeros(len(rows), np.bool_)
    out[order] = nth < 2 * refunds[group]
    return out
