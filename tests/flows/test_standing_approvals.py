"""Closes that go on without a person: within limits that two persons gave, and never past one."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from tests import closing
from tests.closing import ANNA, BORIS, CELINA, NOVEMBER_2, OCTOBER
from upline.commissions import background, errors, services
from upline.commissions.limits import Terms
from upline.commissions.models import Judgement, Period, Remark, Run, StandingApproval
from upline.foundation import clock, context
from upline.foundation.audit import ReasonMissing
from upline.foundation.models import AuditEntry

pytestmark = pytest.mark.django_db

NOVEMBER = "2026-11"
DECEMBER_2 = NOVEMBER_2 + timedelta(days=30)
BY = {"calendar": "monthly", "label": NOVEMBER}
# Of 200.00 in points Boris has 10 % and Anna 5 %: 30.00 of 200.00 net are 15 %.
TERMS = Terms(
    currency="EUR",
    ratio_hundredths=2_000,
    change_hundredths=5_000,
    change_from_minor=100,
    largest_minor=3_000,
)


def proposed(terms=TERMS, *, by="login:3", starts_on=date(2026, 10, 1)):
    with context.working(actor=by):
        return services.propose_standing(
            calendar="monthly",
            starts_on=starts_on,
            ends_on=date(2027, 1, 1),
            terms=terms,
            reason="two quiet years",
        )


def agreed(terms=TERMS):
    standing = proposed(terms)
    with context.working(actor="login:4"):
        return services.agree_standing(number=standing.pk)


def bought(members, number, pv, month=11):
    figures = {"pv": Decimal(pv), "net": Decimal(pv)}
    closing.bought(members[CELINA], number, pv, month=month, figures=figures)


@pytest.fixture
def members():
    """Give a company whose October paid 30.00 of 200.00."""
    found = closing.opened()
    bought(found, "A-1", "200", month=10)
    closing.closed()
    return found


def judged(actor="login:3"):
    with clock.stopped_at(DECEMBER_2), context.working(actor=actor):
        services.freeze_period(**BY)
        services.compute_period(**BY)
        return services.cover_period(**BY)


def state():
    return Period.objects.get(label=NOVEMBER).state


def passed(judgement):
    return [(one["name"], one["of"]) for one in judgement.limits if one["is_passed"]]


def test_a_close_within_the_limits_is_approved_in_the_name_of_the_standing_approval(members):
    standing = agreed()
    bought(members, "B-1", "240", month=11)

    found = judged()

    run = Run.objects.get(period__label=NOVEMBER)
    assert (found.is_covered, passed(found)) == (True, [])
    assert (state(), run.approved_by) == ("approved", f"standing:{standing.pk}")
    entry = AuditEntry.objects.get(act="commissions.approved", actor=f"standing:{standing.pk}")
    assert entry.reason == "within the limits of a standing approval"
    assert found.limits == [
        {
            "name": "ratio", "of": "", "allowed": 2_000, "found": 1_500,
            "now_minor": 3_600, "before_minor": 24_000, "is_passed": False,
        },
        {
            "name": "change", "of": "levels", "allowed": 5_000, "found": 2_000,
            "now_minor": 3_600, "before_minor": 3_000, "is_passed": False,
        },
        {
            "name": "largest", "of": BORIS, "allowed": 3_000, "found": 2_400,
            "now_minor": None, "before_minor": None, "is_passed": False,
        },
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "past"),
    [
        ({"ratio_hundredths": 1_499}, ("ratio", "")),
        ({"change_hundredths": 1_999}, ("change", "levels")),
        ({"largest_minor": 2_399}, ("largest", BORIS)),
    ],
)
def test_one_hundredth_past_a_limit_waits_for_a_person(members, changed, past):
    terms = Terms(**{name: getattr(TERMS, name) for name in Terms.__slots__} | changed)
    agreed(terms)
    bought(members, "B-1", "240")

    found = judged()

    assert (found.is_covered, passed(found)) == (False, [past])
    assert state() == "calculated"
    entry = AuditEntry.objects.get(act="commissions.wait_for_person")
    assert entry.after["passed"] == [" ".join(part for part in past if part)]


def test_just_at_each_limit_is_within(members):
    agreed(
        Terms(
            currency="EUR",
            ratio_hundredths=1_500,
            change_hundredths=2_000,
            change_from_minor=0,
            largest_minor=2_400,
        )
    )
    bought(members, "B-1", "240")

    assert judged().is_covered


def test_who_approves_past_a_limit_says_why_and_it_is_kept(members):
    agreed()
    bought(members, "B-1", "900")
    judged()
    run = Run.objects.get(period__label=NOVEMBER)

    with context.working(actor="login:4"):
        with pytest.raises(errors.RemarkMissing, match="Limits passed: 2"):
            services.approve_period(**BY, digest=run.digest)
        still = state()
        services.approve_period(**BY, digest=run.digest, reason="the autumn offer")

    assert (still, state()) == ("calculated", "approved")
    remark = Remark.objects.get()
    assert (remark.text, remark.written_by, remark.fence) == ("the autumn offer", "login:4", 1)


def test_without_a_standing_approval_a_person_approves_as_before(members):
    bought(members, "B-1", "900")
    found = judged()
    run = Run.objects.get(period__label=NOVEMBER)

    with context.working(actor="login:4"):
        services.approve_period(**BY, digest=run.digest)

    assert (found.is_covered, found.standing_id, found.limits) == (False, None, [])
    assert state() == "approved"


def test_one_person_alone_gives_no_standing_approval(members):
    standing = proposed()
    with context.working(actor="login:3"), pytest.raises(errors.NeedsAnother):
        services.agree_standing(number=standing.pk)
    bought(members, "B-1", "240")

    assert not judged().is_covered


def test_an_ended_standing_approval_covers_nothing(members):
    standing = agreed()
    with context.working(actor="login:5"):
        services.end_standing(number=standing.pk, reason="the plan changed")
    bought(members, "B-1", "240")

    assert not judged().is_covered
    with context.working(actor="login:4"), pytest.raises(errors.StandingNot, match="ended"):
        services.agree_standing(number=standing.pk)


def test_a_period_that_reaches_out_of_its_days_is_not_covered(members):
    standing = proposed(starts_on=date(2026, 11, 2))
    with context.working(actor="login:4"):
        services.agree_standing(number=standing.pk)
    bought(members, "B-1", "240")

    assert not judged().is_covered


def test_without_turnover_or_a_period_before_nothing_is_covered():
    members = closing.opened()
    closing.bought(members[CELINA], "A-1", "200")
    agreed()
    with clock.stopped_at(NOVEMBER_2), context.working(actor="login:3"):
        services.freeze_period(calendar="monthly", label=OCTOBER)
        services.compute_period(calendar="monthly", label=OCTOBER)
        found = services.cover_period(calendar="monthly", label=OCTOBER)

    assert passed(found) == [("ratio", ""), ("change", "")]


def test_a_bonus_that_pays_for_the_first_time_or_no_more_is_past_its_limit(members):
    agreed()

    found = judged()

    by_name = {one["name"]: one for one in found.limits}
    assert by_name["change"]["found"] == 10_000
    assert passed(found) == [("ratio", ""), ("change", "levels")]


def test_what_somebody_asked_to_reopen_waits(members):
    agreed()
    bought(members, "B-1", "240")
    with clock.stopped_at(DECEMBER_2), context.working(actor="login:3"):
        services.freeze_period(**BY)
        services.reopen_period(**BY, reason="an order was missing")
        services.compute_period(**BY)
        found = services.cover_period(**BY)

    assert passed(found) == [("reopening", "")]


def test_a_run_is_judged_once(members):
    bought(members, "B-1", "240")
    before = judged()
    agreed()

    again = judged()

    assert again.pk == before.pk
    assert (state(), Judgement.objects.count()) == ("calculated", 1)


def test_standing_approvals_of_a_calendar_do_not_overlap(members):
    first = agreed()
    with pytest.raises(errors.StandingOverlaps, match=f"{first.pk}"):
        proposed(by="login:5")

    with context.working(actor="login:5"):
        services.end_standing(number=first.pk, reason="new limits")
    assert proposed(by="login:5").pk != first.pk


@pytest.mark.parametrize(
    "changed",
    [
        {"ratio_hundredths": 0},
        {"ratio_hundredths": 10_001},
        {"change_hundredths": -1},
        {"largest_minor": 0},
        {"currency": "euro"},
    ],
)
def test_limits_that_cannot_be_meant_are_refused(members, changed):
    with pytest.raises(errors.StandingMalformed):
        proposed(Terms(**{name: getattr(TERMS, name) for name in Terms.__slots__} | changed))

    assert not StandingApproval.objects.exists()


def test_a_program_gives_no_standing_approval_and_nobody_without_a_reason(members):
    with pytest.raises(errors.NeedsPerson):
        proposed(by="worker")
    with context.working(actor="login:3"), pytest.raises(ReasonMissing):
        services.propose_standing(
            calendar="monthly",
            starts_on=date(2026, 11, 1),
            ends_on=date(2027, 1, 1),
            terms=TERMS,
            reason=" ",
        )

    assert not StandingApproval.objects.exists()


SHORT_CUTS = [
    "UPDATE commissions_run SET approved_by = 'worker', approved_at = now() WHERE approved_by = ''",
    "UPDATE commissions_run SET approved_by = 'standing:{standing}', approved_at = now() WHERE approved_by = ''",
    "UPDATE commissions_run SET approved_by = 'login:9', approved_at = now() WHERE approved_by = ''",
    "UPDATE commissions_judgement SET is_covered = true",
    "DELETE FROM commissions_judgement",
    "UPDATE commissions_standingapproval SET largest_minor = 999999",
    "UPDATE commissions_standingapproval SET agreed_by = 'login:8'",
    "DELETE FROM commissions_standingapproval",
    """INSERT INTO commissions_standingapproval (calendar_id, starts_on, ends_on, currency, ratio_hundredths, change_hundredths, change_from_minor, largest_minor, reason, given_by, given_at, agreed_by, agreed_at, ended_by, ended_reason)
       SELECT calendar_id, '2030-01-01', '2031-01-01', 'EUR', 1, 1, 1, 1, 'x', 'login:1', now(), 'login:1', now(), '', '' FROM commissions_standingapproval""",
    """INSERT INTO commissions_remark (period_id, fence, text, written_by, written_at)
       SELECT id, fence, 'fine', 'worker', now() FROM commissions_period""",
]


@pytest.mark.parametrize("change", SHORT_CUTS)
def test_the_database_refuses_every_short_cut(members, change):
    standing = agreed()
    bought(members, "B-1", "900")
    judged()

    refused = pytest.raises(DatabaseError, match=r"stand|append-only|violates check")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change.format(standing=standing.pk))

    assert state() == "calculated"


def test_the_database_holds_a_covered_run_to_the_plainest_limits_again(members):
    standing = agreed()
    bought(members, "B-1", "900")
    with clock.stopped_at(DECEMBER_2), context.working(actor="login:3"):
        services.freeze_period(**BY)
        run = services.compute_period(**BY)
    Judgement.objects.create(
        run=run, standing=standing, is_covered=True, limits=[{"is_passed": False}]
    )

    refused = pytest.raises(DatabaseError, match="limits that are kept")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE commissions_run SET approved_by = %s, approved_at = now() WHERE id = %s",
            [f"standing:{standing.pk}", run.pk],
        )


@pytest.mark.django_db(transaction=True)
def test_the_worker_covers_what_it_closes(transactional_db):
    members = closing.opened()
    bought(members, "A-1", "200", month=10)
    closing.closed()
    standing = agreed()
    bought(members, "B-1", "240")
    with clock.stopped_at(DECEMBER_2), context.working(actor="login:3"):
        progress = services.request_close(**BY)
    with clock.stopped_at(DECEMBER_2), context.working(actor="worker"):
        background.work_on(progress.pk)

    run = Run.objects.get(period__label=NOVEMBER)
    assert (run.computed_by, run.approved_by) == ("login:3", f"standing:{standing.pk}")
    assert ANNA in members
