"""What the books say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Max, Min, Sum

from upline.ledger import accounts
from upline.ledger.errors import JournalUnknown, RateMissing
from upline.ledger.models import Account, Balance, Entry, Journal, Rate, RateSheet
from upline.ledger.writing import closed_through
from upline.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFacts:
    """One entry with what its journal says."""

    journal_id: int
    journal_key: str
    kind: str
    reference: str
    memo: str
    effective_on: date
    line: int
    account: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalFacts:
    """One journal with its entries; what it reverses, and what reversed it."""

    id: int
    key: str
    kind: str
    effective_on: date
    posted_at: datetime
    reference: str
    memo: str
    reverses: int | None
    reversed_by: int | None
    entries: tuple[EntryFacts, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountBalance:
    """What an account holds; debits are positive."""

    account: str
    kind: str
    balance: Money


def balance(code: str, currency: str, *, on: date | None = None) -> Money:
    """Give what an account holds, at the end of a day or by now; debits are positive.

    An account of the chart on which nothing was posted holds nothing. Raises AccountUnknown,
    AccountMalformed.
    """
    accounts.check_written(code, currency)
    account = Account.objects.filter(code=code, currency=currency).only("id").first()
    if account is None:
        accounts.kind_of(code)
        return Money(0, currency)
    kept = Balance.objects.filter(account=account).values_list("balance_minor", flat=True).first()
    present = int(kept or 0)
    if on is not None:
        # What is later is less than what was before, and is read from the index alone.
        later = Entry.objects.filter(account=account, effective_on__gt=on)
        present -= int(later.aggregate(sum=Sum("amount_minor"))["sum"] or 0)
    return Money(present, currency)


def balances(prefix: str, *, currency: str | None = None) -> Iterator[AccountBalance]:
    """Give the accounts below a line of the chart, or the one itself, in order of their codes."""
    rows = Balance.objects.filter(account__code__gte=prefix, account__code__lt=f"{prefix};")
    if currency:
        rows = rows.filter(account__currency=currency)
    found = rows.order_by("account__code", "account__currency").values_list(
        "account__code", "account__kind", "account__currency", "balance_minor"
    )
    for code, kind, unit, minor in found.iterator():
        if code == prefix or code.startswith(f"{prefix}:"):
            yield AccountBalance(account=code, kind=kind, balance=Money(minor, unit))


def journal(journal_id: int) -> JournalFacts:
    """Give a journal with its entries. Raises JournalUnknown."""
    found = Journal.objects.filter(pk=journal_id).first()
    if found is None:
        raise JournalUnknown(journal=journal_id)
    return _facts(found)


def journal_by_key(key: str) -> JournalFacts:
    """Give the journal of a key. Raises JournalUnknown."""
    found = Journal.objects.filter(key=key).first()
    if found is None:
        raise JournalUnknown(journal=key)
    return _facts(found)


def journals_of(reference: str) -> list[JournalFacts]:
    """Give the journals of a reference, as an order's number, in the order of posting."""
    if not reference:
        return []
    return [_facts(one) for one in Journal.objects.filter(reference=reference).order_by("id")]


def entries_of(
    code: str,
    currency: str,
    *,
    since: date | None = None,
    until: date | None = None,
    limit: int | None = None,
) -> list[EntryFacts]:
    """Give the entries of an account from the day `since` to before the day `until`, oldest first."""
    rows = Entry.objects.filter(account__code=code, account__currency=currency)
    if since:
        rows = rows.filter(effective_on__gte=since)
    if until:
        rows = rows.filter(effective_on__lt=until)
    rows = rows.order_by("effective_on", "id").select_related("journal", "account")
    return [_entry(one) for one in (rows[:limit] if limit else rows)]


