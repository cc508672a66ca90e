"""An order's life: placed, paid, sent, refunded, cancelled; each act once, however often asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tests import shop
from upline.catalog.errors import PriceMissing
from upline.foundation import ids
from upline.money import Money
from upline.network.models import Member
from upline.orders import errors, queries, services
from upline.orders.models import Order, Receipt

pytestmark = pytest.mark.django_db

PAID = {"cash:card": 21_179, "sales:goods": -17_219, "tax:vat:PL": -3_960}


@pytest.fixture(autouse=True)
def aiman():
    return shop.opened()


# --- placing ------------------------------------------------------------------------------------


def test_an_order_keeps_a_copy_of_every_figure_used(aiman):
    number = shop.placed()

    facts = queries.order_facts(number)
    tea, cup = facts.lines
    assert (facts.number, facts.member_id, facts.customer, facts.kind) == (
        number,
        aiman.pk,
        None,
        "own",
    )
    assert (facts.market, facts.currency, facts.occurred_at, facts.paid_at) == (
        "PL",
        "PLN",
        shop.NOON,
        None,
    )
    assert (tea.sku, tea.quantity, tea.volumes) == (
        "TEA",
        2,
        {"pv": Decimal(40), "cv": Decimal(129)},
    )
    # 2 x 98.40 with 23 % tax; retail 2 x 123.00, without it.
    assert [one.minor for one in (tea.net, tea.tax, tea.gross, tea.retail)] == [
        16_000,
        3_680,
        19_680,
        20_000,
    ]
    assert [one.minor for one in (cup.net, cup.tax, cup.gross, cup.retail)] == [
        1_219,
        280,
        1_499,
        1_625,
    ]
    assert shop.told() == [("placed", number)]
    assert shop.balances() == {}


def test_what_is_copied_stays_when_the_price_list_changes():
    number = shop.placed()
    before = queries.order_facts(number)

    shop.catalog.set_price(
        price=shop.catalog.PriceDraft(
            sku="TEA",
            audience="partner",
            market="PL",
            amount=Money(1, "PLN"),
            volumes={},
            starts_at=shop.NOON - timedelta(days=1),
        )
    )

    assert queries.order_facts(number) == before


def test_tax_is_added_where_prices_are_without_it(aiman):
    shop.catalog.define_market(
        market=shop.catalog.MarketDraft(
            code="PL",
            name="Polska",
            country="PL",
            currency="PLN",
            language="pl",
            prices_include_tax=False,
            time_zone="Europe/Warsaw",
        )
    )

    (line,) = queries.order_facts(shop.placed(lines=[("CUP", 3)])).lines

    assert [one.minor for one in (line.net, line.tax, line.gross)] == [4_497, 1_034, 5_531]


def test_an_order_placed_again_is_the_same_order():
    number = shop.placed()

    assert shop.placed() == number
    assert shop.placed(placed_at=shop.NOON + timedelta(minutes=1)) == number
    assert Order.objects.count() == 1
    assert shop.told() == [("placed", number)]


def test_a_reference_used_for_another_order_is_refused():
    shop.placed()
    before = shop.written()

    with pytest.raises(errors.ReferenceUsedOtherwise, match="basket-1"):
        shop.placed(lines=[("TEA", 3)])

    assert shop.written() == before


def test_numbers_have_a_check_character():
    first, second = shop.placed("a"), shop.placed("b")

    assert int(second[:-1]) == int(first[:-1]) + 1
    assert ids.read_code(first.lower()) == first


def test_a_number_that_a_loaded_order_has_is_left_out():
    first = shop.placed("a")
    following = str(int(first[:-1]) + 1)
    Order.objects.filter(number=first).update(number=following + ids.check_character(following))

    assert shop.placed("b")[:-1] == str(int(following) + 1)


@pytest.mark.parametrize(
    ("refusal", "named"),
    [
        (errors.OrderEmpty, {"lines": []}),
        (errors.OrderEmpty, {"lines": [("TEA", 1), ("CUP", 0)]}),
        (errors.BuyerUnclear, {"customer": "C-1"}),
        (errors.BuyerUnclear, {"member_id": None}),
        (errors.BuyerUnclear, {"kind": "customer"}),
        (errors.MemberCannotOrder, {"member_id": 0}),
        (PriceMissing, {"currency": "EUR"}),
        (PriceMissing, {"placed_at": shop.NEW_YEAR - timedelta(days=1)}),
    ],
)
def test_an_order_that_cannot_be_is_refused_and_nothing_is_written(refusal, named):
    with pytest.raises(refusal):
        shop.placed(**named)

    assert shop.written() == ([], [], [], [], 0, 0)


@pytest.mark.parametrize(
    ("status", "kind", "may"),
    [
        ("active", "own", True),
        ("frozen", "own", False),
        ("frozen", "customer", True),
        ("terminated", "own", False),
        ("terminated", "customer", False),
    ],
)
def test_who_is_frozen_buys_nothing_but_is_credited_and_who_has_left_is_neither(
    aiman, status, kind, may
):
    Member.objects.update(status=status)
    customer = {"customer": "C-1"} if kind == "customer" else {}

    if may:
        assert shop.placed(kind=kind, **customer)
    else:
        with pytest.raises(errors.MemberCannotOrder, match=status):
            shop.placed(kind=kind, **customer)


# --- paying -------------------------------------------------------------------------------------


def test_a_payment_is_booked_as_sales_and_tax_and_told():
    number = shop.placed()

    services.confirm_payment(order_number=number, payment=shop.payment())

    assert shop.status(number) == "paid"
    assert shop.balances() == PAID
    assert shop.told() == [("placed", number), ("paid", number)]
    assert queries.order_facts(number).paid_at == shop.NOON


def test_a_repeated_receipt_changes_nothing():
    number = shop.paid()
    before = shop.written()

    services.confirm_payment(order_number=number, payment=shop.payment(receipt="pay-basket-1"))

    assert shop.written() == before


def test_the_day_of_a_payment_is_that_of_the_market():
    number = shop.placed()
    late = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)

    services.confirm_payment(order_number=number, payment=shop.payment(at=late))

    assert str(shop.Journal.objects.get().effective_on) == "2026-12-01"


def test_an_order_that_costs_nothing_is_paid_without_a_journal():
    number = shop.paid(lines=[("LEAFLET", 1)])

    assert shop.status(number) == "paid"
    assert shop.Journal.objects.count() == 0


@pytest.mark.parametrize(
    ("refusal", "payment"),
    [
        (errors.PaymentDiffers, shop.payment(21_178)),
        (errors.PaymentDiffers, shop.payment(21_180)),
        (errors.PaymentInOtherCurrency, shop.payment(currency="EUR")),
    ],
)
def test_another_sum_or_currency_is_refused_and_nothing_is_written(refusal, payment):
    number = shop.placed()
    before = shop.written()

    with pytest.raises(refusal, match=number):
        services.confirm_payment(order_number=number, payment=payment)

    assert shop.written() == before


def test_a_cancelled_order_refuses_money_and_books_nothing():
    number = shop.placed()
    services.cancel_order(order_number=number, reason="Changed their mind")
    before = shop.written()

    with pytest.raises(errors.OrderNotPayable, match="cancelled"):
        services.confirm_payment(order_number=number, payment=shop.payment())

    assert shop.written() == before


def test_a_second_payment_of_a_paid_order_is_refused_and_books_nothing():
    number = shop.paid()
    before = shop.written()

    with pytest.raises(errors.OrderNotPayable, match="is paid"):
        services.confirm_payment(order_number=number, payment=shop.payment(receipt="pay-77"))

    assert shop.written() == before


def test_a_receipt_pays_one_order():
    shop.paid()
    other = shop.placed("basket-2")
    before = shop.written()

    with pytest.raises(errors.ReceiptAlreadyUsed, match="it paid order"):
        services.confirm_payment(order_number=other, payment=shop.payment(receipt="pay-basket-1"))

    assert shop.written() == before


def test_a_payment_of_an_unknown_order_is_refused():
    with pytest.raises(errors.OrderUnknown, match="A-17"):
        services.confirm_payment(order_number="A-17", payment=shop.payment())


# --- money that fits no order -------------------------------------------------------------------


def test_money_that_fits_no_order_waits_and_is_given_back():
    for _ in range(2):
        services.record_receipt(payment=shop.payment(5_000), reason="Paid after cancelling")
    assert shop.balances() == {"cash:card": 5_000, "suspense:receipts": -5_000}

    for _ in range(2):
        services.return_receipt(receipt="pay-1", reason="Nobody knows what it is for")

    assert shop.balances() == {}
    assert shop.Journal.objects.count() == 2


def test_two_part_payments_pay_an_order_and_the_rest_waits():
    number = shop.placed()
    services.record_receipt(payment=shop.payment(20_000, receipt="a"), reason="Too little")
    services.record_receipt(payment=shop.payment(2_000, receipt="b"), reason="The rest, and more")

    for _ in range(2):
        services.pay_from_receipts(order_number=number, receipts=["a", "b"], reference="joined")

    assert shop.status(number) == "paid"
    assert shop.balances() == {**PAID, "cash:card": 22_000, "suspense:receipts": -821}
    assert shop.told() == [("placed", number), ("paid", number)]
    services.return_receipt(receipt="b", reason="Paid too much")
    assert shop.balances() == PAID


def test_waiting_money_that_is_not_enough_pays_nothing():
    number = shop.placed()
    services.record_receipt(payment=shop.payment(20_000, receipt="a"), reason="Too little")
    before = shop.written()

    with pytest.raises(errors.PaymentDiffers):
        services.pay_from_receipts(order_number=number, receipts=["a", "a"], reference="joined")
    with pytest.raises(errors.ReceiptUnknown, match="b"):
        services.pay_from_receipts(order_number=number, receipts=["a", "b"], reference="joined")

    assert shop.written() == before


def test_waiting_money_of_another_currency_pays_nothing():
    number = shop.placed()
    services.record_receipt(payment=shop.payment(99_000, currency="EUR"), reason="Wrong currency")
    before = shop.written()

    with pytest.raises(errors.PaymentInOtherCurrency):
        services.pay_from_receipts(order_number=number, receipts=["pay-1"], reference="joined")

    assert shop.written() == before
    assert Receipt.objects.get().used_minor == 0


def test_a_receipt_is_either_a_payment_or_waits():
    number = shop.paid()
    before = shop.written()

    with pytest.raises(errors.ReceiptAlreadyUsed, match=number):
        services.record_receipt(
            payment=shop.payment(1, receipt="pay-basket-1"), reason="Came again"
        )
    assert shop.written() == before

    other = shop.placed("basket-2")
    services.record_receipt(payment=shop.payment(receipt="waits"), reason="Unclear")
    with pytest.raises(errors.ReceiptAlreadyUsed, match="it waits"):
        services.confirm_payment(order_number=other, payment=shop.payment(receipt="waits"))


# --- cancelling ---------------------------------------------------------------------------------


def test_a_placed_order_is_cancelled_once_and_no_money_moves():
    number = shop.placed()

    for _ in range(2):
        services.cancel_order(order_number=number, reason="Changed their mind")

    assert shop.status(number) == "cancelled"
    assert shop.told() == [("placed", number), ("cancelled", number)]
    assert shop.Journal.objects.count() == 0


def test_a_paid_order_is_not_cancelled():
    number = shop.paid()
    before = shop.written()

    with pytest.raises(errors.OrderNotCancellable, match="Refund it"):
        services.cancel_order(order_number=number, reason="Changed their mind")

    assert shop.written() == before


# --- sending ------------------------------------------------------------------------------------


def sent(number, reference="parcel-1", **named):
    return services.ShipmentDraft(
        order_number=number, reference=reference, shipped_at=shop.NOON, **named
    )


def test_an_order_is_sent_in_parts_and_arrives_in_parts():
    number = shop.paid()

    services.ship(shipment=sent(number), pieces=shop.pieces(number, 1))
    assert shop.status(number) == "partly_shipped"
    services.deliver(shipment_reference="parcel-1", delivered_at=shop.NOON)
    assert shop.status(number) == "partly_shipped"
    services.ship(shipment=sent(number, "parcel-2"))
    assert shop.status(number) == "shipped"
    services.deliver(shipment_reference="parcel-2", delivered_at=shop.NOON)

    assert shop.status(number) == "delivered"
    assert [(one.shipped_quantity, one.delivered_quantity) for one in shop.lines(number)] == [
        (2, 2),
        (1, 1),
    ]
    assert [name for name, _ in shop.told()] == [
        "placed",
        "paid",
        "shipped",
        "delivered",
        "shipped",
        "delivered",
    ]


def test_a_shipment_and_a_delivery_said_again_change_nothing():
    number = shop.paid()
    first = services.ship(shipment=sent(number), pieces=shop.pieces(number, 1))
    services.deliver(shipment_reference="parcel-1", delivered_at=shop.NOON)
    before = shop.written()

    assert services.ship(shipment=sent(number), pieces=shop.pieces(number, 1)) == first
    services.deliver(shipment_reference="parcel-1", delivered_at=shop.NOON)

    assert shop.written() == before


def test_what_cannot_be_sent_is_refused_and_nothing_is_written():
    number = shop.paid()
    unpaid = shop.placed("basket-2")
    services.ship(shipment=sent(number), pieces=shop.pieces(number, 1))
    before = shop.written()

    with pytest.raises(errors.NothingToShip, match="1 pieces to send, not 2"):
        services.ship(shipment=sent(number, "parcel-2"), pieces=shop.pieces(number, 2))
    with pytest.raises(errors.OrderNotShippable, match="placed"):
        services.ship(shipment=sent(unpaid, "parcel-2"))
    with pytest.raises(errors.LineUnknown):
        services.ship(shipment=sent(number, "parcel-2"), pieces=shop.pieces(unpaid, 1))
    with pytest.raises(errors.ReferenceUsedOtherwise, match="parcel-1"):
        services.ship(shipment=sent(number), pieces=shop.pieces(number, 2))
    with pytest.raises(errors.ShipmentUnknown, match="parcel-2"):
        services.deliver(shipment_reference="parcel-2")
    with pytest.raises(errors.DeliveredBeforeShipped, match="parcel-1"):
        services.deliver(shipment_reference="parcel-1", delivered_at=shop.NOON - timedelta(hours=1))

    assert shop.written() == before


# --- refunding ----------------------------------------------------------------------------------


def test_a_whole_refund_books_the_opposite_and_is_told():
    number = shop.paid()

    refund_id = services.refund_order(refund=shop.refund(number))

    assert shop.balances() == {}
    assert shop.told()[-1] == ("refunded", number)
    taken, ordered = queries.refund_facts(refund_id), queries.order_facts(number)
    assert taken.lines == ordered.lines
    assert (taken.number, taken.occurred_at, taken.member_id) == (
        number,
        shop.NOON,
        ordered.member_id,
    )


def test_a_refund_said_again_is_the_same_refund():
    number = shop.paid()
    first = services.refund_amount(refund=shop.refund(number), amount=Money(100, "PLN"))
    before = shop.written()

    assert services.refund_amount(refund=shop.refund(number), amount=Money(100, "PLN")) == first
    with pytest.raises(errors.ReferenceUsedOtherwise, match="refund-1"):
        services.refund_amount(refund=shop.refund(number), amount=Money(101, "PLN"))
    with pytest.raises(errors.ReferenceUsedOtherwise, match="refund-1"):
        services.refund_order(refund=shop.refund(number))

    assert shop.written() == before


def test_a_piece_takes_its_share_of_tax_and_volumes():
    number = shop.paid()

    refund_id = services.refund_pieces(refund=shop.refund(number), pieces=shop.pieces(number, 1))

    (tea,) = queries.refund_facts(refund_id).lines
    assert [one.minor for one in (tea.net, tea.tax, tea.gross, tea.retail)] == [
        8_000,
        1_840,
        9_840,
        10_000,
    ]
    assert (tea.quantity, tea.volumes) == (1, {"pv": Decimal(20), "cv": Decimal("64.5")})
    assert shop.balances() == {
        "cash:card": 11_339,
        "sales:goods": -9_219,
        "tax:vat:PL": -2_120,
    }


def test_an_amount_is_shared_over_lines_net_and_tax_without_losing_a_cent():
    number = shop.paid()

    refund_id = services.refund_amount(refund=shop.refund(number), amount=Money(1_000, "PLN"))

    tea, cup = queries.refund_facts(refund_id).lines
    assert [(one.net.minor, one.tax.minor, one.quantity) for one in (tea, cup)] == [
        (755, 174, 0),
        (58, 13, 0),
    ]
    # 40 x 929 of 19,680, in two decimals; 3.333333 x 71 of 1,499, in its six.
    assert tea.volumes["pv"] == Decimal("1.89")
    assert cup.volumes["pv"] == Decimal("0.157883")
    assert shop.held(number) == 20_179


def test_the_amount_of_one_line_leaves_the_others_alone():
    number = shop.paid()
    cup = shop.lines(number)[1]

    refund_id = services.refund_amount(
        refund=shop.refund(number), amount=Money(1_499, "PLN"), line_id=cup.pk
    )

    (taken,) = queries.refund_facts(refund_id).lines
    assert (taken.line_id, taken.quantity, taken.gross.minor) == (cup.pk, 1, 1_499)


def test_several_refunds_end_when_nothing_is_left():
    number = shop.paid()
    services.refund_pieces(refund=shop.refund(number, "a"), pieces=shop.pieces(number, 1))
    services.refund_amount(refund=shop.refund(number, "b"), amount=Money(333, "PLN"))
    services.refund_order(refund=shop.refund(number, "c"))
    before = shop.written()

    assert shop.balances() == {}
    assert Order.objects.get().refunded_minor == 21_179
    with pytest.raises(errors.NothingLeftToRefund):
        services.refund_order(refund=shop.refund(number, "d"))
    with pytest.raises(errors.NothingLeftToRefund):
        services.refund_amount(refund=shop.refund(number, "d"), amount=Money(1, "PLN"))
    with pytest.raises(errors.NothingLeftToRefund):
        services.refund_pieces(refund=shop.refund(number, "d"), pieces=shop.pieces(number, 1))
    assert shop.written() == before


def test_what_cannot_be_refunded_is_refused_and_nothing_is_written():
    number = shop.paid()
    unpaid = shop.placed("basket-2")
    before = shop.written()

    with pytest.raises(errors.NothingLeftToRefund, match=r"211\.79 PLN"):
        services.refund_amount(refund=shop.refund(number), amount=Money(21_180, "PLN"))
    with pytest.raises(errors.NothingLeftToRefund, match="EUR"):
        services.refund_amount(refund=shop.refund(number), amount=Money(1, "EUR"))
    with pytest.raises(errors.NothingLeftToRefund, match="2 pieces of line 1"):
        services.refund_pieces(refund=shop.refund(number), pieces=shop.pieces(number, 3))
    with pytest.raises(errors.LineUnknown):
        services.refund_pieces(refund=shop.refund(number), pieces=shop.pieces(unpaid, 1))
    with pytest.raises(errors.OrderNotRefundable, match="Cancel"):
        services.refund_order(refund=shop.refund(unpaid))

    assert shop.written() == before


def test_refunded_pieces_are_not_sent_and_nobody_waits_for_them():
    number = shop.paid()
    services.ship(shipment=sent(number), pieces=shop.pieces(number, 1))

    services.refund_pieces(refund=shop.refund(number), pieces=shop.pieces(number, 1, 1))

    assert shop.status(number) == "shipped"
    with pytest.raises(errors.OrderNotShippable):
        services.ship(shipment=sent(number, "parcel-2"))


def test_goods_that_came_back_leave_an_order_delivered():
    number = shop.paid()
    services.ship(shipment=sent(number))
    services.deliver(shipment_reference="parcel-1", delivered_at=shop.NOON)

    services.refund_order(refund=shop.refund(number))

    assert shop.status(number) == "delivered"
    assert [one.withdrawn_quantity for one in shop.lines(number)] == [0, 0]


def test_a_refund_may_go_out_of_another_account():
    number = shop.paid()

    services.refund_order(refund=shop.refund(number, paid_from="cash:bank"))

    assert shop.balances() == {"cash:card": 21_179, "cash:bank": -21_179}
