"""Posting many journals is killed in the middle and run again: the books are as if it never was."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection

from tests.faults import ledger_program
from upline.ledger import checking, services
from upline.ledger.models import Journal

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).parents[2]
CONTENT = """
SELECT md5(string_agg(line, '|' ORDER BY line)) FROM (
    SELECT concat_ws(' ', key, encode(digest, 'hex'), journal.effective_on, line, code,
                     amount_minor) AS line
    FROM ledger_entry
    JOIN ledger_journal AS journal ON journal.id = journal_id
    JOIN ledger_account AS account ON account.id = account_id
    UNION ALL
    SELECT concat_ws(' ', code, balance_minor, entry_count)
    FROM ledger_balance JOIN ledger_account AS account ON account.id = account_id
) AS lines
"""


def content():
    with connection.cursor() as cursor:
        cursor.execute(CONTENT)
        return cursor.fetchone()[0]


def started(database_url):
    return subprocess.Popen(
        [sys.executable, "-m", "tests.faults.ledger_program"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database_url, "PYTHONPATH": _path()},
        stdout=subprocess.PIPE,
    )


def _path():
    return os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])


def killed(database_url, after, pause):
    """Run the program and kill it a moment after so many journals are committed."""
    program = started(database_url)
    until = time.monotonic() + 60
    while Journal.objects.count() <= after and time.monotonic() < until:
        time.sleep(0.002)
    time.sleep(pause)
    program.kill()
    program.communicate()
    return Journal.objects.count()


def test_a_killed_posting_run_again_gives_the_same_books(database_url):
    chance = random.Random(7)  # noqa: S311 - when to kill, not a secret
    counts = [
        killed(database_url, after, chance.uniform(0, 0.03)) for after in (0, 1_200, 2_400, 3_600)
    ]

    assert counts == sorted(counts)
    assert 0 < counts[0] < counts[-1] < ledger_program.JOURNALS
    assert checking.findings() == []
    program = started(database_url)
    said, _ = program.communicate(timeout=120)

    assert program.returncode == 0
    assert said.split() == [
        str(ledger_program.JOURNALS - counts[-1]).encode(),
        str(counts[-1]).encode(),
    ]
    assert checking.findings() == []
    interrupted = content()
    _empty()
    services.post_many(journals=ledger_program.drafts())
    assert content() == interrupted


def _empty():
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE ledger_entry, ledger_journal, ledger_balance, ledger_account")
