"""The wallet on the member's pages and on the card of the office."""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import closing, team
from tests.closing import ANNA, BORIS, CELINA
from tests.flows import office
from tests.signing_in import signed_in
from upline.foundation import clock, context
from upline.payouts import services

pytestmark = [pytest.mark.django_db, pytest.mark.pages]

NOVEMBER_13 = datetime(2026, 11, 13, 12, tzinfo=UTC)
NOVEMBER_14 = datetime(2026, 11, 14, 12, tzinfo=UTC)


@pytest.fixture
def members():
    found = closing.opened()
    closing.bought(found[CELINA], "A-1", "200")
    closing.bought(found[BORIS], "A-2", "100")
    closing.closed()
    with context.working(actor="login:1", reason="the law says so"):
        services.set_rule(
            name="return_window_days", value=14, starts_on=date(2026, 1, 1), reason="the law"
        )
    return found


def shown(client, query="", at=NOVEMBER_14):
    with clock.stopped_at(at):
        answer = client.get(reverse("cabinet:wallet") + query)
    assert answer.status_code == 200
    body = re.sub(r"<(script|svg).*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body)).replace("\u00a0", " ")


def settled():
    with clock.stopped_at(NOVEMBER_14):
        services.settle_wallets()


def test_a_member_reads_what_is_accrued_and_from_which_day_it_is_available(members):
    words = shown(signed_in(Client(), team.login_of(members[ANNA])), at=NOVEMBER_13)

    assert "Accrued, not available yet €20.00" in words
    assert "14 Nov 2026 €20.00" in words
    assert "Pay waits 14 days after the end of its period" in words
    assert "Pay of a period: October 2026" in words


def test_what_became_available_stands_in_the_lines_with_its_cause(members):
    settled()
    client = signed_in(Client(), team.login_of(members[ANNA]))

    words = shown(client)
    only_pay = shown(client, "?kind=commissions")

    assert "Nothing is waiting: all that you earned is available." in words
    assert "Becameavailable14Nov2026−€20.00€20.00–" in words.replace(" ", "")
    assert "Became available 14 Nov 2026" not in only_pay
    assert "No line fits these filters." in shown(client, "?year=2025")


def test_a_member_without_pay_is_told_what_arrives_here(members):
    assert "Nothing in your wallet yet" in shown(
        signed_in(Client(), team.login_of(members[CELINA]))
    )


def test_lines_come_as_files_with_days_and_numbers(members):
    settled()
    client = signed_in(Client(), team.login_of(members[ANNA]))

    book = client.get(reverse("cabinet:wallet-export", args=["xlsx"]))
    heads, moved, earned = openpyxl.load_workbook(io.BytesIO(book.content)).active.iter_rows(
        values_only=True
    )
    text = b"".join(
        client.get(reverse("cabinet:wallet-export", args=["csv"]) + "?kind=commissions")
    )

    assert heads[:3] == ("Day", "Cause", "Period")
    assert moved[1:7] == ("Became available", None, -20, 20, 0, "EUR")
    assert earned[0].isoformat() == "2026-10-31T00:00:00"
    assert earned[3:6] == (20, 0, 0)
    assert text.decode("utf-8-sig").splitlines()[1].startswith("2026-10-31,Pay of a period")
    assert client.get(reverse("cabinet:wallet-export", args=["pdf"])).status_code == 404


def test_the_page_asks_few_questions_however_many_lines_there_are(members):
    settled()
    client = signed_in(Client(), team.login_of(members[ANNA]))
    shown(client)

    with CaptureQueriesContext(connection) as asked:
        shown(client)

    assert len(asked) <= 24


def test_the_office_reads_a_wallet_on_the_card_of_the_member(members):
    settled()

    answer = office.client_of("finance").get(
        reverse("admin:network_member_card", args=[ANNA]) + "?tab=wallet"
    )

    words = re.sub(r"<[^>]*>", " ", answer.content.decode())
    assert answer.status_code == 200
    assert "Became available" in words
    assert "Owes us" in words
