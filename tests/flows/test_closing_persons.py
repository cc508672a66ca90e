"""Two persons answer for what is paid, and for what is taken back."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from django.contrib.auth import get_user_model
from django.db import DatabaseError, connection, transaction

from tests import closing
from tests.closing import BORIS, CELINA, NOVEMBER_2, OCTOBER
from upline.cli.main import main as upline
from upline.commissions import errors, queries, services
from upline.commissions.models import FrozenFact, Period, Reopening, Run
from upline.foundation import clock, context
from upline.foundation.audit import ReasonMissing
from upline.foundation.models import AuditEntry
from upline.money import Money
from upline.people.models import RoleGrant

pytestmark = pytest.mark.django_db

BY = {"calendar": "monthly", "label": OCTOBER}


@pytest.fixture
def run():
    """A computed period of one order."""
    closing.bought(closing.opened()[CELINA], "A-1", "200.00")
    return closing.computed()


def state():
    return Period.objects.get().state


def reopen(actor, reason="an order was missing"):
    with context.working(actor=actor):
        return services.reopen_period(**BY, reason=reason)


def test_a_program_approves_nothing(run):
    for actor in ("system", "worker", "command:periods"):
        with context.working(actor=actor), pytest.raises(errors.NeedsPerson, match=actor):
            services.approve_period(**BY, digest=run.digest)

    assert (state(), Run.objects.get().approved_by) == ("calculated", "")


def test_an_approval_is_repeated_without_effect_and_audited_once(run):
    for _ in range(2):
        with context.working(actor="login:4"):
            services.approve_period(**BY, digest=run.digest)

    assert Run.objects.get().approved_by == "login:4"
    assert AuditEntry.objects.filter(act="commissions.approved", actor="login:4").count() == 1


def test_the_first_person_only_asks_to_reopen(run):
    reopen("login:3")
    reopen("login:3")

    assert state() == "calculated"
    asked = Reopening.objects.get()
    assert (asked.asked_by, asked.agreed_by, asked.fence) == ("login:3", "", 1)
    assert FrozenFact.objects.count() == 1
    assert AuditEntry.objects.filter(act="commissions.ask_to_reopen").count() == 1


def test_a_second_person_agrees_and_the_period_is_open(run):
    reopen("login:3")
    reopen("login:4")

    assert state() == "open"
    assert not FrozenFact.objects.exists()
    # What was computed stays in the books of the machine, but is no statement of anybody.
    assert Run.objects.count() == 1
    assert queries.run_of(**BY) is None
    assert queries.statement(**BY, member=BORIS) is None


def test_two_people_reopen_by_the_same_command(run):
    for name in ("ada", "ben"):
        login = get_user_model().objects.create_user(f"{name}@example.com")
        RoleGrant.objects.create(login=login, role="finance")

    said = [
        CliRunner()
        .invoke(
            upline,
            ["periods", "reopen", OCTOBER, "--reason", "missing", "--as", f"{name}@example.com"],
            catch_exceptions=False,
        )
        .output.strip()
        for name in ("ada", "ada", "ben")
    ]

    waits = "monthly 2026-10 is calculated until a second person agrees by the same command."
    assert said == [waits, waits, "monthly 2026-10 is open again."]
    assert state() == "open"


def test_a_request_holds_for_one_freeze_only(run):
    closing.reopened()
    closing.computed()

    reopen("login:4")

    assert state() == "calculated"
    assert Reopening.objects.count() == 2


def test_a_program_takes_nothing_back_and_nobody_without_a_reason(run):
    with pytest.raises(errors.NeedsPerson):
        reopen("worker")
    with pytest.raises(ReasonMissing):
        reopen("login:3", reason=" ")

    assert not Reopening.objects.exists()


def test_an_approved_period_is_not_reopened_even_if_somebody_asked_before(run):
    reopen("login:3")
    with context.working(actor="login:4"):
        services.approve_period(**BY, digest=run.digest)

    with pytest.raises(errors.PeriodNot, match="approved"):
        reopen("login:4")

    assert state() == "approved"


def test_each_step_waits_for_the_one_before(run):
    closing.reopened()
    with clock.stopped_at(NOVEMBER_2), context.working(actor="login:4"):
        for step in (services.compute_period, services.post_period, services.seal_period):
            with pytest.raises(errors.PeriodNot, match="open"):
                step(**BY)
        with pytest.raises(errors.PeriodNot):
            services.approve_period(**BY, digest=run.digest)
        with pytest.raises(errors.PeriodNot):
            reopen("login:4")

    assert state() == "open"


# What the database refuses, whoever is connected and whatever the program believes.
COMPUTED = [
    "UPDATE commissions_period SET state = 'open'",
    "UPDATE commissions_period SET state = 'approved'",
    "UPDATE commissions_period SET state = 'sealed'",
    "UPDATE commissions_period SET fence = fence + 1",
    "UPDATE commissions_period SET ends_on = '2026-11-05'",
    "UPDATE commissions_run SET approved_by = computed_by, approved_at = now()",
    "UPDATE commissions_run SET bonuses = '[]'",
    "DELETE FROM commissions_run",
    "DELETE FROM commissions_period",
    "UPDATE commissions_calendar SET time_zone = 'UTC'",
    "DELETE FROM commissions_calendar",
    "INSERT INTO commissions_statement (run_id, member_id, currency, pay_minor) SELECT run_id, member_id + 1000, currency, 5 FROM commissions_statement",
    "INSERT INTO commissions_total (run_id, member_id, bonus, amount_units, posted_minor) SELECT run_id, member_id, 7, 1, 1 FROM commissions_total",
    "INSERT INTO commissions_line SELECT * FROM commissions_line",
    "INSERT INTO commissions_line_{run} SELECT * FROM commissions_line",
    "SELECT commissions_begin_lines({run})",
    "SELECT commissions_end_lines({run})",
    "SELECT commissions_begin_lines(12345)",
    """INSERT INTO commissions_frozenpart (period_id, fence, "table", number, rows, digest, body)
       SELECT period_id, fence, 'orders', 9, rows, digest, body FROM commissions_frozenpart LIMIT 1""",
    """INSERT INTO commissions_frozenfact (calendar_id, period_id, fact_id)
       SELECT calendar_id, period_id, fact_id + 1 FROM commissions_frozenfact""",
    """INSERT INTO commissions_period (calendar_id, label, starts_on, ends_on, state, fence, changed_at, sealed_digest)
       SELECT calendar_id, '2026-11', '2026-11-01', '2026-12-01', 'posted', 1, now(), '' FROM commissions_period""",
    """INSERT INTO commissions_reopening (period_id, fence, reason, asked_by, asked_at, agreed_by, agreed_at)
       SELECT id, fence, 'alone', 'login:3', now(), 'login:3', now() FROM commissions_period""",
]


@pytest.mark.parametrize("change", COMPUTED)
def test_the_database_refuses_every_short_cut(run, change):
    refused = pytest.raises(
        DatabaseError,
        match=r"stand|append-only|does not go|begins open|not being written|violates check",
    )
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change.format(run=run.pk))

    assert state() == "calculated"


def test_what_a_freeze_counted_takes_no_further_fact_or_table():
    members = closing.opened()
    closing.bought(members[CELINA], "A-1", "200.00")
    with clock.stopped_at(NOVEMBER_2):
        services.freeze_period(**BY)
    closing.bought(members[CELINA], "A-2", "100.00")

    for change in (COMPUTED[-3], COMPUTED[-4]):
        refused = pytest.raises(DatabaseError, match="stands")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)

    closing.computed()
    assert queries.statement(**BY, member=BORIS).pay == Money(2000, "EUR")
