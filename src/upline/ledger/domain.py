"""Journals before they are written: what they are, what is wrong with them, their digest."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from upline.ledger import accounts
from upline.ledger.errors import JournalMalformed, JournalUnbalanced
from upline.money import Money

TEXT_LENGTHS = {"key": 200, "kind": 60, "reference": 200, "memo": 1000}
# Texts are one line each: a line break separates the parts of what is hashed.
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
GREATEST_MINOR = 2**63 - 1


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """One amount for one account, by its code: positive is debit, negative is credit."""

    account: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalDraft:
    """One act of money, to be written whole."""

    key: str
    kind: str
    effective_on: date
    entries: Sequence[EntryDraft]
    reference: str = ""
    memo: str = ""


def check(draft: JournalDraft) -> None:
    """Refuse what cannot be written.

    Raises JournalMalformed, JournalUnbalanced, AccountMalformed.
    """
    for fault in text_faults(draft):
        raise JournalMalformed(key=draft.key, fault=fault)
    if len(draft.entries) < 2:
        raise JournalMalformed(key=draft.key, fault="it has fewer than two entries")
    sums: dict[str, int] = defaultdict(int)
    for entry in draft.entries:
        accounts.check_written(entry.account, entry.amount.currency)
        if not entry.amount.minor or abs(entry.amount.minor) > GREATEST_MINOR:
            fault = f"the amount {entry.amount.minor} on {entry.account} is zero or too great"
            raise JournalMalformed(key=draft.key, fault=fault)
        sums[entry.amount.currency] += entry.amount.minor
    for currency, off_by in sums.items():
        if off_by:
            raise JournalUnbalanced(key=draft.key, currency=currency, off_by=off_by)


def text_faults(draft: JournalDraft) -> list[str]:
    """List what is wrong with the texts of a journal."""
    faults = []
    for name, length in TEXT_LENGTHS.items():
        given = getattr(draft, name)
        if name in {"key", "kind"} and not given:
            faults.append(f"its {name} is empty")
        if len(given) > length:
            faults.append(f"its {name} is longer than {length} characters")
        if CONTROL.search(given):
            faults.append(f"its {name} holds a line break or another control character")
    return faults


def digest_of(draft: JournalDraft, *, reverses: int | None = None) -> bytes:
    """Give the sha256 by which a repeated key is told from a used one.

    The same text is built for many journals at once by `bulk`, and from the tables by `checking`:
    a change here is one there.
    """
    parts = [
        *(draft.kind, draft.effective_on.isoformat(), draft.reference, draft.memo),
        str(reverses or ""),
    ]
    for entry in draft.entries:
        parts += [entry.account, entry.amount.currency, str(entry.amount.minor)]
    return hashlib.sha256("\n".join(parts).encode()).digest()


def opposite(entries: Sequence[EntryDraft]) -> list[EntryDraft]:
    """Give the entries that take others back, line by line."""
    return [EntryDraft(entry.account, -entry.amount) for entry in entries]
