"""Tell a fact: store its message and one delivery for each handler."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from upline.foundation import context
from upline.foundation.models import Delivery, Message
from upline.foundation.outbox import events

CHANNEL = "upline_outbox"
ROWS_AT_ONCE = 2_000


def append(event: object) -> int:
    """Tell an event in the present transaction and give the number of its message.

    It is delivered after the commit, and not at all if there is none. Within a topic, order is the
    order of these numbers: the service holds the row or the lock of what the topic names.
    Raises EventNotRegistered, EventNotWired.
    """
    return append_all([event])[0]


def append_all(told: Iterable[object]) -> list[int]:
    """Tell many events at once, as `append` does each; for bulk acts."""
    if not connection.in_atomic_block:
        raise RuntimeError("An event is told in the transaction that makes it true; open one.")
    messages = [_message(event) for event in told]
    Message.objects.bulk_create(messages, batch_size=ROWS_AT_ONCE)
    Delivery.objects.bulk_create(
        (
            Delivery(message=message, handler=handler, topic=message.topic)
            for message in messages
            for handler in events.handlers_of(message.name)
        ),
        batch_size=ROWS_AT_ONCE,
    )
    with connection.cursor() as cursor:
        # Sent by the commit; a rolled back transaction wakes nobody.
        cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])
    return [message.pk for message in messages]


def _message(event: object) -> Message:
    registration = events.registration_of(event)
    events.handlers_of(registration.name)
    return Message(
        name=registration.name,
        version=registration.version,
        topic=events.topic_of(event),
        body=events.written(event),
        request_id=context.present().request_id,
    )
