"""How one journal is written: accounts found or opened, then all of it by one statement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import IntegrityError, connection

from upline.foundation import clock
from upline.ledger import accounts
from upline.ledger.domain import JournalDraft
from upline.ledger.errors import DayClosed, JournalAlreadyReversed, KeyAlreadyUsed
from upline.ledger.models import Closing

Account = tuple[str, str]
# A cursor of Django, which ships without types.
Cursor = Any

# One statement, because a journal comes with all its entries or is refused by the database.
INSERT = """
WITH journal AS (
    INSERT INTO ledger_journal
        (key, digest, kind, effective_on, posted_at, entry_count, reference, memo, reverses_id)
    VALUES (%(key)s, %(digest)s, %(kind)s, %(effective_on)s, %(posted_at)s, %(entry_count)s,
            %(reference)s, %(memo)s, %(reverses)s)
    ON CONFLICT (key) DO NOTHING
    RETURNING id
), entries AS (
    INSERT INTO ledger_entry (journal_id, line, account_id, currency, effective_on, amount_minor)
    SELECT journal.id, given.line, given.account_id, given.currency, %(effective_on)s, given.amount
    FROM journal, unnest(%(accounts)s::bigint[], %(currencies)s::text[], %(amounts)s::bigint[])
        WITH ORDINALITY AS given (account_id, currency, amount, line)
)
SELECT id FROM journal
"""

# Codes hold no blanks, and a text with line breaks is far cheaper to send than an array.
FIND_ACCOUNTS = """
SELECT account.code, account.currency, account.id
FROM unnest(string_to_array(%s, E'\\n'), string_to_array(%s, E'\\n')) AS wanted (code, currency)
JOIN ledger_account AS account
    ON account.code = wanted.code COLLATE "C" AND account.currency = wanted.currency COLLATE "C"
"""
# In order of their codes, so that two who open the same accounts do not wait for each other.
OPEN_ACCOUNTS = """
INSERT INTO ledger_account (code, currency, kind, holder, opened_at)
SELECT code, currency, kind, '', %s
FROM unnest(string_to_array(%s, E'\\n'), string_to_array(%s, E'\\n'), string_to_array(%s, E'\\n'))
    AS wanted (code, currency, kind)
ORDER BY code COLLATE "C", currency COLLATE "C"
ON CONFLICT (code, currency) DO NOTHING
"""


def write(draft: JournalDraft, *, digest: bytes, reverses: int | None = None) -> int:
    """Write a checked journal and give its id, or the id of the same one written before.

    Raises KeyAlreadyUsed, AccountUnknown, DayClosed.
    """
    numbers = account_numbers({(one.account, one.amount.currency) for one in draft.entries})
    values = {
        "key": draft.key,
        "digest": digest,
        "kind": draft.kind,
        "effective_on": draft.effective_on,
        "posted_at": clock.now(),
        "entry_count": len(draft.entries),
        "reference": draft.reference,
        "memo": draft.memo,
        "reverses": reverses,
        "accounts": [numbers[one.account, one.amount.currency] for one in draft.entries],
        "currencies": [one.amount.currency for one in draft.entries],
        "amounts": [one.amount.minor for one in draft.entries],
    }
    with connection.cursor() as cursor, refusing_closed_days(draft):
        cursor.execute(INSERT, values)
        written = cursor.fetchone()
    return int(written[0]) if written else _repeated(draft.key, digest)


def _repeated(key: str, digest: bytes) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, digest FROM ledger_journal WHERE key = %s", [key])
        journal, written = cursor.fetchone()
    if bytes(written) != digest:
        raise KeyAlreadyUsed(key=key, journal=journal)
    return int(journal)


def account_numbers(wanted: Iterable[Account]) -> Mapping[Account, int]:
    """Give the ids of accounts, opening those of the chart that are new. Raises AccountUnknown."""
    missing = sorted(set(wanted))
    found = _find(missing)
    missing = [one for one in missing if one not in found]
    if missing:
        kinds = "\n".join(accounts.kind_of(code) for code, _ in missing)
        with connection.cursor() as cursor:
            cursor.execute(OPEN_ACCOUNTS, [clock.now(), *_texts(missing), kinds])
        found |= _find(missing)
    return found


def _find(wanted: list[Account]) -> dict[Account, int]:
    with connection.cursor() as cursor:
        cursor.execute(FIND_ACCOUNTS, _texts(wanted))
        return {(code, currency): number for code, currency, number in cursor.fetchall()}


def _texts(wanted: list[Account]) -> list[str]:
    return ["\n".join(code for code, _ in wanted), "\n".join(unit for _, unit in wanted)]


@contextmanager
def refusing_closed_days(draft: JournalDraft | None = None) -> Iterator[None]:
    """Turn the database's refusal of a closed day into ours. Raises DayClosed."""
    try:
        yield
    except IntegrityError as refused:
        if constraint_of(refused) != "ledger_day_closed":
            raise
        # The transaction is spoilt; what the message says is all that can be known here.
        raise DayClosed(**_closed_facts(str(refused), draft)) from None


def _closed_facts(message: str, draft: JournalDraft | None) -> dict[str, object]:
    message = message.partition("\n")[0]
    through = message.rpartition(" ")[2]
    if draft is not None:
        return {"key": draft.key, "wanted_on": draft.effective_on, "through": through}
    words = message.split(" is effective on ")
    key, wanted_on = words[0].removeprefix("journal "), words[1].partition(",")[0]
    return {"key": key, "wanted_on": wanted_on, "through": through}


@contextmanager
def refusing_second_reversals(journal_id: int) -> Iterator[None]:
    """Turn the database's refusal of a second reversal into ours: two may reverse at once.

    Raises JournalAlreadyReversed.
    """
    try:
        yield
    except IntegrityError as refused:
        if constraint_of(refused) != "ledger_journal_reversed_once":
            raise
        raise JournalAlreadyReversed(journal=journal_id, reversal="another") from None


def constraint_of(refused: IntegrityError) -> str:
    """Give the name of the constraint that the database says was broken."""
    diagnosis = getattr(refused.__cause__, "diag", None)
    return (diagnosis and diagnosis.constraint_name) or ""


def closed_through() -> date | None:
    """Give the day through which the books are closed, or None."""
    last = Closing.objects.order_by("-id").first()
    found: date | None = last.closed_through if last else None
    return found
