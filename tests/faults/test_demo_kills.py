"""A load of the demo company is killed in many steps: begun again it ends as if it had not been."""

from __future__ import annotations

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

# Its server is its own: the company is written for good. It is no test of `database`: programs are
# killed and not the server, and what a server does then is tried by the kills of closes and postings.

ROOT = Path(__file__).parents[2]
# Words that a step begins with, and how long it lasts at most.
STRIKES = (
    ("Taking in", 0.4),
    ("Living through 2026-08", 1.0),
    ("Closing 2026-08", 1.2),
    ("Closing 2026-10", 0.8),
    ("Living through 2026-11", 3.0),
    ("Opening the logins", 0.4),
)

# What the company is, by names that people use: keys of rows and numbers out of sequences may skip.
OUTCOME = {
    "members": """
        SELECT m.number, m.code, m.status, m.country, m.joined_on, s.number, p.given_name,
               p.family_name, p.language
        FROM network_member AS m LEFT JOIN network_member AS s ON s.id = m.sponsor_id
        JOIN network_holder AS h ON h.member_id = m.id JOIN people_person AS p ON p.id = h.person_id
        ORDER BY m.number""",
    "contacts": "SELECT kind, count(*), count(DISTINCT value_index) FROM people_contact GROUP BY 1 ORDER BY 1",
    "logins": """
        SELECT l.email, p.given_name, string_agg(g.role, ',') FROM people_login AS l
        JOIN people_rolegrant AS g ON g.login_id = l.id LEFT JOIN people_person AS p ON p.id = l.person_id
        GROUP BY 1, 2 ORDER BY 1""",
    "second factors": "SELECT type, count(*) FROM mfa_authenticator GROUP BY 1",
    "catalogue": """
        SELECT p.sku, p.picture, count(DISTINCT t.id), count(DISTINCT r.id)
        FROM catalog_product AS p JOIN catalog_producttext AS t ON t.product_id = p.id
        JOIN catalog_price AS r ON r.product_id = p.id GROUP BY 1, 2 ORDER BY 1""",
    "orders": """
        SELECT coalesce(reference, number), status, kind, customer, gross_minor, refunded_minor,
               placed_at, paid_at
        FROM orders_order ORDER BY 1""",
    "facts": """
        SELECT m.number, f.occurred_at, f.customer, f.currency, f.figures::text, c.period_id IS NULL
        FROM commissions_volumefact AS f JOIN network_member AS m ON m.id = f.member_id
        LEFT JOIN commissions_frozenfact AS c ON c.fact_id = f.id ORDER BY 1, 2, 5""",
    "periods": "SELECT label, state FROM commissions_period ORDER BY 1",
    "statements": """
        SELECT p.label, m.number, s.currency, s.pay_minor FROM commissions_statement AS s
        JOIN commissions_run AS r ON r.id = s.run_id JOIN commissions_period AS p ON p.id = r.period_id
        JOIN network_member AS m ON m.id = s.member_id ORDER BY 1, 2""",
    "ranks": """
        SELECT p.label, m.number, k.rank, k.title FROM commissions_rankheld AS k
        JOIN commissions_run AS r ON r.id = k.run_id JOIN commissions_period AS p ON p.id = r.period_id
        JOIN network_member AS m ON m.id = k.member_id ORDER BY 1, 2""",
    "books": """
        SELECT a.code, a.currency, sum(e.amount_minor), count(*) FROM ledger_entry AS e
        JOIN ledger_account AS a ON a.id = e.account_id GROUP BY 1, 2 ORDER BY 1, 2""",
    "rates": "SELECT state, count(*) FROM ledger_ratesheet GROUP BY 1",
    "news": "SELECT state, handler, count(*) FROM foundation_delivery GROUP BY 1, 2 ORDER BY 1, 2",
    "acts": "SELECT act, count(*) FROM foundation_auditentry GROUP BY 1 ORDER BY 1",
}


class Trial:
    """A server with two databases, and programs that load a demo company."""

    def __init__(self, folder: Path) -> None:
        choice = os.environ.get(CHOICE, "wheel")
        self.server = started(folder, choice if choice in ("wheel", "debian") else "wheel")

    def url(self, name: str) -> str:
        return self.server.url.replace("/upline?", f"/{name}?")

    def asked(self, name: str, query: str) -> list[tuple]:
        with psycopg.connect(self.url(name), autocommit=True) as connection:
            found = connection.execute(query)
            return found.fetchall() if found.description else []

    def begun(self, name: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.faults.demo_program", self.url(name)],
            cwd=ROOT,
            env=environment(),
            stdout=subprocess.PIPE,
            text=True,
        )

    def loaded(self, name: str) -> None:
        """Load undisturbed."""
        with self.begun(name) as program:
            *_, last = program.stdout.read().splitlines()
        assert (program.returncode, last) == (0, "ended")

    def struck(self, name: str, step: str, delay: float) -> None:
        """Begin to load, and kill within a step."""
        with self.begun(name) as program:
            for line in program.stdout:
                if line.startswith(step):
                    time.sleep(delay)
                    kill_hard(program.pid)
                    break

    def outcome(self, name: str) -> dict[str, list[tuple]]:
        return {what: self.asked(name, query) for what, query in OUTCOME.items()}


@pytest.fixture
def trial(folder):
    yield Trial(folder)
    postgres.stop(folder)


def test_a_load_that_is_killed_in_many_steps_ends_as_if_it_had_not_been(trial):
    chance = random.Random(20261122)  # noqa: S311 - chance for tests
    trial.asked("upline", "CREATE DATABASE undisturbed")
    trial.asked("upline", "CREATE DATABASE struck")
    trial.loaded("undisturbed")

    for step, longest in STRIKES:
        trial.struck("struck", step, chance.uniform(0, longest))
    trial.loaded("struck")

    wanted, found = trial.outcome("undisturbed"), trial.outcome("struck")
    assert wanted["periods"] == [(f"2026-{month}", "sealed") for month in ("08", "09", "10")]
    assert len(wanted["members"]) == 60
    for what, rows in wanted.items():
        assert found[what] == rows, what
