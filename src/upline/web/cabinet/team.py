"""The team of a member: as a tree that opens level by level, and each one's card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language

from upline.foundation import access
from upline.network import team
from upline.network.errors import MemberUnknown
from upline.network.history import today
from upline.web.cabinet.positions import Standpoint, standpoint
from upline.web.cabinet.team_figures import TeamColumns, team_columns
from upline.web.cabinet.team_rows import Row, row_at
from upline.web.shared import formats

# So many of one level at first, and with each "show more".
SOME = 50
# A page opens a path this far; further up it is a row of links.
LEVELS_OPEN = 5
HITS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A member in the tree, with those of the next level that are shown, if it is open."""

    row: Row
    children: Sequence[Node] | None = None
    # From where on more of them can be asked for, and from where those before.
    following: int | None = None
    preceding: int | None = None
    is_wanted: bool = False
    # So deep in the page that it opens a page of its own.
    is_deep: bool = False

    @property
    def rest(self) -> int:
        """Count those of the next level that come behind the ones shown."""
        return self.row.first_level - (self.following or self.row.first_level)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What all pages of the team begin with."""

    here: Standpoint
    columns: TeamColumns | None

    def row(self, place: int) -> Row:
        """Give who stands at a place."""
        return row_at(self.here, self.columns, place)

    def rows(self, places: Any) -> list[Row]:
        """Give who stands at some places."""
        return [self.row(int(place)) for place in places]

    def place(self, code: str) -> int:
        """Give the place of a member of this team, else answer that there is none."""
        try:
            place = self.here.tree.place_of_code(code)
        except MemberUnknown:
            raise Http404 from None
        if not self.here.tree.is_below(place, self.here.top):
            raise Http404
        return place


def sight(request: HttpRequest) -> Sight | None:
    """Give what a login sees of its team, or None for who has no position."""
    here = standpoint(request)
    if here is None:
        return None
    return Sight(here=here, columns=team_columns(here.tree, get_language() or "en"))


def nobody(request: HttpRequest) -> HttpResponse:
    """Say that this login has no team."""
    return render(request, "cabinet/team_nobody.html")


def summary_of(seen: Sight) -> dict[str, Any]:
    """Give the figures that stand above every view of the team."""
    first_day = today().replace(day=1)
    here = seen.here
    found = team.summary(here.tree, here.top, since=first_day)
    group = slice(here.top + 1, here.top + int(here.tree.size[here.top]))
    active = seen.columns.is_active if seen.columns else None
    return {
        "here": here,
        "columns": seen.columns,
        "summary": found,
        "since": first_day,
        "active": None if active is None else int(active[group].sum()),
        "ranks": _ranks(seen, group),
    }


def _ranks(seen: Sight, group: slice) -> list[tuple[str, int]]:
    """Count the team by rank, the highest first, without ranks that nobody holds."""
    if seen.columns is None:
        return []
    held = seen.columns.rank[group]
    counts = np.bincount(held[held >= 0], minlength=len(seen.columns.rank_titles))
    pairs = zip(seen.columns.rank_titles, counts, strict=True)
    return [(title, int(count)) for title, count in pairs if count][::-1]


@access.needs("cabinet.use")
def tree(request: HttpRequest) -> HttpResponse:
    """Show the team as a tree; `?at=` begins at a member, `?open=` opens the way to one."""
    seen = sight(request)
    if seen is None:
        return nobody(request)
    words = request.GET.get("find", "").strip()
    hits = found_by(seen, words) if words else []
    if len(hits) == 1:
        return redirect(f"{reverse('cabinet:team')}?{urlencode({'open': hits[0].code})}")
    wanted = seen.place(request.GET["open"]) if request.GET.get("open") else None
    at = seen.place(request.GET["at"]) if request.GET.get("at") else seen.here.top
    way = seen.here.tree.path(at if wanted is None else wanted, seen.here.top)
    shown = way if wanted is not None else way[-1:]
    top = shown[-LEVELS_OPEN:][0]
    return render(
        request,
        "cabinet/team_tree.html",
        {
            **summary_of(seen),
            "view": "tree",
            "words": words,
            "hits": hits,
            "node": node(
                seen,
                top,
                opening=[place for place in shown if place >= top],
                first=_whole(request.GET.get("first")),
            ),
            "way": seen.rows(seen.here.tree.path(top, seen.here.top)[:-1]),
        },
    )


def found_by(seen: Sight, words: str) -> list[Row]:
    """Find members of the team by name or code, the nearest first."""
    here = seen.here
    places = team.found(here.tree, here.top, team.TeamFilter(words=words))
    return seen.rows(team.page(here.tree, places, most=HITS).places)


def node(seen: Sight, place: int, *, opening: Sequence[int], first: int = 0, deep: int = 0) -> Node:
    """Give a member with the next level; `opening` is the way down along which it goes on."""
    children = seen.here.tree.children(place)
    below = opening[1:]
    if below:
        first = int(np.flatnonzero(children == below[0])[0]) // SOME * SOME
    shown = children[first : first + SOME]
    nodes = [
        node(seen, int(child), opening=below, deep=deep + 1)
        if len(below) > 1 and int(child) == below[0]
        else Node(
            row=seen.row(int(child)),
            is_wanted=below[:1] == [int(child)],
            is_deep=deep >= LEVELS_OPEN + 2,
        )
        for child in shown
    ]
    last = first + len(shown)
    return Node(
        row=seen.row(place),
        children=nodes,
        following=last if last < len(children) else None,
        preceding=max(first - SOME, 0) if first else None,
    )


@access.needs("cabinet.use")
def branch(request: HttpRequest, code: str) -> HttpResponse:
    """Give those of the next level below a member, for a tree that is open already."""
    seen = sight(request)
    if seen is None:
        raise Http404
    first = _whole(request.GET.get("first"))
    deep = _whole(request.GET.get("deep"))
    place = seen.place(code)
    return render(
        request,
        "cabinet/team_branch.html",
        {
            "node": node(seen, place, opening=[place], first=first, deep=deep),
            "deep": deep + 1,
            "columns": seen.columns,
            "is_part": "first" in request.GET,
        },
    )


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else 0


@access.needs("cabinet.use")
def member(request: HttpRequest, code: str) -> HttpResponse:
    """Show a member of the team: the way to him, rank, volumes, his own team."""
    seen = sight(request)
    if seen is None:
        raise Http404
    place = _place_from_any_position(seen, code)
    here = seen.here
    top = here.top if here.tree.is_below(place, here.top) else here.outlook.top_above(place)
    own = Standpoint(outlook=here.outlook, position=here.position, top=top)
    seen = Sight(here=own, columns=seen.columns)
    since: date = today().replace(day=1)
    way = seen.rows(here.tree.path(place, top))
    return render(
        request,
        "cabinet/team_member.html",
        {
            "here": here,
            "columns": seen.columns,
            "member": seen.row(place),
            "country": country_name(here.tree.at(place).country),
            "way": way,
            "sponsor": way[-2] if len(way) > 1 else None,
            "summary": team.summary(here.tree, place, since=since),
            "first_level": seen.rows(here.tree.children(place)[:SOME]),
        },
    )


def country_name(code: str) -> str:
    """Name a country in the language of the request, or give its letters."""
    return formats.country(code, get_language() or "en")


def _place_from_any_position(seen: Sight, code: str) -> int:
    """Give the place of who stands below any own position, whichever is chosen."""
    tree_of_all = seen.here.tree
    try:
        place = tree_of_all.place_of_code(code)
    except MemberUnknown:
        raise Http404 from None
    if not any(tree_of_all.is_below(place, top) for top in seen.here.outlook.tops):
        raise Http404
    return place