def trial_balance(on: date | None = None) -> list[AccountBalance]:
    """Give every account that holds something, by code; each currency sums to zero."""
    if on is None:
        rows = Balance.objects.exclude(balance_minor=0).values_list(
            "account__code", "account__kind", "account__currency", "balance_minor"
        )
    else:
        rows = (
            Entry.objects.filter(effective_on__lte=on)
            .values_list("account__code", "account__kind", "account__currency")
            .annotate(sum=Sum("amount_minor"))
            .exclude(sum=0)
        )
    found = [
        AccountBalance(account=code, kind=kind, balance=Money(int(minor), currency))
        for code, kind, currency, minor in rows
    ]
    return sorted(found, key=lambda one: (one.account, one.balance.currency))


def rate(base: str, quote: str, *, on: date, source: str, days_back: int = 0) -> Decimal:
    """Give how much of `quote` one unit of `base` is worth on a day, as approved.

    With `days_back` the last day with a rate counts, at most so many days before: sources rest on
    weekends. Neither turned round nor crossed. Raises RateMissing.
    """
    if base == quote:
        return Decimal(1)
    found = rates(on=on, source=source, days_back=days_back)
    if (base, quote) not in found:
        raise RateMissing(base=base, quote=quote, source=source, on=on)
    return found[base, quote]


def rates(*, on: date, source: str, days_back: int = 0) -> dict[tuple[str, str], Decimal]:
    """Give every approved rate of a source that counts on a day, by base and quote."""
    found = approved_rates(source, since=on - timedelta(days=days_back), until=on)
    # In order of days, so that the last one stays.
    return {(base, quote): one for (_, base, quote), one in sorted(found.items())}


def approved_rates(
    source: str, *, since: date, until: date
) -> dict[tuple[date, str, str], Decimal]:
    """Give the approved rates of a span of days, both ends in it; the sheet approved last counts."""
    rows = (
        Rate.objects.filter(
            sheet__source=source,
            sheet__state=RateSheet.State.APPROVED,
            rate_on__gte=since,
            rate_on__lte=until,
        )
        .order_by("sheet__decided_at", "sheet_id")
        .values_list("rate_on", "base", "quote", "rate")
    )
    return {(day, base, quote): one for day, base, quote, one in rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetFacts:
    """A sheet of rates: by whom it was entered and decided."""

    id: int
    source: str
    state: str
    entered_by: str
    decided_by: str
    reason: str
    rate_count: int
    first_on: date
    last_on: date


def sheets(*, state: str | None = None) -> list[SheetFacts]:
    """Give the sheets of rates, the newest first."""
    rows = RateSheet.objects.annotate(
        rate_count=Count("rates"), first_on=Min("rates__rate_on"), last_on=Max("rates__rate_on")
    )
    if state:
        rows = rows.filter(state=state)
    return [
        SheetFacts(
            id=one.pk,
            source=one.source,
            state=one.state,
            entered_by=one.entered_by,
            decided_by=one.decided_by,
            reason=one.reason,
            rate_count=one.rate_count,
            first_on=one.first_on,
            last_on=one.last_on,
        )
        for one in rows.order_by("-id")
    ]


def _facts(found: Journal) -> JournalFacts:
    lines = found.entries.order_by("line").select_related("journal", "account")
    reversal = found.reversals.only("id").first()
    return JournalFacts(
        id=found.pk,
        key=found.key,
        kind=found.kind,
        effective_on=found.effective_on,
        posted_at=found.posted_at,
        reference=found.reference,
        memo=found.memo,
        reverses=found.reverses_id,
        reversed_by=reversal.pk if reversal else None,
        entries=tuple(_entry(one) for one in lines),
    )


def _entry(one: Entry) -> EntryFacts:
    return EntryFacts(
        journal_id=one.journal_id,
        journal_key=one.journal.key,
        kind=one.journal.kind,
        reference=one.journal.reference,
        memo=one.journal.memo,
        effective_on=one.effective_on,
        line=one.line,
        account=one.account.code,
        amount=Money(one.amount_minor, one.currency),
    )


__all__ = [
    "AccountBalance",
    "EntryFacts",
    "JournalFacts",
    "SheetFacts",
    "approved_rates",
    "balance",
    "balances",
    "closed_through",
    "entries_of",
    "journal",
    "journal_by_key",
    "journals_of",
    "rate",
    "rates",
    "sheets",
    "trial_balance",
]
