"""A tree held as columns: members relabelled in preorder, so that a group is an interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from upline.compensation import memory
from upline.compensation.kernels import trees

Positions = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Forest:
    """`parent[p]` is the position above p or -1; `rows[p]` the input row at p, `positions[row]` back."""

    parent: Positions
    rows: Positions
    positions: Positions

    def __len__(self) -> int:
        return len(self.parent)


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


def lay_out(parent: Positions, joining: Positions) -> tuple[Forest | None, list[int]]:
    """Lay members out depth first, those with one parent in order of joining.

    `parent[row]` is the row above or -1, `joining[k]` the row that joined k-th. Gives the forest
    and no rows, or no forest and the rows that stand in circles.
    """
    count = len(parent)
    positions, rows, above, elder, age = (memory.empty(count, np.int32) for _ in range(5))
    age[joining] = np.arange(count, dtype=np.int32)
    if trees.elders(parent, joining, age, elder):
        size, cursor, place = memory.empty(count, np.int32), memory.empty(count, np.int32), age
        size.fill(1)
        trees.preorder_by_age(elder, joining, size, cursor, place, positions, rows, above)
        return Forest(above, rows, positions), []
    first_child = np.full(count, -1, np.int32)
    next_sibling = np.full(count, -1, np.int32)
    positions[:] = -1
    if trees.preorder(parent, joining, first_child, next_sibling, positions) < count:
        return None, circle_members(parent, positions >= 0)
    trees.placed_parents(parent, positions, rows, above)
    return Forest(above, rows, positions), []
