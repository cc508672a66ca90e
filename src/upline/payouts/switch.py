"""The switch that stops all payouts at once: thrown by one person or a recount, lifted by two."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from upline.foundation import audit, clock, context, locking
from upline.foundation.audit import ReasonMissing
from upline.payouts.errors import LiftNeedsPerson, PayoutsStopped, StopUnknown
from upline.payouts.models import Recount, Stop

_LOCK = ("payout", "switch")
_PERSON = "login:"


def require_running() -> None:
    """Refuse to go on while payouts are stopped; hold the switch until the transaction ends.

    Whoever hands a payout over calls it in the transaction that notes so: a stop waits for that
    transaction, and later ones find it. Raises PayoutsStopped.
    """
    locking.take_shared(*_LOCK)
    found = in_force().first()
    if found is not None:
        raise PayoutsStopped(since=found.stopped_at.date(), reason=found.reason)


def in_force() -> QuerySet[Stop]:
    """Give the stops that nobody has lifted, the first one first."""
    return Stop.objects.filter(lifted_by="").order_by("id")


def stop_payouts(*, reason: str, recount: Recount | None = None) -> Stop:
    """Stop all payouts at once; what is on its way already is not called back. Raises ReasonMissing."""
    with transaction.atomic():
        locking.take(*_LOCK)
        stop = Stop(reason=reason.strip(), recount=recount, stopped_by=context.present().actor)
        if not stop.reason:
            raise ReasonMissing(act="payouts.stop", subject="payouts")
        stop.save()
        audit.record(
            act="payouts.stop",
            subject=f"payout_stop:{stop.pk}",
            reason=stop.reason,
            after={"recount": None if recount is None else recount.pk},
        )
    return stop


def lift_stop(*, number: int, reason: str) -> Stop:
    """Lift a stop; two persons do it, each by this call.

    The first asks, the second agrees, and payouts go on where no other stop is in force. Asking
    again changes nothing. Raises StopUnknown, LiftNeedsPerson, ReasonMissing, ActsAsAnother.
    """
    with transaction.atomic():
        locking.take(*_LOCK)
        stop = Stop.objects.filter(pk=number).first()
        if stop is None:
            raise StopUnknown(number=number)
        actor = _somebody()
        if stop.lifted_by or stop.asked_by == actor:
            return stop
        act = "payouts.lift" if stop.asked_by else "payouts.ask_to_lift"
        audit.record(
            act=act,
            subject=f"payout_stop:{stop.pk}",
            reason=reason,
            before={"asked_by": stop.asked_by} if stop.asked_by else None,
        )
        if stop.asked_by:
            stop.lifted_by, stop.lifted_at = actor, clock.now()
        else:
            stop.asked_by, stop.asked_at = actor, clock.now()
            stop.ask_reason = reason.strip() or context.present().reason
        stop.save()
        return stop


def _somebody() -> str:
    context.require_oneself(act=_("lift a stop of payouts"))
    actor = context.present().actor
    if not actor.startswith(_PERSON):
        raise LiftNeedsPerson(actor=actor)
    return actor
