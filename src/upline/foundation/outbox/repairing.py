"""What people do about dead letters: look, deliver again, or drop with a reason."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from upline.foundation import audit, clock
from upline.foundation.errors import DomainError
from upline.foundation.models import Delivery


class DeliveryNotDead(DomainError):
    """A delivery was to be repaired that needs no repair."""

    code = "foundation.delivery_not_dead"
    text = "There is no dead delivery %(number)s."
    remedy = "`upline outbox list` shows the dead ones."


def dead_letters() -> Sequence[Delivery]:
    """List the dead deliveries, the oldest first."""
    dead = Delivery.objects.filter(state=Delivery.State.DEAD)
    return list(dead.select_related("message").order_by("id"))


def redeliver(*, number: int, reason: str) -> None:
    """Let a dead delivery be tried again at once. Raises DeliveryNotDead."""
    with transaction.atomic():
        delivery = _dead(number)
        delivery.state = Delivery.State.WAITING
        delivery.attempts = 0
        delivery.due_at = clock.now()
        delivery.save(update_fields=["state", "attempts", "due_at"])
        _record("foundation.redeliver", delivery, reason)


def drop(*, number: int, reason: str) -> None:
    """Give a dead delivery up, so that those behind it go on. Raises DeliveryNotDead."""
    with transaction.atomic():
        delivery = _dead(number)
        delivery.state = Delivery.State.DROPPED
        delivery.finished_at = clock.now()
        delivery.save(update_fields=["state", "finished_at"])
        _record("foundation.drop_delivery", delivery, reason)


def _dead(number: int) -> Delivery:
    found = (
        Delivery.objects.select_for_update().filter(pk=number, state=Delivery.State.DEAD).first()
    )
    if found is None:
        raise DeliveryNotDead(number=number)
    return found


def _record(act: str, delivery: Delivery, reason: str) -> None:
    audit.record(
        act=act,
        subject=f"delivery:{delivery.pk}",
        before={"state": "dead", "failure": delivery.failure},
        after={"state": delivery.state},
        reason=reason,
    )
