"""A member of the team as the pages write him."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.urls import reverse

from upline.network import queries as network
from upline.web.cabinet.positions import Standpoint
from upline.web.cabinet.team_figures import TeamColumns


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A member as tree, table and card write him."""

    place: int
    code: str
    name: str
    status: str
    country: str
    joined_on: date
    level: int
    first_level: int
    total: int
    rank: str
    volumes: list[tuple[str, Decimal]]
    is_active: bool | None

    @property
    def address(self) -> str:
        """Where the card of this member is. Codes in capitals never meet a word of ours."""
        return reverse("cabinet:team-member", args=[self.code.upper()])


def row_at(here: Standpoint, columns: TeamColumns | None, place: int) -> Row:
    """Give who stands at a place, seen from the position that was chosen."""
    member: network.TeamMember = here.tree.at(place)
    is_active = None
    if columns is not None and columns.is_active is not None:
        is_active = bool(columns.is_active[place])
    return Row(
        place=place,
        code=member.code,
        name=member.name or member.code,
        status=member.status,
        country=member.country,
        joined_on=member.joined_on,
        level=int(here.tree.depth[place] - here.tree.depth[here.top]),
        first_level=member.first_level,
        total=member.total,
        rank=columns.rank_at(place) if columns else "",
        volumes=columns.volumes_at(place) if columns else [],
        is_active=is_active,
    )
