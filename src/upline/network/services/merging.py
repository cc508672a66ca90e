"""Merge two positions of one person into one."""

from __future__ import annotations

from datetime import date
from typing import Literal

from django.db import transaction

from upline.foundation import audit, outbox
from upline.network import handing_over, history, locks
from upline.network.errors import MergeIntoItself, ReasonMissing
from upline.network.events import MembersMerged
from upline.network.models import Member, Status
from upline.network.services.standing import tell_status
from upline.people import queries as people


def merge_positions(
    *,
    kept_id: int,
    double_id: int,
    effective_on: date,
    reason: str,
    positions: Literal["keep", "vacate"] = "keep",
) -> bool:
    """Let one of two positions of the same holders go up in the other, from a day on.

    Whom the double sponsors goes to the one kept; if that one stands below the double, it first
    takes the double's place under its sponsor. The double is terminated; its places in placement
    trees are kept or vacated, as in `terminate`. Repeating it changes nothing. Raises
    MergeIntoItself, SeveralBelow, MemberTerminated, LaterChange, BeforeJoining, HistorySealed.
    """
    with transaction.atomic():
        locks.hold_all()
        kept, double = locks.members_for_update(kept_id, double_id)
        if double.merged_into_id == kept.pk:
            return False
        _refuse(kept, double, effective_on=effective_on, reason=reason)
        if handing_over.stands_below(kept, double, since=effective_on):
            heir = handing_over.nearest_above(double, since=effective_on)
            history.put_sponsor(kept, heir, since=effective_on)
        handing_over.close(double, kept, since=effective_on, positions=positions)
        double.merged_into = kept
        double.save(update_fields=["merged_into"])
        tell_status(double, Status.TERMINATED, since=effective_on, reason=reason)
        audit.record(
            act="network.merge_positions",
            subject=f"member:{double.pk}",
            reason=reason,
            after={"kept": kept.pk, "effective_on": str(effective_on)},
        )
        outbox.append(
            MembersMerged(member_id=double.pk, kept_id=kept.pk, effective_on=effective_on)
        )
    return True


def _refuse(kept: Member, double: Member, *, effective_on: date, reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing(act="The merge", member=double.code)
    history.refuse_sealed(effective_on)
    history.refuse_before_joining(effective_on, kept, double)
    for member in (kept, double):
        history.refuse_terminated(member, since=effective_on)
    holders = [
        {
            people.kept_person(one.person_id)
            for one in history.holders_of(member, since=effective_on)
        }
        for member in (kept, double)
    ]
    if kept.pk == double.pk or holders[0] != holders[1]:
        raise MergeIntoItself(kept=kept.code, double=double.code)
