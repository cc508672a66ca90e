"""One order with all that became of it, for those who may see it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import shop
from tests import team as teams
from upline.money import Money
from upline.network.models import Holder
from upline.network.services import enrolling as services_of_members
from upline.orders import queries, services
from upline.orders.errors import OrderUnknown
from upline.people.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def aiman():
    member = shop.opened()
    person = Person.objects.create(given_name="Aiman")
    Holder.objects.create(member=member, person=person, span=("2026-01-01", None))
    return member


def test_a_card_has_lines_payments_shipments_and_refunds(aiman):
    number = shop.paid()
    services.ship(
        shipment=services.ShipmentDraft(
            order_number=number,
            reference="box-1",
            carrier="Post",
            tracking="T1",
            shipped_at=shop.NOON,
        ),
        pieces=shop.pieces(number, 1),
    )
    services.refund_pieces(refund=shop.refund(number), pieces=shop.pieces(number, 0, 1))

    with CaptureQueriesContext(connection) as asked:
        card = queries.order_card(viewer=teams.staff("support"), number=number)

    tea, cup = card.lines
    assert (tea.sku, tea.name, tea.quantity, tea.shipped, tea.to_send, tea.refunded) == (
        "TEA", "TEA po polsku", 2, 1, 1, 0,
    )  # fmt: skip
    assert (tea.unit, tea.gross) == (Money(9_840, "PLN"), Money(19_680, "PLN"))
    assert (cup.refunded, cup.to_send, cup.refunded_gross) == (1, 0, Money(1_499, "PLN"))
    assert [(one.reference, one.amount, one.account) for one in card.payments] == [
        ("pay-basket-1", Money(21_179, "PLN"), "cash:card")
    ]
    assert [(one.reference, one.carrier, one.pieces[0].quantity) for one in card.shipments] == [
        ("box-1", "Post", 1)
    ]
    assert [(one.reference, one.gross, one.pieces[0].sku) for one in card.refunds] == [
        ("refund-1", Money(1_499, "PLN"), "CUP")
    ]
    assert card.refunded == Money(1_499, "PLN")
    assert card.may == {"refund", "ship", "deliver"}
    assert card.row.member_code == "AIMAN"
    assert len([one for one in asked if "orders_" in one["sql"]]) == 7


def test_money_that_fits_no_order_waits_beside_it(aiman):
    number = shop.placed()
    services.record_receipt(payment=shop.payment(5_000), reason="too little", order_number=number)

    card = queries.order_card(viewer=teams.staff("support"), number=number)

    assert [(one.amount, one.waits) for one in card.payments] == [
        (Money(5_000, "PLN"), Money(5_000, "PLN"))
    ]
    assert card.may == {"pay", "cancel"}


def test_a_member_sees_his_own_order_and_of_a_foreign_one_not_that_it_exists(aiman):
    number = shop.placed()
    services_of_members.next_number()
    foreign = teams.grown({"BORIS": {}})["BORIS"]

    own = queries.order_card(viewer=teams.login_of(aiman), number=number)

    assert own.gross == Money(21_179, "PLN")
    for wanted in (number, "nothing"):
        with pytest.raises(OrderUnknown):
            queries.order_card(
                viewer=teams.login_of(foreign, f"{wanted}@example.com".lower()), number=wanted
            )
