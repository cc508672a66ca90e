"""Two acts on one order at the same time: each happens once, whoever comes first."""

from __future__ import annotations

import threading

import pytest
from django.db import transaction

from tests import shop
from tests.at_once import PATIENCE_SECONDS, at_once, refusals
from upline.money import Money
from upline.orders import errors, services
from upline.orders.locks import order_for_update
from upline.orders.models import Order, Receipt, Refund

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def aiman():
    return shop.opened()


def test_the_same_order_placed_twice_at_once_is_one_order():
    found = at_once(*[shop.placed] * 4)

    assert len(set(found)) == 1
    assert Order.objects.count() == 1
    assert shop.told() == [("placed", found[0])]


def test_one_notice_confirmed_twice_at_once_is_booked_once():
    number = shop.placed()

    def confirm():
        services.confirm_payment(order_number=number, payment=shop.payment())

    assert refusals(at_once(*[confirm] * 4)) == []
    assert shop.held(number) == 21_179
    assert shop.Journal.objects.count() == 1
    assert shop.told() == [("placed", number), ("paid", number)]


def test_of_two_payments_at_once_one_is_refused():
    number = shop.placed()

    found = at_once(
        *[
            lambda receipt=receipt: services.confirm_payment(
                order_number=number, payment=shop.payment(receipt=receipt)
            )
            for receipt in ("a", "b")
        ]
    )

    assert refusals(found) == [errors.OrderNotPayable]
    assert shop.held(number) == 21_179


def test_one_receipt_for_two_orders_at_once_pays_one():
    numbers = [shop.placed("a"), shop.placed("b")]

    found = at_once(
        *[
            lambda number=number: services.confirm_payment(
                order_number=number, payment=shop.payment()
            )
            for number in numbers
        ]
    )

    assert refusals(found) == [errors.ReceiptAlreadyUsed]
    assert sorted(shop.status(number) for number in numbers) == ["paid", "placed"]
    assert sum(shop.held(number) for number in numbers) == 21_179


def test_paying_and_cancelling_at_once_end_in_one_of_both():
    number = shop.placed()

    found = at_once(
        lambda: services.confirm_payment(order_number=number, payment=shop.payment()),
        lambda: services.cancel_order(order_number=number, reason="Changed their mind"),
    )

    status, held = shop.status(number), shop.held(number)
    assert (status, held, refusals(found)) in [
        ("paid", 21_179, [errors.OrderNotCancellable]),
        ("cancelled", 0, [errors.OrderNotPayable]),
    ]


def test_refunds_at_once_never_exceed_the_order():
    number = shop.paid()

    def give_back(reference):
        return lambda: services.refund_amount(
            refund=shop.refund(number, reference), amount=Money(8_000, "PLN")
        )

    found = at_once(*[give_back(reference) for reference in "abc"])

    assert refusals(found) == [errors.NothingLeftToRefund]
    assert shop.held(number) == 5_179
    assert Order.objects.get().refunded_minor == 16_000


def test_one_refund_asked_for_twice_at_once_is_one_refund():
    number = shop.paid()

    found = at_once(*[lambda: services.refund_order(refund=shop.refund(number))] * 4)

    assert len(set(found)) == 1
    assert Refund.objects.count() == 1
    assert shop.held(number) == 0


def test_a_piece_is_sent_or_refunded_but_not_both():
    number = shop.paid(lines=[("TEA", 1)])
    (piece,) = shop.pieces(number, 1)

    found = at_once(
        lambda: services.ship(
            shipment=services.ShipmentDraft(order_number=number, reference="parcel")
        ),
        lambda: services.refund_pieces(refund=shop.refund(number), pieces=[piece]),
    )

    (line,) = shop.lines(number)
    assert line.refunded_quantity == 1
    # The parcel left first, and came back; or the money went first, and nothing left.
    assert (line.shipped_quantity, line.withdrawn_quantity, refusals(found)) in [
        (1, 0, []),
        (0, 1, [errors.OrderNotShippable]),
    ]


def test_waiting_money_pays_one_of_two_orders_at_once():
    numbers = [shop.placed("a"), shop.placed("b")]
    services.record_receipt(payment=shop.payment(), reason="Unclear")

    found = at_once(
        *[
            lambda number=number: services.pay_from_receipts(
                order_number=number, receipts=["pay-1"], reference=f"joined-{number}"
            )
            for number in numbers
        ]
    )

    assert refusals(found) == [errors.PaymentDiffers]
    receipt = Receipt.objects.get()
    assert (receipt.used_minor, receipt.returned_minor) == (21_179, 0)
    assert "suspense:receipts" not in shop.balances()


def test_a_confirmation_waits_for_an_open_act_on_the_order_and_sees_what_it_did():
    number = shop.placed()
    is_held, may_end = threading.Event(), threading.Event()

    def cancel_slowly():
        with transaction.atomic():
            order_for_update(number)
            is_held.set()
            assert may_end.wait(PATIENCE_SECONDS)
            services.cancel_order(order_number=number, reason="Changed their mind")

    def confirm():
        assert is_held.wait(PATIENCE_SECONDS)
        threading.Timer(0.2, may_end.set).start()
        services.confirm_payment(order_number=number, payment=shop.payment())

    assert refusals(at_once(cancel_slowly, confirm)) == [errors.OrderNotPayable]
    assert shop.held(number) == 0
