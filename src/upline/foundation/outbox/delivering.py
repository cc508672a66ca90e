"""Hand messages to handlers: in the order of a topic, each handler's work committed once."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Max

from upline.foundation import clock, context, logs
from upline.foundation.errors import DomainError
from upline.foundation.models import Delivery, Message
from upline.foundation.outbox import events

ATTEMPTS_AT_MOST = 10
LONGEST_PAUSE = timedelta(hours=1)

log = logs.get(__name__)

# The first undelivered message of its topic and handler, so that none overtakes another. A dead one
# holds back those behind it: a refund must not be counted while its sale waits. What another
# worker is busy with is skipped, and its followers are not yet first.
NEXT = """
SELECT this.id FROM foundation_delivery this
WHERE this.state = 'waiting'
  AND (%(at)s::timestamptz IS NULL OR this.due_at <= %(at)s)
  AND (%(until)s::bigint IS NULL OR this.message_id <= %(until)s)
  AND (%(handlers)s::text[] IS NULL OR this.handler = ANY(%(handlers)s))
  AND NOT EXISTS (
    SELECT FROM foundation_delivery earlier
    WHERE earlier.topic = this.topic AND earlier.handler = this.handler
      AND earlier.id < this.id AND earlier.state IN ('waiting', 'dead')
  )
ORDER BY this.id LIMIT 1 FOR UPDATE OF this SKIP LOCKED
"""


class OutboxBlocked(DomainError):
    """Messages that had to be delivered could not be."""

    code = "foundation.outbox_blocked"
    text = "%(count)s messages are undelivered; the first is %(first)s (%(failure)s)."
    remedy = (
        "Look at them with `upline outbox list`, mend the cause, then `upline outbox redeliver`."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Freight:
    """Which deliveries are meant: up to a message, for some handlers, those due by now or all."""

    until: int | None = None
    handlers: Collection[str] | None = None
    is_due_only: bool = True


EVERYTHING_DUE = Freight()


@dataclass(frozen=True, slots=True, kw_only=True)
class Drained:
    """How many deliveries were done."""

    delivered: int


def deliver_next(freight: Freight = EVERYTHING_DUE) -> bool | None:
    """Deliver one message to one handler; True: done, False: it failed, None: nothing is due.

    The handler's work and the note that it is done are one transaction, so that a worker killed in
    the middle leaves neither. A failure undoes the handler's work, is noted, and is tried again
    after a pause that doubles; after the last attempt the delivery is dead.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                NEXT,
                {
                    "at": clock.now() if freight.is_due_only else None,
                    "until": freight.until,
                    "handlers": None if freight.handlers is None else list(freight.handlers),
                },
            )
            found = cursor.fetchone()
        if found is None:
            return None
        delivery = Delivery.objects.select_related("message").get(pk=found[0])
        return _hand_over(delivery)


def _hand_over(delivery: Delivery) -> bool:
    message = delivery.message
    delivery.attempts += 1
    with context.working(actor="worker", request_id=message.request_id):
        try:
            with transaction.atomic():
                events.handler_at(delivery.handler)(
                    events.read(
                        name=message.name,
                        version=message.version,
                        body=message.body,
                        message=message.pk,
                    )
                )
        except Exception as failure:  # noqa: BLE001 - whatever a handler raises is noted and retried
            _note_failure(delivery, failure)
            return False
    delivery.state = Delivery.State.DONE
    delivery.finished_at = clock.now()
    delivery.failure = ""
    delivery.save(update_fields=["state", "attempts", "finished_at", "failure"])
    return True


def _note_failure(delivery: Delivery, failure: Exception) -> None:
    delivery.failure = type(failure).__name__ + (
        f" [{failure.code}]" if isinstance(failure, DomainError) else ""
    )
    is_last = delivery.attempts >= ATTEMPTS_AT_MOST
    if is_last:
        delivery.state = Delivery.State.DEAD
    else:
        pause = timedelta(seconds=2**delivery.attempts)
        delivery.due_at = clock.now() + min(pause, LONGEST_PAUSE)
    delivery.save(update_fields=["state", "attempts", "due_at", "failure"])
    (log.error if is_last else log.warning)(
        "delivery dead" if is_last else "delivery failed",
        message_id=delivery.message_id,
        message_name=delivery.message.name,
        handler=delivery.handler,
        attempts=delivery.attempts,
        exc_info=failure,
    )


def horizon() -> int:
    """Give the number of the latest message that is committed; 0 where there is none."""
    latest = Message.objects.aggregate(latest=Max("pk"))["latest"]
    return int(latest or 0)


def drain(
    *,
    until: int | None = None,
    handlers: Collection[str] | None = None,
    patience_seconds: float = 60.0,
) -> Drained:
    """Deliver all that waits, also what pauses after a failure, and what deliveries tell in turn.

    Given `until`, only messages up to that number; given `handlers`, only theirs. Waits for those
    that other workers are busy with. Raises OutboxBlocked when a handler fails, when a dead letter
    is in the way or when patience ends: after a quiet return nothing meant is left.
    """
    freight = Freight(until=until, handlers=handlers, is_due_only=False)
    give_up_at = time.monotonic() + patience_seconds
    delivered = 0
    while True:
        outcome = deliver_next(freight)
        if outcome:
            delivered += 1
            continue
        first = waiting(freight)
        if first is None:
            return Drained(delivered=delivered)
        is_stuck = outcome is False or first.state == Delivery.State.DEAD
        if is_stuck or time.monotonic() > give_up_at:
            raise _blocked(freight, first)
        time.sleep(0.02)


def waiting(freight: Freight = EVERYTHING_DUE) -> Delivery | None:
    """Give the first delivery that is not done, dead ones first, or None."""
    # `dead` sorts before `waiting`.
    return _undone(freight).select_related("message").order_by("state", "id").first()


def _blocked(freight: Freight, first: Delivery) -> OutboxBlocked:
    failed = _undone(freight).exclude(failure="").order_by("id").first() or first
    return OutboxBlocked(
        count=_undone(freight).count(),
        first=f"{failed.message} to {failed.handler}",
        failure=failed.failure or "another worker is busy with it",
    )


def _undone(freight: Freight):  # type: ignore[no-untyped-def]
    undone = Delivery.objects.filter(state__in=[Delivery.State.WAITING, Delivery.State.DEAD])
    if freight.until is not None:
        undone = undone.filter(message_id__lte=freight.until)
    if freight.handlers is not None:
        undone = undone.filter(handler__in=list(freight.handlers))
    return undone
