"""Volume facts: appended when an order is paid, opposite when it is refunded, never changed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db import connection, transaction

from upline.commissions import telling
from upline.commissions.errors import FactsDiffer, FigureUnreadable
from upline.commissions.models import VolumeFact
from upline.foundation import clock, locking
from upline.foundation.models import Delivery
from upline.money import currency_places
from upline.orders import queries as orders
from upline.orders.events import OrderPaid, OrderRefunded

# What plans call an order by which goods were bought; whether a customer or the member himself bought
# them is said by `customer`. Starter kits and subscriptions will have kinds of their own.
PURCHASE = "purchase"
KINDS = (PURCHASE,)
# Every writer of facts shares this lock; a freeze holds it alone and so sees every fact or none.
LOCK = ("facts", "all")
# Who answers to the events by which facts come in, as the wiring names them.
HANDLERS = (
    "upline.commissions.facts:on_order_paid",
    "upline.commissions.facts:on_order_refunded",
    "upline.commissions.loaded:on_orders_loaded",
)
_OURS = "upline.commissions."
# News that people are told: no fact comes in by it.
TELLING = ("upline.commissions.alarms:on_alarm_raised",)
# What an order's money is called in plans; a product's volumes have other names.
MONEY = ("price", "net", "tax", "retail")


@dataclass(frozen=True, slots=True, kw_only=True)
class FactDraft:
    """A fact to append; `figures` are decimals by the names that plans use."""

    key: str
    member_id: int
    order_number: str
    occurred_at: datetime
    currency: str
    figures: Mapping[str, Decimal]
    customer: str = ""
    kind: str = ""
    opposite_of: int | None = None
    texts: Mapping[str, str] = field(default_factory=dict)


_APPEND = """
INSERT INTO commissions_volumefact
    (key, member_id, order_number, occurred_at, recorded_at, customer, kind, currency, figures,
     opposite_of_id)
SELECT key, member_id, order_number, occurred_at, %s, customer, kind, currency, figures::jsonb,
       opposite_of
FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::timestamptz[], %s::text[], %s::text[],
            %s::text[], %s::text[], %s::bigint[])
    AS fact (key, member_id, order_number, occurred_at, customer, kind, currency, figures,
             opposite_of)
