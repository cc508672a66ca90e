"""Adjustments in the office: asked for, computed and posted by the worker, approved by another."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests import closing
from tests.closing import ANNA, BORIS, CELINA, NOVEMBER_2
from tests.flows import office
from upline.commissions import background, services
from upline.commissions.models import Adjustment, Progress, VolumeFact
from upline.foundation import clock, context
from upline.ledger import queries as ledger

pytestmark = pytest.mark.django_db(transaction=True)


def at(name, *keys):
    return reverse(f"admin:commissions_adjustment_{name}", args=keys)


def owed(code):
    return -ledger.balance(f"commissions:payable:{code}", "EUR").minor


@pytest.fixture
def members():
    found = office.company()
    closing.bought(found[CELINA], "A-1", "100.00")
    closing.closed()
    original = VolumeFact.objects.get(key="order:A-1")
    closing.bought(found[CELINA], "A-1", "-40.00", key="refund:A-1:1", opposite_of=original.pk)
    closing.bought(found[BORIS], "B-1", "50.00")
    return found


def worked():
    """Let the worker do what was asked for last."""
    progress = Progress.objects.latest("pk")
    with clock.stopped_at(NOVEMBER_2), context.working(actor="worker"):
        background.work_on(progress.pk)
    progress.refresh_from_db()
    return progress


def computed(maker):
    entries = {"calendar": "monthly", "reason": "late in October", "confirmed": "yes"}
    with clock.stopped_at(NOVEMBER_2):
        maker.post(at("adjust"), entries)
    worked()
    return Adjustment.objects.get()


def test_two_persons_settle_what_came_too_late_with_the_worker(members):
    maker, checker = office.client_of("finance", "maker"), office.client_of("finance", "checker")
    waits = office.texts_of(
        maker.post(at("adjust"), {"calendar": "monthly", "reason": "late in October"})
    )
    found = computed(maker)
    card = office.texts_of(checker.get(at("card", found.pk)))
    entries = {"digest": found.digest, "confirmed": "yes"}
    own = office.texts_of(maker.post(at("approve", found.pk), entries))
    checker.post(at("approve", found.pk), entries)
    settled = worked()
    found.refresh_from_db()

    assert ("A-1" in waits, "B-1" in waits) == (True, True)
    assert "Late refund" in card
    assert "a second person must" in own
    assert (settled.act, settled.state, found.state) == ("settle", "done", "posted")
    assert (owed(ANNA), owed(BORIS)) == (500 - 200 + 500, 1000 - 400)


def test_differences_are_chosen_by_cause_member_and_order_and_written_to_a_file(members):
    maker = office.client_of("finance", "maker")
    found = computed(maker)

    def texts(**chosen):
        return office.texts_of(maker.get(at("lines", found.pk), chosen))

    late, back, of_boris = texts(cause="order"), texts(cause="refund"), texts(q="B-1")
    file = b"".join(maker.get(at("lines_file", found.pk, "csv"), {"cause": "refund"})).decode()

    assert ("B-1" in late, "A-1" in late) == (True, False)
    assert ("B-1" in back, "A-1" in back) == (False, True)
    assert "A-1" not in of_boris
    assert [row.split(",")[4] for row in file.splitlines()[1:]] == ["A-1", "A-1"]
    assert [row.split(",")[7:10] for row in file.splitlines()[1:]] == [
        ["5.00", "3.00", "-2.00"],
        ["10.00", "6.00", "-4.00"],
    ]


def test_a_discarded_adjustment_gives_its_facts_back(members):
    maker = office.client_of("finance", "maker")
    found = computed(maker)

    maker.post(at("discard", found.pk), {"reason": "one order is missing", "confirmed": "yes"})
    page = office.texts_of(maker.get(at("card", found.pk), {"tab": "history"}))
    listed = office.texts_of(maker.get(at("changelist")))

    assert Adjustment.objects.get().state == "discarded"
    assert "one order is missing" in page
    assert "Discarded an adjustment" in page
    assert "Discarded" in listed


def test_a_worker_killed_after_it_wrote_the_adjustment_does_not_compute_another(members):
    maker = office.client_of("finance", "maker")
    found = computed(maker)
    Progress.objects.update(state="running")

    again = worked()

    assert (again.state, Adjustment.objects.get().digest) == ("done", found.digest)


def test_what_the_worker_refuses_is_said_above_the_list(members):
    maker = office.client_of("finance", "maker")
    found = computed(maker)
    with clock.stopped_at(NOVEMBER_2), context.working(actor="login:9"):
        services.request_adjusting(calendar="monthly", reason="once more")

    refused = worked()
    page = office.texts_of(maker.get(at("changelist")))

    assert refused.state == "refused"
    assert f"Adjustment {found.pk} of the calendar" in page
