"""What is asked of the network, for any day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

import pyarrow as pa
from django.db import connection, transaction
from django.db.models import Q

from upline.foundation.copying import copy_out
from upline.network import history, locks, seeing, walks
from upline.network.cards import MemberCard, MemberHistory, member_card, member_history
from upline.network.domain import SPONSOR
from upline.network.errors import MemberUnknown
from upline.network.finding import MemberHit, search_members
from upline.network.genealogy import Genealogy, TeamMember
from upline.network.models import Holder, Member, Tree
from upline.network.resident import present
from upline.network.seeing import Outlook, outlook, sees
from upline.people import queries as people

__all__ = [
    "Genealogy",
    "Held",
    "MemberCard",
    "MemberFacts",
    "MemberHistory",
    "MemberHit",
    "Outlook",
    "TeamCounts",
    "TeamMember",
    "counts",
    "depth",
    "downline_of",
    "holders_of",
    "member",
    "member_by_id",
    "member_card",
    "member_history",
    "outlook",
    "own_positions",
    "positions_of",
    "present",
    "search_members",
    "seen_member",
    "sees",
    "snapshot",
    "upline_of",
]

_TYPES = {
    "id": pa.int64(),
    "code": pa.string(),
    "number": pa.int64(),
    "sponsor": pa.int64(),
    "joined": pa.date32(),
    "status": pa.string(),
    "country": pa.string(),
    "person": pa.int64(),
    "rank_grant": pa.string(),
}


def snapshot(*, on: date) -> pa.Table:
    """Give all members as they were on a day, in the order of joining.

    Columns: id, code, number, sponsor, joined, status, country, person (the first holder,
    or the one into whom they were merged), rank_grant, and for each placement tree `<tree>_parent` and `<tree>_side` (`left`, `right`, in
    a matrix the number of the slot). One statement reads it, so it is of one moment.
    """
    trees = list(Tree.objects.order_by("code"))
    columns, joins, types = [], [], dict(_TYPES)
    for place, tree in enumerate(trees):
        side = f"p{place}.slot::text"
        if tree.kind == Tree.Kind.BINARY:
            side = f"CASE p{place}.slot WHEN 1 THEN 'left' WHEN 2 THEN 'right' END"
        columns.append(f", p{place}.parent_id, {side}")
        joins.append(
            f" LEFT JOIN network_placement p{place} ON p{place}.member_id = m.id"
            f" AND p{place}.tree_id = {int(tree.pk)} AND p{place}.span @> day.day"
        )
        types[f"{tree.code}_parent"] = pa.int64()
        types[f"{tree.code}_side"] = pa.string()
    query = f"""
    SELECT m.id, m.code, m.number, s.sponsor_id, m.joined_on, coalesce(st.status, 'active'),
        m.country, coalesce(d.merged_into_id, h.person_id), g.rank{"".join(columns)}
    FROM (SELECT %s::date AS day) day CROSS JOIN network_member m
    LEFT JOIN network_sponsorship s ON s.member_id = m.id AND s.span @> day.day
    LEFT JOIN network_standing st ON st.member_id = m.id AND st.span @> day.day
    LEFT JOIN network_holder h ON h.member_id = m.id AND h.place = 1 AND h.span @> day.day
    LEFT JOIN people_person d ON d.id = h.person_id AND d.merged_into_id IS NOT NULL
    LEFT JOIN network_rankgrant g ON g.member_id = m.id AND g.approved_at IS NOT NULL
        AND g.span @> day.day
    {"".join(joins)}
    WHERE m.joined_on <= day.day
    ORDER BY m.number
    """  # noqa: S608 - our own names
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Joins of a million rows stay in memory; compiling the query costs more than it saves.
            cursor.execute("SET LOCAL work_mem = '128MB'; SET LOCAL jit = off")
        return copy_out(query, types, [on])


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A person's share of a position."""

    person_id: int
    share: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberFacts:
    """A member as of today."""

    id: int
    number: int
    code: str
    status: str
    sponsor_id: int | None
    joined_on: date
    country: str


def member(code: str) -> MemberFacts:
    """Find a member by code, in any case. Raises MemberUnknown."""
    found = Member.objects.filter(code__iexact=code.strip()).first()
    if found is None:
        raise MemberUnknown(member=code)
    return _facts(found)


def member_by_id(member_id: int) -> MemberFacts:
    """Find a member by id. Raises MemberUnknown."""
    found = Member.objects.filter(pk=member_id).first()
    if found is None:
        raise MemberUnknown(member=member_id)
    return _facts(found)


def _facts(found: Member) -> MemberFacts:
    return MemberFacts(
        id=found.pk,
        number=found.number,
        code=found.code,
        status=found.status,
        sponsor_id=found.sponsor_id,
        joined_on=found.joined_on,
        country=found.country,
    )


def positions_of(person_id: int, *, on: date | None = None) -> Sequence[MemberFacts]:
    """Give the positions that a person holds or shares on a day, today if none is named."""
    held = Holder.objects.filter(
        person__in=people.all_of(person_id), span__contains=on or history.today()
    )
    members = Member.objects.filter(Q(pk__in=held.values("member"))).order_by("number")
    return [_facts(one) for one in members]


def own_positions(viewer: Any) -> Sequence[MemberFacts]:
    """Give the positions of a login's person today, by number; none for who has no person."""
    return [_facts(one) for one in seeing.positions_held_by(viewer)]


def seen_member(viewer: Any, code: str) -> MemberFacts:
    """Find a member by code for a login. Raises MemberUnknown for who may not be seen, too."""
    seen = seeing.outlook(viewer)
    place = seen.place_of_code(code)
    return member_by_id(int(seen.tree.ids[place]))


def holders_of(member_id: int, *, on: date | None = None) -> Sequence[Held]:
    """Give who holds a position on a day and for which share, the first first."""
    rows = Holder.objects.filter(member_id=member_id, span__contains=on or history.today())
    return [
        Held(person_id=one.person_id, share=Fraction(one.share_numerator, one.share_denominator))
        for one in rows.order_by("place")
    ]


def upline_of(member_id: int, *, on: date, tree: str = SPONSOR) -> Sequence[int]:
    """Give the ids above a member on a day, nearest first."""
    return walks.above(_edges(tree), member_id=member_id, on=on)[1:]


def downline_of(
    member_id: int, *, on: date, tree: str = SPONSOR, levels: int | None = None
) -> Sequence[tuple[int, int]]:
    """Give the ids below a member on a day with their level, nearest first."""
    return walks.below(_edges(tree), member_id=member_id, on=on, levels=levels)


def depth(member_id: int, *, on: date, tree: str = SPONSOR) -> int:
    """Count who stands above a member on a day."""
    return len(upline_of(member_id, on=on, tree=tree))


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamCounts:
    """How many stand below a member: on the first level, on all, and on how many levels."""

    first_level: int
    total: int
    levels: int


def counts(member_id: int, *, on: date, tree: str = SPONSOR) -> TeamCounts:
    """Count a member's downline on a day."""
    found = downline_of(member_id, on=on, tree=tree)
    levels = [level for _, level in found]
    return TeamCounts(first_level=levels.count(1), total=len(levels), levels=max(levels, default=0))


def _edges(tree: str) -> walks.Edges:
    return walks.SPONSORSHIPS if tree == SPONSOR else walks.placements(locks.tree_by_code(tree))
