"""Goods that leave and arrive, whole or in parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from upline.foundation import audit, clock, outbox
from upline.orders.errors import (
    DeliveredBeforeShipped,
    LineUnknown,
    NothingToShip,
    OrderNotShippable,
    ReferenceUsedOtherwise,
    ShipmentUnknown,
)
from upline.orders.events import OrderDelivered, OrderShipped
from upline.orders.locks import order_for_update, used_once
from upline.orders.models import Order, OrderLine, Shipment, ShipmentLine

SENDABLE = (Order.Status.PAID, Order.Status.PARTLY_SHIPPED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """So many pieces of a line of an order."""

    line_id: int
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentDraft:
    """Goods that leave together; `reference` makes it repeatable: the carrier's, or the caller's."""

    order_number: str
    reference: str
    carrier: str = ""
    tracking: str = ""
    shipped_at: datetime | None = None


@transaction.atomic
def ship(*, shipment: ShipmentDraft, pieces: Sequence[Pieces] | None = None) -> int:
    """Record that goods of a paid order left: those named, or all that are left; give its id.

    Repeated it gives the same. Raises OrderUnknown, OrderNotShippable, LineUnknown, NothingToShip,
    ReferenceUsedOtherwise.
    """
    order = order_for_update(shipment.order_number)
    known = Shipment.objects.filter(reference=shipment.reference).first()
    if known is not None:
        _check_same(known, order, pieces)
        return int(known.pk)
    lines = lines_of(order)
    sent = to_send(lines) if pieces is None else by_line(order, lines, pieces)
    if order.status not in SENDABLE or not sent:
        raise OrderNotShippable(number=order.number, status=order.status)
    for line_id, quantity in sent.items():
        left = unsent(lines[line_id])
        if not 0 < quantity <= left:
            raise NothingToShip(
                number=order.number, line=lines[line_id].position, left=left, asked=quantity
            )
    made = Shipment(
        order=order,
        reference=shipment.reference,
        carrier=shipment.carrier,
        tracking=shipment.tracking,
        shipped_at=shipment.shipped_at or clock.now(),
    )
    with used_once(shipment.reference, "shipment"):
        made.save(force_insert=True)
    ShipmentLine.objects.bulk_create(
        ShipmentLine(shipment=made, line_id=line_id, quantity=quantity)
        for line_id, quantity in sent.items()
    )
    for line_id, quantity in sent.items():
        lines[line_id].shipped_quantity += quantity
        lines[line_id].save(update_fields=["shipped_quantity"])
    keep_status(order, lines)
    _record("orders.ship", made, reason="the goods left")
    outbox.append(OrderShipped(order_number=order.number, shipment_id=made.pk))
    return int(made.pk)


@transaction.atomic
def deliver(*, shipment_reference: str, delivered_at: datetime | None = None) -> None:
    """Record that a shipment arrived, with all its lines; again it changes nothing.

    Raises ShipmentUnknown, DeliveredBeforeShipped.
    """
    number = (
        Order.objects.filter(shipments__reference=shipment_reference)
        .values_list("number", flat=True)
        .first()
    )
    if number is None:
        raise ShipmentUnknown(reference=shipment_reference)
    order = order_for_update(number)
    shipment = Shipment.objects.get(reference=shipment_reference)
    if shipment.delivered_at is not None:
        return
    moment = delivered_at or clock.now()
    if moment < shipment.shipped_at:
        raise DeliveredBeforeShipped(
            reference=shipment_reference,
            shipped_at=shipment.shipped_at.isoformat(),
            delivered_at=moment.isoformat(),
        )
    shipment.delivered_at = moment
    shipment.save(update_fields=["delivered_at"])
    for line_id, quantity in shipment.lines.values_list("line", "quantity"):
        OrderLine.objects.filter(pk=line_id).update(
            delivered_quantity=F("delivered_quantity") + quantity
        )
    keep_status(order, lines_of(order))
    _record("orders.deliver", shipment, reason="the goods arrived")
    outbox.append(OrderDelivered(order_number=order.number, shipment_id=shipment.pk))


def lines_of(order: Order) -> dict[int, OrderLine]:
    """Give the lines of a locked order in their order."""
    return {one.pk: one for one in order.lines.order_by("position")}


def unsent(line: OrderLine) -> int:
    """Give how many pieces of a line are still to leave."""
    return int(line.quantity - line.withdrawn_quantity - line.shipped_quantity)


def to_send(lines: Mapping[int, OrderLine]) -> dict[int, int]:
    """Give all pieces that are still to leave, by line."""
    return {pk: unsent(line) for pk, line in lines.items() if unsent(line)}


def by_line(
    order: Order, lines: Mapping[int, OrderLine], pieces: Sequence[Pieces]
) -> dict[int, int]:
    """Give the pieces asked for by line. Raises LineUnknown, also for a line named twice."""
    found: dict[int, int] = {}
    for one in pieces:
        if one.line_id not in lines or one.line_id in found:
            raise LineUnknown(number=order.number, line=one.line_id)
        found[one.line_id] = one.quantity
    return found


def keep_status(order: Order, lines: Mapping[int, OrderLine]) -> None:
    """Let the order's status say how far its goods are; what nobody waits for does not count."""
    shipped = sum(line.shipped_quantity for line in lines.values())
    if not shipped:
        return
    if to_send(lines):
        order.status = Order.Status.PARTLY_SHIPPED
    elif all(line.delivered_quantity == line.shipped_quantity for line in lines.values()):
        order.status = Order.Status.DELIVERED
    else:
        order.status = Order.Status.SHIPPED
    order.save(update_fields=["status"])


def _record(act: str, shipment: Shipment, *, reason: str) -> None:
    audit.record(
        act=act,
        subject=f"order:{shipment.order.number}",
        reason=reason,
        after={"shipment": shipment.reference},
    )


def _check_same(known: Shipment, order: Order, pieces: Sequence[Pieces] | None) -> None:
    sent = dict(known.lines.values_list("line", "quantity"))
    asked = sent if pieces is None else {one.line_id: one.quantity for one in pieces}
    if known.order_id != order.pk or sent != asked:
        raise ReferenceUsedOtherwise(reference=known.reference, act="shipment")
