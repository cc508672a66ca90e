"""Everything that payouts rest on is counted anew; a difference stops payouts until two lift it."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime

import pytest
from click.testing import CliRunner
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from tests import closing, payouts, team
from tests.at_once import PATIENCE_SECONDS, at_once
from tests.closing import ANNA, BORIS, CELINA
from tests.flows import office
from upline.cli.main import main as upline
from upline.foundation import clock, context
from upline.foundation.audit import ReasonMissing
from upline.foundation.models import AuditEntry
from upline.payouts import recounting, services, switch, tasks
from upline.payouts.errors import LiftNeedsPerson, PayoutsStopped, StopUnknown
from upline.payouts.models import Recount, Stop

pytestmark = pytest.mark.django_db

ON_THE_DAY = datetime(2026, 11, 14, 12, tzinfo=UTC)
DECEMBER_2 = datetime(2026, 12, 2, 9, tzinfo=UTC)


@pytest.fixture
def company():
    """Two sealed months, an adjustment, and wallets of which something is available."""
    members = closing.opened()
    closing.bought(members[CELINA], "A-1", "200")
    closing.bought(members[BORIS], "A-2", "100")
    closing.closed()
    closing.bought(members[CELINA], "A-3", "50", day=9)
    closing.adjusted()
    closing.bought(members[CELINA], "B-1", "70", month=11)
    with context.working(actor="login:1"):
        services.set_rule(
            name="return_window_days", value=14, starts_on=date(2026, 1, 1), reason="the law"
        )
    with clock.stopped_at(ON_THE_DAY):
        services.settle_wallets()
    closing.closed("2026-11", at=DECEMBER_2)
    return members


def tampered(statement):
    """Change rows as a superuser with every trigger off, as nobody should."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement)
        assert cursor.rowcount > 0
        cursor.execute("SET LOCAL session_replication_role = origin")


def found():
    return {one.code: one.problem for one in recounting.findings()}


def test_untouched_books_trees_periods_and_wallets_are_in_order(company):
    assert found() == {}


@pytest.mark.parametrize(
    ("statement", "wanted"),
    [
        (
            (
                "UPDATE commissions_line SET amount_units = amount_units + 1"
                " WHERE (run_id, number) = (SELECT min(run_id), 0 FROM commissions_line)"
            ),
            {"commissions.total_of_lines"},
        ),
        (
            (
                "UPDATE commissions_total SET amount_units = amount_units + 100"
                " WHERE run_id = (SELECT min(id) FROM commissions_run)"
            ),
            {"commissions.total_of_lines", "commissions.statement_of_totals"},
        ),
        (
            (
                "UPDATE commissions_total SET posted_minor = posted_minor + 5"
                " WHERE run_id = (SELECT min(id) FROM commissions_run)"
            ),
            {"commissions.statement_of_totals", "commissions.expense_posted"},
        ),
        (
            (
                "UPDATE commissions_statement SET pay_minor = pay_minor + 1"
                " WHERE run_id = (SELECT min(id) FROM commissions_run)"
            ),
            {
                "commissions.statement_of_totals",
                "commissions.statement_posted",
                "payouts.wallet_of_periods",
            },
        ),
        (
            "DELETE FROM commissions_statement WHERE run_id = (SELECT min(id) FROM commissions_run)",
            {
                "commissions.statement_of_totals",
                "commissions.statement_posted",
                "commissions.expense_posted",
                "payouts.wallet_of_periods",
            },
        ),
        (
            "UPDATE commissions_adjustedpay SET pay_minor = pay_minor + 1",
            {"commissions.adjustment_posted", "payouts.wallet_of_periods"},
        ),
        (
            "UPDATE commissions_adjustedline SET now_units = now_units + 1",
            {"commissions.adjustment_of_lines"},
        ),
        (
            "UPDATE commissions_period SET sealed_digest = repeat('0', 64) WHERE label = '2026-10'",
            {"commissions.seal_chain"},
        ),
        (
            (
                "UPDATE commissions_period SET state = 'posted', sealed_digest = ''"
                " WHERE label = '2026-10'"
            ),
            {"commissions.seal_chain"},
        ),
        (
            "UPDATE commissions_run SET receipt = jsonb_set(receipt, '{outputs}', '\"0\"')",
            {"commissions.run_digest"},
        ),
        (
            "UPDATE commissions_frozenpart SET body = body || '\\x00' WHERE table_ = 'orders'",
            {"commissions.part_digest"},
        ),
        (
            "UPDATE network_member SET sponsor_id = NULL WHERE code = 'CELINA'",
            {"network.sponsor_of_history"},
        ),
        (
            "UPDATE network_member SET status = 'frozen' WHERE code = 'CELINA'",
            {"network.status_of_history"},
        ),
    ],
)
def test_what_was_tampered_with_is_found_and_named(company, statement, wanted):
    tampered(statement.replace("table_ =", '"table" ='))

    assert set(found()) == wanted


