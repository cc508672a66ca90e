"""Estimates: what an open period would give if it closed now."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests import closing
from tests.closing import ANNA, BORIS, CELINA, NOVEMBER_2, OCTOBER
from upline.commissions import estimating, services
from upline.commissions.models import Estimate, EstimatePart, Run
from upline.foundation import clock

CARRYING = """
language: 1
plan: carrying
version: 2026-01-01
currency: EUR
time_zone: Europe/Sofia
calendar: month
point_value: 1 EUR
orders: {pv: {unit: points, places: 2}}
measures: {ever: lifetime(own(pv)), last_60_days: own(pv last 60 days)}
bonuses:
  ever: {kind: own, base: 1 % * ever, requires: ever > 0}
  rolling: {kind: own, base: 1 % * last_60_days, requires: ever > 0}
"""
pytestmark = pytest.mark.django_db

NEW_YEAR = datetime(2027, 1, 2, 9, tzinfo=UTC)
OCTOBER_20 = datetime(2026, 10, 20, 9, tzinfo=UTC)


def estimated(at=OCTOBER_20, *, label=OCTOBER):
    """Refresh the estimates at a moment, and give that of a period."""
    with clock.stopped_at(at):
        estimating.refresh_estimates()
    return Estimate.objects.filter(period__label=label).first()


def test_an_estimate_sums_what_the_period_would_pay_now():
    members = closing.opened()
    closing.bought(members[CELINA], "A-1", "200")
    closing.bought(members[BORIS], "A-2", "100")

    summary = estimated().summary

    # Celina's 200 pay Boris 10 % and Anna 5 %; Boris's 100 pay Anna 10 %.
    assert summary["total"] == 4_000
    assert summary["members"] == 2
    assert summary["by_bonus"] == [["levels", 4_000, 2]]
    assert summary["by_rank"] == [["Leader", 4_000, 2], ["Partner", 0, 1]]
    assert summary["by_country"] == [["BG", 4_000, 2]]


def test_a_freeze_at_the_same_instant_gives_the_digest_of_the_estimate():
    members = closing.opened()
    closing.bought(members[CELINA], "A-1", "200")
    estimate = estimated(NOVEMBER_2)

    run = closing.computed()

    assert run.digest == estimate.digest


def test_an_estimate_is_computed_anew_only_when_something_changed():
    members = closing.opened()
    closing.bought(members[CELINA], "A-1", "200")
    first = estimated()

    same = estimated()
    closing.bought(members[CELINA], "A-2", "100")
    after_the_order = estimated()

    assert same.pk == first.pk
    assert after_the_order.pk != first.pk
    assert after_the_order.summary["total"] == 4_500
    assert Estimate.objects.count() == 1
    assert not EstimatePart.objects.exclude(estimate=after_the_order).exists()


def test_two_open_periods_are_estimated_and_the_earlier_one_gives_its_carries():
    members = closing.opened()
    closing.bought(members[CELINA], "A-1", "200")
    closing.bought(members[CELINA], "B-1", "100", day=2, month=11)

    november = estimated(NOVEMBER_2, label="2026-11")

    assert november.summary["total"] == 1_500
    assert Estimate.objects.count() == 2


def test_a_chain_of_estimates_gives_the_digests_that_the_closes_give_one_after_the_other():
    members = closing.opened(CARRYING)
    for month in (10, 11, 12):
        closing.bought(members[CELINA], f"A-{month}", "100", day=20, month=month)
        closing.bought(members[BORIS], f"B-{month}", "7.77", day=21, month=month)
    with clock.stopped_at(NEW_YEAR):
        estimating.refresh_estimates()
    estimates = dict(
        Estimate.objects.filter(refusal__isnull=True).values_list("period__label", "digest")
    )

    for label in (OCTOBER, "2026-11", "2026-12"):
        closing.closed(label, at=NEW_YEAR)

    # A month that is not closed yet is estimated by what is open before it: lifetimes and sums of
    # sixty days are the same when these are closed.
    digests = dict(Run.objects.values_list("period__label", "digest"))
    assert digests["2026-11"] == estimates["2026-11"]
    assert digests["2026-12"] == estimates["2026-12"]


def test_an_estimate_without_a_plan_in_force_keeps_the_refusal():
    services.open_calendar(
        name="monthly",
        every="month",
        starts_on=OCTOBER_20.date().replace(day=1),
        time_zone="Europe/Sofia",
    )

    estimate = estimated()

    assert estimate.digest == ""
    assert estimate.refusal["code"] == "plans.none_in_force"


def test_the_estimate_stays_until_the_period_is_approved():
    members = closing.opened()
    closing.bought(members[CELINA], "A-1", "200")
    estimated(NOVEMBER_2)
    closing.computed()
    is_kept = estimated(NOVEMBER_2) is not None

    closing.closed()

    assert is_kept
    assert estimated(NOVEMBER_2) is None


def test_an_estimate_writes_no_fact_no_run_and_no_state():
    members = closing.opened()
    closing.bought(members[ANNA], "A-1", "200")

    estimate = estimated()

    assert estimate.period.state == "open"
    assert estimate.period.fence == 0
    assert not estimate.period.runs.exists()
