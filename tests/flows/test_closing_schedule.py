"""Closes by schedule: due by the calendar's clocks, done once, left to persons where they step in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import closing
from tests.at_once import at_once
from tests.closing import CELINA, OCTOBER
from tests.signing_in import login_with
from upline.commissions import alarms, background, errors, posting, scheduling, services
from upline.commissions.limits import Terms
from upline.commissions.models import (
    Calendar,
    ClosingRule,
    Period,
    Progress,
    RaisedAlarm,
    Run,
)
from upline.foundation import clock, context, outbox
from upline.foundation.audit import ReasonMissing
from upline.ledger.models import Journal

pytestmark = pytest.mark.django_db(transaction=True)

# October ends in Sofia on 31 October at 22:00 UTC: two days later at six is 04:00 UTC.
DUE = datetime(2026, 11, 3, 4, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def members(transactional_db):
    found = closing.opened()
    bought(found, "A-1", "200", month=10)
    return found


def bought(members, number, pv, month):
    figures = {"pv": Decimal(pv), "net": Decimal(pv)}
    closing.bought(members[CELINA], number, pv, month=month, figures=figures)


def scheduled(*, starts_on=date(2026, 10, 1), days_after=2, hour=6):
    with context.working(actor="login:3"):
        return services.set_closing_rule(
            calendar="monthly",
            starts_on=starts_on,
            days_after=days_after,
            hour=hour,
            reason="each month alike",
        )


def limited():
    terms = Terms(
        currency="EUR",
        ratio_hundredths=2_000,
        change_hundredths=5_000,
        change_from_minor=0,
        largest_minor=3_000,
    )
    with context.working(actor="login:3"):
        standing = services.propose_standing(
            calendar="monthly",
            starts_on=date(2026, 10, 1),
            ends_on=date(2027, 10, 1),
            terms=terms,
            reason="two quiet years",
        )
    with context.working(actor="login:4"):
        services.agree_standing(number=standing.pk)
    return standing


def turned(at):
    """Do what a turn of the worker does, to the end of what it asks for."""
    with clock.stopped_at(at), context.working(actor="worker", reason="commissions.keep_schedules"):
        scheduling.keep_schedules()
        while waits := Progress.objects.filter(state__in=["waiting", "running"]).first():
            background.work_on(waits.pk)
            scheduling.keep_schedules()
        alarms.tell_finance()


def state(label=OCTOBER):
    found = Period.objects.filter(label=label).first()
    return found.state if found else "open"


def kinds(at):
    with clock.stopped_at(at):
        return [(one.period.label, one.kind, one.passed) for one in alarms.present_alarms()]


def test_nothing_is_closed_by_itself_unless_somebody_said_so(members):
    turned(DUE + timedelta(days=30))

    assert (state(), Progress.objects.count(), kinds(DUE)) == ("open", 0, [])


def test_a_close_begins_at_its_hour_by_the_clocks_of_the_calendar(members):
    rule = scheduled()

    turned(DUE - SECOND)
    before = state()
    turned(DUE)

    assert (before, state()) == ("open", "calculated")
    assert Run.objects.get().computed_by == f"schedule:{rule.pk}"
    assert Progress.objects.get().asked_by == f"schedule:{rule.pk}"


def test_a_close_within_limits_is_posted_and_sealed_without_a_person(members):
    closing.closed(at=DUE)
    scheduled()
    standing = limited()
    bought(members, "B-1", "240", month=11)
    december = DUE + timedelta(days=30)

    turned(december)

    run = Run.objects.get(period__label="2026-11")
    assert (state("2026-11"), run.approved_by) == ("sealed", f"standing:{standing.pk}")
    assert Journal.objects.filter(reference=f"run:{run.pk}").count() == 2
    assert list(Progress.objects.order_by("id").values_list("act", "state")) == [
        ("close", "done"),
        ("post", "done"),
    ]
    assert kinds(december) == []


def test_a_close_past_a_limit_waits_and_finance_is_told_once(members):
    login_with("finance", email="fin@example.com")
    login_with("support", email="sup@example.com")
    closing.closed(at=DUE)
    scheduled()
    limited()
    bought(members, "B-1", "900", month=11)
    december = DUE + timedelta(days=30)

    turned(december)
    turned(december + timedelta(days=1))
    outbox.drain()

    assert state("2026-11") == "calculated"
    assert kinds(december) == [("2026-11", "waits", 2)]
    assert RaisedAlarm.objects.count() == 1
    assert [(one.to, one.subject) for one in mail.outbox] == [
        (["fin@example.com"], "A close waits for a person: 2026-11")
    ]


def test_turns_may_come_at_once_and_as_often_as_they_like(members):
    scheduled()

    def turn():
        with clock.stopped_at(DUE), context.working(actor="worker", reason="turn"):
            return scheduling.keep_schedules()

    found = at_once(*[turn] * 4)
    turned(DUE)
    turned(DUE + timedelta(minutes=5))

    assert sorted(found) == [0, 0, 0, 1]
    assert (Progress.objects.count(), Run.objects.count(), state()) == (1, 1, "calculated")


STOPS = [
    ("freeze_period", background, "before freezing"),
    ("compute_period", background, "before computing"),
    ("cover_period", background, "before judging"),
    ("post_period", background, "before posting"),
    ("seal_period", background, "before sealing"),
    ("_check", posting, "while posting"),
]


@pytest.mark.parametrize(("step", "module", "_when"), STOPS, ids=[one[2] for one in STOPS])
def test_a_scheduled_close_that_breaks_off_anywhere_ends_as_if_it_had_not(
    members, monkeypatch, step, module, _when
):
    closing.closed(at=DUE)
    scheduled()
    limited()
    bought(members, "B-1", "240", month=11)
    december = DUE + timedelta(days=30)

    def broken(*_args, **_named):
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr(module, step, broken)
        with pytest.raises(ConnectionError):
            turned(december)
    turned(december + timedelta(minutes=2))

    run = Run.objects.get(period__label="2026-11")
    assert state("2026-11") == "sealed"
    assert Journal.objects.filter(reference=f"run:{run.pk}").count() == 2
    assert Run.objects.count() == 2


def test_what_was_refused_is_alarmed_and_tried_again_after_an_hour(members):
    scheduled()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE network_member SET joined_on = '2026-11-02' WHERE code = 'CELINA'")
    turned(DUE)
    first = kinds(DUE)
    turned(DUE + timedelta(minutes=59))
    still = Progress.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE network_member SET joined_on = '2026-09-01' WHERE code = 'CELINA'")
    turned(DUE + timedelta(minutes=61))

    assert first == [(OCTOBER, "refused", 0)]
    assert (still, Progress.objects.count(), state()) == (1, 2, "calculated")


def test_a_worker_that_stands_still_is_late_after_an_hour(members):
    scheduled()

    assert kinds(DUE + timedelta(minutes=59)) == []
    assert kinds(DUE + timedelta(hours=1)) == [(OCTOBER, "late", 0)]


def test_what_two_persons_took_back_is_left_to_them(members):
    scheduled()
    turned(DUE)
    closing.reopened()

    turned(DUE + timedelta(days=1))

    assert (state(), Progress.objects.count()) == ("open", 1)
    assert kinds(DUE + timedelta(days=1)) == [(OCTOBER, "late", 0)]


def test_what_a_person_froze_is_left_to_the_person(members):
    scheduled()
    with clock.stopped_at(DUE), context.working(actor="login:3"):
        services.freeze_period(calendar="monthly", label=OCTOBER)

    turned(DUE)

    assert (state(), Progress.objects.count()) == ("frozen", 0)


def test_a_rule_that_is_stopped_closes_nothing_and_its_history_stays(members):
    scheduled()
    with context.working(actor="login:5"):
        services.stop_closing(calendar="monthly", reason="a new plan comes")

    turned(DUE + timedelta(days=3))

    assert (state(), kinds(DUE + timedelta(days=3))) == ("open", [])
    assert list(ClosingRule.objects.order_by("id").values_list("is_on", flat=True)) == [True, False]


def test_a_rule_for_later_periods_leaves_earlier_ones_to_persons(members):
    scheduled(starts_on=date(2026, 11, 1))

    turned(DUE)

    assert state() == "open"


def test_months_that_were_left_are_closed_one_after_the_other(members):
    scheduled()
    limited()
    bought(members, "B-1", "240", month=11)

    turned(datetime(2027, 1, 15, tzinfo=UTC))

    # October waits, for there is nothing to compare it with; November waits for October.
    assert (state(), state("2026-11")) == ("calculated", "open")


@pytest.mark.parametrize("changed", [{"days_after": -1}, {"days_after": 91}, {"hour": 24}])
def test_a_rule_that_is_no_time_is_refused(members, changed):
    with pytest.raises(errors.ClosingRuleMalformed):
        scheduled(**changed)

    assert not ClosingRule.objects.exists()


def test_programs_set_no_rule_and_nobody_without_a_reason(members):
    with pytest.raises(errors.NeedsPerson), context.working(actor="worker"):
        services.stop_closing(calendar="monthly", reason="x")
    with pytest.raises(ReasonMissing), context.working(actor="login:3"):
        services.stop_closing(calendar="monthly", reason=" ")

    assert not ClosingRule.objects.exists()


def test_rules_and_alarms_stand_in_the_database(members):
    scheduled()
    for change in (
        "UPDATE commissions_closingrule SET hour = 1",
        "DELETE FROM commissions_closingrule",
    ):
        refused = pytest.raises(DatabaseError, match="append-only")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


@settings(max_examples=200, deadline=None)
@given(
    first=st.dates(date(2020, 1, 1), date(2035, 12, 31)),
    days_after=st.integers(0, 90),
    hour=st.integers(0, 23),
    zone=st.sampled_from(["Europe/Sofia", "Asia/Almaty", "America/Havana", "Pacific/Apia", "UTC"]),
)
def test_a_close_is_due_after_its_last_day_at_its_hour_in_every_zone(first, days_after, hour, zone):
    calendar = Calendar(name="weekly", every="week", starts_on=first, time_zone=zone)
    period = Period(calendar=calendar, starts_on=first, ends_on=first + timedelta(days=7))
    rule = ClosingRule(calendar=calendar, days_after=days_after, hour=hour)

    due = scheduling.due_at(rule, period)

    with clock.stopped_at(due.astimezone(UTC)):
        assert clock.today(zone) >= period.ends_on
    assert due.date() == period.ends_on + timedelta(days=days_after)
    assert due.hour == hour