def test_a_circle_in_a_tree_is_found(company):
    tampered(
        "UPDATE network_sponsorship SET sponsor_id = (SELECT id FROM network_member"
        " WHERE code = 'CELINA') WHERE member_id = (SELECT id FROM network_member"
        " WHERE code = 'BORIS')"
    )

    problems = [one.problem for one in recounting.findings() if one.code == "network.tree_whole"]
    assert sorted(problems) == [
        "In the sponsor tree member BORIS stands in a circle.",
        "In the sponsor tree member CELINA stands in a circle.",
    ]


def test_money_moved_between_two_members_by_a_settlement_is_found(company):
    tampered(
        "UPDATE ledger_entry SET account_id = (SELECT id FROM ledger_account"
        f" WHERE code = 'wallet:available:{BORIS}') WHERE account_id = (SELECT id FROM"
        f" ledger_account WHERE code = 'wallet:available:{ANNA}')"
    )

    assert set(found()) >= {"payouts.move_within_a_wallet", "ledger.balance_recount"}


def test_a_difference_stops_payouts_and_is_kept(company):
    tampered("UPDATE commissions_statement SET pay_minor = pay_minor + 1")

    kept = services.recount_books()

    assert {one["code"] for one in kept.findings} == {
        "commissions.statement_of_totals",
        "commissions.statement_posted",
        "payouts.wallet_of_periods",
    }
    stop = Stop.objects.get()
    assert (stop.recount, stop.reason) == (kept, "a recount found differences")
    with pytest.raises(PayoutsStopped, match="Payouts are stopped"):
        services.require_running()
    assert AuditEntry.objects.filter(act="payouts.stop").count() == 1


def test_books_in_order_stop_nothing(company):
    kept = services.recount_books()

    assert (kept.findings, Stop.objects.count()) == ([], 0)
    assert (kept.journals, kept.entries) == _counted()
    services.require_running()


def _counted():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM ledger_journal), (SELECT count(*) FROM ledger_entry)"
        )
        return cursor.fetchone()


def test_the_same_difference_stops_once_and_a_new_one_again(company):
    tampered("UPDATE commissions_adjustedline SET now_units = now_units + 1")
    services.recount_books()
    services.recount_books()
    assert Stop.objects.count() == 1
    lifted_by_two(Stop.objects.get().pk)

    services.recount_books()
    assert Stop.objects.filter(lifted_by="").count() == 0

    tampered("UPDATE commissions_adjustedpay SET pay_minor = pay_minor + 1")
    services.recount_books()
    assert Stop.objects.filter(lifted_by="").count() == 1
    assert Recount.objects.count() == 4


def lifted_by_two(number):
    for actor in ("login:3", "login:4"):
        with context.working(actor=actor):
            services.lift_stop(number=number, reason="the line was looked into")


def test_a_stop_is_lifted_by_two_persons_and_by_no_one_alone():
    with context.working(actor="login:3"):
        number = services.stop_payouts(reason="the bank called").pk
        for _ in range(2):
            asked = services.lift_stop(number=number, reason="a mistake of the bank")
    assert (asked.asked_by, asked.lifted_by) == ("login:3", "")
    with pytest.raises(PayoutsStopped, match="Payouts are stopped since"):
        services.require_running()

    with context.working(actor="login:4"):
        services.lift_stop(number=number, reason="the bank wrote so")

    services.require_running()
    acts = AuditEntry.objects.filter(act__startswith="payouts.").order_by("id")
    assert list(acts.values_list("act", "actor")) == [
        ("payouts.stop", "login:3"),
        ("payouts.ask_to_lift", "login:3"),
        ("payouts.lift", "login:4"),
    ]


def test_payouts_go_on_when_all_stops_are_lifted():
    with context.working(actor="login:3"):
        first = services.stop_payouts(reason="the bank called").pk
        services.stop_payouts(reason="the provider is down")
    lifted_by_two(first)

    with pytest.raises(PayoutsStopped, match="Payouts are stopped"):
        services.require_running()


def test_programs_lift_nothing_and_nothing_is_done_without_a_reason():
    number = switch.stop_payouts(reason="the bank called").pk

    with context.working(actor="worker"), pytest.raises(LiftNeedsPerson, match="worker"):
        services.lift_stop(number=number, reason="it is over")
    with context.working(actor="login:3"):
        with pytest.raises(ReasonMissing):
            services.lift_stop(number=number, reason=" ")
        with pytest.raises(ReasonMissing):
            services.stop_payouts(reason=" ")
        with pytest.raises(StopUnknown, match="9999"):
            services.lift_stop(number=9999, reason="it is over")
    assert Stop.objects.get().asked_by == ""


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE payouts_stop SET lifted_by = 'login:4', lifted_at = now()",
        (
            "UPDATE payouts_stop SET asked_by = 'login:4', asked_at = now(), ask_reason = 'x',"
            " lifted_by = 'login:4', lifted_at = now()"
        ),
        "UPDATE payouts_stop SET reason = 'another'",
        "DELETE FROM payouts_stop",
    ],
)
def test_the_database_lets_nobody_pass_over_a_stop(change):
    services.stop_payouts(reason="the bank called")

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_the_worker_counts_each_night_and_when_asked(company):
    tasks.recount_each_night(timestamp=0)
    tasks.recount()

    assert Recount.objects.count() == 2


