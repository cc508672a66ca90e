"""Closing and posting by the worker, as screens ask for it."""

from __future__ import annotations

import pytest

from tests import closing, team
from tests.closing import ANNA, BORIS, CELINA, NOVEMBER_2, OCTOBER
from upline.commissions import background, errors, estimating, queries, resident, services
from upline.commissions.models import Progress
from upline.foundation import clock, context
from upline.money import Money

BY = {"calendar": "monthly", "label": OCTOBER}


def asked(act, actor="login:3"):
    with clock.stopped_at(NOVEMBER_2), context.working(actor=actor):
        return act(**BY)


def worked(progress):
    with clock.stopped_at(NOVEMBER_2), context.working(actor="worker"):
        background.work_on(progress.pk)
    return queries.period_progress(**BY)


def overview(viewer):
    with clock.stopped_at(NOVEMBER_2):
        return queries.period_overview(viewer=viewer, **BY, language="en")


@pytest.fixture
def members(transactional_db):
    resident.clear()
    found = closing.opened()
    closing.bought(found[CELINA], "A-1", "200")
    return found


def test_the_worker_closes_and_posts_in_the_name_of_who_asked(members):
    after_close = worked(asked(services.request_close))
    run = queries.run_of(**BY)
    with clock.stopped_at(NOVEMBER_2), context.working(actor="login:4"):
        services.approve_period(**BY, digest=run.digest)
    after_posting = worked(asked(services.request_posting, "login:4"))

    assert (after_close.act, after_close.state) == ("close", "done")
    assert (after_close.done, after_close.out_of) == (7, 7)
    assert run.computed_by == "login:3"
    assert (after_posting.act, after_posting.state) == ("post", "done")
    assert queries.run_of(**BY).period.state == "sealed"


def test_asking_twice_while_it_is_under_way_gives_the_same_work(members):
    first = asked(services.request_close)

    second = asked(services.request_close, "login:4")

    assert second.pk == first.pk
    assert Progress.objects.count() == 1


def test_work_that_is_done_is_not_done_again(members):
    progress = asked(services.request_close)
    worked(progress)
    before = Progress.objects.get()

    worked(progress)

    assert Progress.objects.get().changed_at == before.changed_at


def test_a_refusal_is_kept_with_what_to_do(members):
    services.open_calendar(
        name="weekly", every="week", starts_on=NOVEMBER_2.date(), time_zone="Europe/Sofia"
    )
    by = {"calendar": "weekly", "label": "2026-W45"}
    with clock.stopped_at(NOVEMBER_2), context.working(actor="login:3"):
        progress = services.request_close(**by)
        background.work_on(progress.pk)

    found = queries.period_progress(**by)

    assert found.state == "refused"
    assert found.refusal.code == "commissions.period_not_over"
    assert found.refusal.remedy == "Close it afterwards."


def test_what_is_not_approved_is_not_posted(members):
    with pytest.raises(errors.PeriodNot, match="posted"):
        asked(services.request_posting)

    assert not Progress.objects.exists()


def test_the_overview_shows_the_estimate_then_the_run_and_who_may_go_on(members):
    finance, support = team.staff("finance"), team.staff("support")
    with clock.stopped_at(NOVEMBER_2):
        estimating.refresh_estimates()

    before = overview(finance)
    for_support = overview(support)
    worked(asked(services.request_close, f"login:{finance.pk}"))
    after = overview(finance)

    assert [check.name for check in before.checks if not check.is_ok] == []
    assert [(one.act, one.may) for one in before.steps] == [("close", True)]
    assert [(one.act, one.may) for one in for_support.steps] == [("close", False)]
    assert before.figures.is_estimate
    assert before.figures.total == Money(3_000, "EUR")
    assert [(one.title, one.amount, one.members) for one in before.figures.by_country] == [
        ("Bulgaria", Money(3_000, "EUR"), 2)
    ]
    assert [(one.act, one.may) for one in after.steps] == [("approve", False), ("reopen", True)]
    assert not after.figures.is_estimate
    assert after.figures.total == Money(3_000, "EUR")
    assert after.digest == queries.run_of(**BY).digest


def test_the_overview_names_the_largest_changes_to_the_period_before(members):
    closing.closed()
    closing.bought(members[CELINA], "B-1", "100", month=11, day=2)
    with clock.stopped_at(NOVEMBER_2):
        estimating.refresh_estimates()
        found = queries.period_overview(
            viewer=team.staff("finance"), calendar="monthly", label="2026-11", language="en"
        )

    assert [(one.member, one.now, one.before) for one in found.figures.largest] == [
        (BORIS, Money(1_000, "EUR"), Money(2_000, "EUR")),
        (ANNA, Money(500, "EUR"), Money(1_000, "EUR")),
    ]
    assert found.figures.before == Money(3_000, "EUR")
    assert [check.name for check in found.checks if not check.is_ok] == ["over"]


def test_a_newer_estimate_is_computed_while_the_one_before_answers(members):
    viewer = team.login_of(members[BORIS])
    with clock.stopped_at(NOVEMBER_2):
        estimating.refresh_estimates()
        before = queries.estimate(
            viewer=viewer, member=BORIS, language="en", label=OCTOBER, calendar="monthly"
        )
        closing.bought(members[CELINA], "A-2", "100")
        estimating.refresh_estimates()

        meanwhile = queries.estimate(
            viewer=viewer, member=BORIS, language="en", label=OCTOBER, calendar="monthly"
        )
        resident.settle()
        after = queries.estimate(
            viewer=viewer, member=BORIS, language="en", label=OCTOBER, calendar="monthly"
        )

    assert before.total == meanwhile.total == Money(2_000, "EUR")
    assert after.total == Money(3_000, "EUR")
