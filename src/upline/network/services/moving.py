"""Move members, each with everybody below."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from upline.foundation import audit, outbox
from upline.network import history, locks, walks
from upline.network.domain import SPONSOR, Root, Slot, SpillOver
from upline.network.errors import NotPlaced, ReasonMissing, WouldMakeCircle
from upline.network.events import MemberMoved
from upline.network.models import Member, Placement
from upline.network.services import placing


def move_sponsor(
    *, member_id: int, sponsor_id: int | None, effective_on: date, reason: str
) -> bool:
    """Give a member another sponsor from a day on, with everybody below; say if anything changed.

    The day is the start of a period: inside an open one a move counts for all of it, for who
    joined within it from their joining. Repeating it changes nothing. Raises WouldMakeCircle,
    SponsorTerminated, BeforeJoining, LaterChange, HistorySealed, MemberTerminated.
    """
    with transaction.atomic():
        locks.hold(sponsor="alone")
        wanted = [member_id] if sponsor_id is None else [member_id, sponsor_id]
        member, *sponsors = locks.members_for_update(*wanted)
        sponsor = sponsors[0] if sponsors else None
        since = _start(member, effective_on, reason=reason)
        if sponsor is not None:
            history.refuse_sponsor(sponsor, since=since)
            refuse_circle(member, sponsor, since=since)
        before = member.sponsor_id
        if not history.put_sponsor(member, sponsor, since=since):
            return False
        audit.record(
            act="network.move",
            subject=f"member:{member.pk}",
            reason=reason,
            before={"sponsor": before},
            after={"sponsor": sponsor_id, "tree": SPONSOR, "effective_on": str(since)},
        )
        outbox.append(MemberMoved(member_id=member.pk, tree=SPONSOR, effective_on=since))
    return True


def move_placement(
    *, member_id: int, at: Root | Slot | SpillOver, effective_on: date, reason: str
) -> bool:
    """Give a member another position in a placement tree, with everybody below.

    The day is that of `move_sponsor`. Repeating it changes nothing, but for a rule, which looks for
    a slot anew. Raises SlotTaken, NoSuchSlot, NotPlaced, WouldMakeCircle, BeforeJoining,
    LaterChange, HistorySealed, MemberTerminated.
    """
    with transaction.atomic():
        locks.hold([at.tree], sponsor="shared")
        (member,) = locks.members_for_update(member_id)
        tree = locks.tree_by_code(at.tree)
        since = _start(member, effective_on, reason=reason)
        rows = Placement.objects.filter(tree=tree, member=member)
        present = history.present_row(rows, member, since=since)
        if present is None:
            raise NotPlaced(member=member.code, tree=tree.code, on=since)
        before = {"parent": present.parent_id, "slot": present.slot}
        seat = placing.seat_of(tree, member, at, since=since)
        if not placing.put_into(tree, member, seat=seat, since=since):
            return False
        audit.record(
            act="network.move",
            subject=f"member:{member.pk}",
            reason=reason,
            before=before,
            after={
                "parent": seat[0],
                "slot": seat[1],
                "tree": tree.code,
                "effective_on": str(since),
            },
        )
        outbox.append(MemberMoved(member_id=member.pk, tree=tree.code, effective_on=since))
    return True


def refuse_circle(member: Member, sponsor: Member, *, since: date) -> None:
    """Raise WouldMakeCircle for a sponsor who stands below the member on that day or later."""
    day = walks.circle_on(walks.SPONSORSHIPS, member_id=member.pk, under_id=sponsor.pk, since=since)
    if day is not None:
        raise WouldMakeCircle(tree=SPONSOR, above=sponsor.code, member=member.code, on=day)


def _start(member: Member, effective_on: date, *, reason: str) -> date:
    """Give the day from which a move holds, for a member who may be moved."""
    if not reason.strip():
        raise ReasonMissing(act="The move", member=member.code)
    since = max(effective_on, member.joined_on)
    history.refuse_sealed(since)
    history.refuse_terminated(member, since=since)
    return since
