"""A company on a server of its own whose month is closed by programs, to be killed and compared."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.faults.postgres_trials import environment, kill_hard, started
from tests.server import CHOICE
from upline.foundation import postgres

ROOT = Path(__file__).parents[2]


class Company:
    """A server with a company on it, and the program that closes its month, copy by copy."""

    def __init__(self, folder: Path, source: str) -> None:
        self.folder, self.source = folder, source
        self.server = started(folder, source)
        self.program = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.closing_program"],
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.told("ready")

    def told(self, *wanted: str) -> str:
        """Wait until the program says one of these."""
        while line := self.program.stdout.readline():
            if line.startswith(wanted):
                return line.strip()
        raise AssertionError("the program is gone")

    def begin(self, task: str, name: str) -> int:
        self.program.stdin.write(f"{task} {self.url(name)}\n")
        self.program.stdin.flush()
        return int(self.told("pid ").split()[1])

    def url(self, name: str) -> str:
        return self.server.url.replace("/upline?", f"/{name}?")

    def asked(self, name: str, query: str) -> list[tuple]:
        with psycopg.connect(self.url(name), autocommit=True) as connection:
            found = connection.execute(query)
            return found.fetchall() if found.description else []

    def copy(self, name: str) -> None:
        # The other strategy copies sequences that fall back when the server is killed soon after.
        self.asked("upline", f"CREATE DATABASE {name} TEMPLATE company STRATEGY file_copy")

    def close(self, name: str) -> None:
        """Close undisturbed."""
        self.begin("close", name)
        assert self.told("ended") == "ended 0"

    def struck(self, name: str, step: str, target: str, delay: float) -> None:
        """Begin to close, and kill within a step."""
        pid = self.begin("close", name)
        assert self.told(f"step {step}", "ended").startswith("step")
        time.sleep(delay)
        if target == "server":
            kill_hard(self.server.pid)
        elif target == "backend":
            busy = (
                "SELECT pid FROM pg_stat_activity WHERE datname = '{}' AND pid <> pg_backend_pid()"
            )
            for (backend,) in self.asked("upline", busy.format(name)):
                kill_hard(backend)
        else:
            kill_hard(pid)
        self.told("ended")
        if target != "program":
            self.server = started(self.folder, self.source)


@contextmanager
def running(folder: Path) -> Iterator[Company]:
    """Give a company with a server of the kind that this run of the tests is for."""
    choice = os.environ.get(CHOICE, "wheel")
    made = Company(folder, choice if choice in ("wheel", "debian") else "wheel")
    try:
        yield made
    finally:
        made.program.stdin.close()
        made.program.wait(10)
        made.program.stdout.close()
        postgres.stop(folder)


OUTCOME = (
    "SELECT state, sealed_digest FROM commissions_period",
    "SELECT digest, receipt::text, approved_by FROM commissions_run",
    """SELECT account.code, account.currency, sum(entry.amount_minor), count(*)
       FROM ledger_entry AS entry JOIN ledger_account AS account ON account.id = entry.account_id
       GROUP BY 1, 2 ORDER BY 1, 2""",
    "SELECT count(*) FROM ledger_journal",
    "SELECT count(*), sum(pay_minor) FROM commissions_statement",
    "SELECT count(*), sum(amount_units) FROM commissions_line",
    "SELECT count(*) FROM commissions_frozenfact",
    # No table of lines is left by a run that was killed.
    "SELECT count(*) FROM pg_class WHERE relname ~ '^commissions_line_[0-9]+$'",
    "SELECT act, count(*) FROM foundation_auditentry WHERE act LIKE 'commissions%' GROUP BY 1 ORDER BY 1",
)


def outcome(company: Company, name: str) -> list[list[tuple]]:
    return [company.asked(name, query) for query in OUTCOME]
