"""Columns in the sequence of another tree than the sponsor tree, and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from upline.compensation import memory
from upline.compensation.genealogy.forest import Forest, Positions
from upline.compensation.kernels import grouping, trees
from upline.compensation.parallel import in_parts, parts_of

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Sequence:
    """Another tree, and where in the sponsor tree each one of it stands."""

    tree: Forest
    places: Positions

    @classmethod
    def of(cls, tree: Forest, forest: Forest) -> Sequence:
        return cls(tree, forest.positions_of(tree.rows))

    def into(self, column: Array) -> Array:
        """Bring a column of members from the sponsor tree's sequence into this one."""
        if column.dtype == object:
            return np.asarray(column[self.places])
        out = memory.empty(len(self.places), column.dtype)
        self._parts(grouping.gathered, column, out)
        return out

    def back(self, column: Array) -> Array:
        """Bring a column of this sequence back into the sponsor tree's."""
        out = memory.empty(len(self.places), column.dtype)
        self._parts(grouping.scattered, column, out)
        return out

    def legs_back(self, groups: Array) -> tuple[Array, Array]:
        """Give the left and right leg of everybody, in the sponsor tree's sequence.

        `groups` are figures of each one's whole group in this sequence; a leg in which nobody
        stands is 0.
        """
        tree, count = self.tree, len(self.places)
        assert tree.is_right is not None
        left, right = memory.zeros(count, np.int64), memory.zeros(count, np.int64)
        in_parts(
            parts_of(count),
            lambda _, *part: trees.split_legs(
                tree.parent, tree.is_right, groups, self.places, left, right, *part
            ),
        )
        return left, right

    def _parts(self, kernel: Any, column: Array, out: Array) -> None:
        in_parts(parts_of(len(out)), lambda _, *part: kernel(column, self.places, out, *part))
