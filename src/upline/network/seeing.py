"""Who may see whom: staff by right, a member his own positions and everybody below them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from upline.foundation.once import once
from upline.network import history, resident
from upline.network.errors import MemberUnknown
from upline.network.genealogy import Genealogy
from upline.network.models import Member
from upline.people import queries as people

SEES_ALL = "members.see"


def positions_held_by(viewer: Any) -> Sequence[Member]:
    """Give the positions that the person of a login holds or shares today, by number."""
    if not viewer.is_active or viewer.person_id is None:
        return ()
    held = Member.objects.filter(
        holders__person__in=people.all_of(viewer.person_id),
        holders__span__contains=history.today(),
    )
    return tuple(held.order_by("number").distinct())


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What a login sees of the genealogy; ask for it once a request."""

    tree: Genealogy
    own: Sequence[Member]
    sees_all: bool

    @property
    def tops(self) -> Sequence[int]:
        """Give the places of the own positions."""
        return [self.tree.place_of(one.pk) for one in self.own]

    def sees(self, place: int) -> bool:
        """Say whether the login sees who stands at a place."""
        return self.sees_all or any(self.tree.is_below(place, top) for top in self.tops)

    def place_of_code(self, code: str) -> int:
        """Give the place of a member by code. Raises MemberUnknown for who is not seen, too."""
        place = self.tree.place_of_code(code)
        if not self.sees(place):
            raise MemberUnknown(member=code)
        return place

    def top_above(self, place: int) -> int:
        """Give the highest own position above a place, or its root for staff."""
        tops = [top for top in self.tops if self.tree.is_below(place, top)]
        if tops:
            return min(tops)
        while self.tree.parent[place] >= 0:
            place = int(self.tree.parent[place])
        return place


def outlook(viewer: Any) -> Outlook:
    """Give what a login sees. Four queries at most, while the genealogy stays as it is."""
    return once(("network.outlook", viewer.pk), lambda: _outlook(viewer))


def _outlook(viewer: Any) -> Outlook:
    own = positions_held_by(viewer)
    tree = resident.present()
    if own and min(tree.places_of([one.pk for one in own])) < 0:
        # Who joined a moment ago must not wait for the next reading.
        tree = resident.fresh()
    return Outlook(tree=tree, own=own, sees_all=bool(viewer.has_perm(SEES_ALL)))


def sees(viewer: Any, member_id: int) -> bool:
    """Say whether a login may see a member; one who does not exist nobody sees."""
    seen = outlook(viewer)
    place = int(seen.tree.places_of([member_id])[0])
    return place >= 0 and seen.sees(place)
