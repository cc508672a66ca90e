"""The lines of all bonuses as whole numbers, in canonical order: for tables, digests and stores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from upline.compensation import columns, memory
from upline.compensation.bonuses.lines import Lines, Paid
from upline.compensation.columns import Numbers
from upline.compensation.decimals import SHOWN_PLACES
from upline.compensation.inputs import World
from upline.compensation.kernels import grouping
from upline.compensation.parallel import in_parts, parts_of

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


def line_rows(
    paid: Sequence[Paid], world: World, places: int, id_ranks: tuple[Array, Array]
) -> LineRows:
    """Put the lines of all bonuses behind each other; amounts get the decimals that are asked for.

    `id_ranks` are the places of members' and of orders' ids in sorted order, by row.
    """
    kept = [
        (index, part, part.lines)
        for index, part in enumerate(paid)
        if part.lines is not None and len(part.lines)
    ]

    def every(column: str) -> Array:
        return _joined([getattr(lines, column) for _, _, lines in kept])

    def exact(column: str) -> Array:
        return _joined([_billionths(getattr(lines, column), lines) for _, _, lines in kept])

    bonus = _joined([np.full(len(lines), index, np.int64) for index, _, lines in kept])
    member = looked_up(world.forest.rows, every("receiver"))
    buyer = looked_up(world.forest.rows, every("buyer"))
    order = looked_up(world.orders.rows, every("order"))
    level = every("level")
    members, orders = id_ranks
    sequence = _sorted(
        (
            looked_up(members, member),
            bonus,
            looked_up(orders, order),
            looked_up(members, buyer),
            level,
        )
    )
    amount = _joined([lines.amount * 10 ** (places - part.places) for _, part, lines in kept])
    return LineRows(
        bonuses=tuple(part.bonus for part in paid),
        places=places,
        member=_taken(member, sequence),
        bonus=_taken(bonus, sequence),
        order=_taken(order, sequence),
        buyer=_taken(buyer, sequence),
        level=_taken(level, sequence),
        base=_taken(exact("base"), sequence),
        rate=_taken(exact("rate"), sequence),
        amount=_taken(amount, sequence),
    )


def _sorted(keys: Sequence[Array]) -> Array:
    """Give the rows by the keys, the first one first; equal rows keep their sequence.

    Keys from -1 on are packed into one number where they fit: sorting once is several times as
    fast as sorting by each.
    """
    packed = np.zeros(len(keys[0]), np.int64)
    spread = 1
    for key in keys:
        width = int(key.max(initial=-1)) + 2
        spread *= width
        if spread >= columns.SAFE:
            return np.lexsort(tuple(reversed(keys)))
        packed *= width
        packed += key
        packed += 1
    return np.argsort(packed, kind="stable")


def _joined(parts: list[Array]) -> Array:
    """Put parts behind each other as 64-bit numbers."""
    out = memory.empty(sum(len(part) for part in parts), np.int64)
    return np.concatenate(parts, out=out, casting="unsafe") if parts else out


def _billionths(column: Numbers, lines: Lines) -> Array:
    rounded = columns.rounded(column.spread(len(lines)), SHOWN_PLACES, "half_up").values
    return columns.as_int64(rounded, "figures to be shown")


def looked_up(table: Array, rows: Array) -> Array:
    """Look rows up; -1 stays -1."""
    if not len(table):
        return np.full(len(rows), -1, np.int64)
    out = memory.empty(len(rows), np.int64)
    in_parts(parts_of(len(rows)), lambda _, *part: grouping.places_of(rows, 0, table, out, *part))
    return out


def _taken(values: Array, rows: Array) -> Array:
    out = memory.empty(len(rows), np.int64)
    in_parts(parts_of(len(rows)), lambda _, *part: grouping.gathered(values, rows, out, *part))
    return out
