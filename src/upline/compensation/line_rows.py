"""The lines of all bonuses as whole numbers, in canonical order: for tables, digests and stores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from upline.compensation import columns
from upline.compensation.bonuses.lines import Lines, Paid, id_ranks
from upline.compensation.columns import Numbers
from upline.compensation.decimals import SHOWN_PLACES
from upline.compensation.inputs import World

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRows:
    """Lines by member, bonus, order, buyer and level, in the sequence of ids.

    `member`, `buyer` and `order` are rows of the inputs, -1 for none; `bonus` counts through
    `bonuses`; `amount` is in units of `places` decimals, `base` and `rate` in billionths.
    """

    bonuses: tuple[str, ...]
    places: int
    member: Array
    bonus: Array
    order: Array
    buyer: Array
    level: Array
    base: Array
    rate: Array
    amount: Array

    def __len__(self) -> int:
        return len(self.amount)


def line_rows(paid: Sequence[Paid], world: World, places: int) -> LineRows:
    """Put the lines of all bonuses behind each other; amounts get the decimals that are asked for."""
    kept = [
        (index, part, part.lines)
        for index, part in enumerate(paid)
        if part.lines is not None and len(part.lines)
    ]

    def every(column: str) -> Array:
        return _joined([getattr(lines, column).astype(np.int64) for _, _, lines in kept])

    def exact(column: str) -> Array:
        return _joined([_billionths(getattr(lines, column), lines) for _, _, lines in kept])

    members, orders = id_ranks(world.ids), id_ranks(world.order_ids)
    member = looked_up(world.forest.rows, every("receiver"))
    buyer = looked_up(world.forest.rows, every("buyer"))
    order = looked_up(world.orders.rows, every("order"))
    level = every("level")
    bonus = _joined([np.full(len(lines), index, np.int64) for index, _, lines in kept])
    amount = _joined([lines.amount * 10 ** (places - part.places) for _, part, lines in kept])
    sequence = np.lexsort(
        (
            level,
            looked_up(members, buyer),
            looked_up(orders, order),
            bonus,
            looked_up(members, member),
        )
    )
    return LineRows(
        bonuses=tuple(part.bonus for part in paid),
        places=places,
        member=member[sequence],
        bonus=bonus[sequence],
        order=order[sequence],
        buyer=buyer[sequence],
        level=level[sequence],
        base=exact("base")[sequence],
        rate=exact("rate")[sequence],
        amount=amount[sequence],
    )


def _joined(parts: list[Array]) -> Array:
    return np.concatenate(parts or [np.zeros(0, np.int64)])


def _billionths(column: Numbers, lines: Lines) -> Array:
    rounded = columns.rounded(column.spread(len(lines)), SHOWN_PLACES, "half_up").values
    return columns.as_int64(rounded, "figures to be shown")


def looked_up(table: Array, rows: Array) -> Array:
    """Look rows up; -1 stays -1."""
    if not len(table):
        return np.full(len(rows), -1, np.int64)
    return np.where(rows < 0, -1, table[np.maximum(rows, 0)])
