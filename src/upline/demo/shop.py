"""Orders that go through the shop one by one, and what is given back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
from django.db import transaction

from upline.demo import goods
from upline.demo.company import DemoCompany
from upline.demo.months import Month
from upline.demo.purchases import Orders, customer_code
from upline.foundation import clock
from upline.generate.chance import Chance
from upline.money import Money
from upline.network.models import Member
from upline.orders import services as orders
from upline.orders.models import Order, OrderLine
from upline.orders.services import (
    LineDraft,
    OrderDraft,
    Payment,
    Pieces,
    RefundDraft,
    ShipmentDraft,
)

REFUNDS, LATE_REFUNDS, REFUNDS_OF_OPEN_MONTH = 24, 4, 8
_REASONS = ("Sent back unopened", "Arrived damaged", "Ordered by mistake")
# Of the orders of the present month the newest wait for money, and now and then one is given up.
_UNPAID, _CANCELLED_EACH, _IN_PARTS_EACH = 6, 19, 9
_PAID_AFTER = timedelta(minutes=3)
_SENT_AFTER = timedelta(hours=26)
_ARRIVED_AFTER = timedelta(days=3, hours=4)
_AT_ONCE = 25


def sell_live(company: DemoCompany, place: int) -> None:
    """Let the last orders of the present month go as far as their age allows."""
    month, told = company.months[place], company.orders[place]
    chosen = company.kept_back(place).tolist()
    ids = _member_ids(told, chosen)
    for start in range(0, len(chosen), _AT_ONCE):
        with transaction.atomic():
            for nth, index in enumerate(chosen[start : start + _AT_ONCE], start=start):
                draft = _draft(told, index, month, ids)
                number = _placed(draft)
                if nth >= len(chosen) - _UNPAID:
                    continue
                if nth % _CANCELLED_EACH == _CANCELLED_EACH - 1:
                    _cancelled(number, draft)
                    continue
                _paid(number, draft, month)
                _sent(number, draft, month, in_parts=nth % _IN_PARTS_EACH == 4)


def sell_late(company: DemoCompany, place: int) -> None:
    """Place orders of a closed month whose payment is found only after the month was frozen."""
    month, told = company.months[place], company.orders[place]
    chosen = company.kept_back(place).tolist()
    ids = _member_ids(told, chosen)
    for index in chosen:
        draft = _draft(told, index, month, ids)
        with transaction.atomic(), clock.stopped_at(month.after(5, 11)):
            number = orders.place_order(order=draft)
            _paid(number, draft, month)


def give_back(company: DemoCompany, place: int) -> None:
    """Refund orders of a month before it is closed: whole, one piece, or a part of the money."""
    month = company.months[place]
    count = REFUNDS_OF_OPEN_MONTH if month.is_open else REFUNDS
    _refund(company, place, count, late=False)


def give_back_late(company: DemoCompany, place: int) -> None:
    """Refund orders of a month that is closed."""
    _refund(company, place, LATE_REFUNDS, late=True)


def _refund(company: DemoCompany, place: int, count: int, *, late: bool) -> None:
    month, told = company.months[place], company.orders[place]
    chance = Chance(company.size.seed, f"refunds of month {place}, late {late}")
    may = np.setdiff1d(np.arange(len(told) * 2 // 3), company.kept_back(place))
    # The first third of them for late ones, so that none is asked for twice.
    half = len(may) // 3
    may = may[:half] if late else may[half:]
    chosen = np.unique(may[chance.below(len(may), count)]).tolist() if len(may) else []
    for nth, index in enumerate(chosen):
        moment = datetime.fromtimestamp(int(told.moment[index]), UTC) + timedelta(days=4)
        at = month.after(6 + nth, 10) if late else min(moment, month.closes_at)
        number = f"A{company.first_number(place) + index:08d}"
        with transaction.atomic(), clock.stopped_at(at):
            _give_back(number, nth)


def _give_back(number: str, nth: int) -> None:
    draft = RefundDraft(
        order_number=number, reference=f"back-{number}", reason=_REASONS[nth % len(_REASONS)]
    )
    match nth % 4:
        case 0:
            orders.refund_order(refund=draft)
        case 1 | 2:
            line = OrderLine.objects.get(order__number=number, position=1)
            orders.refund_pieces(refund=draft, pieces=[Pieces(line_id=line.pk, quantity=1)])
        case 3:
            minor, currency = Order.objects.values_list("gross_minor", "currency").get(
                number=number
            )
            orders.refund_amount(refund=draft, amount=Money(minor // 5, currency))


def _member_ids(told: Orders, chosen: list[int]) -> dict[int, int]:
    numbers = {int(told.member[index]) + 1 for index in chosen}
    found = Member.objects.filter(number__in=numbers).values_list("number", "id")
    return dict(found)


def _draft(told: Orders, index: int, month: Month, ids: dict[int, int]) -> OrderDraft:
    member, customer = int(told.member[index]), int(told.customer[index])
    rows = np.flatnonzero(told.order == index).tolist()
    products = goods.products()
    return OrderDraft(
        reference=f"basket:{month.label}:{index}",
        market=goods.MARKETS[int(told.market[index])].code,
        audience="customer" if customer else "partner",
        kind="customer" if customer else "own",
        channel="store",
        member_id=ids[member + 1],
        customer=customer_code(member, customer) if customer else "",
        placed_at=datetime.fromtimestamp(int(told.moment[index]), UTC),
        lines=tuple(
            LineDraft(sku=products[int(told.product[row])].sku, quantity=int(told.quantity[row]))
            for row in rows
        ),
    )


def _at(draft: OrderDraft) -> datetime:
    assert draft.placed_at is not None
    return draft.placed_at


def _placed(draft: OrderDraft) -> str:
    with clock.stopped_at(_at(draft)):
        return orders.place_order(order=draft)


def _cancelled(number: str, draft: OrderDraft) -> None:
    with clock.stopped_at(_at(draft) + _PAID_AFTER):
        orders.cancel_order(order_number=number, reason="The customer changed his mind")


def _paid(number: str, draft: OrderDraft, month: Month) -> None:
    cost = Order.objects.values_list("gross_minor", "currency").get(number=number)
    payment = Payment(
        receipt=f"card:{draft.reference}",
        amount=Money(*cost),
        received_at=min(_at(draft) + _PAID_AFTER, month.now),
    )
    orders.confirm_payment(order_number=number, payment=payment)


def _sent(number: str, draft: OrderDraft, month: Month, *, in_parts: bool) -> None:
    sent_at, arrived_at = _at(draft) + _SENT_AFTER, _at(draft) + _ARRIVED_AFTER
    if sent_at > month.now:
        return
    lines = OrderLine.objects.filter(order__number=number).order_by("position")
    pieces = [Pieces(line_id=line.pk, quantity=line.quantity) for line in lines]
    reference = f"parcel:{draft.reference}"
    with clock.stopped_at(sent_at):
        orders.ship(
            shipment=ShipmentDraft(
                order_number=number, reference=reference, carrier="Linden Post", tracking=reference
            ),
            pieces=pieces[:1] if in_parts else pieces,
        )
    if arrived_at <= month.now:
        with clock.stopped_at(arrived_at):
            orders.deliver(shipment_reference=reference)


__all__ = ["give_back", "give_back_late", "sell_late", "sell_live"]
