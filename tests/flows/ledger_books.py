"""Journals to post, and what the tables hold, as the tests of the ledger use them."""

from __future__ import annotations

from datetime import date

from django.db import connection

from upline.ledger import services
from upline.ledger.domain import EntryDraft, JournalDraft
from upline.money import Money

MONDAY = date(2026, 11, 2)
TUESDAY = date(2026, 11, 3)


def entries(*amounts, currency="EUR"):
    """Give entries from pairs of a code and minor units."""
    return [EntryDraft(code, Money(minor, currency)) for code, minor in amounts]


def sale(minor=12_300, tax=2_300, currency="EUR"):
    """Give the entries of a sale paid by card."""
    return entries(
        ("cash:card", minor), ("sales:goods", tax - minor), ("tax:vat:PL", -tax), currency=currency
    )


def post(key="payment:1", lines=None, **named):
    """Post a sale, or other lines, on Monday unless said otherwise."""
    given = {"kind": "payment", "effective_on": MONDAY, "entries": lines or sale(), **named}
    return services.post(key=key, **given)


def draft(key="payment:1", lines=None, **named):
    """Give the same as `post` posts, as a draft."""
    given = {"kind": "payment", "effective_on": MONDAY, "entries": lines or sale(), **named}
    return JournalDraft(key=key, **given)


def rows():
    """Count the rows of every table of the books."""
    tables = ("account", "journal", "entry", "balance", "closing", "ratesheet", "rate")
    with connection.cursor() as cursor:
        counts = {}
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM ledger_{table}")
            counts[table] = cursor.fetchone()[0]
    return counts
