"""A company on a server of its own whose month is closed by programs, to be killed and compared."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import psycopg

from tests.faults.postgres_trials import environment, kill_hard, started
from tests.server import CHOICE
from upline.foundation import postgres

ROOT = Path(__file__).parents[2]
TASK_OF = {
    **dict.fromkeys(("freeze", "compute", "approve", "post", "seal"), "close"),
    **dict.fromkeys(("adjust", "agree", "settle"), "adjust"),
}
# What the program says when a task is over, before it ends.
OVER = ("sealed", "settled")
# The program or the server by SIGKILL, the server by an immediate stop, the server's processes.
DEATHS = ("program", "server", "stop", "backend")


@dataclass(frozen=True, slots=True)
class Strike:
    """In which step something is killed, and what."""

    step: str
    death: str


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
        self.done("close", name)

    def done(self, task: str, name: str) -> dict[str, float]:
        """Do a task undisturbed, and give how long each of its steps took."""
        self.begin(task, name)
        began: list[tuple[str, float]] = []
        while not (line := self.told("step", *OVER, "ended")).startswith("ended"):
            began.append((line.removeprefix("step "), time.monotonic()))
        assert line == "ended 0"
        return {step: after - at for (step, at), (_, after) in pairwise(began)}

    def struck(self, name: str, strike: Strike, seconds: float) -> str:
        """Begin a task, kill so long into a step, and say whether the step was still at work."""
        # Connected beforehand, for some steps take less than it takes to connect.
        with psycopg.connect(self.url("upline"), autocommit=True) as onlooker:
            pid = self.begin(TASK_OF[strike.step], name)
            assert self.told(f"step {strike.step}", "ended").startswith("step")
            time.sleep(seconds)
            self._kill(strike.death, pid, onlooker, name)
        ended = self.told("step", *OVER, "ended").startswith("ended")
        if not ended:
            self.told("ended")
        if strike.death != "program":
            self.server = started(self.folder, self.source)
        return "within" if ended else "after"

    def _kill(self, death: str, pid: int, onlooker: psycopg.Connection, name: str) -> None:
        if death == "server":
            kill_hard(self.server.pid)
        elif death == "stop":
            # What `pg_ctl stop -m immediate` sends.
            os.kill(self.server.pid, signal.SIGQUIT)
        elif death == "backend":
            busy = "SELECT pid FROM pg_stat_activity WHERE datname = %s"
            for (backend,) in onlooker.execute(busy, [name]).fetchall():
                kill_hard(backend)
        else:
            kill_hard(pid)


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
    "SELECT label, state, sealed_digest FROM commissions_period ORDER BY starts_on",
    "SELECT digest, receipt::text, approved_by FROM commissions_run",
    """SELECT account.code, account.currency, sum(entry.amount_minor), count(*)
       FROM ledger_entry AS entry JOIN ledger_account AS account ON account.id = entry.account_id
       GROUP BY 1, 2 ORDER BY 1, 2""",
    "SELECT count(*) FROM ledger_journal",
    "SELECT count(*), sum(pay_minor) FROM commissions_statement",
    "SELECT count(*), sum(amount_units) FROM commissions_line",
    "SELECT count(*) FROM commissions_frozenfact",
    "SELECT state, digest, computed_by, approved_by FROM commissions_adjustment",
    "SELECT count(*), sum(pay_minor) FROM commissions_adjustedpay",
    "SELECT count(*), sum(now_units - before_units) FROM commissions_adjustedline",
    # No table of lines is left by a run that was killed.
    "SELECT count(*) FROM pg_class WHERE relname ~ '^commissions_line_[0-9]+$'",
    "SELECT act, count(*) FROM foundation_auditentry WHERE act LIKE 'commissions%' GROUP BY 1 ORDER BY 1",
)


def outcome(company: Company, name: str) -> list[list[tuple]]:
    return [company.asked(name, query) for query in OUTCOME]
