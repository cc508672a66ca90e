"""The books: acts are written whole, once, and never change."""

from __future__ import annotations

from datetime import date

import pytest

from upline.ledger import queries, services
from upline.ledger.domain import EntryDraft
from upline.money import Money

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 2)


def sale(minor=12_300, tax=2_300, currency="EUR"):
    return [
        EntryDraft("cash:card", Money(minor, currency)),
        EntryDraft("sales:goods", Money(tax - minor, currency)),
        EntryDraft("tax:vat:PL", Money(-tax, currency)),
    ]


def test_a_sale_is_booked_and_read_back():
    number = services.post(
        key="payment:1", kind="payment", effective_on=MONDAY, entries=sale(), reference="A-1"
    )

    assert queries.balance("cash:card", "EUR") == Money(12_300, "EUR")
    assert queries.journal(number).key == "payment:1"
    again = services.post(
        key="payment:1", kind="payment", effective_on=MONDAY, entries=sale(), reference="A-1"
    )
    assert again == number
    many = services.post_many(
        journals=[
            services.JournalDraft(
                key=f"payment:{n}",
                kind="payment",
                effective_on=MONDAY,
                entries=sale(),
                reference=f"A-{n}",
            )
            for n in range(1, 4)
        ]
    )
    assert many == services.Posted(written=2, repeated=1)
    assert queries.balance("cash:card", "EUR") == Money(36_900, "EUR")
    services.reverse(key="r", journal_id=number, effective_on=MONDAY, reason="mistake")
    assert queries.balance("cash:card", "EUR") == Money(24_600, "EUR")
