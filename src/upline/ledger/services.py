"""What is done to the books: each act one transaction, and repeatable."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from upline.foundation import audit, clock
from upline.ledger import accounts, writing
from upline.ledger.bulk import Posted, post_many, post_table
from upline.ledger.domain import EntryDraft, JournalDraft, check, digest_of, opposite
from upline.ledger.errors import (
    AccountDiffers,
    AccountMalformed,
    JournalAlreadyReversed,
    JournalUnknown,
    ReasonMissing,
    ReversalNotReversible,
    ReversalTooEarly,
)
from upline.ledger.models import Account, Closing, Journal
from upline.money import Money


def open_account(*, code: str, kind: str, currency: str, holder: str = "") -> int:
    """Open an account and give its id; the same again gives the same.

    `post` opens the accounts of the chart by itself; this is for those that name their holder or
    are not in it. Raises AccountMalformed, AccountDiffers.
    """
    accounts.check_written(code, currency)
    if kind not in accounts.KINDS:
        raise AccountMalformed(account=f"{code} of kind {kind}", currency=currency)
    with transaction.atomic():
        new = Account(code=code, kind=kind, currency=currency, holder=holder, opened_at=clock.now())
        Account.objects.bulk_create([new], ignore_conflicts=True)
        opened = Account.objects.get(code=code, currency=currency)
        if (opened.kind, opened.holder) != (kind, holder):
            raise AccountDiffers(
                account=code, currency=currency, kind=opened.kind, holder=opened.holder
            )
    return int(opened.pk)


def post(  # noqa: PLR0913 - the six parts of a journal, as JournalDraft has them
    *,
    key: str,
    kind: str,
    effective_on: date,
    entries: Sequence[EntryDraft],
    reference: str = "",
    memo: str = "",
) -> int:
    """Write a journal and give its id.

    The same key with the same content is the same journal, also when two post it at once. An act
    of several journals posts them by `post_many`, which locks their accounts in one order. Raises
    JournalUnbalanced, JournalMalformed, AccountMalformed, AccountUnknown, KeyAlreadyUsed,
    DayClosed.
    """
    draft = JournalDraft(
        key=key,
        kind=kind,
        effective_on=effective_on,
        entries=tuple(entries),
        reference=reference,
        memo=memo,
    )
    check(draft)
    with transaction.atomic():
        return writing.write(draft, digest=digest_of(draft))


def reverse(*, key: str, journal_id: int, effective_on: date, reason: str) -> int:
    """Take a journal back by its opposite, line by line, and give the id of the new one.

    Repeatable by its key. Raises JournalUnknown, JournalAlreadyReversed, ReversalNotReversible,
    ReversalTooEarly, ReasonMissing, KeyAlreadyUsed, DayClosed.
    """
    if not reason.strip():
        raise ReasonMissing(act=f"Reversing journal {journal_id}")
    original = Journal.objects.filter(pk=journal_id).first()
    if original is None:
        raise JournalUnknown(journal=journal_id)
    with transaction.atomic(), writing.refusing_second_reversals(original.pk):
        _check_reversible(original, key, effective_on)
        draft = JournalDraft(
            key=key,
            kind="reversal",
            effective_on=effective_on,
            entries=opposite(_entries_of(original)),
            reference=original.reference,
            memo=reason.strip(),
        )
        check(draft)
        digest = digest_of(draft, reverses=journal_id)
        return writing.write(draft, digest=digest, reverses=journal_id)


def _check_reversible(original: Journal, key: str, effective_on: date) -> None:
    if original.reverses_id is not None:
        raise ReversalNotReversible(journal=original.pk, original=original.reverses_id)
    earlier = original.reversals.exclude(key=key).first()
    if earlier is not None:
        raise JournalAlreadyReversed(journal=original.pk, reversal=earlier.pk)
    if effective_on < original.effective_on:
        raise ReversalTooEarly(
            journal=original.pk, original_on=original.effective_on, wanted_on=effective_on
        )


def _entries_of(journal: Journal) -> list[EntryDraft]:
    lines = journal.entries.order_by("line").values_list(
        "account__code", "amount_minor", "currency"
    )
    return [EntryDraft(code, Money(minor, currency)) for code, minor, currency in lines]


def close_days(*, through: date, by: str, reason: str) -> None:
    """Close the books through a day: nothing may be effective on it or before any more.

    It waits for those who post now. The last closing counts, so an earlier day opens days again;
    the audit keeps both. Repeating it changes nothing. Raises ReasonMissing.
    """
    if not reason.strip():
        raise ReasonMissing(act=f"Closing the books through {through}")
    with transaction.atomic():
        before = writing.closed_through()
        if before == through:
            return
        Closing.objects.create(closed_through=through, closed_by=by, reason=reason.strip())
        audit.record(
            act="ledger.close_days",
            subject="ledger:books",
            reason=reason,
            before={"closed_through": str(before) if before else None},
            after={"closed_through": str(through), "by": by},
        )


__all__ = [
    "EntryDraft",
    "JournalDraft",
    "Posted",
    "close_days",
    "open_account",
    "post",
    "post_many",
    "post_table",
    "reverse",
]
