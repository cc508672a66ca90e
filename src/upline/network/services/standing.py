"""Freeze and thaw members, and terminate them with roll-up."""

from __future__ import annotations

from datetime import date
from typing import Literal

from django.db import transaction

from upline.foundation import audit, outbox
from upline.network import handing_over, history, locks
from upline.network.errors import NotFrozen, ReasonMissing
from upline.network.events import MemberStatusChanged
from upline.network.models import Member, Standing, Status, Waiting


def freeze(*, member_id: int, effective_on: date, reason: str) -> bool:
    """Freeze a member from a day on; say whether anything changed.

    Raises MemberTerminated, LaterChange, BeforeJoining, HistorySealed.
    """
    with transaction.atomic():
        locks.hold(sponsor="shared")
        member = _ready(member_id, effective_on, reason, act="Freezing")
        history.refuse_terminated(member, since=effective_on)
        return tell_status(member, Status.FROZEN, since=effective_on, reason=reason)


def unfreeze(*, member_id: int, effective_on: date, reason: str) -> bool:
    """Let a frozen member be what they were, from a day on; say whether anything changed.

    Who was thawed on that day is left alone. Raises NotFrozen, MemberTerminated, LaterChange,
    HistorySealed.
    """
    with transaction.atomic():
        locks.hold(sponsor="shared")
        member = _ready(member_id, effective_on, reason, act="Thawing")
        history.refuse_terminated(member, since=effective_on)
        frozen = Standing.objects.filter(member=member, status=Status.FROZEN)
        if not frozen.filter(span__contains=effective_on).exists():
            if frozen.filter(span__endswith=effective_on).exists():
                return False
            raise NotFrozen(member=member.code, on=effective_on)
        waits = Waiting.objects.filter(member=member, ended_on__isnull=True).exists()
        status = Status.HOLDING if waits else Status.ACTIVE
        return tell_status(member, status, since=effective_on, reason=reason)


def terminate(
    *,
    member_id: int,
    effective_on: date,
    reason: str,
    positions: Literal["keep", "vacate"] = "keep",
) -> bool:
    """End a membership from a day on: those sponsored roll up; say whether anything changed.

    Whoever the member sponsored goes to the nearest one above who is not terminated. With `keep`
    the position in placement trees stays, as that of nobody; with `vacate` its slot is freed, or
    taken by the one who stands below. Raises SeveralBelow, LaterChange, BeforeJoining,
    HistorySealed.
    """
    with transaction.atomic():
        locks.hold_all()
        member = _ready(member_id, effective_on, reason, act="Termination")
        day = history.terminated_on(member, since=effective_on)
        if day is not None and day <= effective_on:
            return False
        heir = handing_over.nearest_above(member, since=effective_on)
        handing_over.close(member, heir, since=effective_on, positions=positions)
        return tell_status(member, Status.TERMINATED, since=effective_on, reason=reason)


def tell_status(member: Member, status: str, *, since: date, reason: str) -> bool:
    """Write a status, its audit and its event."""
    before = member.status
    if not history.put_status(member, status, since=since, reason=reason):
        return False
    audit.record(
        act="network.change_status",
        subject=f"member:{member.pk}",
        reason=reason,
        before={"status": str(before)},
        after={"status": str(status), "effective_on": str(since)},
    )
    outbox.append(MemberStatusChanged(member_id=member.pk, status=str(status), effective_on=since))
    return True


def _ready(member_id: int, effective_on: date, reason: str, *, act: str) -> Member:
    (member,) = locks.members_for_update(member_id)
    if not reason.strip():
        raise ReasonMissing(act=act, member=member.code)
    history.refuse_sealed(effective_on)
    history.refuse_before_joining(effective_on, member)
    return member
