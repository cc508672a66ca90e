"""A tree held as columns: members relabelled in preorder, so that a group is an interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from upline.compensation import memory
from upline.compensation.kernels import grouping, trees
from upline.compensation.parallel import at_once, in_parts, parts_of

Positions = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Forest:
    """`parent[p]` is the position above p or -1; `rows[p]` the input row at p, `positions[row]` back.

    In a binary tree `is_right[p]` says in which leg of the one above p stands.
    """

    parent: Positions
    rows: Positions
    positions: Positions
    is_right: npt.NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return len(self.parent)

    def positions_of(self, rows: Positions) -> Positions:
        """Turn rows into positions; -1 stays -1."""
        out = memory.empty(len(rows), np.int32)
        in_parts(
            parts_of(len(rows)),
            lambda _, *part: grouping.places_of(rows, 0, self.positions, out, *part),
        )
        return out

    def parents_in(self, tree: Forest) -> Positions:
        """Give who stands above each in another tree, all in the positions of this one."""
        if tree is self:
            return self.parent
        places = self.positions[tree.rows]
        above = np.full(len(self), -1, np.int32)
        above[places] = np.where(tree.parent < 0, -1, places[np.maximum(tree.parent, 0)])
        return above

    def in_preorder(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Bring a column of rows into preorder; one value that stands for all stays."""
        if values.ndim == 0:
            return values
        if values.dtype == object:
            return np.asarray(values[self.rows])
        out = memory.empty(len(self), values.dtype)
        in_parts(
            parts_of(len(self)),
            lambda _, *part: grouping.gathered(values, self.rows, out, *part),
        )
        return out


def circle_members(parent: Positions, reached: npt.NDArray[np.bool_]) -> list[int]:
    """Give the rows that stand in a circle, given those that a walk from the roots reached."""
    unreached = np.flatnonzero(~reached)
    seen: dict[int, int] = {}
    circles: list[int] = []
    for start in unreached.tolist():
        path: list[int] = []
        row = start
        while row not in seen:
            seen[row] = start
            path.append(row)
            row = int(parent[row])
        if seen[row] == start and row in path:
            circles.extend(path[path.index(row) :])
    return circles


def lay_out(
    parent: Positions, joining: Positions, age: Positions
) -> tuple[Forest | None, list[int]]:
    """Lay members out depth first, those with one parent in order of joining.

    `parent[row]` is the row above or -1, `joining[k]` the row that joined k-th, age[row] that k.
    Gives the forest and no rows, or no forest and the rows that stand in circles.
    """
    count = len(parent)
    positions, rows, above, elder = (memory.empty(count, np.int32) for _ in range(4))
    if trees.elders(parent, age, elder):
        size = memory.filled(count, np.int32, 1)
        cursor, place = memory.empty(count, np.int32), memory.empty(count, np.int32)
        trees.places_by_age(elder, size, cursor, place)
        at_once(
            count,
            lambda: trees.placed_rows(joining, place, positions, rows),
            lambda: trees.placed_elders(elder, place, above),
        )
        return Forest(above, rows, positions), []
    first_child = np.full(count, -1, np.int32)
    next_sibling = np.full(count, -1, np.int32)
    positions[:] = -1
    if trees.preorder(parent, joining, first_child, next_sibling, positions) < count:
        return None, circle_members(parent, positions >= 0)
    trees.placed_parents(parent, positions, rows, above)
    return Forest(above, rows, positions), []
