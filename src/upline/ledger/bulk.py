"""Many journals at once: by COPY and set-based statements, in chunks that may be repeated.

A chunk is one transaction. A killed run leaves whole chunks; the next finds their keys and goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
import pyarrow as pa
from django.db import IntegrityError, connection, transaction

from upline.foundation import clock
from upline.foundation.ahead import prepared
from upline.foundation.copying import copy_in
from upline.ledger import columns, writing
from upline.ledger.columns import Columns
from upline.ledger.domain import JournalDraft
from upline.ledger.errors import KeyAlreadyUsed
from upline.ledger.writing import Cursor

ENTRIES_AT_ONCE = 60_000
JOURNALS_AT_ONCE = 20_000
TRIES = 5

STAGE = """
CREATE TEMP TABLE ledger_new_journal (
    number bigint NOT NULL,
    key text COLLATE "C" NOT NULL,
    digest bytea NOT NULL,
    kind text NOT NULL,
    effective_on date NOT NULL,
    reference text NOT NULL,
    memo text NOT NULL,
    entry_count integer NOT NULL,
    id bigint NOT NULL DEFAULT nextval('ledger_journal_id_seq')
) ON COMMIT DROP;
CREATE TEMP TABLE ledger_new_entry (
    journal_id bigint NOT NULL,
    line integer NOT NULL,
    account_id bigint NOT NULL,
    currency text NOT NULL,
    effective_on date NOT NULL,
    amount_minor bigint NOT NULL
) ON COMMIT DROP
"""
WRITTEN_BEFORE = """
SELECT new.number, journal.key, journal.id, journal.digest = new.digest
FROM ledger_new_journal AS new JOIN ledger_journal AS journal USING (key)
ORDER BY new.number
"""
FORGET = "DELETE FROM ledger_new_journal WHERE number = ANY(%s::bigint[])"
NUMBERS = "SELECT id FROM ledger_new_journal ORDER BY number"
# One statement, as for one journal.
WRITE = """
WITH journals AS (
    INSERT INTO ledger_journal
        (id, key, digest, kind, effective_on, posted_at, entry_count, reference, memo)
    SELECT id, key, digest, kind, effective_on, %s, entry_count, reference, memo
    FROM ledger_new_journal ORDER BY number
)
INSERT INTO ledger_entry (journal_id, line, account_id, currency, effective_on, amount_minor)
SELECT journal_id, line, account_id, currency, effective_on, amount_minor FROM ledger_new_entry
"""
UNSTAGE = "DROP TABLE ledger_new_journal, ledger_new_entry"


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """How many journals were written, and how many were there already with the same content."""

    written: int = 0
    repeated: int = 0

    def __add__(self, other: Posted) -> Posted:
        return Posted(written=self.written + other.written, repeated=self.repeated + other.repeated)


def post_many(
    *, journals: Iterable[JournalDraft], progress: Callable[[Posted], None] | None = None
) -> Posted:
    """Write many journals, a chunk of them in each transaction, and say how many were new.

    Repeatable: what is there is compared and left. Inside a transaction of the caller all chunks
    belong to it. The faults of a chunk are listed at once, and nothing of that chunk is written.
    Raises JournalsRefused, AccountUnknown, KeyAlreadyUsed, DayClosed.
    """
    done = Posted()
    for some in _chunks(journals):
        done += post_table(table=columns.table_of(some))
        if progress:
            progress(done)
    return done


def post_table(*, table: pa.Table, progress: Callable[[Posted], None] | None = None) -> Posted:
    """Write the journals of a table with one row for each entry, as `post_many` does.

    Columns: `key`, `kind`, `effective_on`, `account`, `currency`, `amount_minor`, and if wanted
    `reference` and `memo`. The rows of a journal stand together and agree in what is the
    journal's. All faults of the table are listed before anything is written.
    """
    whole = columns.read(table)
    done = Posted()

    def hashed(bounds: tuple[int, int]) -> tuple[Columns, pa.Table]:
        part = whole.part(*bounds)
        return part, part.journals()

    for part, journals in prepared(hashed, whole.chunks(ENTRIES_AT_ONCE)):
        done += _written(part, journals)
        if progress:
            progress(done)
    return done


def _chunks(journals: Iterable[JournalDraft]) -> Iterator[list[JournalDraft]]:
    left = iter(journals)
    while some := list(islice(left, JOURNALS_AT_ONCE)):
        yield some


def _written(part: Columns, journals: pa.Table) -> Posted:
    """Write a chunk; where others wrote one of its keys meanwhile, look again and write the rest."""
    for tries_left in reversed(range(TRIES)):
        try:
            with transaction.atomic(), writing.refusing_closed_days():
                return _write(part, journals)
        except IntegrityError as refused:
            if writing.constraint_of(refused) != "ledger_journal_key" or not tries_left:
                raise
    raise AssertionError("unreachable")


def _write(part: Columns, journals: pa.Table) -> Posted:
    with connection.cursor() as cursor:
        cursor.execute(STAGE)
        copy_in("ledger_new_journal", journals)
        known = _written_before(cursor)
        new = part.without(known)
        if new.journal_count:
            _write_new(cursor, new)
        cursor.execute(UNSTAGE)
    return Posted(written=new.journal_count, repeated=len(known))


def _write_new(cursor: Cursor, new: Columns) -> None:
    codes, places = new.accounts()
    numbers = writing.account_numbers(codes)
    accounts = pa.array([numbers[one] for one in codes], pa.int64()).take(places)
    cursor.execute(NUMBERS)
    journals = np.fromiter((number for (number,) in cursor.fetchall()), np.int64)
    copy_in("ledger_new_entry", new.entries(journals, accounts))
    cursor.execute(WRITE, [clock.now()])


def _written_before(cursor: Cursor) -> list[int]:
    """Give the places of journals that are there already. Raises KeyAlreadyUsed."""
    cursor.execute(WRITTEN_BEFORE)
    known = []
    for number, key, journal, is_same in cursor.fetchall():
        if not is_same:
            raise KeyAlreadyUsed(key=key, journal=journal)
        known.append(number)
    if known:
        cursor.execute(FORGET, [known])
    return known
