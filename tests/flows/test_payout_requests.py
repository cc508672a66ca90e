"""Accounts and withdrawals: validated, sealed, held where they must be, never overdrawn."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from tests import payouts, team
from tests.closing import ANNA, BORIS
from tests.payouts import NOW, OTHER_IBAN, account, asked, confirmed, euros, held, later
from upline.foundation import clock, context
from upline.foundation.models import Message
from upline.ledger import services as ledger
from upline.ledger.services import EntryDraft
from upline.money import Money
from upline.network.errors import MemberUnknown
from upline.payouts import destinations, holding, methods, services
from upline.payouts.errors import (
    AccountRefused,
    AmountTooSmall,
    MemberOwes,
    MethodBroken,
    MethodMissing,
    PayoutNotThere,
    RuleMissing,
    WalletTooSmall,
)
from upline.payouts.models import Method, Payout, Step
from upline.payouts.orders import IbanAccount, RussianAccount

pytestmark = pytest.mark.django_db


@pytest.fixture
def members():
    return payouts.members()


@pytest.fixture
def anna(members):
    return team.login_of(members[ANNA])


def states(payout):
    return list(Step.objects.filter(payout=payout).values_list("before", "state", "held_for"))


def test_an_iban_is_read_however_it_is_grouped_and_brings_its_bank():
    assert destinations.iban_account("pl61 1090 1014 0000 0712 1981 2874") == IbanAccount(
        iban="PL61109010140000071219812874", bic="WBKPPLPPXXX"
    )
    assert destinations.iban_account("KZ86125KZT5004100100").country == "KZ"


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("PL61 1090 1014 0000 0712 1981 2875", "check digits do not fit"),
        ("PL61 1090 1014", "too few or too many"),
        ("XX61 1090 1014 0000 0712 1981 2874", "no country"),
        ("", "IBAN"),
    ],
)
def test_an_iban_that_cannot_be_is_refused_with_its_fault(typed, fault):
    with pytest.raises(AccountRefused, match=fault):
        destinations.iban_account(typed)


def test_a_russian_account_is_checked_against_the_bic_of_its_bank():
    # The example of the central bank's order about the key of an account.
    found = destinations.russian_account(account="40602810700000000025", bic="049805746")
    assert found == RussianAccount(account="40602810700000000025", bic="049805746")

    with pytest.raises(AccountRefused, match="key does not fit"):
        destinations.russian_account(account="40602810700000000026", bic="049805746")
    with pytest.raises(AccountRefused, match="20 digits"):
        destinations.russian_account(account="4060281070000000002", bic="049805746")
    with pytest.raises(AccountRefused, match="kept in RUB"):
        destinations.check_currency(found, "EUR")


def test_the_database_holds_no_account_in_clear(anna):
    number = account(anna)

    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(m)::text FROM payouts_method AS m")
        kept = cursor.fetchone()[0]
    assert "1090" not in kept
    assert "Anna Test" not in kept
    found = methods.destination_of(Method.objects.get(pk=number))
    assert found.iban == "PL61109010140000071219812874"


def test_an_account_that_was_exchanged_in_the_database_is_not_paid_to(anna):
    number = account(anna)
    with connection.cursor() as cursor:
        stolen = Method(details=destinations.written(destinations.iban_account(OTHER_IBAN)))
        sealed = Method._meta.get_field("details").get_prep_value(stolen.details)
        cursor.execute("UPDATE payouts_method SET details = %s", [sealed])

    with pytest.raises(MethodBroken):
        methods.destination_of(Method.objects.get(pk=number))


def test_a_changed_account_waits_72_hours_and_the_contacts_before_are_told(anna):
    first = account(anna)
    second = account(anna, iban=OTHER_IBAN)

    old, new = Method.objects.get(pk=first), Method.objects.get(pk=second)
    assert (old.usable_from, old.ended_at, old.ended_by) == (NOW, NOW, f"login:{anna.pk}")
    assert (new.usable_from, new.ended_at) == (later(72), None)
    told = Message.objects.filter(name="payouts.method_changed").order_by("id")
    assert [one.body["change"] for one in told] == ["added", "changed"]
    assert [one.shown for one in methods.methods_of(new.member_id)] == ["3000", "2874"]


def test_the_same_account_again_changes_nothing(anna):
    assert account(anna) == account(anna)
    assert Method.objects.count() == 1


def test_the_database_refuses_a_changed_account_without_its_pause(anna):
    account(anna)
    row = Method.objects.get()

    with pytest.raises(IntegrityError, match="waits 72 hours"), transaction.atomic():
        Method.objects.create(
            member=row.member, currency="PLN", kind="iban", shown="1", holder="x", details="{}",
            added_at=NOW, added_by="login:1", usable_from=NOW,
        )  # fmt: skip
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        Method.objects.update(usable_from=later(1))
    with pytest.raises(IntegrityError, match="stand"), transaction.atomic():
        Method.objects.all().delete()


def test_nobody_sets_the_account_of_another(members, anna):
    with pytest.raises(MemberUnknown):
        account(anna, member=BORIS)
    with pytest.raises(MemberUnknown):
        account(team.staff("finance"), member=ANNA)

    assert not Method.objects.exists()


def test_a_request_sets_money_aside_and_waits_for_the_identity(members, anna):
    account(anna)

    number = asked(anna, 4_000)

    assert states(number) == [("", "held", "identity")]
    assert (held("wallet:available"), held("wallet:reserved")) == (6_000, 4_000)

    confirmed(members[ANNA])

    assert states(number)[1:] == [("held", "draft", "")]
    payout = Payout.objects.get(pk=number)
    assert (payout.fee_minor, payout.amount_minor, payout.requested_by) == (
        100, 4_000, f"login:{anna.pk}",
    )  # fmt: skip


def test_a_request_to_a_new_account_waits_until_72_hours_are_over(members, anna):
    account(anna)
    account(anna, iban=OTHER_IBAN)
    confirmed(members[ANNA])
    number = asked(anna, 4_000)
    assert states(number) == [("", "held", "account_new")]

    with clock.stopped_at(later(71)):
        assert holding.look_again(holding.waiting()) == 0
    with clock.stopped_at(later(72)):
        assert holding.look_again(holding.waiting()) == 1

    assert states(number)[1:] == [("held", "draft", "")]


def test_changing_the_account_holds_what_is_not_on_its_way(members, anna):
    account(anna)
    confirmed(members[ANNA])
    number = asked(anna, 4_000)

    account(anna, iban=OTHER_IBAN)

    assert states(number) == [("", "draft", ""), ("draft", "held", "account_ended")]


def test_a_refused_identity_holds_a_payout_again(members, anna):
    account(anna)
    confirmed(members[ANNA])
    number = asked(anna, 4_000)

    with context.working(actor="login:1"):
        services.review_identity(
            person_id=team.holder_of(members[ANNA]).pk,
            is_confirmed=False,
            reason="a false passport",
        )

    assert states(number)[1:] == [("draft", "held", "identity")]


def test_the_same_wish_twice_is_one_payout(anna):
    account(anna)

    assert asked(anna, 4_000, key="form-1") == asked(anna, 4_000, key="form-1")
    assert held("wallet:reserved") == 4_000


def test_what_is_not_there_is_refused_and_nothing_is_written(members, anna):
    with pytest.raises(MethodMissing):
        asked(anna, 4_000)
    account(anna)

    with pytest.raises(WalletTooSmall, match=r"100\.00 EUR"):
        asked(anna, 10_001)
    with pytest.raises(AmountTooSmall, match=r"1\.01 EUR"):
        asked(anna, 100)
    payouts.rule("payout_minimum_minor", 2_000)
    with pytest.raises(AmountTooSmall, match=r"20\.00 EUR"):
        asked(anna, 1_999)
    with pytest.raises(MemberUnknown):
        asked(anna, 4_000, member=BORIS)

    assert not Payout.objects.exists()
    assert held("wallet:available") == 10_000


def test_without_a_fee_for_the_currency_nothing_is_paid_out(anna):
    account(anna, currency="PLN")

    with pytest.raises(RuleMissing, match="payout_fee_minor"), clock.stopped_at(NOW):
        services.request_payout(viewer=anna, member=ANNA, amount=Money(500, "PLN"), key="a")


def test_who_owes_is_paid_when_the_debt_is_gone(anna):
    account(anna)
    ledger.post(
        key="owed", kind="commissions.adjustment", effective_on=NOW.date(),
        entries=[
            EntryDraft(f"commissions:payable:{ANNA}", euros(1)),
            EntryDraft("commissions:expense:levels", euros(-1)),
        ],
    )  # fmt: skip

    with pytest.raises(MemberOwes, match=r"0\.01 EUR"):
        asked(anna, 4_000)


def test_a_member_takes_a_payout_back_and_the_money_is_available_again(members, anna):
    account(anna)
    number = asked(anna, 4_000)
    boris = team.login_of(members[BORIS])

    with pytest.raises(MemberUnknown):
        services.cancel_payout(viewer=boris, payout_id=number)
    with clock.stopped_at(NOW):
        services.cancel_payout(viewer=anna, payout_id=number)
        services.cancel_payout(viewer=anna, payout_id=number)

    assert states(number)[1:] == [("held", "cancelled", "")]
    assert (held("wallet:available"), held("wallet:reserved")) == (10_000, 0)


def test_staff_holds_a_payout_and_only_staff_lets_it_go(members, anna):
    account(anna)
    confirmed(members[ANNA])
    number = asked(anna, 4_000)

    with clock.stopped_at(NOW), context.working(actor="login:7"):
        services.hold(payout_id=number, reason="a strange order")
        assert holding.look_again(holding.waiting()) == 0
        services.let_go(payout_id=number, reason="all is well")
        with pytest.raises(PayoutNotThere):
            services.let_go(payout_id=number, reason="all is well")

    assert states(number) == [
        ("", "draft", ""), ("draft", "held", "staff"), ("held", "draft", ""),
    ]  # fmt: skip
    assert Step.objects.filter(payout=number)[1].reason == "a strange order"


def test_wallets_at_the_threshold_are_paid_out_by_themselves_once_a_day(members, anna):
    account(anna)
    payouts.rule("payout_threshold_minor", 6_000)

    with clock.stopped_at(NOW):
        assert services.request_due() == 1
        assert services.request_due() == 0

    payout = Payout.objects.get()
    assert (payout.member.code, payout.amount_minor, payout.origin) == (ANNA, 10_000, "threshold")


def test_the_database_lets_no_payout_go_out_of_turn_or_change_what_it_says(members, anna):
    account(anna)
    confirmed(members[ANNA])
    asked(anna, 4_000)

    for change in (
        {"state": "paid"},
        {"state": "approved"},
        {"amount_minor": 9_000},
        {"key": "payout:1"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Payout.objects.update(**change)
    with pytest.raises(IntegrityError, match="stand"), transaction.atomic():
        Payout.objects.all()._raw_delete("default")
    with pytest.raises(IntegrityError, match="with its payout"), transaction.atomic():
        Step.objects.create(payout=Payout.objects.get(), state="paid", at=NOW, by="x")


def test_the_database_refuses_a_state_without_its_journal(members, anna):
    account(anna)
    asked(anna, 4_000)

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(IntegrityError, match="where open payouts take 0"), transaction.atomic():
        Payout.objects.update(state="cancelled", held_for="")
