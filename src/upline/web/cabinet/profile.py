"""Who a member is to the company: names, ways to reach them, positions, safety of the login."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from upline.foundation import access
from upline.network import queries as network
from upline.network.models import Member
from upline.people import queries as people
from upline.web.cabinet.positions import Standpoint, standpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPosition:
    """A position of one's own; `sponsor` is None at the top of the tree."""

    member: Member
    sponsor: network.TeamMember | None
    team: int


@access.needs("cabinet.use")
def profile(request: HttpRequest) -> HttpResponse:
    """Show the own person; contacts are masked, for shoulders are looked over, until asked for."""
    is_clear = request.GET.get("contacts") == "clear" and not getattr(request, "standing_in", None)
    here = standpoint(request)
    person_id = request.user.person_id
    card = None
    if person_id is not None:
        card = people.own_card(request.user) if is_clear else people.person_card(person_id)
    return render(
        request,
        "cabinet/profile.html",
        {
            "card": card,
            "here": here,
            "is_clear": is_clear,
            "positions": _positions(here) if here else [],
        },
    )


def _positions(here: Standpoint) -> list[OwnPosition]:
    tree = here.tree
    found = []
    for own in here.outlook.own:
        place = tree.place_of(own.pk)
        above = int(tree.parent[place])
        sponsor = tree.at(above) if above >= 0 else None
        found.append(OwnPosition(member=own, sponsor=sponsor, team=int(tree.size[place]) - 1))
    return found
