"""Trees of a width and a depth: filled in order of joining, or held against what came in."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from tests.reference.trees import Tree
from tests.reference.world import WorldRefused
from upline.compensation.plan import schema

if TYPE_CHECKING:
    from tests.reference.company import Company


@dataclass(frozen=True, slots=True)
class Grid:
    """A matrix as far as it has been filled: who stands below whom, from the left."""

    spec: schema.Tree
    children: dict[str, list[str]]

    def has_room(self, member: str) -> bool:
        """Say whether somebody may be placed directly below a member."""
        assert self.spec.width is not None
        return len(self.children[member]) < self.spec.width

    def place_below(self, sponsor: str) -> str | None:
        """Give below whom the next recruit of a sponsor is placed; None where there is no room."""
        if self.spec.fill == "balanced":
            parent, depth = self._fewest(sponsor)
            if self.spec.depth is None or depth <= self.spec.depth:
                return parent
        return self._first_open(sponsor)

    def _first_open(self, sponsor: str) -> str | None:
        """Look level by level, from the left."""
        level, depth = [sponsor], 1
        while level and (self.spec.depth is None or depth <= self.spec.depth):
            for one in level:
                if self.has_room(one):
                    return one
            level = [child for one in level for child in self.children[one]]
            depth += 1
        return None

    def _fewest(self, sponsor: str) -> tuple[str, int]:
        """Go into the leg with the fewest members until somebody has room; and how deep that is."""
        member, depth = sponsor, 1
        while not self.has_room(member):
            member = min(self.children[member], key=self._size)
            depth += 1
        return member, depth

    def _size(self, member: str) -> int:
        return 1 + sum(self._size(child) for child in self.children[member])


def filled(sponsors: Tree, spec: schema.Tree) -> tuple[Tree, list[str]]:
    """Place everybody below his sponsor in order of joining; and list who found no room.

    Who came before his sponsor is placed right after him. Who finds no room stands at the top of
    a tree of his own.
    """
    grid = Grid(spec, {})
    parents: dict[str, str | None] = {}
    without: list[str] = []
    come: list[str] = []

    def place(member: str) -> None:
        sponsor = sponsors.parents[member]
        parent = None if sponsor is None else grid.place_below(sponsor)
        parents[member] = parent
        grid.children[member] = []
        if parent is not None:
            grid.children[parent].append(member)
        elif sponsor is not None:
            without.append(member)
        for earlier in come:
            if sponsors.parents[earlier] == member and earlier not in parents:
                place(earlier)

    for newcomer, sponsor in sponsors.parents.items():
        come.append(newcomer)
        if sponsor is None or sponsor in parents:
            place(newcomer)
    return Tree({member: parents[member] for member in sponsors.parents}), without


def refuse_beyond(sponsors: Tree, tree: Tree, spec: schema.Tree) -> None:
    """Raise WorldRefused where places that came in are outside the matrix."""
    for member, children in tree.children.items():
        if spec.width is not None and len(children) > spec.width:
            raise WorldRefused(f"{len(children)} members stand directly below {member}.")
        line = list(tree.upwards(member))
        sponsor = sponsors.parents[member]
        if spec.depth is not None and sponsor in line and line.index(sponsor) > spec.depth:
            raise WorldRefused(f"{member} stands too deep below his sponsor {sponsor}.")


def states(company: Company) -> dict[tuple[str, str], object]:
    """Say how many find room on each level below a member, and on which level others stand."""
    found: dict[tuple[str, str], object] = {}
    for name, spec in company.file.trees.items():
        for member in company.without_place(name):
            found[member, f"{name}.without_place"] = True
        if spec.kind != "matrix" or spec.width is None or spec.depth is None:
            continue
        room = [Fraction(spec.width**level) for level in range(1, spec.depth + 1)]
        for member in company.members:
            for level, places in enumerate(room, 1):
                found[member, f"{name}.capacity_level_{level}"] = places
            found[member, f"{name}.capacity_total"] = sum(room, Fraction(0))
            for distance, upline in enumerate(company.tree(name).upwards(member)):
                if distance:
                    found[member, f"{name}.level_below.{upline}"] = Fraction(distance)
    return found
