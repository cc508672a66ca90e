"""Sums in another tree that tell apart whom the asking member enrolled himself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from upline.compensation import columns
from upline.compensation.columns import Flags, Numbers
from upline.compensation.genealogy.forest import Forest
from upline.compensation.kernels import trees
from upline.compensation.measures.evaluate import formula, numbers
from upline.compensation.measures.figures import MemberValues
from upline.compensation.plan.formula import Node

Array = npt.NDArray[Any]


def values_apart(argument: Node, scope: MemberValues) -> tuple[Numbers, Numbers]:
    """Give what each member counts to anybody, and how much more to his sponsor, in one unit."""
    others, sponsors = (
        numbers(formula(argument, scope.assuming({"personal": Flags(np.asarray(holds))})))
        for holds in (False, True)
    )
    low, high, unit = columns.aligned(others.spread(scope.size), sponsors.spread(scope.size))
    more = columns.added(Numbers(high, unit), Numbers(low, unit), -1)
    return Numbers(low, unit), more


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Members who count more to their sponsor, somewhere below him in another tree.

    `leg` is the one directly below the sponsor under whom each stands (or himself), `distance`
    how far down, `more` how much more he counts. Positions are those of the other tree.
    """

    sponsor: Array
    leg: Array
    distance: Array
    more: Array

    @classmethod
    def of(cls, tree: Forest, forest: Forest, more: Array, stops: Array | None) -> Enrolled:
        """Find them; `more` and `stops` (where nothing passes up) are in the tree's preorder."""
        count = len(tree)
        above = forest.parent[forest.positions[tree.rows]]
        sponsor = np.where(above < 0, -1, tree.positions[forest.rows[np.maximum(above, 0)]])
        size = np.ones(count, np.int64)
        trees.add_up(tree.parent, size)
        here = np.arange(count)
        is_below = (sponsor >= 0) & (sponsor < here) & (here < sponsor + size[sponsor])
        if stops is not None:
            nearest = np.empty(count, np.int32)
            trees.nearest_above(tree.parent, stops, nearest)
            is_below &= ~stops & (nearest <= sponsor)
        found = np.flatnonzero(is_below & (more != 0))
        depth = np.empty(count, np.int64)
        trees.count_above(tree.parent, depth)
        return cls(
            sponsor[found],
            _legs_of(tree.parent, sponsor[found], found),
            depth[found] - depth[sponsor[found]],
            more[found],
        )

    def to_sponsors(self, sums: Array, *, within: int | None = None) -> Array:
        """Add everybody, or those on the first levels below, to what their sponsors have."""
        chosen = slice(None) if within is None else self.distance <= within
        out = sums.copy()
        np.add.at(out, self.sponsor[chosen], self.more[chosen])
        return out

    def to_legs(self, legs: Array) -> Array:
        """Add everybody to the leg in which his sponsor sees him."""
        out = legs.copy()
        np.add.at(out, self.leg, self.more)
        return out


def _legs_of(parent: Array, above: Array, below: Array) -> Array:
    """Give the child of each `above` under whom `below` stands: in preorder the last one not after."""
    children = np.argsort(parent, kind="stable")
    children = children[np.searchsorted(parent[children], 0) :]
    keys = parent[children].astype(np.int64) * len(parent) + children
    places = np.searchsorted(keys, above.astype(np.int64) * len(parent) + below, side="right") - 1
    return np.asarray(children[places])
