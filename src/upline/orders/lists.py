"""Lists of orders for those who may see them: staff all of them, a member those credited to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from upline.money import Money
from upline.network import queries as network
from upline.orders.models import Order

PAGE_SIZE = 50
LARGEST_PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFilter:
    """Which orders are wanted; what is not named does not matter. Spans are half-open."""

    number: str = ""
    statuses: Sequence[str] = ()
    kind: str = ""
    market: str = ""
    channel: str = ""
    customer: str = ""
    member_id: int | None = None
    placed_from: datetime | None = None
    placed_before: datetime | None = None
    has_refund: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where a page ended, so that the next one begins behind it however many come in meanwhile."""

    placed_at: datetime
    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow:
    """An order as a list shows it."""

    number: str
    status: str
    kind: str
    channel: str
    market: str
    member_code: str | None
    customer: str | None
    gross: Money
    refunded: Money
    placed_at: datetime
    paid_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPage:
    """Some orders, the newest first, and where the next page begins if there is one."""

    rows: Sequence[OrderRow]
    following: Position | None


NO_FILTER = OrderFilter()


def order_list(
    *,
    viewer: Any,
    wanted: OrderFilter = NO_FILTER,
    after: Position | None = None,
    size: int = PAGE_SIZE,
) -> OrderPage:
    """List orders that a login may see, the newest first, a page at a time.

    With the right `orders.see` all of them, else those credited to the viewer's own positions
    today, and none for a login of nobody. As many queries however many rows.
    """
    found = seen_by(viewer).filter(_asked(wanted))
    if after is not None:
        found = found.filter(
            Q(placed_at__lt=after.placed_at) | Q(placed_at=after.placed_at, pk__lt=after.id)
        )
    count = min(max(size, 1), LARGEST_PAGE)
    # One more than is shown says whether there is another page.
    rows = list(found.order_by("-placed_at", "-pk").select_related("market", "member")[: count + 1])
    shown = rows[:count]
    last = shown[-1] if len(rows) > count else None
    return OrderPage(
        rows=tuple(row_of(one) for one in shown),
        following=Position(placed_at=last.placed_at, id=last.pk) if last else None,
    )


def seen_by(viewer: Any) -> QuerySet[Order]:
    """Give the orders that a login may see."""
    if viewer.has_perm("orders.see"):
        return Order.objects.all()
    if not viewer.is_active or viewer.person_id is None:
        return Order.objects.none()
    return Order.objects.filter(member__in=[one.id for one in network.own_positions(viewer)])


def _asked(wanted: OrderFilter) -> Q:
    exact = {
        "number": wanted.number,
        "kind": wanted.kind,
        "market__code": wanted.market,
        "channel": wanted.channel,
        "customer": wanted.customer,
    }
    asked = Q(**{name: value for name, value in exact.items() if value})
    if wanted.statuses:
        asked &= Q(status__in=list(wanted.statuses))
    if wanted.member_id is not None:
        asked &= Q(member=wanted.member_id)
    if wanted.placed_from is not None:
        asked &= Q(placed_at__gte=wanted.placed_from)
    if wanted.placed_before is not None:
        asked &= Q(placed_at__lt=wanted.placed_before)
    if wanted.has_refund is not None:
        asked &= Q(refunded_minor__gt=0) if wanted.has_refund else Q(refunded_minor=0)
    return asked


def row_of(order: Order) -> OrderRow:
    """Give an order as a list shows it."""
    return OrderRow(
        number=order.number,
        status=order.status,
        kind=order.kind,
        channel=order.channel,
        market=order.market.code,
        member_code=order.member.code if order.member else None,
        customer=order.customer or None,
        gross=Money(order.gross_minor, order.currency),
        refunded=Money(order.refunded_minor, order.currency),
        placed_at=order.placed_at,
        paid_at=order.paid_at,
    )
