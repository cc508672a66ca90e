"""For which of the own positions a member reads the pages."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from upline.network import queries as network
from upline.network.genealogy import Genealogy
from upline.network.models import Member

# The name in addresses and in the session.
CHOICE = "member"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standpoint:
    """What a login sees, and from which of the own positions."""

    outlook: network.Outlook
    position: Member
    top: int

    @property
    def tree(self) -> Genealogy:
        """Everybody of today."""
        return self.outlook.tree

    @property
    def has_choice(self) -> bool:
        """Say whether there is another position to choose."""
        return len(self.outlook.own) > 1


def standpoint(request: HttpRequest) -> Standpoint | None:
    """Give the position that was chosen by `?member=`, now or before, else the first; None without any.

    A code that is not an own one is passed over: an old link must not lock anybody out.
    """
    seen = network.outlook(request.user)
    if not seen.own:
        return None
    own = {one.code.upper(): one for one in seen.own}
    asked = request.GET.get(CHOICE, "").strip().upper()
    if asked in own and request.session.get(CHOICE) != asked:
        request.session[CHOICE] = asked
    position = own.get(request.session.get(CHOICE, ""), seen.own[0])
    return Standpoint(outlook=seen, position=position, top=seen.tree.place_of(position.pk))
