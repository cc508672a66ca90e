"""The journals of orders: what each act moves between accounts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from upline.ledger import services as ledger
from upline.ledger.services import EntryDraft
from upline.money import Money
from upline.orders.models import Order, Receipt, Refund

SALES = "sales:goods"
WAITING = "suspense:receipts"


def tax_account(country: str) -> str:
    return f"tax:vat:{country}"


def receipt_key(reference: str) -> str:
    """Give the key of the journal that a receipt makes, whatever it is used for.

    One receipt can so be booked once, even if it pays an order and is recorded as waiting at once.
    """
    return f"orders:receipt:{reference}"


def book_payment(order: Order, *, key: str, account: str, paid_at: datetime) -> None:
    """Book the money of an order, on an account or waiting there, as sales and tax."""
    amounts = {
        account: order.gross_minor,
        SALES: -order.net_minor,
        tax_account(order.country): -order.tax_minor,
    }
    # What is free moves no money.
    if any(amounts.values()):
        ledger.post(
            key=key,
            kind="orders.payment",
            effective_on=_day(order, paid_at),
            entries=_entries(amounts, order.currency),
            reference=order.number,
        )


def book_refund(order: Order, refund: Refund) -> None:
    """Book the opposite of what a payment books, for the part that is given back."""
    amounts = {
        refund.paid_from: -(refund.net_minor + refund.tax_minor),
        SALES: refund.net_minor,
        tax_account(order.country): refund.tax_minor,
    }
    if any(amounts.values()):
        ledger.post(
            key=f"orders:refund:{refund.reference}",
            kind="orders.refund",
            effective_on=_day(order, refund.refunded_at),
            entries=_entries(amounts, order.currency),
            reference=order.number,
        )


def book_receipt(receipt: Receipt) -> None:
    """Book money that fits no order: we hold it, and owe it to whoever sent it."""
    ledger.post(
        key=receipt_key(receipt.reference),
        kind="orders.receipt",
        effective_on=receipt.received_at.date(),
        entries=_entries(
            {receipt.account: receipt.amount_minor, WAITING: -receipt.amount_minor},
            receipt.currency,
        ),
        reference=receipt.order_number,
        memo=receipt.reason,
    )


def book_return(receipt: Receipt, *, returned_minor: int, on: date, reason: str) -> None:
    """Book that waiting money went back to whoever sent it."""
    ledger.post(
        key=f"orders:receipt-return:{receipt.reference}",
        kind="orders.receipt_return",
        effective_on=on,
        entries=_entries(
            {receipt.account: -returned_minor, WAITING: returned_minor}, receipt.currency
        ),
        reference=receipt.order_number,
        memo=reason,
    )


def _entries(amounts: Mapping[str, int], currency: str) -> list[EntryDraft]:
    return [
        EntryDraft(account, Money(minor, currency)) for account, minor in amounts.items() if minor
    ]


def _day(order: Order, moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(order.time_zone)).date()