def test_the_command_says_what_is_off_and_that_payouts_are_stopped(company):
    tampered("UPDATE commissions_adjustedline SET now_units = now_units + 1")

    said = CliRunner().invoke(upline, ["check", "books"])
    stops = CliRunner().invoke(upline, ["payouts", "stops"])

    assert said.exit_code == 1
    lines = said.stderr.splitlines()
    assert lines[:4] == [
        "Counting the books",
        "Counting the trees",
        "Counting closed periods",
        "Counting wallets",
    ]
    assert lines[4].startswith("commissions.adjustment_of_lines: Adjustment ")
    number = Stop.objects.get().pk
    assert lines[-1] == f"Payouts are stopped (stop {number})."
    assert (stops.exit_code, stops.stdout.split("\t")[0]) == (1, str(number))


def test_staff_stop_payouts_and_lift_the_stop_in_the_office(company):
    maker, checker = office.client_of("finance", "maker"), office.client_of("finance", "checker")
    entries = {"reason": "The bank called", "confirmed": "yes"}

    maker.post(reverse("admin:payouts_stop_stop"), entries)
    stop = Stop.objects.get()
    waits = maker.get(reverse("admin:index")).context["waits"]
    for client in (maker, maker, checker):
        client.post(reverse("admin:payouts_stop_lift", args=[stop.pk]), entries)

    assert ("Stops of payouts in force", 1) in [(str(one.label), one.count) for one in waits]
    stop.refresh_from_db()
    assert "" != stop.asked_by != stop.lifted_by != ""
    card = office.texts_of(maker.get(reverse("admin:payouts_stop_card", args=[stop.pk])))
    assert "maker@example.com" in card
    assert "checker@example.com" in card


def test_a_difference_is_shown_where_the_books_are_checked(company):
    tampered("UPDATE commissions_adjustedline SET now_units = now_units + 1")
    client = office.client_of("finance")

    page = office.texts_of(client.post(reverse("admin:check_books")))
    card = office.texts_of(
        client.get(reverse("admin:payouts_stop_card", args=[Stop.objects.get().pk]))
    )

    for text in (page, card):
        assert "commissions.adjustment_of_lines" in text
    assert "Payouts are stopped." in page
    assert "A recount found differences" in card


@pytest.mark.django_db(transaction=True)
def test_a_stop_waits_for_a_payout_under_way_and_no_later_one_passes_it():
    handing_over, may_end = threading.Event(), threading.Event()

    def hands_over():
        with transaction.atomic():
            services.require_running()
            handing_over.set()
            assert may_end.wait(PATIENCE_SECONDS)
        return "handed over"

    def stops():
        assert handing_over.wait(PATIENCE_SECONDS)
        threading.Timer(0.3, may_end.set).start()
        services.stop_payouts(reason="the bank called")
        # It came after the one under way.
        assert may_end.is_set()
        return "stopped"

    assert at_once(hands_over, stops) == ["handed over", "stopped"]
    with pytest.raises(PayoutsStopped), transaction.atomic():
        services.require_running()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_lift_a_stop_at_once_one_asks_and_the_other_agrees():
    number = services.stop_payouts(reason="the bank called").pk

    def lifts(actor):
        def act():
            with context.working(actor=actor):
                return services.lift_stop(number=number, reason="it was a mistake")

        return act

    at_once(lifts("login:3"), lifts("login:4"))

    stop = Stop.objects.get()
    assert {stop.asked_by, stop.lifted_by} == {"login:3", "login:4"}


def test_a_payout_that_the_ledger_knows_otherwise_is_found():
    members = payouts.members()
    anna = team.login_of(members[ANNA])
    payouts.account(anna)
    payouts.confirmed(members[ANNA])
    number = payouts.asked(anna, 4_000, at=payouts.later(100))
    assert found() == {}

    tampered("UPDATE payouts_payout SET amount_minor = amount_minor + 1")
    seen = found()
    # PostgreSQL looks at it as well, when the transaction ends.
    tampered("UPDATE payouts_payout SET amount_minor = amount_minor - 1")

    assert seen == {
        "payouts.payout_booked": (
            f"Payout {number} is draft over 4001 EUR; the ledger has 4000 set aside for it and 0 gone."
        )
    }
