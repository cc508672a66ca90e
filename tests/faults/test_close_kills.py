"""A close is killed at any moment, and its server too: begun again it always ends the same."""

from __future__ import annotations

import itertools
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tests.faults.postgres_trials import environment, kill_hard, started
from tests.server import CHOICE
from upline.foundation import postgres

# Its server is its own, for it is killed, and of the kind that this run of the tests is for.
pytestmark = pytest.mark.database

TRIALS = 30
STRIKES_A_CLOSE = 6
# Which step a kill waits for, and how long the step takes at most: the moment is within.
STEPS = {"freeze": 0.25, "compute": 0.5, "post": 0.6, "seal": 0.03, "approve": 0.02}
TARGETS = ("program", "program", "server", "backend")
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


@pytest.fixture
def company(folder):
    choice = os.environ.get(CHOICE, "wheel")
    made = Company(folder, choice if choice in ("wheel", "debian") else "wheel")
    made.asked("upline", "CREATE DATABASE company")
    made.begin("load", "company")
    assert made.told("ended") == "ended 0"
    yield made
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

EACH_ACT_ONCE = [
    (f"commissions.{act}", 1)
    for act in ("approved", "compute", "freeze", "posted", "posting", "sealed")
]


def outcome(company: Company, name: str) -> list[list[tuple]]:
    return [company.asked(name, query) for query in OUTCOME]


def test_a_close_that_is_killed_at_any_moment_ends_as_if_it_had_not_been(company):
    chance = random.Random(20261102)  # noqa: S311 - chance for tests
    company.copy("undisturbed")
    company.close("undisturbed")
    wanted = outcome(company, "undisturbed")
    steps, targets = itertools.cycle(STEPS), itertools.cycle(TARGETS)

    found = []
    for number in range(TRIALS // STRIKES_A_CLOSE):
        name = f"trial{number}"
        company.copy(name)
        for _ in range(STRIKES_A_CLOSE):
            step = next(steps)
            company.struck(name, step, next(targets), chance.uniform(0, STEPS[step]))
        company.close(name)
        found.append(outcome(company, name))

    (state, _), *_ = wanted[0]
    assert (state, wanted[3], wanted[-1]) == ("sealed", [wanted[4][0][:1]], EACH_ACT_ONCE)
    assert len(found) * STRIKES_A_CLOSE == TRIALS
    for one in found:
        assert one == wanted
