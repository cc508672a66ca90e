"""Money that comes in: it pays an order exactly, or it waits under its own name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from upline.foundation import audit, clock, locking, outbox
from upline.money import Money
from upline.orders.errors import (
    OrderNotPayable,
    PaymentDiffers,
    PaymentInOtherCurrency,
    ReceiptAlreadyUsed,
    ReceiptUnknown,
    ReferenceUsedOtherwise,
)
from upline.orders.events import OrderPaid
from upline.orders.locks import order_for_update, used_once
from upline.orders.models import Order, Receipt
from upline.orders.services import booking


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """Money that came in: the provider's own reference, how much, when, on which account."""

    receipt: str
    amount: Money
    received_at: datetime
    account: str = "cash:card"


@transaction.atomic
def confirm_payment(*, order_number: str, payment: Payment) -> None:
    """Mark a placed order paid, book the money and tell OrderPaid.

    A repeated receipt changes nothing: providers repeat themselves. Money that is not exactly
    what the order costs is refused and can be recorded by `record_receipt`. Raises OrderUnknown,
    OrderNotPayable, PaymentDiffers, PaymentInOtherCurrency, ReceiptAlreadyUsed.
    """
    order = order_for_update(order_number)
    if order.paid_reference == payment.receipt and _cost(order) == payment.amount:
        return
    _check_unused(payment.receipt)
    _check_payable(order, payment.amount)
    if payment.amount.minor != order.gross_minor:
        raise PaymentDiffers(number=order.number, due=_cost(order), paid=payment.amount)
    order.paid_into = payment.account
    _mark_paid(order, reference=payment.receipt, paid_at=payment.received_at)
    booking.book_payment(
        order,
        key=booking.receipt_key(payment.receipt),
        account=payment.account,
        paid_at=payment.received_at,
    )


@transaction.atomic
def record_receipt(*, payment: Payment, reason: str, order_number: str = "") -> int:
    """Record money that fits no order: too much, too little, too late, in another currency.

    It waits on `suspense:receipts` until `pay_from_receipts` uses it or `return_receipt` gives it
    back. Repeated it changes nothing. Raises ReceiptAlreadyUsed.
    """
    asked = {
        "order_number": order_number,
        "currency": payment.amount.currency,
        "amount_minor": payment.amount.minor,
        "account": payment.account,
        "received_at": payment.received_at,
    }
    known = Receipt.objects.filter(reference=payment.receipt).first()
    if known is not None:
        if any(getattr(known, name) != value for name, value in asked.items()):
            raise ReceiptAlreadyUsed(receipt=payment.receipt, used="it waits for another purpose")
        return int(known.pk)
    _check_unused(payment.receipt)
    made = Receipt(reference=payment.receipt, reason=reason, **asked)
    with used_once(payment.receipt, "receipt"):
        made.save(force_insert=True)
    booking.book_receipt(made)
    return int(made.pk)


@transaction.atomic
def pay_from_receipts(*, order_number: str, receipts: Sequence[str], reference: str) -> None:
    """Pay an order out of waiting receipts, in the order given; what is over goes on waiting.

    Repeated with the same reference it changes nothing. Raises OrderUnknown, OrderNotPayable,
    ReceiptUnknown, PaymentDiffers when they are not enough, PaymentInOtherCurrency.
    """
    order = order_for_update(order_number)
    if order.paid_reference == reference:
        return
    waiting = _waiting(receipts)
    left = [Money(_left(one), one.currency) for one in waiting]
    for amount in left:
        _check_payable(order, amount)
    paid = sum(amount.minor for amount in left)
    if paid < order.gross_minor:
        raise PaymentDiffers(
            number=order.number, due=_cost(order), paid=Money(paid, order.currency)
        )
    due = order.gross_minor
    for receipt in waiting:
        used = min(due, _left(receipt))
        receipt.used_minor += used
        receipt.save(update_fields=["used_minor"])
        due -= used
    paid_at = clock.now()
    order.paid_into = waiting[0].account if waiting else ""
    _mark_paid(order, reference=reference, paid_at=paid_at)
    booking.book_payment(
        order, key=f"orders:payment:{reference}", account=booking.WAITING, paid_at=paid_at
    )


@transaction.atomic
def return_receipt(*, receipt: str, reason: str) -> None:
    """Give what is left of a waiting receipt back to whoever sent it; again it changes nothing.

    Raises ReceiptUnknown.
    """
    (found,) = _waiting([receipt])
    left = _left(found)
    if not left:
        return
    found.returned_minor += left
    found.save(update_fields=["returned_minor"])
    booking.book_return(found, returned_minor=left, on=clock.now().date(), reason=reason)
    audit.record(act="orders.return_receipt", subject=f"receipt:{found.pk}", reason=reason)


def _mark_paid(order: Order, *, reference: str, paid_at: datetime) -> None:
    order.status = Order.Status.PAID
    order.paid_at = paid_at
    order.paid_reference = reference
    try:
        with used_once(reference, "payment"):
            order.save(update_fields=["status", "paid_at", "paid_reference", "paid_into"])
    except ReferenceUsedOtherwise as refused:
        raise ReceiptAlreadyUsed(receipt=reference, used="it paid another order") from refused
    outbox.append(OrderPaid(order_number=order.number))


def _check_payable(order: Order, amount: Money) -> None:
    if order.status != Order.Status.PLACED:
        raise OrderNotPayable(number=order.number, status=order.status)
    if amount.currency != order.currency:
        raise PaymentInOtherCurrency(number=order.number, due=order.currency, paid=amount)


def _check_unused(receipt: str) -> None:
    paid = Order.objects.filter(paid_reference=receipt).values_list("number", flat=True).first()
    if paid:
        raise ReceiptAlreadyUsed(receipt=receipt, used=f"it paid order {paid}")
    if Receipt.objects.filter(reference=receipt).exists():
        raise ReceiptAlreadyUsed(receipt=receipt, used="it waits, and can be used from there")


def _waiting(references: Sequence[str]) -> list[Receipt]:
    found = {
        one.reference: one for one in locking.rows(Receipt.objects.filter(reference__in=references))
    }
    for reference in references:
        if reference not in found:
            raise ReceiptUnknown(receipt=reference)
    return [found[reference] for reference in dict.fromkeys(references)]


def _left(receipt: Receipt) -> int:
    return int(receipt.amount_minor - receipt.used_minor - receipt.returned_minor)


def _cost(order: Order) -> Money:
    return Money(order.gross_minor, order.currency)
