"""Many journals at once: by COPY and set-based statements, in chunks that may be repeated.

A chunk is one transaction. A killed run leaves whole chunks; the next finds their keys and goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import pyarrow as pa
import pyarrow.csv
from django.db import connection, transaction

from upline.foundation import clock
from upline.ledger import columns, writing
from upline.ledger.columns import Columns
from upline.ledger.domain import JournalDraft
from upline.ledger.errors import KeyAlreadyUsed

ENTRIES_AT_ONCE = 60_000
JOURNALS_AT_ONCE = 20_000

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
    id bigint NOT NULL DEFAULT nextval(pg_get_serial_sequence('ledger_journal', 'id'))
) ON COMMIT DROP;
CREATE TEMP TABLE ledger_new_entry (
    number bigint NOT NULL,
    line integer NOT NULL,
    account_id bigint NOT NULL,
    currency text NOT NULL,
    amount_minor bigint NOT NULL
) ON COMMIT DROP
"""
COPY_JOURNALS = """
COPY ledger_new_journal (number, key, digest, kind, effective_on, reference, memo, entry_count)
FROM STDIN (FORMAT csv)
"""
COPY_ENTRIES = """
COPY ledger_new_entry (number, line, account_id, currency, amount_minor) FROM STDIN (FORMAT csv)
"""
# One statement, as for one journal. What is there already is left out, and compared afterwards.
WRITE = """
WITH journal AS (
    INSERT INTO ledger_journal
        (id, key, digest, kind, effective_on, posted_at, entry_count, reference, memo)
    SELECT id, key, digest, kind, effective_on, %s, entry_count, reference, memo
    FROM ledger_new_journal ORDER BY number
    ON CONFLICT (key) DO NOTHING
    RETURNING id, effective_on
), entries AS (
    INSERT INTO ledger_entry (journal_id, line, account_id, currency, effective_on, amount_minor)
    SELECT journal.id, entry.line, entry.account_id, entry.currency, journal.effective_on,
           entry.amount_minor
    FROM ledger_new_entry AS entry
    JOIN ledger_new_journal USING (number)
    JOIN journal USING (id)
    ORDER BY journal.id, entry.line
)
SELECT count(*) FROM journal
"""
OTHER_CONTENT = """
SELECT journal.key, journal.id
FROM ledger_new_journal AS new JOIN ledger_journal AS journal USING (key)
WHERE journal.digest <> new.digest ORDER BY new.number LIMIT 1
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
    for first, last in whole.chunks(ENTRIES_AT_ONCE):
        with transaction.atomic(), writing.refusing_closed_days():
            done += _write(whole.part(first, last))
        if progress:
            progress(done)
    return done


def _chunks(journals: Iterable[JournalDraft]) -> Iterator[list[JournalDraft]]:
    left = iter(journals)
    while some := list(islice(left, JOURNALS_AT_ONCE)):
        yield some


def _write(part: Columns) -> Posted:
    codes, places = part.accounts()
    numbers = writing.account_numbers(codes)
    known = pa.array([numbers[one] for one in codes], pa.int64())
    with connection.cursor() as cursor:
        cursor.execute(STAGE)
        _copy(cursor, COPY_JOURNALS, part.journals())
        _copy(cursor, COPY_ENTRIES, part.entries(known.take(places)))
        cursor.execute(WRITE, [clock.now()])
        (written,) = cursor.fetchone()
        if written < part.journal_count:
            _refuse_other_content(cursor)
        cursor.execute(UNSTAGE)
    return Posted(written=written, repeated=part.journal_count - written)


def _copy(cursor: writing.Cursor, statement: str, table: pa.Table) -> None:
    sink = pa.BufferOutputStream()
    options = pyarrow.csv.WriteOptions(include_header=False)
    pyarrow.csv.write_csv(table, sink, options)
    with cursor.copy(statement) as copy:
        copy.write(memoryview(sink.getvalue()))


def _refuse_other_content(cursor: writing.Cursor) -> None:
    cursor.execute(OTHER_CONTENT)
    found = cursor.fetchone()
    if found:
        raise KeyAlreadyUsed(key=found[0], journal=found[1])
