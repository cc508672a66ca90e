"""What orders answer: the figures of one as facts, and lists for those who may see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from upline.money import Money
from upline.orders.cards import (
    LineShown,
    OrderCard,
    PaymentShown,
    PiecesShown,
    RefundShown,
    ShipmentShown,
    acts_of,
    order_card,
)
from upline.orders.errors import OrderUnknown
from upline.orders.lists import (
    OrderFilter,
    OrderPage,
    OrderRow,
    Position,
    order_list,
)
from upline.orders.models import Order, OrderLine, Refund, RefundLine


def with_goods_to_send(rows: QuerySet[Order]) -> QuerySet[Order]:
    """Narrow orders to those that are paid and have goods which nobody has sent yet."""
    unsent = OrderLine.objects.filter(
        order=OuterRef("pk"), quantity__gt=F("withdrawn_quantity") + F("shipped_quantity")
    )
    is_open = Q(status__in=[Order.Status.PAID, Order.Status.PARTLY_SHIPPED])
    return rows.filter(is_open, Exists(unsent))


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFacts:
    """The figures of a line, or of the refunded part of it; none is negative.

    `retail` is what retail buyers would have paid, without tax, to be held against `net`. A refund
    of money alone has a quantity of 0.
    """

    line_id: int
    sku: str
    quantity: int
    net: Money
    tax: Money
    gross: Money
    retail: Money
    volumes: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFacts:
    """What others count of an order, or of a refund of it."""

    number: str
    member_id: int | None
    customer: str | None
    kind: str
    market: str
    currency: str
    occurred_at: datetime
    paid_at: datetime | None
    lines: Sequence[LineFacts]


def order_facts(number: str) -> OrderFacts:
    """Give the figures of an order as it was placed, refunds left aside. Raises OrderUnknown."""
    order = Order.objects.filter(number=number).select_related("market").first()
    if order is None:
        raise OrderUnknown(number=number)
    lines = order.lines.order_by("position")
    return _facts(order, order.placed_at, [_line(one, one, order.currency) for one in lines])


def refund_facts(refund_id: int) -> OrderFacts:
    """Give the figures that a refund took back, all positive, at the moment of the refund."""
    refund = Refund.objects.select_related("order__market").get(pk=refund_id)
    order = refund.order
    lines = refund.lines.select_related("line").order_by("line__position")
    return _facts(
        order, refund.refunded_at, [_line(one.line, one, order.currency) for one in lines]
    )


def _facts(order: Order, moment: datetime, lines: Sequence[LineFacts]) -> OrderFacts:
    return OrderFacts(
        number=order.number,
        member_id=order.member_id,
        customer=order.customer or None,
        kind=order.kind,
        market=order.market.code,
        currency=order.currency,
        occurred_at=moment,
        paid_at=order.paid_at,
        lines=tuple(lines),
    )


def _line(line: OrderLine, part: OrderLine | RefundLine, currency: str) -> LineFacts:
    return LineFacts(
        line_id=line.pk,
        sku=line.sku,
        quantity=part.quantity,
        net=Money(part.net_minor, currency),
        tax=Money(part.tax_minor, currency),
        gross=Money(part.net_minor + part.tax_minor, currency),
        retail=Money(part.retail_minor, currency),
        volumes={name: Decimal(text) for name, text in part.volumes.items()},
    )


__all__ = [
    "LineFacts",
    "LineShown",
    "OrderCard",
    "OrderFacts",
    "OrderFilter",
    "OrderPage",
    "OrderRow",
    "PaymentShown",
    "PiecesShown",
    "Position",
    "RefundShown",
    "ShipmentShown",
    "acts_of",
    "order_card",
    "order_facts",
    "order_list",
    "refund_facts",
    "with_goods_to_send",
]
