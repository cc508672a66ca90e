"""Everything the network knows of one member, with its days, for staff."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from upline.network import resident
from upline.network.errors import MembersUnseen, MemberUnknown
from upline.network.genealogy import TeamMember
from upline.network.models import (
    Holder,
    Member,
    Placement,
    RankGrant,
    Sponsorship,
    Standing,
    Waiting,
)
from upline.network.seeing import SEES_ALL


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """From a day on, up to and without another; `until_on` is None while it holds."""

    from_on: date
    until_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sponsored:
    days: Days
    sponsor: TeamMember


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A place in a placement tree; a root has no parent."""

    days: Days
    tree: str
    parent: TeamMember | None
    slot: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stood:
    """A status other than active, and why."""

    days: Days
    status: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBy:
    days: Days
    person_id: int
    name: str
    place: int
    share: Fraction
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """A rank by decision; without `approved_by` it waits for a second person."""

    id: int
    days: Days
    rank: str
    reason: str
    proposed_by: int
    approved_by: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waited:
    tree: str
    since_on: date
    deadline_on: date
    ended_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberCard:
    """A member of today: the uplines, nearest first, and whose it is and was, the latest first."""

    facts: TeamMember
    number: int
    level: int
    merged_into: TeamMember | None
    uplines: Sequence[TeamMember]
    holders: Sequence[HeldBy]


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberHistory:
    """What was decided about a member, the latest first."""

    sponsorships: Sequence[Sponsored]
    placements: Sequence[Placed]
    standings: Sequence[Stood]
    rank_grants: Sequence[Granted]
    waits: Sequence[Waited]


def member_card(viewer: Any, member_id: int) -> MemberCard:
    """Give a member as of today. Raises MembersUnseen, MemberUnknown. Three queries."""
    if not viewer.has_perm(SEES_ALL):
        raise MembersUnseen
    member = Member.objects.filter(pk=member_id).first()
    if member is None:
        raise MemberUnknown(member=member_id)
    tree = resident.present()
    if tree.places_of([member_id])[0] < 0:
        tree = resident.fresh()
    place = tree.place_of(member_id)
    uplines, above = [], int(tree.parent[place])
    while above >= 0:
        uplines.append(tree.at(above))
        above = int(tree.parent[above])
    return MemberCard(
        facts=tree.at(place),
        number=member.number,
        level=len(uplines),
        merged_into=tree.names_of([member.merged_into_id]).get(member.merged_into_id)
        if member.merged_into_id
        else None,
        uplines=tuple(uplines),
        holders=_holders(member),
    )


def member_history(viewer: Any, member_id: int) -> MemberHistory:
    """Give what was decided about a member; nothing for nobody. Raises MembersUnseen. Six queries."""
    if not viewer.has_perm(SEES_ALL):
        raise MembersUnseen
    tree = resident.present()
    return MemberHistory(
        sponsorships=tuple(
            Sponsored(days=_days(one), sponsor=tree.names_of([one.sponsor_id])[one.sponsor_id])
            for one in _latest(Sponsorship, member_id)
        ),
        placements=tuple(
            Placed(
                days=_days(one),
                tree=one.tree.code,
                parent=tree.names_of([one.parent_id])[one.parent_id] if one.parent_id else None,
                slot=one.slot,
            )
            for one in _latest(Placement, member_id).select_related("tree")
        ),
        standings=tuple(
            Stood(days=_days(one), status=one.status, reason=one.reason)
            for one in _latest(Standing, member_id)
        ),
        rank_grants=_grants(member_id),
        waits=_waits(member_id),
    )


def _holders(member: Member) -> Sequence[HeldBy]:
    rows = Holder.objects.filter(member=member).select_related("person")
    return tuple(
        HeldBy(
            days=_days(one),
            person_id=one.person_id,
            name=str(one.person),
            place=one.place,
            share=Fraction(one.share_numerator, one.share_denominator),
            how=one.how,
        )
        for one in rows.order_by("-span", "place")
    )


def _grants(member_id: int) -> Sequence[Granted]:
    return tuple(
        Granted(
            id=one.pk,
            days=_days(one),
            rank=one.rank,
            reason=one.reason,
            proposed_by=one.proposed_by_id,
            approved_by=one.approved_by_id,
        )
        for one in _latest(RankGrant, member_id)
    )


def _waits(member_id: int) -> Sequence[Waited]:
    rows = Waiting.objects.filter(member=member_id).select_related("tree")
    return tuple(
        Waited(
            tree=one.tree.code,
            since_on=one.since_on,
            deadline_on=one.deadline_on,
            ended_on=one.ended_on,
        )
        for one in rows.order_by("-since_on", "-pk")
    )


def _latest(model: Any, member_id: int) -> Any:
    return model.objects.filter(member=member_id).order_by("-span", "-pk")


def _days(row: Any) -> Days:
    return Days(from_on=row.span.lower, until_on=row.span.upper)
