"""Place an order, with a copy of every figure used, or cancel it before it is paid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection, transaction

from upline.catalog import queries as catalog
from upline.catalog.amounts import in_decimals, in_millionths, volumes_as_text
from upline.foundation import audit, clock, ids, outbox
from upline.money import Money
from upline.network.models import Member
from upline.orders import domain
from upline.orders.errors import (
    BuyerUnclear,
    MemberCannotOrder,
    OrderEmpty,
    OrderNotCancellable,
    ReferenceUsedOtherwise,
)
from upline.orders.events import OrderCancelled, OrderPlaced
from upline.orders.locks import digest_of, order_for_update, used_once
from upline.orders.models import Order, OrderLine


@dataclass(frozen=True, slots=True, kw_only=True)
class LineDraft:
    """So many pieces of a product."""

    sku: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDraft:
    """What somebody orders. `reference` makes it repeatable: that of the basket, or the caller's.

    An order of kind `own` is bought by its member; of kind `customer` by a customer, with the
    member, if any, who is credited.
    """

    reference: str
    market: str
    audience: str
    kind: str
    channel: str
    lines: Sequence[LineDraft]
    member_id: int | None = None
    customer: str = ""
    currency: str = ""
    placed_at: datetime | None = None


@transaction.atomic
def place_order(*, order: OrderDraft) -> str:
    """Place an order at the prices, taxes and volumes of its moment; give its number.

    Repeated with the same reference and content it gives the same number. Raises OrderEmpty,
    BuyerUnclear, MemberCannotOrder, ReferenceUsedOtherwise, and what `catalog.queries.offers` does.
    """
    digest = _digest(order)
    found = _placed_before(order.reference, digest)
    if found:
        return found
    _check(order)
    market = catalog.market_terms(order.market)
    placed_at = order.placed_at or clock.now()
    offers = catalog.offers(
        skus=[line.sku for line in order.lines],
        audience=order.audience,
        market=order.market,
        currency=order.currency,
        at=placed_at,
    )
    lines = [
        _line(position, draft.quantity, offers[draft.sku], market)
        for position, draft in enumerate(order.lines, start=1)
    ]
    made = _order(order, market, lines)
    made.placed_at, made.digest = placed_at, digest
    try:
        with used_once(order.reference, "order"):
            made.save(force_insert=True)
    except ReferenceUsedOtherwise:
        # The same order, placed twice at once: the other was faster and is committed now.
        found = _placed_before(order.reference, digest)
        if not found:
            raise
        return found
    for line in lines:
        line.order = made
    OrderLine.objects.bulk_create(lines)
    outbox.append(OrderPlaced(order_number=made.number))
    return made.number


@transaction.atomic
def cancel_order(*, order_number: str, reason: str) -> None:
    """Cancel an order that is not paid; no money moves. Again it changes nothing.

    Raises OrderUnknown, OrderNotCancellable.
    """
    order = order_for_update(order_number)
    if order.status == Order.Status.CANCELLED:
        return
    if order.status != Order.Status.PLACED:
        raise OrderNotCancellable(number=order.number, status=order.status)
    order.status = Order.Status.CANCELLED
    order.cancelled_at = clock.now()
    order.save(update_fields=["status", "cancelled_at"])
    audit.record(act="orders.cancel", subject=f"order:{order.number}", reason=reason)
    outbox.append(OrderCancelled(order_number=order.number))


def _digest(order: OrderDraft) -> bytes:
    # The moment is left out: a page that is sent again is sent later.
    asked = {name: value for name, value in asdict(order).items() if name != "placed_at"}
    return digest_of(asked)


def _placed_before(reference: str, digest: bytes) -> str:
    found = Order.objects.filter(reference=reference).values_list("number", "digest").first()
    if found is None:
        return ""
    number, known = found
    if bytes(known) != digest:
        raise ReferenceUsedOtherwise(reference=reference, act="order")
    return str(number)


def _check(order: OrderDraft) -> None:
    smallest = min((line.quantity for line in order.lines), default=0)
    if smallest < 1:
        raise OrderEmpty(reference=order.reference, lines=len(order.lines), quantity=smallest)
    is_own = Order.Kind(order.kind) == Order.Kind.OWN
    if is_own == bool(order.customer) or (is_own and order.member_id is None):
        raise BuyerUnclear(
            reference=order.reference,
            kind=order.kind,
            member=order.member_id,
            customer=order.customer or None,
        )
    if order.member_id is not None:
        _check_member(order.member_id, is_own=is_own)


def _check_member(member_id: int, *, is_own: bool) -> None:
    """Refuse a member who may not; a frozen one is still credited with what customers buy."""
    status = Member.objects.filter(pk=member_id).values_list("status", flat=True).first()
    refused = (None, "terminated", "frozen") if is_own else (None, "terminated")
    if status in refused:
        raise MemberCannotOrder(member=member_id, status=status or "unknown")


def _order(draft: OrderDraft, market: catalog.MarketTerms, lines: Sequence[OrderLine]) -> Order:
    net, tax = sum(one.net_minor for one in lines), sum(one.tax_minor for one in lines)
    return Order(
        number=_next_number(),
        reference=draft.reference,
        kind=Order.Kind(draft.kind),
        channel=draft.channel,
        audience=draft.audience,
        member_id=draft.member_id,
        customer=draft.customer,
        market_id=market.id,
        country=market.country,
        time_zone=market.time_zone,
        currency=draft.currency or market.currency,
        prices_include_tax=market.prices_include_tax,
        net_minor=net,
        tax_minor=tax,
        gross_minor=net + tax,
    )


def _line(
    position: int, quantity: int, offer: catalog.Offer, market: catalog.MarketTerms
) -> OrderLine:
    def split(unit: Money) -> tuple[int, int]:
        return domain.net_and_tax(
            unit.minor * quantity, offer.tax_percent, includes_tax=market.prices_include_tax
        )

    (net, tax), (retail, _) = split(offer.price), split(offer.retail)
    return OrderLine(
        position=position,
        product_id=offer.product_id,
        sku=offer.sku,
        name=offer.name,
        quantity=quantity,
        unit_minor=offer.price.minor,
        unit_retail_minor=offer.retail.minor,
        unit_volumes=volumes_as_text(offer.volumes),
        tax_category=offer.tax_category,
        tax_percent=offer.tax_percent,
        net_minor=net,
        tax_minor=tax,
        gross_minor=net + tax,
        retail_minor=retail,
        volumes=_times(offer.volumes, quantity),
        refunded_volumes={},
    )


def _times(volumes: Mapping[str, Decimal], quantity: int) -> dict[str, str]:
    return {
        name: in_decimals(in_millionths(volume) * quantity)
        for name, volume in sorted(volumes.items())
    }


def _next_number() -> str:
    """Give the next number that nobody has; a loaded order may have taken one."""
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval('orders_order_number')")
            body = str(cursor.fetchone()[0])
        number = body + ids.check_character(body)
        if not Order.objects.filter(number=number).exists():
            return number
