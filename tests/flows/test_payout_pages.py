"""The member's pages of payouts: an account entered, money asked for and taken back."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from tests import payouts, team
from tests.closing import ANNA, BORIS
from tests.payouts import NOW, account, asked, held
from tests.signing_in import signed_in
from upline.foundation import clock
from upline.payouts.models import Method, Payout

pytestmark = [pytest.mark.django_db, pytest.mark.pages]


@pytest.fixture
def members():
    return payouts.members()


@pytest.fixture
def anna(members):
    return team.login_of(members[ANNA])


def words_of(answer):
    body = re.sub(r"<(script|svg).*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body)).replace("\u00a0", " ")


def read(client, name="cabinet:payouts"):
    with clock.stopped_at(NOW):
        answer = client.get(reverse(name))
    assert answer.status_code == 200
    return words_of(answer)


def sent(client, name, entries=None, **parts):
    with clock.stopped_at(NOW):
        return client.post(reverse(name, kwargs=parts), entries or {}, follow=True)


def test_a_member_enters_an_account_and_reads_its_last_four_signs_alone(anna):
    client = signed_in(Client(), anna)
    assert "No account yet" in read(client)

    answer = sent(
        client,
        "cabinet:payout-account",
        {"currency": "EUR", "holder": "Anna Test", "account": payouts.PLN_IBAN, "bic": ""},
    )

    words = words_of(answer)
    assert "•••• 2874" in words
    assert "1090" not in words
    assert Method.objects.get().added_by == f"login:{anna.pk}"


def test_an_account_with_a_slip_is_refused_with_its_fault(anna):
    answer = sent(
        signed_in(Client(), anna),
        "cabinet:payout-account",
        {"currency": "EUR", "holder": "Anna", "account": "PL61 1090 1014 0000 0712 1981 2875"},
    )

    assert "check digits do not fit" in words_of(answer)
    assert not Method.objects.exists()


def test_a_member_asks_for_a_payout_once_however_often_the_form_is_sent(anna):
    account(anna)
    client = signed_in(Client(), anna)
    form = {"currency": "EUR", "EUR-amount": "40.00", "EUR-key": "a-wish"}

    sent(client, "cabinet:payouts", form)
    words = words_of(sent(client, "cabinet:payouts", form))

    assert (held("wallet:available"), held("wallet:reserved")) == (6_000, 4_000)
    assert "Held We still have to see who you are" in words
    assert "€ 39.00" in words
    assert Payout.objects.count() == 1


def test_more_than_is_there_is_refused_on_the_form(anna):
    account(anna)

    answer = sent(
        signed_in(Client(), anna),
        "cabinet:payouts",
        {"currency": "EUR", "EUR-amount": "100.01", "EUR-key": "a-wish"},
    )

    assert "€100.01 was asked for; €100.00 is available." in words_of(answer)
    assert not Payout.objects.exists()


def test_a_member_takes_the_own_payout_back_and_no_other(members, anna):
    account(anna)
    number = asked(anna, 4_000)
    boris = signed_in(Client(), team.login_of(members[BORIS]))

    assert sent(boris, "cabinet:payout-cancel", number=number).status_code == 404
    words = words_of(sent(signed_in(Client(), anna), "cabinet:payout-cancel", number=number))

    assert "Taken back" in words
    assert held("wallet:available") == 10_000
