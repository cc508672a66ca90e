"""Who a member is to the company: names, ways to reach them, positions, safety of the login."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from upline.foundation import access
from upline.people import queries as people
from upline.web.cabinet.positions import Standpoint, standpoint


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


def _positions(here: Standpoint) -> list[dict[str, object]]:
    """Give each own position with its sponsor."""
    tree = here.tree
    found = []
    for own in here.outlook.own:
        place = tree.place_of(own.pk)
        parent = int(tree.parent[place])
        found.append(
            {
                "member": own,
                "sponsor": tree.at(parent) if parent >= 0 else None,
                "team": int(tree.size[place]) - 1,
            }
        )
    return found
