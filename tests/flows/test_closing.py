"""A period from its facts to the ledger: frozen, computed, approved, posted once, sealed."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from threading import Thread

import pytest
from django.db import DatabaseError, connection, connections, transaction

from tests import closing
from tests.closing import ANNA, BORIS, CELINA, NOVEMBER_2, OCTOBER
from upline.commissions import errors, queries, services
from upline.commissions.models import FrozenFact, Period, Run, VolumeFact
from upline.foundation import clock, context
from upline.ledger import queries as ledger
from upline.ledger.models import Journal
from upline.money import Money
from upline.plans.errors import PlanHasFaults

pytestmark = pytest.mark.django_db

BY = {"calendar": "monthly", "label": OCTOBER}


@pytest.fixture
def members():
    return closing.opened()


def state() -> str:
    return Period.objects.get(label=OCTOBER).state


def owed(code: str) -> Money:
    return -ledger.balance(f"commissions:payable:{code}", "EUR")


def test_a_period_is_closed_from_facts_to_the_ledger(members):
    closing.bought(members[CELINA], "A-1", "200.00")
    closing.bought(members[BORIS], "A-2", "50.55")

    closing.closed()

    assert state() == "sealed"
    # 10 % of 200.00; 5 % of 200.00 and 10 % of 50.55, rounded line by line.
    assert (owed(BORIS), owed(ANNA)) == (Money(2000, "EUR"), Money(1506, "EUR"))
    assert ledger.balance("commissions:expense:levels", "EUR") == Money(3506, "EUR")
    statement = queries.statement(**BY, member=ANNA)
    assert statement.pay == Money(1506, "EUR")
    assert [(total.bonus, total.amount, total.posted) for total in statement.totals] == [
        ("levels", Decimal("15.06"), Money(1506, "EUR"))
    ]
    assert [
        (line.order, line.buyer, line.level, line.base, line.rate, line.amount)
        for line in queries.lines(**BY, member=ANNA)
    ] == [
        ("A-1", CELINA, 2, Decimal(200), Decimal("0.05"), Decimal("10.00")),
        ("A-2", BORIS, 1, Decimal("50.55"), Decimal("0.1"), Decimal("5.06")),
    ]


def test_the_rows_of_a_run_are_counted_before_anything_reads_them(members):
    closing.bought(members[CELINA], "A-1", "200.00")
    with clock.stopped_at(NOVEMBER_2), context.working(actor="login:3"):
        services.freeze_period(**BY)
        services.compute_period(**BY)

    run = Run.objects.get()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, reltuples FROM pg_class WHERE relname = ANY(%s) ORDER BY relname",
            [["commissions_statement", "commissions_total", f"commissions_line_{run.pk}"]],
        )
        assert cursor.fetchall() == [
            (f"commissions_line_{run.pk}", 2.0),
            ("commissions_statement", 2.0),
            ("commissions_total", 2.0),
        ]


def test_a_member_without_pay_learns_why(members):
    closing.bought(members[ANNA], "A-1", "200.00")
    closing.closed()

    said = "\n".join(queries.why(**BY, member=CELINA, language="en"))

    assert queries.statement(**BY, member=CELINA).pay is None
    assert "levels" in said


def test_each_step_repeats_without_doing_it_twice(members):
    closing.bought(members[CELINA], "A-1", "200.00")

    closing.closed()
    closing.closed()

    assert Run.objects.count() == 1
    assert Journal.objects.filter(kind="commissions").count() == 2
    assert owed(BORIS) == Money(2000, "EUR")


def test_days_of_a_period_are_those_of_the_companys_time_zone(members):
    # 22:30 in UTC is half past midnight of the first of November in Sofia.
    late = datetime(2026, 10, 31, 22, 30, tzinfo=UTC)
    closing.bought(members[CELINA], "A-1", "100", occurred_at=late)
    closing.bought(members[CELINA], "A-2", "10", occurred_at=late.replace(hour=21))

    closing.closed()

    assert owed(BORIS) == Money(100, "EUR")


def test_a_period_that_is_not_over_is_not_frozen(members):
    last_minute = datetime(2026, 10, 31, 21, 59, tzinfo=UTC)
    with clock.stopped_at(last_minute), pytest.raises(errors.PeriodNotOver, match="2026-10-31"):
        services.freeze_period(**BY)

    assert state() == "open"
    assert not FrozenFact.objects.exists()


def test_periods_are_closed_in_their_sequence(members):
    december = datetime(2026, 12, 2, tzinfo=UTC)
    with clock.stopped_at(december), pytest.raises(errors.EarlierPeriodOpen, match="2026-10"):
        services.freeze_period(calendar="monthly", label="2026-11")


def test_whoever_computed_does_not_approve(members):
    closing.bought(members[CELINA], "A-1", "200.00")
    with clock.stopped_at(NOVEMBER_2), context.working(actor="login:3"):
        services.freeze_period(**BY)
        run = services.compute_period(**BY)

        with pytest.raises(errors.NeedsAnother, match="login:3"):
            services.approve_period(**BY, digest=run.digest)

    assert state() == "calculated"


def test_another_digest_than_the_computed_one_is_not_approved(members):
    with clock.stopped_at(NOVEMBER_2), context.working(actor="login:3"):
        services.freeze_period(**BY)
        services.compute_period(**BY)

    with context.working(actor="login:4"), pytest.raises(errors.DigestDiffers):
        services.approve_period(**BY, digest="0" * 64)

    assert state() == "calculated"


def test_a_reopened_period_counts_what_came_meanwhile_and_keeps_the_first_run(members):
    closing.bought(members[CELINA], "A-1", "200.00")
    with clock.stopped_at(NOVEMBER_2), context.working(actor="login:3"):
        services.freeze_period(**BY)
        first = services.compute_period(**BY)
        closing.reopened()
        closing.bought(members[CELINA], "A-2", "100.00")

        services.freeze_period(**BY)
        second = services.compute_period(**BY)

    assert (first.fence, second.fence) == (1, 2)
    assert first.digest != second.digest
    assert queries.statement(**BY, member=BORIS).pay == Money(3000, "EUR")


def test_equal_facts_give_equal_digests(members):
    closing.bought(members[CELINA], "A-1", "200.00")
    with clock.stopped_at(NOVEMBER_2), context.working(actor="login:3"):
        services.freeze_period(**BY)
        first = services.compute_period(**BY)
        closing.reopened()
        services.freeze_period(**BY)
        second = services.compute_period(**BY)

    assert first.digest == second.digest


def test_a_fact_that_comes_after_the_freeze_waits_and_is_shown(members):
    closing.bought(members[CELINA], "A-1", "200.00")
    closing.closed()

    closing.bought(members[CELINA], "A-2", "70.00", day=31)

    assert [fact.order_number for fact in queries.late_facts(calendar="monthly")] == ["A-2"]
    assert queries.statement(**BY, member=BORIS).pay == Money(2000, "EUR")


def test_a_fact_repeated_stays_one_and_another_under_its_key_is_refused(members):
    draft = closing.bought(members[CELINA], "A-1", "200.00")

    assert services.record_volume([draft]) == 0
    with pytest.raises(errors.FactsDiffer, match="order:A-1"):
        closing.bought(members[CELINA], "A-1", "200.01")

    assert VolumeFact.objects.get().figures == {"pv": "200"}


def test_a_figure_that_the_plan_needs_is_never_taken_for_zero(members):
    closing.bought(members[CELINA], "A-1", "1", figures={"cv": Decimal(7)})

    with clock.stopped_at(NOVEMBER_2), pytest.raises(errors.FiguresMissing, match="A-1"):
        services.freeze_period(**BY)

    assert state() == "open"


def test_two_calendars_count_the_same_facts_side_by_side(members):
    weekly = closing.PLAN.replace("two-levels", "weekly").replace("month", "week")
    closing.approved(weekly)
    services.open_calendar(
        name="weekly",
        every="week",
        starts_on=datetime(2026, 10, 5, tzinfo=UTC).date(),
        time_zone="Europe/Sofia",
    )
    closing.bought(members[CELINA], "A-1", "200.00", day=7)

    with clock.stopped_at(NOVEMBER_2), context.working(actor="login:3"):
        services.freeze_period(calendar="weekly", label="2026-W41")
        services.compute_period(calendar="weekly", label="2026-W41")
        services.freeze_period(**BY)
        services.compute_period(**BY)

    week = queries.statement(calendar="weekly", label="2026-W41", member=BORIS)
    month = queries.statement(**BY, member=BORIS)
    assert (week.pay, month.pay) == (Money(2000, "EUR"), Money(2000, "EUR"))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE commissions_volumefact SET figures = '{}'",
        "DELETE FROM commissions_volumefact",
        "UPDATE commissions_frozenpart SET body = ''",
        "UPDATE commissions_total SET amount_units = 0",
        "DELETE FROM commissions_statement",
        "UPDATE commissions_line SET amount_units = 0",
        "DELETE FROM commissions_frozenfact",
        "UPDATE commissions_run SET digest = ''",
        "UPDATE commissions_period SET state = 'open'",
        "UPDATE commissions_period SET sealed_digest = repeat('0', 64)",
    ],
)
def test_the_database_itself_refuses_to_change_what_is_sealed(members, change):
    closing.bought(members[CELINA], "A-1", "200.00")
    closing.closed()

    refused = pytest.raises(DatabaseError, match=r"stand|append-only|does not go")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


@pytest.mark.django_db(transaction=True)
def test_a_freeze_waits_for_a_transaction_that_holds_a_fact_and_counts_it():
    members = closing.opened()
    closing.bought(members[CELINA], "A-1", "200.00")
    outcome = []

    def freeze() -> None:
        with clock.stopped_at(NOVEMBER_2):
            services.freeze_period(**BY)
        outcome.append("frozen")
        connections.close_all()

    with transaction.atomic():
        closing.bought(members[CELINA], "A-2", "100.00")
        freezing = Thread(target=freeze)
        freezing.start()
        freezing.join(1.0)
        assert outcome == []
    freezing.join(20)

    assert outcome == ["frozen"]
    assert FrozenFact.objects.count() == 2


def test_a_check_that_has_become_stricter_does_not_stop_the_wages_of_an_approved_plan(monkeypatch):
    welcome = "  welcome: {kind: award, requires: recruits(yes) >= 1, amount: 9 EUR}\n"
    paying = closing.PLAN.replace("bonuses:\n", f"bonuses:\n{welcome}")
    with pytest.raises(PlanHasFaults, match="recruiting_pay"):
        closing.opened(paying)
    with monkeypatch.context() as milder:
        milder.setattr("upline.plans.services.refuse_blocked", lambda _: None)
        members = closing.opened(paying)
    closing.bought(members[CELINA], "A-1", "200.00")

    closing.closed()

    assert state() == "sealed"
    assert (owed(BORIS), owed(ANNA)) == (Money(2900, "EUR"), Money(1900, "EUR"))
