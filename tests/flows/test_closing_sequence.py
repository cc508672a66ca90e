"""From period to period: what is carried, what is looked back at, what comes late, who comes and goes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import transaction

from tests import closing
from tests.closing import ANNA, BORIS, CELINA
from upline.commissions import errors, queries, services
from upline.commissions.models import FrozenFact, Period
from upline.foundation import clock, context
from upline.money import Money
from upline.network.domain import Newcomer
from upline.network.errors import HistorySealed
from upline.network.models import Member
from upline.network.services import enrol, terminate
from upline.people.models import Person

pytestmark = pytest.mark.django_db

NEW_YEAR = datetime(2027, 1, 2, 9, tzinfo=UTC)
CARRYING = """
language: 1
plan: carrying
version: 2026-01-01
currency: EUR
time_zone: Europe/Sofia
calendar: month
point_value: 1 EUR
orders: {pv: {unit: points, places: 2}}
measures:
  own_pv: own(pv)
  ever: lifetime(own(pv))
  three_months: over(3, own(pv))
  last_60_days: own(pv last 60 days)
ranks:
  - {rank: Partner}
  - {rank: Leader, needs: ever >= 300}
bonuses:
  ever: {kind: own, base: 1 % * ever, requires: ever > 0}
  window: {kind: own, base: 1 % * three_months, requires: ever > 0}
  rolling: {kind: own, base: 1 % * last_60_days, requires: ever > 0}
