"""Give a member a position in a placement tree."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction

from upline.foundation import audit, outbox
from upline.network import history, locks, spillover, walks
from upline.network.domain import Hold, Place, Root, Slot, SpillOver, sides_of, slot_of
from upline.network.errors import (
    AlreadyPlaced,
    NotPlaced,
    SlotTaken,
    WouldMakeCircle,
)
from upline.network.events import MemberMoved, MemberStatusChanged
from upline.network.models import Member, Placement, Standing, Status, Tree, Waiting


def place(*, member_id: int, at: Place, effective_on: date, reason: str = "") -> None:
    """Give a member who has no position in a tree one, from a day on.

    The holding place ends with it. Repeating it with the same slot changes nothing. Raises
    AlreadyPlaced, SlotTaken, NoSuchSlot, NotPlaced, WouldMakeCircle, MemberTerminated,
    BeforeJoining, HistorySealed.
    """
    with transaction.atomic():
        locks.hold([at.tree], sponsor="shared")
        (member,) = locks.members_for_update(member_id)
        tree = locks.tree_by_code(at.tree)
        history.refuse_sealed(effective_on)
        history.refuse_before_joining(effective_on, member)
        history.refuse_terminated(member, since=effective_on)
        if _stands(tree, member, at, since=effective_on):
            return
        settle(member, at, since=effective_on)
        audit.record(
            act="network.place",
            subject=f"member:{member.pk}",
            reason=reason or "gets a position",
            after={"tree": tree.code, "effective_on": str(effective_on)},
        )
        outbox.append(MemberMoved(member_id=member.pk, tree=tree.code, effective_on=effective_on))


def settle(member: Member, at: Place, *, since: date) -> None:
    """Write a first position. The caller holds the locks and has checked the member."""
    tree = locks.tree_by_code(at.tree)
    if isinstance(at, Hold):
        Waiting.objects.create(
            tree=tree,
            member=member,
            since_on=since,
            deadline_on=since + timedelta(days=tree.holding_days),
        )
        return
    put_into(tree, member, seat=seat_of(tree, member, at, since=since), since=since)
    _end_wait(tree, member, since=since)


def seat_of(tree: Tree, member: Member, at: Place, *, since: date) -> tuple[int | None, int | None]:
    """Give the parent and the slot that a wish means."""
    match at:
        case Root():
            return None, None
        case Slot():
            sides = sides_of(tree.kind, tree.width)
            return at.under_id, slot_of(at.side, sides, tree=tree.code)
        case SpillOver():
            under_id = at.under_id or member.sponsor_id
            under = Member.objects.filter(pk=under_id).first()
            if under is None:
                raise NotPlaced(member=under_id, tree=tree.code, on=since)
            return spillover.seat_for(tree, at, under=under, since=since)
    raise ValueError(f"{at} is no position.")


def put_into(
    tree: Tree, member: Member, *, seat: tuple[int | None, int | None], since: date
) -> bool:
    """Write a position that is free and makes no circle; say whether anything changed."""
    parent_id, slot = seat
    if parent_id is not None and slot is not None:
        _refuse_parent(tree, member, parent_id, since=since)
        _refuse_taken(tree, member, (parent_id, slot), since=since)
    return history.put_placement(tree, member, seat=seat, since=since)


def _refuse_parent(tree: Tree, member: Member, parent_id: int, *, since: date) -> None:
    parent = Member.objects.filter(pk=parent_id).first()
    is_placed = Placement.objects.filter(
        tree=tree, member_id=parent_id, span__contains=since, span__upper_inf=True
    ).exists()
    if parent is None or not is_placed:
        raise NotPlaced(member=parent.code if parent else parent_id, tree=tree.code, on=since)
    day = walks.circle_on(
        walks.placements(tree), member_id=member.pk, under_id=parent_id, since=since
    )
    if day is not None:
        raise WouldMakeCircle(tree=tree.code, above=parent.code, member=member.code, on=day)


def _refuse_taken(tree: Tree, member: Member, seat: tuple[int, int], *, since: date) -> None:
    parent_id, slot = seat
    taken = (
        Placement.objects.filter(
            tree=tree, parent_id=parent_id, slot=slot, span__overlap=history.span(since)
        )
        .exclude(member=member)
        .select_related("member", "parent")
        .first()
    )
    if taken is not None:
        raise SlotTaken(
            tree=tree.code,
            side=sides_of(tree.kind, tree.width)[slot - 1],
            parent=taken.parent.code,
            by=taken.member.code,
        )


def _stands(tree: Tree, member: Member, at: Place, *, since: date) -> bool:
    """Say whether the wish is fulfilled already. Raises AlreadyPlaced where it is elsewhere."""
    waits = Waiting.objects.filter(tree=tree, member=member, ended_on__isnull=True).exists()
    if isinstance(at, Hold) and waits:
        return True
    present = Placement.objects.filter(
        tree=tree, member=member, span__overlap=history.span(since)
    ).first()
    if present is None:
        return False
    if isinstance(at, Slot | Root) and present.span.lower == since:
        seat = seat_of(tree, member, at, since=since)
        if seat == (present.parent_id, present.slot):
            return True
    raise AlreadyPlaced(member=member.code, tree=tree.code)


def _end_wait(tree: Tree, member: Member, *, since: date) -> None:
    """End the wait in a tree, and with the last one the status that comes of waiting."""
    waits = Waiting.objects.filter(member=member, ended_on__isnull=True)
    if not waits.filter(tree=tree).update(ended_on=since) or waits.exists():
        return
    is_holding = Standing.objects.filter(
        member=member, status=Status.HOLDING, span__contains=since
    ).exists()
    if is_holding and history.put_status(member, Status.ACTIVE, since=since, reason=""):
        outbox.append(
            MemberStatusChanged(member_id=member.pk, status=str(Status.ACTIVE), effective_on=since)
        )
