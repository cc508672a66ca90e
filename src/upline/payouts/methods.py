"""Where members are paid: added by themselves, changed with a pause, read for a payment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from upline.foundation import audit, clock, context, locking, outbox
from upline.foundation.secrets import digest
from upline.network.errors import MemberUnknown
from upline.network.models import Member
from upline.network.seeing import positions_held_by
from upline.payouts import destinations, holding
from upline.payouts.errors import AccountRefused, HolderMissing, MethodBroken, MethodMissing
from upline.payouts.events import MethodChanged
from upline.payouts.models import Method
from upline.payouts.models.methods import HOLD
from upline.payouts.orders import Destination
from upline.people import queries as people
from upline.people.models import Contact

_HOLDER_AT_MOST = 140


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodShown:
    """An account as it is shown: its last four signs, never all of it."""

    id: int
    currency: str
    kind: str
    country: str
    shown: str
    added_at: datetime
    usable_from: datetime
    ended_at: datetime | None

    @property
    def waits(self) -> bool:
        """Say whether it is not paid to yet."""
        return self.ended_at is None and self.usable_from > clock.now()


def lock_of(member: str) -> tuple[str, str]:
    """Give the lock under which a member's accounts and payouts are changed."""
    return "payout", f"member:{member}"


def own_position(viewer: Any, member: str) -> Member:
    """Give a position that a login holds itself. Raises MemberUnknown, ActsAsAnother."""
    context.require_oneself(act=_("change accounts and payouts"))
    for own in positions_held_by(viewer):
        if own.code == member:
            return own
    raise MemberUnknown(member=member)


def set_method(
    *, viewer: Any, member: str, currency: str, destination: Destination, holder: str
) -> int:
    """Let a member be paid to an account from now on, or from 72 hours later, and give its id.

    The first one of a member counts at once; each later one waits, also one of another currency,
    and the contacts of the holder are told. The same account again changes nothing. Raises
    AccountRefused, HolderMissing, MemberUnknown, ActsAsAnother.
    """
    destinations.check_currency(destination, currency)
    holder = " ".join(holder.split())
    if not holder:
        raise HolderMissing
    if len(holder) > _HOLDER_AT_MOST:
        raise AccountRefused(fault=_("the name of the holder is longer than 140 letters"))
    position = own_position(viewer, member)
    with transaction.atomic():
        locking.take(*lock_of(member))
        before = in_use(position.pk, currency)
        if before and (destination_of(before), before.holder) == (destination, holder):
            return before.pk
        has_others = Method.objects.filter(member=position).exists()
        if before:
            _end(before)
        now = clock.now()
        new = Method.objects.create(
            member=position,
            currency=currency,
            kind=destinations.kind_of(destination),
            country=destination.country,
            shown=destinations.shown_of(destination),
            holder=holder,
            details=destinations.written(destination),
            added_at=now,
            added_by=context.present().actor,
            usable_from=now + HOLD if has_others else now,
        )
        if before:
            holding.hold_for_account(before)
        _tell(new, "changed" if before else "added", before)
    return new.pk


def end_method(*, viewer: Any, member: str, currency: str) -> None:
    """Let a member be paid nowhere in a currency; what is not on its way yet is held.

    Raises MethodMissing, MemberUnknown, ActsAsAnother.
    """
    position = own_position(viewer, member)
    with transaction.atomic():
        locking.take(*lock_of(member))
        before = in_use(position.pk, currency)
        if before is None:
            raise MethodMissing(member=member, currency=currency)
        _end(before)
        holding.hold_for_account(before)
        _tell(before, "ended", before)


def in_use(member_id: int, currency: str) -> Method | None:
    """Give the account that a member is paid to in a currency, None without one."""
    return Method.objects.filter(
        member_id=member_id, currency=currency, ended_at__isnull=True
    ).first()


def destination_of(method: Method) -> Destination:
    """Open the account of a method, for a payment. Raises MethodBroken, SealBroken."""
    index = digest(method.details, field=Method._meta.get_field("details_index").address)
    if bytes(method.details_index) != index:
        raise MethodBroken(method=method.pk)
    return destinations.read(method.kind, method.details)


def methods_of(member_id: int) -> list[MethodShown]:
    """Give all accounts that a member had, those in use first, by currency, the latest first."""
    rows = Method.objects.filter(member_id=member_id).defer("holder", "details")
    found = [
        MethodShown(
            id=one.pk,
            currency=one.currency,
            kind=one.kind,
            country=one.country,
            shown=one.shown,
            added_at=one.added_at,
            usable_from=one.usable_from,
            ended_at=one.ended_at,
        )
        for one in rows.order_by("currency", "-id")
    ]
    return sorted(found, key=lambda one: one.ended_at is not None)


def _end(method: Method) -> None:
    method.ended_at, method.ended_by = clock.now(), context.present().actor
    method.save(update_fields=["ended_at", "ended_by"])


def _tell(method: Method, change: str, before: Method | None) -> None:
    audit.record(
        act="payouts.set_method" if change != "ended" else "payouts.end_method",
        subject=f"member:{method.member_id}",
        reason=context.present().reason or "by the member itself",
        before={"method": before.pk} if before else None,
        after={"method": method.pk, "currency": method.currency},
    )
    outbox.append(
        MethodChanged(
            member_id=method.member_id,
            currency=method.currency,
            change=change,
            usable_from=method.usable_from.isoformat(),
            contact_ids=_contacts_of(method.member_id),
        )
    )


def _contacts_of(member_id: int) -> list[int]:
    person = holding.holder_of(member_id)
    rows = Contact.objects.filter(person__in=people.all_of(person), ended_at__isnull=True)
    return list(rows.order_by("pk").values_list("pk", flat=True))
