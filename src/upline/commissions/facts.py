"""Volume facts: appended when an order is paid, opposite when it is refunded, never changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from upline.commissions.errors import FactsDiffer
from upline.commissions.models import VolumeFact
from upline.foundation import locking
from upline.money import currency_places
from upline.orders import queries as orders
from upline.orders.events import OrderPaid, OrderRefunded

# Every writer of facts shares this lock; a freeze holds it alone and so sees every fact or none.
LOCK = ("facts", "all")


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


def record_volume(drafts: Sequence[FactDraft]) -> int:
    """Append facts and give how many were new; a fact that is there already stays.

    Raises FactsDiffer where one is there with other figures.
    """
    with transaction.atomic():
        locking.take_shared(*LOCK)
        known = VolumeFact.objects.in_bulk([draft.key for draft in drafts], field_name="key")
        fresh = []
        for draft in drafts:
            figures = _written(draft)
            if draft.key not in known:
                fresh.append(_fact(draft, figures))
            elif known[draft.key].figures != figures:
                raise FactsDiffer(key=draft.key)
        VolumeFact.objects.bulk_create(fresh)
        return len(fresh)


def on_order_paid(event: OrderPaid) -> None:
    """Record what a paid order brings to the member it is credited to."""
    order = orders.order_facts(event.order_number)
    assert order.paid_at is not None
    if order.member_id is not None:
        key = f"order:{order.number}"
        record_volume([_draft(order, key, order.member_id, order.paid_at)])


def on_order_refunded(event: OrderRefunded) -> None:
    """Record the opposite of what a refund takes back, for the moment of the order."""
    refund = orders.refund_facts(event.refund_id)
    if refund.member_id is None:
        return
    # The order's own fact comes first in the topic of the order, so it is there.
    original = VolumeFact.objects.get(key=f"order:{refund.number}")
    key = f"refund:{refund.number}:{event.refund_id}"
    draft = _draft(refund, key, original.member_id, original.occurred_at)
    figures = {name: -value for name, value in draft.figures.items()}
    record_volume([replace(draft, figures=figures, opposite_of=original.pk)])


def _draft(order: orders.OrderFacts, key: str, member_id: int, occurred_at: datetime) -> FactDraft:
    return FactDraft(
        key=key,
        member_id=member_id,
        order_number=order.number,
        occurred_at=occurred_at,
        currency=order.currency,
        figures=figures_of(order),
        customer=order.customer or "",
        kind=order.kind,
    )


def figures_of(order: orders.OrderFacts) -> dict[str, Decimal]:
    """Add up an order's money and volumes by the names that plans use.

    `price` is with tax, `net` without, `tax` between, `retail` what a customer would pay.
    """
    scale = Decimal(1).scaleb(-currency_places(order.currency))
    sums: dict[str, Decimal] = {}

    def add(name: str, value: Decimal) -> None:
        sums[name] = sums.get(name, Decimal(0)) + value

    for line in order.lines:
        add("price", line.gross.minor * scale)
        add("net", line.net.minor * scale)
        add("tax", line.tax.minor * scale)
        add("retail", line.retail.minor * scale)
        for name, value in line.volumes.items():
            add(name, value)
    return sums


def _written(draft: FactDraft) -> dict[str, str]:
    """Give figures in one way of writing, so that equal facts are equal texts."""
    numbers = {name: format(value.normalize(), "f") for name, value in draft.figures.items()}
    return {**numbers, **draft.texts}


def _fact(draft: FactDraft, figures: dict[str, str]) -> VolumeFact:
    return VolumeFact(
        key=draft.key,
        member_id=draft.member_id,
        order_number=draft.order_number,
        occurred_at=draft.occurred_at,
        currency=draft.currency,
        customer=draft.customer,
        kind=draft.kind,
        figures=figures,
        opposite_of_id=draft.opposite_of,
    )
