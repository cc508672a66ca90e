"""The outbox: facts told to other apps, stored with the fact and delivered after commit.

An app declares its events in `events.py`:

    @outbox.event("orders.paid", version=1, topic="order:{order_number}")
    @dataclass(frozen=True, slots=True, kw_only=True)
    class OrderPaid:
        order_number: str
        paid_minor: int
        currency: str

A service tells it inside its transaction: `outbox.append(OrderPaid(...))`. Who answers is written
in `upline.config.wiring`; a handler is a function of the event and runs in a transaction of its
own, in the order of the topic. See docs/explanation/outbox-and-jobs.md.
"""

from upline.foundation.outbox.appending import append, append_all
from upline.foundation.outbox.delivering import (
    Drained,
    Freight,
    OutboxBlocked,
    deliver_next,
    drain,
    horizon,
    waiting,
)
from upline.foundation.outbox.events import (
    EventNotRegistered,
    EventNotWired,
    EventUnreadable,
    event,
    registered,
)
from upline.foundation.outbox.repairing import DeliveryNotDead, dead_letters, drop, redeliver

__all__ = [
    "DeliveryNotDead",
    "Drained",
    "EventNotRegistered",
    "EventNotWired",
    "EventUnreadable",
    "Freight",
    "OutboxBlocked",
    "append",
    "append_all",
    "dead_letters",
    "deliver_next",
    "drain",
    "drop",
    "event",
    "horizon",
    "redeliver",
    "registered",
    "waiting",
]
