"""One order with everything that became of it, for those who may see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch

from upline.money import Money
from upline.orders.errors import OrderUnknown
from upline.orders.lists import OrderRow, row_of, seen_by
from upline.orders.models import (
    Order,
    OrderLine,
    Receipt,
    Refund,
    RefundLine,
    Shipment,
    ShipmentLine,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineShown:
    """A product of an order as agreed, and what became of its pieces. A loaded line has no unit price."""

    id: int
    position: int
    sku: str
    name: str
    quantity: int
    unit: Money | None
    net: Money
    tax: Money
    gross: Money
    tax_percent: Decimal | None
    volumes: Mapping[str, Decimal]
    shipped: int
    delivered: int
    refunded: int
    to_send: int
    refunded_gross: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentShown:
    """Money that came in for an order, where and when; `waits` is what fits no order yet."""

    reference: str
    amount: Money
    account: str
    received_at: datetime
    waits: Money | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PiecesShown:
    """So many pieces of a line."""

    line_id: int
    sku: str
    name: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentShown:
    """Goods that left together."""

    reference: str
    carrier: str
    tracking: str
    shipped_at: datetime
    delivered_at: datetime | None
    pieces: Sequence[PiecesShown]


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundShown:
    """Money given back; `pieces` of quantity 0 are money without goods."""

    id: int
    reference: str
    reason: str
    refunded_at: datetime
    paid_from: str
    net: Money
    tax: Money
    gross: Money
    pieces: Sequence[PiecesShown]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCard:
    """An order and all that became of it; `may` names the acts that its state allows."""

    row: OrderRow
    reference: str | None
    country: str
    audience: str
    prices_include_tax: bool
    net: Money
    tax: Money
    gross: Money
    refunded: Money
    cancelled_at: datetime | None
    lines: Sequence[LineShown]
    payments: Sequence[PaymentShown]
    shipments: Sequence[ShipmentShown]
    refunds: Sequence[RefundShown]
    may: frozenset[str]


def order_card(*, viewer: Any, number: str) -> OrderCard:
    """Give an order to a login that may see it. Raises OrderUnknown, also for one that is not seen."""
    order = seen_by(viewer).filter(number=number).select_related("market", "member").first()
    if order is None:
        raise OrderUnknown(number=number)
    lines = list(order.lines.order_by("position"))
    return OrderCard(
        row=row_of(order),
        reference=order.reference,
        country=order.country,
        audience=order.audience,
        prices_include_tax=order.prices_include_tax,
        net=Money(order.net_minor, order.currency),
        tax=Money(order.tax_minor, order.currency),
        gross=Money(order.gross_minor, order.currency),
        refunded=Money(order.refunded_minor, order.currency),
        cancelled_at=order.cancelled_at,
        lines=tuple(_line(one, order.currency) for one in lines),
        payments=_payments(order),
        shipments=_shipments(order),
        refunds=_refunds(order),
        may=_acts(order, lines),
    )


def _line(line: OrderLine, currency: str) -> LineShown:
    return LineShown(
        id=line.pk,
        position=line.position,
        sku=line.sku,
        name=line.name,
        quantity=line.quantity,
        unit=None if line.unit_minor is None else Money(line.unit_minor, currency),
        net=Money(line.net_minor, currency),
        tax=Money(line.tax_minor, currency),
        gross=Money(line.gross_minor, currency),
        tax_percent=line.tax_percent,
        volumes={name: Decimal(text) for name, text in line.volumes.items()},
        shipped=line.shipped_quantity,
        delivered=line.delivered_quantity,
        refunded=line.refunded_quantity,
        to_send=line.quantity - line.withdrawn_quantity - line.shipped_quantity,
        refunded_gross=Money(line.refunded_net_minor + line.refunded_tax_minor, currency),
    )


def _payments(order: Order) -> Sequence[PaymentShown]:
    """Give the payment that fitted, and receipts that name the order, used or waiting."""
    receipts = list(Receipt.objects.filter(order_number=order.number).order_by("received_at", "pk"))
    found = [
        PaymentShown(
            reference=one.reference,
            amount=Money(one.amount_minor, one.currency),
            account=one.account,
            received_at=one.received_at,
            waits=Money(one.amount_minor - one.used_minor - one.returned_minor, one.currency),
        )
        for one in receipts
    ]
    if order.paid_at is not None and not any(one.used_minor for one in receipts):
        found.append(
            PaymentShown(
                reference=order.paid_reference,
                amount=Money(order.gross_minor, order.currency),
                account=order.paid_into,
                received_at=order.paid_at,
                waits=None,
            )
        )
    return tuple(found)


def _shipments(order: Order) -> Sequence[ShipmentShown]:
    lines = ShipmentLine.objects.select_related("line").order_by("line__position")
    rows = Shipment.objects.filter(order=order).prefetch_related(Prefetch("lines", lines))
    return tuple(
        ShipmentShown(
            reference=one.reference,
            carrier=one.carrier,
            tracking=one.tracking,
            shipped_at=one.shipped_at,
            delivered_at=one.delivered_at,
            pieces=_pieces(one.lines.all()),
        )
        for one in rows.order_by("shipped_at", "pk")
    )


def _refunds(order: Order) -> Sequence[RefundShown]:
    lines = RefundLine.objects.select_related("line").order_by("line__position")
    rows = Refund.objects.filter(order=order).prefetch_related(Prefetch("lines", lines))
    return tuple(
        RefundShown(
            id=one.pk,
            reference=one.reference,
            reason=one.reason,
            refunded_at=one.refunded_at,
            paid_from=one.paid_from,
            net=Money(one.net_minor, order.currency),
            tax=Money(one.tax_minor, order.currency),
            gross=Money(one.net_minor + one.tax_minor, order.currency),
            pieces=_pieces(one.lines.all()),
        )
        for one in rows.order_by("refunded_at", "pk")
    )


def _pieces(rows: Any) -> Sequence[PiecesShown]:
    return tuple(
        PiecesShown(
            line_id=one.line_id, sku=one.line.sku, name=one.line.name, quantity=one.quantity
        )
        for one in rows
    )


def acts_of(order: Order) -> frozenset[str]:
    """Name the acts that an order's state allows: pay, cancel, ship, deliver, refund."""
    return _acts(order, list(order.lines.all()))


def _acts(order: Order, lines: Sequence[OrderLine]) -> frozenset[str]:
    if order.status == Order.Status.PLACED:
        return frozenset(("pay", "cancel"))
    acts = set()
    if order.paid_at is not None:
        if order.refunded_minor < order.gross_minor:
            acts.add("refund")
        if any(one.shipped_quantity < one.quantity - one.withdrawn_quantity for one in lines):
            acts.add("ship")
        if any(one.delivered_quantity < one.shipped_quantity for one in lines):
            acts.add("deliver")
    return frozenset(acts)
