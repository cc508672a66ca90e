"""Tax kept from payouts: by the contract of the day, booked by country, refused by name."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from tests import payouts, team
from tests.closing import ANNA
from tests.payouts import NOW, account, asked, confirmed, held
from tests.signing_in import signed_in
from upline.foundation import clock, context
from upline.foundation.models import AuditEntry
from upline.ledger import queries as books
from upline.network.models import Holder
from upline.payouts import batches, moving, recounting, services
from upline.payouts.errors import (
    ContractForbidsPayout,
    ContractMalformed,
    ContractMissing,
    TaxCurrency,
    TaxUnconfirmed,
)
from upline.payouts.models import Contract, Payout
from upline.payouts.providers import Told

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna():
    member = payouts.members()[ANNA]
    found = team.login_of(member)
    account(found)
    confirmed(member)
    return found


def contract(kind, country, starts_on=date(2026, 1, 1)):
    with context.working(actor="login:1"):
        services.record_contract(
            person_id=Holder.objects.get(member__code=ANNA, place=1).person_id,
            country=country,
            kind=kind,
            starts_on=starts_on,
            reason="signed on paper",
        )


def looked_at(rule):
    with context.working(actor="login:1"):
        services.confirm_tax(rule=rule, reason="our adviser wrote")


def told(payout, what):
    """Bring a payout through a batch of the bank, and record what the bank said of it."""
    with clock.stopped_at(NOW):
        with context.working(actor="login:71"):
            batch = services.prepare_batch(provider="bank")
        with context.working(actor="login:72"):
            digest = batches.contents(batch).digest
            services.approve_batch(batch_id=batch, digest=digest)
            services.queue_batch(batch_id=batch)
            services.orders_for_bank(batch_id=batch)
            for one in what:
                services.settle_by_hand(payout_id=payout, told=one, reason="on the statement")


def test_tax_is_counted_with_the_wish_and_booked_to_its_country_when_it_is_paid(anna):
    contract("civil", "BG")
    looked_at("bg-civil-2026")

    payout = Payout.objects.get(pk=asked(anna, 4_000))
    # 75 % of 40.00 is 30.00, of which 10 %.
    assert (payout.tax_minor, payout.tax_rule) == (300, "bg-civil-2026")
    assert moving.arriving(payout).minor == 4_000 - 100 - 300

    told(payout.pk, [Told.PAID])
    assert books.balance("tax:withheld:BG", "EUR").minor == -300
    assert books.balance("fees:payouts", "EUR").minor == -100
    assert books.balance("payouts:bank", "EUR").minor == -3_600
    assert (held("wallet:available"), held("wallet:reserved")) == (6_000, 0)
    assert recounting.findings() == []


def test_what_comes_back_brings_the_tax_with_it(anna):
    contract("civil", "BG")
    looked_at("bg-civil-2026")

    told(asked(anna, 4_000), [Told.PAID, Told.RETURNED])

    assert books.balance("tax:withheld:BG", "EUR").minor == 0
    assert held("wallet:available") == 10_000
    assert recounting.findings() == []


def test_without_a_contract_nothing_is_kept_until_the_company_needs_one(anna):
    payout = Payout.objects.get(pk=asked(anna, 1_000))
    assert (payout.tax_minor, payout.tax_rule, payout.contract) == (0, "", None)

    payouts.rule("contract_needed", 1, currency="")
    with pytest.raises(ContractMissing):
        asked(anna, 1_000)
    assert held("wallet:reserved") == 1_000


def test_a_contract_that_forbids_a_payout_is_refused_before_anything_is_stored(anna):
    contract("self_employed", "RU")

    with pytest.raises(ContractForbidsPayout, match="422-ФЗ"):
        asked(anna, 1_000)
    assert not Payout.objects.exists()
    assert held("wallet:reserved") == 0


def test_a_rule_nobody_looked_at_and_one_of_another_currency_are_refused(anna):
    contract("civil", "PL")
    with pytest.raises(TaxUnconfirmed, match="pl-civil-2022"):
        asked(anna, 1_000)

    looked_at("pl-civil-2022")
    with pytest.raises(TaxCurrency, match="counts in PLN, not in EUR"):
        asked(anna, 1_000)
    assert not Payout.objects.exists()


def test_the_contract_of_the_day_counts_and_each_is_audited(anna):
    contract("self_employed", "RU")
    contract("business", "BG", starts_on=date(2026, 12, 1))
    contract("business", "BG", starts_on=date(2026, 12, 1))
    contract("self_employed", "RU", starts_on=date(2026, 12, 2))

    assert Payout.objects.get(pk=asked(anna, 1_000)).tax_rule == "bg-business"
    assert AuditEntry.objects.filter(act="payouts.record_contract").count() == 3
    with pytest.raises(ContractForbidsPayout):
        asked(anna, 1_000, at=payouts.later(24))


def test_a_kind_or_a_country_that_cannot_be_is_refused():
    for kind, country in [("handshake", "PL"), ("civil", "Poland")]:
        with pytest.raises(ContractMalformed), context.working(actor="login:1"):
            services.record_contract(
                person_id=1, country=country, kind=kind, starts_on=date(2026, 1, 1), reason="x"
            )


def test_postgresql_refuses_a_tax_without_its_rule_and_a_contract_that_changes(anna):
    contract("business", "BG")
    number = asked(anna, 1_000)
    for change in (
        f"UPDATE payouts_payout SET tax_minor = 1 WHERE id = {number}",
        "UPDATE payouts_contract SET kind = 'civil'",
        "DELETE FROM payouts_contract",
    ):
        with (
            pytest.raises(IntegrityError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(change)
    assert Contract.objects.count() == 1


@pytest.mark.pages
def test_a_member_reads_what_is_kept_before_asking_and_after(anna):
    contract("civil", "BG")
    looked_at("bg-civil-2026")
    client = signed_in(Client(), anna)

    with clock.stopped_at(NOW):
        before = client.get(reverse("cabinet:payouts")).content.decode().replace("\u00a0", " ")
    assert "ЗДДФЛ, чл. 29" in before
    assert "7.50" in before

    asked(anna, 4_000)
    with clock.stopped_at(NOW):
        after = client.get(reverse("cabinet:payouts")).content.decode().replace("\u00a0", " ")
    assert "3.00" in after
    assert "36.00" in after


@pytest.mark.pages
def test_a_member_reads_why_the_contract_allows_no_payout(anna):
    contract("self_employed", "RU")

    with clock.stopped_at(NOW):
        read = signed_in(Client(), anna).get(reverse("cabinet:payouts")).content.decode()

    assert "422-ФЗ" in read
    assert "EUR-amount" not in read
