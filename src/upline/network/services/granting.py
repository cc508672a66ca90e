"""Grant a rank by decision: one person proposes, another approves, and it ends on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from upline.foundation import audit, clock, locking, outbox
from upline.network import history, locks
from upline.network.errors import (
    RankGrantOverlaps,
    RankGrantUnknown,
    ReasonMissing,
    SamePerson,
    SpanEmpty,
)
from upline.network.events import RankGranted, RankGrantEnded
from upline.network.models import RankGrant


@dataclass(frozen=True, slots=True, kw_only=True)
class RankGrantDraft:
    """A rank for a member from a day, until a day that is not counted, or for good."""

    member_id: int
    rank: str
    from_on: date
    until_on: date | None
    reason: str


def propose_rank(*, draft: RankGrantDraft, proposed_by: int) -> int:
    """Propose a rank for a member and give the grant's id; nothing holds until it is approved.

    The same proposal again is the same grant. Raises ReasonMissing, SpanEmpty, MemberTerminated,
    BeforeJoining, HistorySealed.
    """
    with transaction.atomic():
        locks.hold(sponsor="shared")
        (member,) = locks.members_for_update(draft.member_id)
        if not draft.reason.strip():
            raise ReasonMissing(act="The grant of a rank", member=member.code)
        if draft.until_on is not None and draft.until_on <= draft.from_on:
            raise SpanEmpty(from_on=draft.from_on, until_on=draft.until_on)
        history.refuse_sealed(draft.from_on)
        history.refuse_before_joining(draft.from_on, member)
        history.refuse_terminated(member, since=draft.from_on)
        grant, is_new = RankGrant.objects.get_or_create(
            member=member,
            rank=draft.rank,
            span=history.span(draft.from_on, draft.until_on),
            defaults={"reason": draft.reason, "proposed_by_id": proposed_by},
        )
        if is_new:
            _record("propose_rank", grant, reason=draft.reason)
        return int(grant.pk)


def grant_rank(*, grant_id: int, approved_by: int) -> bool:
    """Approve a proposed rank as a second person; say whether anything changed.

    Raises RankGrantUnknown, SamePerson, RankGrantOverlaps, MemberTerminated, HistorySealed.
    """
    with transaction.atomic():
        locks.hold(sponsor="shared")
        grant = _locked(grant_id)
        if grant.approved_at is not None:
            return False
        if grant.proposed_by_id == approved_by:
            raise SamePerson(grant=grant_id, login=approved_by)
        history.refuse_sealed(grant.span.lower)
        history.refuse_terminated(grant.member, since=grant.span.lower)
        other = RankGrant.objects.filter(
            member=grant.member, approved_at__isnull=False, span__overlap=grant.span
        ).first()
        if other is not None:
            raise RankGrantOverlaps(member=grant.member.code, rank=other.rank)
        grant.approved_by_id, grant.approved_at = approved_by, clock.now()
        grant.save(update_fields=["approved_by", "approved_at"])
        _record("grant_rank", grant, reason=grant.reason)
        outbox.append(
            RankGranted(
                member_id=grant.member_id,
                rank=grant.rank,
                from_on=grant.span.lower,
                until_on=grant.span.upper,
            )
        )
    return True


def end_rank_grant(*, grant_id: int, until_on: date, reason: str) -> bool:
    """End a grant before its time: it holds up to a day, that day not counted.

    Raises RankGrantUnknown, SpanEmpty, ReasonMissing, HistorySealed.
    """
    with transaction.atomic():
        locks.hold(sponsor="shared")
        grant = _locked(grant_id)
        if not reason.strip():
            raise ReasonMissing(act="The end of a grant", member=grant.member.code)
        if grant.span.upper is not None and grant.span.upper <= until_on:
            return False
        if until_on <= grant.span.lower:
            raise SpanEmpty(from_on=grant.span.lower, until_on=until_on)
        history.refuse_sealed(until_on)
        grant.span = history.span(grant.span.lower, until_on)
        grant.save(update_fields=["span"])
        _record("end_rank_grant", grant, reason=reason)
        outbox.append(RankGrantEnded(member_id=grant.member_id, rank=grant.rank, until_on=until_on))
    return True


def _locked(grant_id: int) -> RankGrant:
    found = RankGrant.objects.filter(pk=grant_id).values_list("member_id", flat=True).first()
    if found is None:
        raise RankGrantUnknown(grant=grant_id)
    # The member first: two grants of one member are approved one after the other.
    locks.members_for_update(found)
    grant: RankGrant = locking.rows(RankGrant.objects.filter(pk=grant_id)).get()
    return grant


def _record(act: str, grant: RankGrant, *, reason: str) -> None:
    audit.record(
        act=f"network.{act}",
        subject=f"member:{grant.member_id}",
        reason=reason,
        after={
            "grant": grant.pk,
            "rank": grant.rank,
            "from_on": str(grant.span.lower),
            "until_on": str(grant.span.upper or ""),
        },
    )