ON CONFLICT (key) DO NOTHING
"""


def record_volume(drafts: Sequence[FactDraft]) -> int:
    """Append facts and give how many were new; a fact that is there already stays.

    Raises FactsDiffer where one is there with another content, FigureUnreadable; then nothing was
    written.
    """
    contents = [_content(draft) for draft in drafts]
    columns = [list(column) for column in zip(*contents, strict=True)]
    if not columns:
        return 0
    with transaction.atomic():
        locking.take_shared(*LOCK)
        with connection.cursor() as cursor:
            # Of two who write one key at once the second waits for the first, and compares.
            cursor.execute(_APPEND, [clock.now(), *columns])
            written = int(cursor.rowcount)
        if written < len(drafts):
            _refuse_others(contents)
        if written:
            telling.estimate_soon()
        return written


def news_handlers() -> set[str]:
    """Give the handlers whose news a freeze waits for: ours, also under names they had before."""
    ours = Delivery.objects.filter(state__in=["waiting", "dead"], handler__startswith=_OURS)
    facts = ours.exclude(handler__in=TELLING)
    return {*HANDLERS, *facts.values_list("handler", flat=True).distinct()}


def on_order_paid(event: OrderPaid) -> None:
    """Record what a paid order brings to the member it is credited to."""
    order = orders.order_facts(event.order_number)
    if order.member_id is not None:
        record_volume([_of_order(order)])


def on_order_refunded(event: OrderRefunded) -> None:
    """Record the opposite of what a refund takes back, for the moment of the order."""
    refund = orders.refund_facts(event.refund_id)
    if refund.member_id is None:
        return
    original = _original(refund.number)
    record_volume(
        [
            FactDraft(
                key=f"refund:{refund.number}:{event.refund_id}",
                member_id=original.member_id,
                order_number=refund.number,
                occurred_at=original.occurred_at,
                currency=original.currency,
                figures={name: -value for name, value in figures_of(refund).items()},
                customer=original.customer,
                kind=original.kind,
                opposite_of=original.pk,
            )
        ]
    )


def figures_of(order: orders.OrderFacts) -> dict[str, Decimal]:
    """Add up an order's money and volumes by the names that plans use.

    `price` is with tax, `net` without, `tax` between, `retail` what a customer would pay. Raises
    FigureUnreadable where a volume has a name of money.
    """
    unit = Decimal(1).scaleb(-currency_places(order.currency))
    volumes: dict[str, Decimal] = {}
    for line in order.lines:
        for name, value in line.volumes.items():
            volumes[name] = volumes.get(name, Decimal(0)) + value
    for name in MONEY:
        if name in volumes:
            raise FigureUnreadable(key=f"order:{order.number}", name=name, figure="a volume")
    minor = {
        "price": sum(line.gross.minor for line in order.lines),
        "net": sum(line.net.minor for line in order.lines),
        "tax": sum(line.tax.minor for line in order.lines),
        "retail": sum(line.retail.minor for line in order.lines),
    }
    return {name: amount * unit for name, amount in minor.items()} | volumes


def _of_order(order: orders.OrderFacts) -> FactDraft:
    assert order.member_id is not None
    assert order.paid_at is not None
    return FactDraft(
        key=f"order:{order.number}",
        member_id=order.member_id,
        order_number=order.number,
        occurred_at=order.paid_at,
        currency=order.currency,
        figures=figures_of(order),
        customer=order.customer or "",
        kind=PURCHASE,
    )


def _original(number: str) -> VolumeFact:
    """Give the fact of an order, recording it where the news of it comes later than this one.

    The news of a load is not in the sequence of its orders.
    """
    key = f"order:{number}"
    if not VolumeFact.objects.filter(key=key).exists():
        record_volume([_of_order(orders.order_facts(number))])
    return VolumeFact.objects.get(key=key)


def _content(draft: FactDraft) -> tuple[object, ...]:
    figures = {name: _text(draft, name, value) for name, value in draft.figures.items()}
    for name in draft.texts:
        if name in figures:
            raise FigureUnreadable(key=draft.key, name=name, figure="a text")
    return (
        draft.key,
        draft.member_id,
        draft.order_number,
        draft.occurred_at,
        draft.customer,
        draft.kind,
        draft.currency,
        json.dumps({**figures, **draft.texts}, sort_keys=True, ensure_ascii=False),
        draft.opposite_of,
    )


def _text(draft: FactDraft, name: str, value: Decimal) -> str:
    """Write a figure exactly and in one way, so that equal facts are equal texts."""
    if not value.is_finite():
        raise FigureUnreadable(key=draft.key, name=name, figure=value)
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text if value else "0"


def _refuse_others(contents: Sequence[tuple[object, ...]]) -> None:
    """Raise FactsDiffer where a fact is recorded with another content than is asked for."""
    recorded = VolumeFact.objects.in_bulk([str(row[0]) for row in contents], field_name="key")
    for key, *asked in contents:
        fact = recorded[str(key)]
        found = [
            fact.member_id,
            fact.order_number,
            fact.occurred_at,
            fact.customer,
            fact.kind,
            fact.currency,
            json.dumps(fact.figures, sort_keys=True, ensure_ascii=False),
            fact.opposite_of_id,
        ]
        if found != asked:
            raise FactsDiffer(key=key)


__all__ = [
    "HANDLERS",
    "LOCK",
    "TELLING",
    "FactDraft",
    "figures_of",
    "news_handlers",
    "on_order_paid",
    "on_order_refunded",
    "record_volume",
]
