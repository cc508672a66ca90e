"""Times the posting of many journals at once beside posting them one by one, and checks the books.

The server is the embedded one with the settings it comes with: every commit waits for the disk, and
every trigger and constraint is on.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.machine import keep, machine

DAY = date(2026, 11, 1)
ENTRIES_A_JOURNAL = 3
RUNS = 3


def main(entries: int, single_journals: int, out: Path | None = None) -> dict[str, Any]:
    """Run the benchmark and print it; raises AssertionError where the books are off."""
    with tempfile.TemporaryDirectory(prefix="upline-bench-") as folder, server(Path(folder)):
        return _timed(entries, single_journals, out)


def _timed(entries: int, single_journals: int, out: Path | None) -> dict[str, Any]:
    from upline.ledger import checking

    journals = entries // ENTRIES_A_JOURNAL
    print(f"{journals:,} journals of {ENTRIES_A_JOURNAL} entries, one for each member")
    opening_rate = round(_bulk(0, journals))
    print(f"  post_table, opening an account for each member: {opening_rate:,} entries/s")
    bulk = [_bulk(run, journals) for run in range(1, RUNS + 1)]
    bulk_rate = round(statistics.median(bulk))
    print(f"  post_table, the accounts being there: median of {RUNS}: {bulk_rate:,} entries/s")
    again_rate = round(_bulk(0, journals, repeated=True))
    print(f"  the same again, nothing to write: {again_rate:,} entries/s")
    draft_rate = round(_drafts(min(journals, 40_000)))
    print(f"  post_many, from objects: {draft_rate:,} entries/s")
    single_rate = round(_one_by_one(single_journals))
    print(f"  post, one journal in a transaction, {single_journals:,} of them: {single_rate:,}")
    print(f"  At once is {bulk_rate // single_rate} times one by one.")
    findings = checking.findings()
    assert not findings, findings
    print("  The check of the books found nothing.")
    result = {
        "work": "one journal of three entries for each member",
        "entries": journals * ENTRIES_A_JOURNAL,
        "post_table_opening_accounts_entries_a_second": opening_rate,
        "post_table_entries_a_second": bulk_rate,
        "post_table_runs": [round(one) for one in bulk],
        "repeated_entries_a_second": again_rate,
        "post_many_entries_a_second": draft_rate,
        "post_entries_a_second": single_rate,
        "machine": machine(),
        "server": _server_version(),
    }
    keep(result, out)
    return result


@contextmanager
def server(folder: Path) -> Iterator[None]:
    from upline.foundation import postgres, start

    with postgres.start(folder / "server") as server:
        os.environ["DATABASE_URL"] = server.url
        os.environ["UPLINE_ENV"] = "test"
        start.start_without_database()
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [DURABLE])
            assert set(cursor.fetchall()) == {(name, "on") for name in DURABLE}
        yield
        connection.close()


DURABLE = ["fsync", "synchronous_commit", "full_page_writes"]


def _server_version() -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return f"PostgreSQL {cursor.fetchone()[0]}"


def _bulk(run: int, journals: int, *, repeated: bool = False) -> float:
    """Post the table of a run and give entries a second."""
    from upline.ledger import services

    table = _table(run, journals)
    started = time.perf_counter()
    posted = services.post_table(table=table)
    seconds = time.perf_counter() - started
    assert posted.repeated == (journals if repeated else 0), posted
    return table.num_rows / seconds


def _table(run: int, journals: int) -> pa.Table:
    """Give journals of two bonuses against what a member is owed."""
    rows = np.repeat(np.arange(journals), ENTRIES_A_JOURNAL)
    line = np.tile(np.arange(ENTRIES_A_JOURNAL), journals)
    first, second = rows % 977 + 1, rows % 101 + 1
    amounts = np.choose(line, [first, second, -(first + second)])
    accounts = [
        ("commissions:expense:levels", "commissions:expense:match", f"commissions:payable:{member}")
        for member in (f"M{number:07}" for number in range(journals))
    ]
    return pa.table(
        {
            "key": pa.array([f"close:{run}:{number}" for number in rows]),
            "kind": pa.array(["commission"] * len(rows)),
            "effective_on": pa.array([DAY] * len(rows)),
            "reference": pa.array(["2026-10"] * len(rows)),
            "account": pa.array([code for codes in accounts for code in codes]),
            "currency": pa.array(["EUR"] * len(rows)),
            "amount_minor": pa.array(amounts, pa.int64()),
        }
    )


def _drafts(journals: int) -> float:
    from upline.ledger import services

    drafts = [_draft(f"draft:{number}", f"D{number}") for number in range(journals)]
    started = time.perf_counter()
    services.post_many(journals=drafts)
    return journals * ENTRIES_A_JOURNAL / (time.perf_counter() - started)


def _one_by_one(journals: int) -> float:
    from upline.ledger import services

    drafts = [_draft(f"single:{number}", f"S{number}") for number in range(journals)]
    started = time.perf_counter()
    for draft in drafts:
        services.post(
            key=draft.key,
            kind=draft.kind,
            effective_on=draft.effective_on,
            entries=draft.entries,
            reference=draft.reference,
        )
    return journals * ENTRIES_A_JOURNAL / (time.perf_counter() - started)


def _draft(key: str, member: str) -> Any:
    from upline.ledger.domain import EntryDraft, JournalDraft
    from upline.money import Money

    return JournalDraft(
        key=key,
        kind="commission",
        effective_on=DAY,
        reference="2026-10",
        entries=(
            EntryDraft("commissions:expense:levels", Money(700, "EUR")),
            EntryDraft("commissions:expense:match", Money(300, "EUR")),
            EntryDraft(f"commissions:payable:{member}", Money(-1_000, "EUR")),
        ),
    )
