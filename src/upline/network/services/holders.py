"""Give a position to others: sale, inheritance, joint holders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from upline.foundation import audit, outbox
from upline.network import history, locks
from upline.network.domain import Share, check_shares
from upline.network.errors import HolderUnknown, NoSuchTransfer, ReasonMissing
from upline.network.events import HoldersChanged
from upline.network.models import Holder, Member
from upline.people.models import Person


def change_holders(
    *, member_id: int, holders: Sequence[Share], how: str, effective_on: date, reason: str
) -> bool:
    """Let persons hold a position from a day on, the first one signing; say if anything changed.

    `how` is sold, inherited, shared or corrected. Sponsor, places and number stay with the
    position. Repeating it changes nothing. Raises SharesUnequalOne, MemberTerminated, LaterChange,
    BeforeJoining, HistorySealed.
    """
    whole = check_shares(holders)
    with transaction.atomic():
        # Shared, so that no history is sealed meanwhile.
        locks.hold(sponsor="shared")
        (member,) = locks.members_for_update(member_id)
        _refuse(member, holders, how=how, effective_on=effective_on, reason=reason)
        present = history.holders_of(member, since=effective_on)
        new = [
            Holder(
                member=member,
                person_id=one.person_id,
                place=place,
                share_numerator=one.share.numerator * (whole // one.share.denominator),
                share_denominator=whole,
                how=how,
                span=history.span(effective_on),
            )
            for place, one in enumerate(holders, start=1)
        ]
        before, after = _said(present), _said(new)
        if before == after:
            return False
        for row in present:
            history.end(row, since=effective_on)
        Holder.objects.bulk_create(new)
        audit.record(
            act=f"network.{how}",
            subject=f"member:{member.pk}",
            reason=reason,
            before={"holders": before},
            after={"holders": after, "effective_on": str(effective_on)},
        )
        outbox.append(HoldersChanged(member_id=member.pk, how=how, effective_on=effective_on))
    return True


def _said(rows: Sequence[Holder]) -> list[list[object]]:
    return [[row.person_id, f"{row.share_numerator}/{row.share_denominator}"] for row in rows]


def _refuse(
    member: Member, holders: Sequence[Share], *, how: str, effective_on: date, reason: str
) -> None:
    if not reason.strip():
        raise ReasonMissing(act="The change of holders", member=member.code)
    if how not in {"sold", "inherited", "shared", "corrected"}:
        raise NoSuchTransfer(how=how)
    wanted = [one.person_id for one in holders]
    known = set(Person.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    for person_id in wanted:
        if person_id not in known:
            raise HolderUnknown(person=person_id)
    history.refuse_sealed(effective_on)
    history.refuse_before_joining(effective_on, member)
    history.refuse_terminated(member, since=effective_on)
