"""Which orders have goods that nobody has sent yet, and how logistics learn of them."""

import pytest
from django.urls import reverse

from tests import shop
from tests.flows import office
from upline.orders import queries, services
from upline.orders.models import Order

pytestmark = pytest.mark.django_db


@pytest.fixture
def orders():
    """Give five orders: only placed, paid, sent in part, all sent, and taken back unsent."""
    office.company()
    found = {name: shop.paid(f"basket-{name}") for name in ("paid", "part", "sent", "taken_back")}
    found["placed"] = shop.placed("basket-placed")
    send(found["part"], shop.pieces(found["part"], 1))
    send(found["sent"], None)
    services.refund_pieces(
        refund=shop.refund(found["taken_back"]), pieces=shop.pieces(found["taken_back"], 2, 1)
    )
    return found


def send(number, pieces):
    draft = services.ShipmentDraft(
        order_number=number,
        reference=f"box-{number}",
        carrier="Post",
        tracking="",
        shipped_at=shop.NOON,
    )
    services.ship(shipment=draft, pieces=pieces)


def test_orders_to_send_are_paid_and_have_pieces_that_nobody_sent_or_took_back(orders):
    found = queries.with_goods_to_send(Order.objects.all())

    assert {one.number for one in found} == {orders["paid"], orders["part"]}


def test_logistics_see_on_the_dashboard_how_many_orders_wait_and_come_to_them(orders):
    logistics = office.client_of("logistics")

    page = office.texts_of(logistics.get(reverse("admin:index")))
    waiting = f"{reverse('admin:orders_order_changelist')}?goods=to_send"

    assert "Orders to be sent" in page
    assert f'href="{waiting}"' in page
    listed = office.texts_of(logistics.get(waiting))
    assert [name for name, number in orders.items() if number in listed] == ["paid", "part"]


def test_who_sends_nothing_is_told_of_no_orders_to_send(orders):
    assert "Orders to be sent" not in office.texts_of(
        office.client_of("marketing").get(reverse("admin:index"))
    )
