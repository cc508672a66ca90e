"""Corrections by hand on the pages: entered and approved in the office, read by the member."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from tests import closing
from tests.closing import ANNA, BORIS, CELINA, NOVEMBER_2
from tests.flows import office
from upline.commissions.models import CorrectionSheet
from upline.foundation import clock
from upline.ledger import queries as ledger

pytestmark = pytest.mark.django_db(transaction=True)


def at(name, *keys):
    return reverse(f"admin:commissions_correctionsheet_{name}", args=keys)


def owed(code):
    return -ledger.balance(f"commissions:payable:{code}", "EUR").minor


def key_in(response):
    return re.search(r'name="key" value="([^"]+)"', office.texts_of(response)).group(1)


@pytest.fixture
def members():
    found = office.company()
    closing.bought(found[CELINA], "A-1", "100.00")
    closing.closed()
    return found


@pytest.fixture
def maker():
    return office.client_of("finance", "maker")


@pytest.fixture
def checker():
    return office.client_of("finance", "checker")


def posted(client, name, *keys, **entries):
    with clock.stopped_at(NOVEMBER_2):
        return client.post(at(name, *keys), entries)


def entered(maker, **changed):
    with clock.stopped_at(NOVEMBER_2):
        key = key_in(maker.get(at("pay")))
    entries = {
        "key": key,
        "calendar": "monthly",
        "member": BORIS,
        "amount": "25",
        "currency": "EUR",
        "reason": "a prize of the spring congress",
    }
    return posted(maker, "pay", **(entries | changed))


def test_two_persons_correct_pay_in_the_office(members, maker, checker):
    asked = office.texts_of(entered(maker))
    assert "a prize of the spring congress" in asked
    assert not CorrectionSheet.objects.exists()
    entered(maker, confirmed="yes")
    sheet = CorrectionSheet.objects.get()
    card = office.texts_of(checker.get(at("card", sheet.pk)))
    entries = {"digest": sheet.digest, "confirmed": "yes"}

    own = office.texts_of(posted(maker, "approve", sheet.pk, **entries))
    posted(checker, "approve", sheet.pk, **entries)

    assert ("a prize of the spring congress" in card, sheet.digest in card) == (True, True)
    assert "a second person must" in own
    sheet.refresh_from_db()
    assert (sheet.state, owed(BORIS)) == ("booked", 1000 + 2500)


def test_a_form_that_is_sent_twice_is_one_sheet(members, maker):
    key = "0192"
    for _ in range(2):
        entered(maker, key=key, confirmed="yes")

    assert CorrectionSheet.objects.get().key == key


def test_volume_is_credited_and_rejected(members, maker, checker):
    posted(
        maker,
        "volume",
        key="lost",
        member=CELINA,
        figure="pv",
        value="40",
        counts_on="2026-11-01",
        reason="an order that was lost",
        confirmed="yes",
    )
    sheet = CorrectionSheet.objects.get()

    posted(checker, "reject", sheet.pk, reason="it was found", confirmed="yes")
    history = office.texts_of(checker.get(at("card", sheet.pk), {"tab": "history"}))

    sheet.refresh_from_db()
    assert (sheet.what, sheet.state) == ("volume", "rejected")
    assert ("it was found" in history, "Rejected corrections by hand" in history) == (True, True)


def test_all_faults_of_a_table_are_shown_and_a_table_without_is_listed_and_exported(members, maker):
    wrong = "member,amount,currency,reason\nNOBODY,1,EUR,a prize\nBORIS,x,EUR,a prize\n"
    right = "member,amount,currency,reason\nBORIS,5.00,EUR,a prize\nANNA,-1.50,EUR,paid twice\n"
    entries = {"key": "table", "what": "pay", "calendar": "monthly"}

    page = office.texts_of(posted(maker, "table", text=wrong, **entries))
    posted(maker, "table", text=right, **entries)
    sheet = CorrectionSheet.objects.get()
    listed = office.texts_of(maker.get(at("changelist"), {"member": ANNA, "state": "entered"}))
    nobody = office.texts_of(maker.get(at("changelist"), {"member": CELINA}))
    file = b"".join(maker.get(at("rows_file", sheet.pk, "csv"))).decode()

    assert ("line 2" in page, "NOBODY" in page, "line 3" in page) == (True, True, True)
    assert (at("card", sheet.pk) in listed, at("card", sheet.pk) in nobody) == (True, False)
    assert [row.split(",")[0] for row in file.splitlines()[1:]] == [BORIS, ANNA]
    assert "paid twice" in file


def test_the_list_and_the_card_ask_few_queries(members, maker, django_assert_max_num_queries):
    entered(maker, confirmed="yes")
    sheet = CorrectionSheet.objects.get()

    for address in (at("changelist"), at("card", sheet.pk)):
        with django_assert_max_num_queries(15, info=address):
            maker.get(address)


def test_volume_for_a_closed_day_waits_for_an_adjustment_and_leads_to_its_corrections(
    members, maker, checker
):
    entries = {"key": "lost", "member": CELINA, "figure": "pv", "value": "40"}
    entries |= {"counts_on": "2026-10-20", "reason": "an order that was lost", "confirmed": "yes"}
    posted(maker, "volume", **entries)
    sheet = CorrectionSheet.objects.get()
    posted(checker, "approve", sheet.pk, digest=sheet.digest, confirmed="yes")

    waits = office.texts_of(
        maker.post(
            reverse("admin:commissions_adjustment_adjust"),
            {"calendar": "monthly", "reason": "late in October"},
        )
    )

    assert (f"HAND-{sheet.pk}-1" in waits, at("card", sheet.pk) in waits) == (True, True)
