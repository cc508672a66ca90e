"""A tree of members as parents and children."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from tests.reference.world import WorldRefused


class Tree:
    """Who stands below whom; children are listed in the order in which the members came."""

    def __init__(self, parents: Mapping[str, str | None]) -> None:
        self.parents = dict(parents)
        self.children: dict[str, list[str]] = {member: [] for member in self.parents}
        for member, parent in self.parents.items():
            if parent is None:
                continue
            if parent not in self.children:
                raise WorldRefused(f"{member} stands below {parent}, who does not exist.")
            self.children[parent].append(member)
        self.from_above = self._from_above()

    def _from_above(self) -> list[str]:
        """List everybody, each after his parent."""
        found = [member for member, parent in self.parents.items() if parent is None]
        for member in found:
            found.extend(self.children[member])
        if len(found) != len(self.parents):
            lost = sorted(set(self.parents) - set(found))
            raise WorldRefused(f"These members stand below themselves: {', '.join(lost)}.")
        return found

    def upwards(self, member: str | None) -> Iterator[str]:
        """Give the member himself and everybody above him."""
        while member is not None:
            yield member
            member = self.parents[member]

    def below(self, member: str, *, until: Callable[[str], bool] | None = None) -> Iterator[str]:
        """Give everybody below; whoever meets `until` is left out with everybody below him."""
        waiting = list(self.children[member])
        while waiting:
            one = waiting.pop(0)
            if until is None or not until(one):
                yield one
                waiting.extend(self.children[one])

    def levels(self, member: str, deepest: int) -> Iterator[str]:
        """Give everybody on levels 1 to `deepest` below."""
        level = self.children[member]
        for _ in range(deepest):
            yield from level
            level = [child for one in level for child in self.children[one]]