"""


def draft(member, number, pv, month):
    return closing.bought(member, number, pv, day=20, month=month)


def amounts(label, member=CELINA):
    found = queries.statement(calendar="monthly", label=label, member=member)
    return {total.bonus: total.posted.minor for total in found.totals}


def newcomer(code, joined_on, sponsor):
    person = Person.objects.create(given_name=code.title())
    wanted = Newcomer(
        person_id=person.pk, sponsor_id=sponsor.pk, joined_on=joined_on, country="BG", code=code
    )
    return Member.objects.get(pk=enrol(newcomer=wanted, key=f"join:{code}"))


def test_carries_windows_and_rolling_days_look_back_over_closed_periods():
    members = closing.opened(CARRYING)
    for month, pv in ((9, "1000"), (10, "100"), (11, "200"), (12, "400")):
        draft(members[CELINA], f"A-{month}", pv, month)

    for label in ("2026-10", "2026-11", "2026-12"):
        closing.closed(label, at=NEW_YEAR)

    # September lies before the first period: it is in no sum of periods, but in rolling days.
    assert amounts("2026-10") == {"ever": 100, "window": 100, "rolling": 1100}
    assert amounts("2026-11") == {"ever": 300, "window": 300, "rolling": 300}
    assert amounts("2026-12") == {"ever": 700, "window": 700, "rolling": 600}
    held = queries.statement(calendar="monthly", label="2026-11", member=CELINA).ranks
    assert held["rank"][0] == "Leader"


def test_a_late_fact_is_in_no_later_window_either():
    members = closing.opened(CARRYING)
    draft(members[CELINA], "A-10", "100", 10)
    closing.closed("2026-10", at=NEW_YEAR)
    draft(members[CELINA], "late", "1", 10)
    draft(members[CELINA], "A-11", "200", 11)

    closing.closed("2026-11", at=NEW_YEAR)

    assert amounts("2026-11")["rolling"] == 300
    assert [fact.key for fact in queries.late_facts(calendar="monthly")] == ["order:late"]


def test_a_refund_before_the_freeze_counts_and_after_it_waits():
    members = closing.opened()
    closing.bought(members[CELINA], "A-1", "100")
    closing.bought(members[CELINA], "R-1", "-40", key="refund:A-1:1", order_number="A-1")
    closing.closed("2026-10", at=NEW_YEAR)
    closing.bought(members[CELINA], "R-2", "-60", key="refund:A-1:2", order_number="A-1")

    closing.closed("2026-11", at=NEW_YEAR)

    paid = [
        queries.statement(calendar="monthly", label=label, member=BORIS).pay
        for label in ("2026-10", "2026-11")
    ]
    assert paid == [Money(600, "EUR"), None]
    assert [fact.key for fact in queries.late_facts(calendar="monthly")] == ["refund:A-1:2"]


def test_each_fact_is_counted_by_one_period_only_whatever_is_reopened():
    members = closing.opened()
    for month in (10, 11):
        draft(members[CELINA], f"A-{month}", "100", month)
    for _ in range(2):
        closing.computed("2026-10", at=NEW_YEAR)
        closing.reopened("2026-10")
    for label in ("2026-10", "2026-11"):
        closing.closed(label, at=NEW_YEAR)

    counted = FrozenFact.objects.values_list("fact__order_number", "period__label")
    assert sorted(counted) == [("A-10", "2026-10"), ("A-11", "2026-11")]


def test_members_who_join_or_leave_in_the_period_are_in_it_as_on_its_last_day():
    members = closing.opened()
    closing.bought(members[CELINA], "A-1", "100")
    with clock.stopped_at(datetime(2026, 10, 20, tzinfo=UTC)):
        dana = newcomer("DANA", date(2026, 10, 20), members[BORIS])
        closing.bought(dana, "D-1", "10", day=21)
        terminate(member_id=members[BORIS].pk, effective_on=date(2026, 10, 25), reason="left")

    closing.closed("2026-10", at=NEW_YEAR)

    # Those whom Boris sponsored went up to Anna, for all of the period.
    pays = {
        code: queries.statement(calendar="monthly", label="2026-10", member=code).pay
        for code in (ANNA, BORIS)
    }
    assert pays == {ANNA: Money(1100, "EUR"), BORIS: None}


def test_an_order_of_a_member_who_joined_after_the_period_stops_the_freeze():
    members = closing.opened()
    with clock.stopped_at(datetime(2026, 11, 5, tzinfo=UTC)):
        dana = newcomer("DANA", date(2026, 11, 5), members[BORIS])
    closing.bought(dana, "D-1", "10")

    refused = pytest.raises(errors.FactsBeforeJoining, match="order:D-1")
    with clock.stopped_at(NEW_YEAR), refused:
        services.freeze_period(calendar="monthly", label="2026-10")

    assert (Period.objects.get().state, FrozenFact.objects.count()) == ("open", 0)


def test_after_the_seal_the_history_of_the_period_stands():
    members = closing.opened()
    closing.closed("2026-10", at=NEW_YEAR)

    with pytest.raises(HistorySealed):
        newcomer("DANA", date(2026, 10, 31), members[BORIS])

    assert newcomer("ELENA", date(2026, 11, 1), members[BORIS]).code == "ELENA"


def test_a_period_is_sealed_after_the_one_before_so_that_no_link_is_missing():
    closing.opened()
    october, november = {"label": "2026-10"}, {"label": "2026-11"}
    for one in (october, november):
        run = closing.computed(one["label"], at=NEW_YEAR)
        with clock.stopped_at(NEW_YEAR), context.working(actor="login:4"):
            services.approve_period(calendar="monthly", **one, digest=run.digest)
            services.post_period(calendar="monthly", **one)

    with pytest.raises(errors.EarlierPeriodOpen, match="2026-10"):
        services.seal_period(calendar="monthly", **november)
    first = services.seal_period(calendar="monthly", **october)
    second = services.seal_period(calendar="monthly", **november)

    assert len({first.sealed_digest, second.sealed_digest, ""}) == 3


def test_a_seal_depends_on_the_one_before():
    seals = []
    for pv in ("100", "101"):
        before = transaction.savepoint()
        members = closing.opened()
        draft(members[CELINA], "A-10", pv, 10)
        for label in ("2026-10", "2026-11"):
            closing.closed(label, at=NEW_YEAR)
        seals.append(Period.objects.get(label="2026-11").sealed_digest)
        transaction.savepoint_rollback(before)

    assert seals[0] != seals[1]


def test_a_member_is_found_by_his_code_in_any_case():
    members = closing.opened()
    closing.bought(members[CELINA], "A-1", "100")
    closing.closed("2026-10", at=NEW_YEAR)
    asked = {"calendar": "monthly", "label": "2026-10", "member": "boris"}

    assert queries.statement(**asked).pay == Money(1000, "EUR")
    assert [line.amount for line in queries.lines(**asked)] == [Decimal(10)]
    assert queries.why(**asked, language="en")


def test_a_yes_or_no_that_nobody_keeps_is_never_taken_for_no():
    plan = closing.PLAN.replace("places: 2}}", "places: 2}, first: yes_no}")
    members = closing.opened(plan)
    closing.bought(members[CELINA], "A-1", "100")

    with clock.stopped_at(NEW_YEAR), pytest.raises(errors.FiguresMissing, match="'first'"):
        services.freeze_period(calendar="monthly", label="2026-10")
