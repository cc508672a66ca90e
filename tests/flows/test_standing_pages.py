"""Standing approvals in the office: given by two persons, and what a close past a limit shows."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from click.testing import CliRunner
from django.urls import reverse

from tests import closing
from tests.flows import office
from upline.cli.main import main as upline
from upline.commissions import services
from upline.commissions.models import Run, StandingApproval
from upline.foundation import clock, context

pytestmark = pytest.mark.django_db

OCTOBER = f"monthly:{closing.OCTOBER}"
ENTRIES = {
    "calendar": "monthly",
    "first_on": "2026-10-01",
    "last_on": "2026-12-31",
    "ratio": "45",
    "change": "20",
    "change_from": "100.00",
    "largest": "500.00",
    "reason": "two quiet years",
}


def at(name, *keys):
    return reverse(f"admin:{name}", args=keys)


@pytest.fixture
def members():
    return office.company()


def given(maker, checker):
    maker.post(at("commissions_standingapproval_propose"), {**ENTRIES, "confirmed": "yes"})
    standing = StandingApproval.objects.get()
    checker.post(at("commissions_standingapproval_agree", standing.pk), {"confirmed": "yes"})
    standing.refresh_from_db()
    return standing


def test_one_person_proposes_limits_and_another_agrees(members):
    maker, checker = office.client_of("finance", "maker"), office.client_of("finance", "checker")

    shown = office.texts_of(maker.post(at("commissions_standingapproval_propose"), ENTRIES))
    maker.post(at("commissions_standingapproval_propose"), {**ENTRIES, "confirmed": "yes"})
    standing = StandingApproval.objects.get()
    own = maker.post(at("commissions_standingapproval_agree", standing.pk), {"confirmed": "yes"})
    standing.refresh_from_db()
    still = standing.agreed_by
    given(maker, checker)
    standing.refresh_from_db()
    listed = office.texts_of(checker.get(at("commissions_standingapproval_changelist")))

    assert "€500.00" in shown
    assert "a second person must agree to" in office.texts_of(own)
    assert (still, standing.agreed_by != "") == ("", True)
    limits = (standing.ratio_hundredths, standing.change_hundredths)
    assert limits == (4_500, 2_000)
    assert (standing.change_from_minor, standing.largest_minor) == (10_000, 50_000)
    assert "In force" in listed


def test_a_close_past_a_limit_waits_with_its_figures_and_asks_for_a_remark(members):
    maker, checker = office.client_of("finance", "maker"), office.client_of("finance", "checker")
    given(maker, checker)
    closing.bought(members[closing.CELINA], "A-1", "200")
    run = closing.computed()
    with clock.stopped_at(closing.NOVEMBER_2):
        services.cover_period(calendar="monthly", label=closing.OCTOBER)

    page = office.texts_of(checker.get(at("commissions_period_card", OCTOBER)))
    approve = at("commissions_period_approve", OCTOBER)
    unsaid = office.texts_of(checker.post(approve, {"digest": run.digest}))
    checker.post(approve, {"digest": run.digest, "reason": "the first month", "confirmed": "yes"})
    approved = office.texts_of(checker.get(at("commissions_period_card", OCTOBER)))

    assert "Limits of the standing approval" in page
    assert "It waits for a person." in page
    assert "not known" in page
    assert "€20.00" in page
    assert "say why it is right all the same" in unsaid
    assert "the first month" in approved
    assert Run.objects.get().approved_by.startswith("login:")


def test_a_remark_of_finance_stands_on_the_page(members):
    closing.bought(members[closing.CELINA], "A-1", "200")
    closing.computed()
    client = office.client_of("finance")

    client.post(at("commissions_period_remark", OCTOBER), {"reason": "two refunds are due"})
    page = office.texts_of(client.get(at("commissions_period_card", OCTOBER)))

    assert "two refunds are due" in page
    assert "finance@example.com" in page


def test_one_person_ends_a_standing_approval(members):
    standing = given(office.client_of("finance", "maker"), office.client_of("finance", "checker"))
    client = office.client_of("finance", "third")

    client.post(
        at("commissions_standingapproval_end", standing.pk),
        {"reason": "the plan changed", "confirmed": "yes"},
    )
    page = office.texts_of(client.get(at("commissions_standingapproval_card", standing.pk)))

    assert "the plan changed" in page
    assert "third@example.com" in page


def test_a_calendar_is_closed_by_itself_once_somebody_says_so_and_late_ones_show(members):
    client = office.client_of("finance")
    entries = {"starts_on": "2026-10-01", "days_after": "2", "hour": "6", "reason": "each month"}

    before = office.texts_of(client.get(at("commissions_calendar_changelist")))
    client.post(at("commissions_calendar_schedule", "monthly"), {**entries, "confirmed": "yes"})
    with clock.stopped_at(closing.NOVEMBER_2):
        due = office.texts_of(client.get(at("commissions_calendar_card", "monthly")))
    with clock.stopped_at(closing.NOVEMBER_2 + timedelta(days=3)):
        late = office.texts_of(client.get(at("commissions_calendar_card", "monthly")))
        dashboard = office.texts_of(client.get(at("index")))
    client.post(
        at("commissions_calendar_stop", "monthly"), {"reason": "a new plan", "confirmed": "yes"}
    )
    after = office.texts_of(client.get(at("commissions_calendar_card", "monthly")))

    assert "Off" in before
    assert "3 Nov 2026, 06:00" in due.replace("\xa0", " ")
    assert "Is the worker running?" not in due
    assert "Is the worker running?" in late
    assert "Closes that are late, refused or wait" in dashboard
    assert "No period is closed by itself." in after
    assert "a new plan" in after


def test_alarms_end_the_command_with_one(members):
    with context.working(actor="login:1"):
        services.set_closing_rule(
            calendar="monthly", starts_on=date(2026, 10, 1), days_after=0, hour=0, reason="x"
        )

    with clock.stopped_at(closing.NOVEMBER_2 - timedelta(days=3)):
        quiet = CliRunner().invoke(upline, ["periods", "alarms"])
    with clock.stopped_at(closing.NOVEMBER_2):
        late = CliRunner().invoke(upline, ["periods", "alarms"])

    assert "monthly 2026-10\tlate\tsince 2026-11-01 00:00 EET" in late.output
    assert late.exit_code == 1
    assert (quiet.exit_code, quiet.output) == (0, "No close is late or waits.\n")
