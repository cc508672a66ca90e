"""Plan versions: drafted by one person, approved by another, never changed."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from tests import closing
from upline.foundation import context
from upline.foundation.models import AuditEntry
from upline.plans import errors, queries
from upline.plans.models import PlanVersion
from upline.plans.services import approve_plan, draft_plan, withdraw_plan

pytestmark = pytest.mark.django_db

WELCOME = "  welcome: {kind: award, requires: recruits(joined_in_period) >= 1, amount: 9 EUR}\n"
PAYING = closing.PLAN.replace("bonuses:\n", f"bonuses:\n{WELCOME}")
LATER = closing.PLAN.replace("2026-01-01", "2026-11-01")


def draft(text=closing.PLAN, actor="login:1"):
    with context.working(actor=actor):
        return draft_plan(text=text)


def approve(version, actor="login:2"):
    with context.working(actor=actor):
        return approve_plan(version_id=version.pk)


def test_a_version_is_in_force_from_its_day_until_a_later_one_starts():
    first, second = approve(draft()), approve(draft(LATER))

    found = [
        queries.plan_in_force(every="month", on=day)
        for day in (date(2026, 1, 1), date(2026, 10, 31), date(2026, 11, 1))
    ]

    assert found == [first, first, second]


@pytest.mark.parametrize(("every", "on"), [("month", date(2025, 12, 31)), ("week", date.max)])
def test_before_its_day_and_for_other_periods_none_is_in_force(every, on):
    approve(draft())

    with pytest.raises(errors.NoPlanInForce):
        queries.plan_in_force(every=every, on=on)


def test_a_draft_and_a_withdrawn_version_are_not_in_force():
    draft()
    withdraw_plan(version_id=draft(LATER).pk, reason="a typing mistake")

    with pytest.raises(errors.NoPlanInForce):
        queries.plan_in_force(every="month", on=date(2026, 12, 1))


def test_the_same_text_is_the_same_version_and_approving_it_again_changes_nothing():
    first = approve(draft())

    assert approve(draft()) == first
    assert PlanVersion.objects.count() == 1
    assert AuditEntry.objects.filter(act="plans.approved").count() == 1


def test_whoever_drafted_a_version_does_not_approve_it():
    version = draft()

    with pytest.raises(errors.PlanNeedsAnother, match="login:1"):
        approve(version, "login:1")

    assert PlanVersion.objects.get().state == "draft"


def test_two_versions_of_one_length_do_not_start_on_one_day():
    approve(draft())
    other = draft(closing.PLAN.replace("10 %", "11 %"))

    with pytest.raises(errors.PlanStartTaken, match="2026-01-01"):
        approve(other)

    assert PlanVersion.objects.filter(state="approved").count() == 1


@pytest.mark.parametrize("decide", ["approve", "withdraw"])
def test_what_is_decided_stays(decide):
    version = draft()
    if decide == "approve":
        approve(version)
        with pytest.raises(errors.PlanDecided, match="approved"):
            withdraw_plan(version_id=version.pk, reason="too late")
    else:
        withdraw_plan(version_id=version.pk, reason="a typing mistake")
        with pytest.raises(errors.PlanDecided, match="withdrawn"):
            approve(version)

    assert AuditEntry.objects.filter(subject=f"plan:{version.pk}").count() == 2


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (closing.PLAN.replace("currency: EUR", "currency: Euro"), errors.PlanHasFaults),
        ("", errors.PlanHasFaults),
        (
            closing.PLAN.replace("kind: level,", "kind: level, calendar: week,"),
            errors.PlanNotComputed,
        ),
    ],
)
def test_a_text_that_could_not_be_computed_is_no_draft(text, refusal):
    with pytest.raises(refusal):
        draft(text)

    assert not PlanVersion.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE plans_planversion SET text = text || ' '",
        "UPDATE plans_planversion SET starts_on = '2020-01-01'",
        "UPDATE plans_planversion SET state = 'withdrawn'",
        "UPDATE plans_planversion SET decided_by = 'login:9'",
        "UPDATE plans_planversion SET drafted_by = 'login:9'",
        "DELETE FROM plans_planversion",
    ],
)
def test_the_database_itself_keeps_an_approved_version(change):
    approve(draft())

    refused = pytest.raises(DatabaseError, match=r"never changes|decided once|kept for good")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_the_database_itself_refuses_an_approval_by_whoever_drafted():
    draft()

    refused = pytest.raises(DatabaseError, match="plans_approved_by_another")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE plans_planversion SET state = 'approved', decided_by = drafted_by, decided_at = now()"
        )


def test_a_plan_that_pays_for_recruiting_is_no_draft_unless_it_says_why_it_may():
    reason = "overrides: [{rule: recruiting_pay, reason: the fee covers a course}]\n"

    with pytest.raises(errors.PlanHasFaults, match=r"review\.recruiting_pay"):
        draft(PAYING)

    assert not PlanVersion.objects.exists()
    assert draft(PAYING + reason).state == "draft"


@pytest.fixture
def kept_by_a_milder_check(monkeypatch):
    """Keep a draft by a program whose check found nothing; give its version."""
    with monkeypatch.context() as milder:
        milder.setattr("upline.plans.services.refuse_blocked", lambda _: None)
        return draft(PAYING)


def test_a_draft_that_the_check_has_come_to_block_is_not_approved(kept_by_a_milder_check):
    with pytest.raises(errors.PlanHasFaults, match=r"review\.recruiting_pay"):
        approve(kept_by_a_milder_check)

    assert PlanVersion.objects.get().state == "draft"
