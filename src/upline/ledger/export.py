"""The books as a journal that beancount or hledger reads, with every balance stated at the end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import groupby

from django.db.models import Max, Min

from upline.foundation.checking import one_snapshot
from upline.ledger import queries
from upline.ledger.models import Account, Entry, Journal
from upline.ledger.plain_text import WRITERS, BookAccount, BookJournal
from upline.money import Money

_FIELDS = (
    "journal_id",
    "account_id",
    "amount_minor",
    "journal__key",
    "journal__kind",
    "effective_on",
    "journal__reference",
    "journal__memo",
)


def books(form: str, *, on: date | None = None) -> Iterator[str]:
    """Give the books from the first day through a day, or all, piece by piece.

    All of it is read in one snapshot, so that the balances at the end are those of the journals
    before. Journals stand by their day and the order of posting. Books without a journal give
    nothing. `form` is a name of `plain_text.WRITERS`.
    """
    writer = WRITERS[form]()
    with one_snapshot():
        journals = (
            Journal.objects.all() if on is None else Journal.objects.filter(effective_on__lte=on)
        )
        span = journals.aggregate(first=Min("effective_on"), last=Max("effective_on"))
        if span["first"] is None:
            return
        accounts = _accounts(on)
        yield writer.opening(list(accounts.values()), span["first"])
        for one in _journals(accounts, on):
            yield "\n" + writer.journal(one)
        yield "\n" + writer.closing(list(accounts.values()), on or span["last"])


def _accounts(on: date | None) -> dict[int, BookAccount]:
    balances = {
        (one.account, one.balance.currency): one.balance for one in queries.trial_balance(on=on)
    }
    rows = Account.objects.order_by("code", "currency").values_list(
        "id", "code", "currency", "kind"
    )
    return {
        number: BookAccount(
            code=code, kind=kind, balance=balances.get((code, currency), Money(0, currency))
        )
        for number, code, currency, kind in rows
    }


def _journals(accounts: dict[int, BookAccount], on: date | None) -> Iterator[BookJournal]:
    entries = Entry.objects.order_by("effective_on", "journal_id", "line")
    if on is not None:
        entries = entries.filter(effective_on__lte=on)
    rows = entries.values_list(*_FIELDS).iterator(chunk_size=10_000)
    for _, group in groupby(rows, key=lambda row: row[0]):
        lines = list(group)
        key, kind, day, reference, memo = lines[0][3:]
        yield BookJournal(
            key=key,
            kind=kind,
            effective_on=day,
            reference=reference,
            memo=memo,
            entries=[
                (accounts[line[1]], Money(line[2], accounts[line[1]].balance.currency))
                for line in lines
            ],
        )
