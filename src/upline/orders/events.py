"""What orders tell others. Each names the order; figures are asked of `queries`."""

from __future__ import annotations

from dataclasses import dataclass

from upline.foundation import outbox

TOPIC = "order:{order_number}"


@outbox.event("orders.placed", version=1, topic=TOPIC)
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPlaced:
    order_number: str


@outbox.event("orders.paid", version=1, topic=TOPIC)
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPaid:
    order_number: str


@outbox.event("orders.shipped", version=1, topic=TOPIC)
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderShipped:
    """Some or all of the goods left; the order's status says which."""

    order_number: str
    shipment_id: int


@outbox.event("orders.delivered", version=1, topic=TOPIC)
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDelivered:
    """A shipment arrived; the order's status says whether it was the last."""

    order_number: str
    shipment_id: int


@outbox.event("orders.refunded", version=1, topic=TOPIC)
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRefunded:
    order_number: str
    refund_id: int


@outbox.event("orders.cancelled", version=1, topic=TOPIC)
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCancelled:
    order_number: str


@outbox.event("orders.loaded", version=1, topic="load:{load_id}")
@dataclass(frozen=True, slots=True, kw_only=True)
class OrdersLoaded:
    """Paid orders of an old system came in at once; no OrderPaid is told for them."""

    load_id: int
