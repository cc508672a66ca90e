"""Payouts asked for, changed and taken back by many at once: no wallet gives more than it holds."""

from __future__ import annotations

import pytest

from tests import payouts, team
from tests.at_once import at_once, refusals
from tests.closing import ANNA
from tests.payouts import NOW, OTHER_IBAN, account, asked, confirmed, held
from upline.foundation import clock, context
from upline.ledger import checking
from upline.ledger.models import Journal
from upline.payouts import batches, providers, services
from upline.payouts.errors import NothingToPay, WalletTooSmall
from upline.payouts.models import Batch, FakePayment, Message, Method, Payout
from upline.payouts.providers import Told
from upline.payouts.providers.fake import FakeProvider

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def members():
    return payouts.members()


@pytest.fixture
def anna(members):
    found = team.login_of(members[ANNA])
    account(found)
    return found


def test_fifty_who_ask_for_one_wallet_at_once_never_overdraw_it(anna):
    # 100.00 EUR hold three times 30.00 EUR.
    found = at_once(*(lambda: asked(anna, 3_000) for _ in range(50)))

    assert sorted(set(refusals(found)), key=str) == [WalletTooSmall]
    assert Payout.objects.count() == 3
    assert (held("wallet:available"), held("wallet:reserved")) == (1_000, 9_000)
    assert checking.findings() == []


def test_one_wish_sent_by_twenty_at_once_is_one_payout(anna):
    found = at_once(*(lambda: asked(anna, 3_000, key="form-1") for _ in range(20)))

    assert len(set(found)) == 1
    assert held("wallet:reserved") == 3_000


def test_money_is_given_back_once_whoever_takes_the_payout_back_at_once(anna):
    number = asked(anna, 3_000)

    def cancels():
        with clock.stopped_at(NOW):
            services.cancel_payout(viewer=anna, payout_id=number)

    at_once(*(cancels for _ in range(10)))

    assert (held("wallet:available"), held("wallet:reserved")) == (10_000, 0)


def test_of_accounts_set_at_once_one_is_in_use_and_what_waits_goes_to_no_other(members, anna):
    confirmed(members[ANNA])

    at_once(
        lambda: account(anna, iban=OTHER_IBAN),
        lambda: asked(anna, 3_000),
        lambda: account(anna, iban=OTHER_IBAN),
        lambda: asked(anna, 3_000),
    )

    assert Method.objects.filter(ended_at__isnull=True).count() == 1
    assert set(Payout.objects.values_list("state", flat=True)) == {"held"}
    assert checking.findings() == []


def on_the_way(members, monkeypatch, fate, minor=4_000):
    """Bring a payout of ANNA to a provider that does this to it."""
    confirmed(members[ANNA])
    number = asked(team.holder_of(members[ANNA]).logins.get(), minor)
    found = FakeProvider(fates={f"payout:{number}": fate})
    monkeypatch.setitem(providers._BY_NAME, "fake", found)
    with clock.stopped_at(NOW):
        with context.working(actor="login:71"):
            batch = services.prepare_batch(provider="fake")
        with context.working(actor="login:72"):
            services.approve_batch(batch_id=batch, digest=batches.contents(batch).digest)
        services.queue_batch(batch_id=batch)
    return number, found


def sends():
    with clock.stopped_at(NOW):
        return services.send_queued()


def test_ten_who_send_at_once_ask_for_a_payment_once(members, anna, monkeypatch):
    number, _ = on_the_way(members, monkeypatch, "pays")

    found = at_once(*(sends for _ in range(10)))

    assert sum(found) == 1
    assert FakePayment.objects.get().times_sent == 1
    assert Payout.objects.get(pk=number).state == "paid"


def test_fifty_copies_of_a_message_pay_once(members, anna, monkeypatch):
    number, fake = on_the_way(members, monkeypatch, "accepts")
    sends()
    body, headers = fake.message(f"payout:{number}", Told.PAID, number="m-1")

    def arrives():
        with clock.stopped_at(NOW):
            return services.receive(provider="fake", body=body, headers=headers)[0]

    found = at_once(*(arrives for _ in range(50)))

    assert sorted(found).count("applied") == 1
    assert (Message.objects.count(), Journal.objects.filter(kind="payout.paid").count()) == (1, 1)


def test_a_storm_of_returns_gives_the_money_back_once(members, anna, monkeypatch):
    number, fake = on_the_way(members, monkeypatch, "pays")
    sends()

    def comes_back(nth):
        body, headers = fake.message(f"payout:{number}", Told.RETURNED, number=f"m-{nth}")

        def arrives():
            with clock.stopped_at(NOW):
                return services.receive(provider="fake", body=body, headers=headers)[0]

        return arrives

    found = at_once(*(comes_back(nth) for nth in range(40)))

    assert sorted(found).count("applied") == 1
    assert (held("wallet:available"), held("wallet:reserved")) == (10_000, 0)
    assert checking.findings() == []


def test_of_two_batches_made_at_once_a_payout_is_in_one(members, anna):
    confirmed(members[ANNA])
    wishes = [asked(anna, 3_000), asked(anna, 3_000)]

    def prepares():
        with clock.stopped_at(NOW), context.working(actor="login:71"):
            return services.prepare_batch(provider="fake")

    found = at_once(prepares, prepares, prepares)

    assert refusals(found) == [NothingToPay, NothingToPay]
    assert set(Payout.objects.filter(pk__in=wishes).values_list("batch", flat=True)) == {
        Batch.objects.get().pk
    }


def test_two_who_approve_a_batch_at_once_approve_it_once_while_its_member_takes_it_back(
    members, anna
):
    confirmed(members[ANNA])
    number = asked(anna, 3_000)
    with clock.stopped_at(NOW), context.working(actor="login:71"):
        batch = services.prepare_batch(provider="fake")
    digest = batches.contents(batch).digest

    def approves(who):
        def does():
            with clock.stopped_at(NOW), context.working(actor=who):
                services.approve_batch(batch_id=batch, digest=digest)

        return does

    def cancels():
        with clock.stopped_at(NOW):
            services.cancel_payout(viewer=anna, payout_id=number)

    at_once(approves("login:72"), cancels, approves("login:73"))

    payout = Payout.objects.get(pk=number)
    assert (payout.state, Batch.objects.get().state) in {
        ("approved", "approved"), ("cancelled", "prepared"),
    }  # fmt: skip
