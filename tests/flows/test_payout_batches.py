"""Batches by two persons, and providers that time out, repeat themselves, reject and send back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from tests import payouts, team
from tests.closing import ANNA, BORIS
from tests.payouts import NOW, account, asked, confirmed, held
from upline.foundation import clock, context
from upline.ledger import checking
from upline.ledger import queries as books
from upline.payouts import batches, providers, recounting, sending, services
from upline.payouts.errors import (
    BatchDecided,
    BatchDiffers,
    MessageRefused,
    NothingToPay,
    PayoutNotThere,
    PayoutsStopped,
    SecondPersonNeeded,
)
from upline.payouts.models import Batch, FakePayment, Message, Payout, Step, Stop
from upline.payouts.providers import Told
from upline.payouts.providers.fake import SIGNATURE, FakeProvider

pytestmark = pytest.mark.django_db
MAKER, CHECKER = "login:71", "login:72"


@pytest.fixture(autouse=True)
def _everything_adds_up():
    """Count anew what payouts rest on after each test."""
    yield
    assert recounting.findings() == []


@pytest.fixture
def members():
    found = payouts.members()
    for code in (ANNA, BORIS):
        account(team.login_of(found[code]), member=code)
        confirmed(found[code])
    return found


@pytest.fixture
def wishes(members):
    """Let ANNA ask for 40.00 and BORIS for 20.00."""
    return [
        asked(viewer_of(members[ANNA]), 4_000),
        asked(viewer_of(members[BORIS]), 2_000, member=BORIS),
    ]


def viewer_of(member):
    return team.holder_of(member).logins.get()


def prepared(provider="fake", by=MAKER):
    with clock.stopped_at(NOW), context.working(actor=by):
        return services.prepare_batch(provider=provider)


def approved(batch, by=CHECKER, digest=None):
    with clock.stopped_at(NOW), context.working(actor=by):
        services.approve_batch(batch_id=batch, digest=digest or batches.contents(batch).digest)


def queued(provider="fake"):
    batch = prepared(provider)
    approved(batch)
    with clock.stopped_at(NOW):
        services.queue_batch(batch_id=batch)
    return batch


def fake(monkeypatch, fates):
    """Let the fake provider do this to the payments of some keys."""
    found = FakeProvider(fates=fates)
    monkeypatch.setitem(providers._BY_NAME, "fake", found)
    return found


def sent(at=NOW):
    with clock.stopped_at(at):
        return services.send_queued()


def asked_about(minutes):
    with clock.stopped_at(NOW + timedelta(minutes=minutes)):
        return services.ask_about()


def state(number):
    return Payout.objects.get(pk=number).state


def test_a_batch_adds_up_by_currency_and_method_and_names_its_digest(wishes):
    found = batches.contents(prepared())

    assert [(one.currency, one.kind, one.count, str(one.amount), str(one.arriving))
            for one in found.shares] == [("EUR", "iban", 2, "60.00 EUR", "58.00 EUR")]  # fmt: skip
    assert len(found.digest) == 64


def test_whoever_prepared_a_batch_does_not_approve_it(wishes):
    batch = prepared()

    with pytest.raises(SecondPersonNeeded):
        approved(batch, by=MAKER)
    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        Batch.objects.update(state="approved", digest="x", decided_by=MAKER, decided_at=NOW)

    assert Batch.objects.get().state == "prepared"


def test_a_batch_is_approved_as_it_was_looked_at(members, wishes):
    batch = prepared()
    looked_at = batches.contents(batch).digest
    with context.working(actor=MAKER):
        services.remove_from_batch(payout_id=wishes[1], reason="another look")

    with pytest.raises(BatchDiffers):
        approved(batch, digest=looked_at)
    approved(batch)

    assert [state(one) for one in wishes] == ["approved", "draft"]
    with pytest.raises(BatchDecided), context.working(actor=MAKER):
        services.dissolve_batch(batch_id=batch, reason="too late")


def test_what_a_member_takes_back_is_not_in_the_batch_that_is_approved(members, wishes):
    batch = prepared()
    looked_at = batches.contents(batch).digest
    with clock.stopped_at(NOW):
        services.cancel_payout(viewer=viewer_of(members[ANNA]), payout_id=wishes[0])

    with pytest.raises(BatchDiffers):
        approved(batch, digest=looked_at)
    approved(batch)

    with pytest.raises(PayoutNotThere), clock.stopped_at(NOW):
        services.cancel_payout(viewer=viewer_of(members[BORIS]), payout_id=wishes[1])


def test_a_dissolved_batch_gives_its_payouts_to_the_next(wishes):
    with context.working(actor=MAKER):
        services.dissolve_batch(batch_id=prepared(), reason="a mistake")

    assert len(batches.contents(prepared()).payouts) == 2
    with pytest.raises(NothingToPay):
        prepared()


def test_what_is_paid_leaves_the_wallet_and_the_fee_stays(monkeypatch, wishes):
    fake(monkeypatch, {f"payout:{one}": "pays" for one in wishes})
    queued()

    assert sent() == 2
    assert sent() == 0

    assert [state(one) for one in wishes] == ["paid", "paid"]
    assert (held("wallet:reserved"), held("wallet:available")) == (0, 6_000)
    assert books.balance("payouts:fake", "EUR").minor == -5_800
    assert books.balance("fees:payouts", "EUR").minor == -200
    assert list(Step.objects.filter(payout=wishes[0]).values_list("state", flat=True)) == [
        "draft", "approved", "queued", "submitted", "paid",
    ]  # fmt: skip
    assert checking.findings() == []


def test_a_rejected_payout_makes_the_money_available_again(monkeypatch, wishes):
    fake(monkeypatch, {f"payout:{wishes[0]}": "rejects", f"payout:{wishes[1]}": "pays"})
    queued()
    sent()

    failed = Payout.objects.get(pk=wishes[0])
    assert (failed.state, failed.state_reason) == ("failed", "account closed")
    assert (held("wallet:reserved"), held("wallet:available")) == (0, 10_000)


def test_a_payout_without_an_answer_is_asked_about_and_never_sent_again(monkeypatch, wishes):
    took, lost = (f"payout:{one}" for one in wishes)
    fake(monkeypatch, {took: "times_out_and_pays", lost: "times_out"})
    queued()
    sent()
    assert [state(one) for one in wishes] == ["unknown", "unknown"]

    assert asked_about(minutes=4) == 0
    assert asked_about(minutes=6) == 1
    for minutes in (12, 60, 6_000):
        sent(NOW + timedelta(minutes=minutes))
        asked_about(minutes=minutes)

    assert [state(one) for one in wishes] == ["paid", "unknown"]
    assert list(FakePayment.objects.values_list("key", "times_sent")) == [(took, 1)]
    assert held("wallet:reserved", BORIS) == 2_000


def test_what_stays_unknown_is_settled_by_another_person_than_the_maker(monkeypatch, wishes):
    fake(monkeypatch, {f"payout:{one}": "times_out" for one in wishes})
    queued()
    sent()

    with context.working(actor=MAKER), pytest.raises(SecondPersonNeeded):
        services.settle_by_hand(payout_id=wishes[0], told=Told.FAILED, reason="the bank says no")
    with context.working(actor=CHECKER):
        services.settle_by_hand(payout_id=wishes[0], told=Told.FAILED, reason="the bank says no")
        services.settle_by_hand(payout_id=wishes[1], told=Told.PAID, reason="seen at the bank")

    assert [state(one) for one in wishes] == ["failed", "paid"]


def test_a_kill_between_noting_and_asking_leaves_it_to_be_asked_about(monkeypatch, wishes):
    found = fake(monkeypatch, {f"payout:{one}": "pays" for one in wishes})
    queued()

    class Killed(FakeProvider):
        def submit(self, order):
            found.submit(order)
            raise KeyboardInterrupt

    monkeypatch.setitem(providers._BY_NAME, "fake", Killed(fates=found.fates))
    with pytest.raises(KeyboardInterrupt):
        sent()
    monkeypatch.setitem(providers._BY_NAME, "fake", found)
    first = Payout.objects.get(pk=wishes[0])
    assert (first.state, first.key) == ("submitted", f"payout:{wishes[0]}")

    sent()
    asked_about(minutes=6)

    assert [state(one) for one in wishes] == ["paid", "paid"]
    assert set(FakePayment.objects.values_list("times_sent", flat=True)) == {1}


def test_a_late_provider_is_asked_until_it_has_paid(monkeypatch, wishes):
    fake(monkeypatch, {f"payout:{one}": "late" for one in wishes})
    queued()
    sent()

    assert asked_about(minutes=6) == 0
    assert asked_about(minutes=12) == 2


def test_what_comes_back_after_days_is_available_again_with_its_fee(monkeypatch, wishes):
    fake(monkeypatch, {f"payout:{wishes[0]}": "returns", f"payout:{wishes[1]}": "pays"})
    queued()
    sent()

    with clock.stopped_at(NOW + timedelta(days=4)):
        assert services.ask_about_paid() == 1
        assert services.ask_about_paid() == 0

    assert [state(one) for one in wishes] == ["returned", "paid"]
    assert held("wallet:available") == 10_000
    assert books.balance("fees:payouts", "EUR").minor == -100
    assert books.balance("payouts:fake", "EUR").minor == -1_900


def test_a_message_counts_once_in_any_order_and_only_with_its_signature(monkeypatch, wishes):
    found = fake(monkeypatch, {f"payout:{one}": "accepts" for one in wishes})
    queued()
    sent()
    key = f"payout:{wishes[0]}"

    def told(what, number, key=key):
        body, headers = found.message(key, what, number=number)
        with clock.stopped_at(NOW):
            return services.receive(provider="fake", body=body, headers=headers)

    assert told(Told.RETURNED, "m-2") == ["applied"]
    assert told(Told.RETURNED, "m-2") == ["known"]
    assert told(Told.PAID, "m-1") == ["known"]
    assert told(Told.PAID, "m-3", key="payout:999999") == ["strange"]
    with pytest.raises(MessageRefused):
        services.receive(provider="fake", body=b"{}", headers={SIGNATURE: "0"})

    assert state(wishes[0]) == "returned"
    assert held("wallet:available") == 10_000
    assert Message.objects.count() == 3


def test_paid_after_failed_stops_all_payouts(monkeypatch, wishes):
    found = fake(monkeypatch, {f"payout:{one}": "rejects" for one in wishes})
    queued()
    sent()
    body, headers = found.message(f"payout:{wishes[0]}", Told.PAID, number="m-1")

    with clock.stopped_at(NOW):
        assert services.receive(provider="fake", body=body, headers=headers) == ["contradicts"]

    assert Stop.objects.get().reason == sending.CONTRADICTION
    assert state(wishes[0]) == "failed"


def test_the_switch_stops_submitting_at_once(monkeypatch, wishes):
    found = fake(monkeypatch, {f"payout:{one}": "pays" for one in wishes})
    queued()

    class Throws(FakeProvider):
        def submit(self, order):
            with context.working(actor="login:9"):
                services.stop_payouts(reason="something is odd")
            return found.submit(order)

    monkeypatch.setitem(providers._BY_NAME, "fake", Throws(fates=found.fates))
    with pytest.raises(PayoutsStopped):
        sent()

    assert [state(one) for one in wishes] == ["paid", "queued"]
    with pytest.raises(IntegrityError, match="stopped"), transaction.atomic():
        Payout.objects.filter(pk=wishes[1]).update(state="submitted", key=f"payout:{wishes[1]}")


def test_an_account_that_was_changed_is_not_paid_to_though_its_batch_was_approved(
    monkeypatch, members, wishes
):
    fake(monkeypatch, {f"payout:{one}": "pays" for one in wishes})
    queued()
    account(viewer_of(members[ANNA]), iban=payouts.OTHER_IBAN)

    assert sent() == 1

    assert [state(one) for one in wishes] == ["held", "paid"]


def test_a_bank_is_handed_the_same_orders_however_often_its_file_is_written(wishes):
    batch = queued("bank")
    assert sent() == 0

    with clock.stopped_at(NOW):
        first = services.orders_for_bank(batch_id=batch)
        assert services.orders_for_bank(batch_id=batch) == first

    assert [(one.key, str(one.amount), one.holder, one.method.iban) for one in first] == [
        (f"payout:{wishes[0]}", "39.00 EUR", "Anna Test", "PL61109010140000071219812874"),
        (f"payout:{wishes[1]}", "19.00 EUR", "Anna Test", "PL61109010140000071219812874"),
    ]
    assert [state(one) for one in wishes] == ["submitted", "submitted"]
    assert asked_about(minutes=60) == 0


def test_the_fates_of_the_fake_provider_are_told_by_the_seed():
    one, other = FakeProvider(seed="a"), FakeProvider(seed="b")
    keys = [f"payout:{number}" for number in range(400)]

    assert [one.fate_of(key) for key in keys] == [one.fate_of(key) for key in keys]
    assert [one.fate_of(key) for key in keys] != [other.fate_of(key) for key in keys]
    assert {one.fate_of(key) for key in keys} == {
        "pays", "accepts", "late", "rejects", "times_out_and_pays", "times_out", "returns",
    }  # fmt: skip
