"""Places in a matrix: found for each newcomer below his sponsor, or held against what came in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from upline.compensation import memory
from upline.compensation.genealogy.forest import Forest, Positions, lay_out
from upline.compensation.kernels import filling, trees
from upline.compensation.plan.schema import Tree

_NO_END = np.iinfo(np.int64).max // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """The form of a matrix: places directly below one member, and levels below a sponsor."""

    width: int
    depth: int | None
    is_balanced: bool

    @classmethod
    def of(cls, tree: Tree) -> Matrix:
        """Give the form of a tree that is to be filled; the check of plans asks for its width."""
        assert tree.width is not None
        return cls(width=tree.width, depth=tree.depth, is_balanced=tree.fill == "balanced")


def filled_trees(
    specs: Mapping[str, Tree], sponsor: Positions, joining: Positions, age: Positions
) -> dict[str, Forest]:
    """Fill and lay out every tree of a plan that is to be filled; `age` says when each row joined."""
    found = {}
    for name, tree in specs.items():
        if tree.fill != "given":
            above = filled(sponsor, joining, Matrix.of(tree))
            forest, _ = lay_out(above, joining, age)
            assert forest is not None
            found[name] = forest
    return found


def filled(sponsor: Positions, joining: Positions, form: Matrix) -> Positions:
    """Place everybody below his sponsor; gives the row above each, -1 for who has none.

    `sponsor[row]` is the sponsor's row or -1, in a tree without circles; `joining[k]` the row that
    joined k-th. Members take their places in order of joining, whoever comes before his sponsor
    right after him. Whoever finds no place stands at the top of a tree of his own.
    """
    count = len(sponsor)
    depth = form.depth or _NO_END

    def links() -> Positions:
        return memory.filled(count, np.int32, -1)

    sequence, above = memory.empty(count, np.int32), links()
    is_placed = np.zeros(count, np.bool_)
    filling.sequence_of_placing(joining, sponsor, is_placed, links(), links(), links(), sequence)
    if form.width == 1:
        chain, place = links(), memory.zeros(count, np.int64)
        filling.fill_chains(sequence, sponsor, depth, above, chain, place, links())
        return above
    # A tree that is not balanced asks for no sizes.
    sized = count if form.is_balanced else 0
    filling.fill_levels(
        sequence,
        sponsor,
        form.width,
        depth,
        form.is_balanced,
        above,
        *(links() for _ in range(3)),
        memory.zeros(count, np.int32),
        np.arange(count, dtype=np.int32),
        memory.zeros(count, np.int64),
        *(memory.filled(sized, np.int32, -1) for _ in range(3)),
        memory.zeros(sized, np.int64),
    )
    return above


def without_place(sponsors: Forest, tree: Forest) -> npt.NDArray[np.bool_]:
    """Say who has a sponsor and stands below nobody in a tree, by position among the sponsors."""
    return np.asarray((sponsors.parent >= 0) & (tree.parent[tree.positions[sponsors.rows]] < 0))


def misplaced(
    tree: Forest, sponsor: Positions, width: int | None, depth: int | None
) -> Iterator[tuple[int, str]]:
    """Give the rows that a matrix of this form has no room for, and why.

    `sponsor[row]` is the sponsor's row or -1. More than `width` directly below one member, and
    more than `depth` levels between a member and the sponsor below whom he stands.
    """
    if width is not None:
        nth = _nth_below(tree)
        for position in np.flatnonzero(nth > width).tolist():
            yield int(tree.rows[position]), f"{width} places directly below one member are taken"
    if depth is not None:
        yield from _too_deep(tree, sponsor, depth)


def _nth_below(tree: Forest) -> npt.NDArray[np.int64]:
    """Say of each position the how-manieth it is of those directly below the same one."""
    below = np.flatnonzero(tree.parent >= 0)
    order = below[np.argsort(tree.parent[below], kind="stable")]
    parents = tree.parent[order]
    starts = np.searchsorted(parents, parents, side="left")
    nth = np.zeros(len(tree), np.int64)
    nth[order] = np.arange(len(order)) - starts + 1
    return nth


def _too_deep(tree: Forest, sponsor: Positions, depth: int) -> Iterator[tuple[int, str]]:
    size = np.ones(len(tree), np.int64)
    trees.add_up(tree.parent, size)
    distance = np.zeros(len(tree), np.int32)
    trees.count_above(tree.parent, distance)
    places = np.arange(len(tree))
    above = np.asarray(tree.positions_of(sponsor))[tree.rows]
    stands_below = (above >= 0) & (above < places) & (places < above + size[np.maximum(above, 0)])
    levels = distance - distance[np.maximum(above, 0)]
    for position in np.flatnonzero(stands_below & (levels > depth)).tolist():
        row = int(tree.rows[position])
        yield row, f"this is level {int(levels[position])} below his sponsor, of {depth}"
