"""Lists of orders: who sees which, in pages that do not shift, with as many queries for any size."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests import shop
from upline.money import Money
from upline.network.models import Holder
from upline.orders import queries, services
from upline.orders.models import Order
from upline.orders.queries import OrderFilter
from upline.people.models import Login, Person, RoleGrant

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def aiman():
    return shop.opened()


@pytest.fixture
def clerk():
    return login("clerk@example.com", role="support")


def login(email, *, role="", person=None):
    made = Login.objects.create_user(email)
    made.person = person
    made.save()
    if role:
        RoleGrant.objects.create(login=made, role=role)
    return made


def numbers(viewer, **wanted):
    page = queries.order_list(viewer=viewer, wanted=OrderFilter(**wanted))
    return [one.number for one in page.rows]


def many(count):
    """Place orders, the later the newer; give their numbers, the newest first."""
    return [
        shop.placed(f"basket-{place}", placed_at=shop.NOON + timedelta(hours=place))
        for place in range(count)
    ][::-1]


def test_a_row_says_what_a_list_shows(clerk):
    number = shop.paid()
    services.refund_amount(refund=shop.refund(number), amount=Money(500, "PLN"))

    (row,) = queries.order_list(viewer=clerk).rows
    assert row == queries.OrderRow(
        number=number,
        status="paid",
        kind="own",
        channel="store",
        market="PL",
        member_code="AIMAN",
        customer=None,
        gross=Money(21_179, "PLN"),
        refunded=Money(500, "PLN"),
        placed_at=shop.NOON,
        paid_at=shop.NOON,
    )


def test_a_member_sees_the_orders_of_positions_held_today_and_staff_see_all(aiman, clerk):
    Holder.objects.all().delete()
    boris = shop.member("BORIS", 2)
    person, other = (Person.objects.create(given_name=name) for name in ("Aiman", "Boris"))
    started, ended = date(2026, 1, 1), date(2026, 2, 1)
    Holder.objects.create(member=aiman, person=person, span=(started, None))
    Holder.objects.create(member=boris, person=person, span=(started, ended))
    Holder.objects.create(member=boris, person=other, span=(ended, None))
    first, second = shop.placed("a"), shop.placed("b", member_id=boris.pk)

    assert numbers(clerk) == [second, first]
    assert numbers(login("aiman@example.com", role="member", person=person)) == [first]
    assert numbers(login("boris@example.com", role="member", person=other)) == [second]
    assert numbers(login("nobody@example.com", role="content")) == []


def test_who_is_barred_from_signing_in_sees_nothing(aiman):
    person = Person.objects.create(given_name="Aiman")
    Holder.objects.create(member=aiman, person=person, span=(date(2026, 1, 1), None))
    shop.placed()
    barred = login("aiman@example.com", role="member", person=person)
    barred.is_active = False
    barred.save()

    assert numbers(barred) == []


def test_pages_neither_skip_nor_repeat_when_orders_come_in_meanwhile(clerk):
    expected = many(5)
    Order.objects.filter(number__in=expected[1:4]).update(placed_at=shop.NOON)
    order = [one.number for one in Order.objects.order_by("-placed_at", "-pk")]

    first = queries.order_list(viewer=clerk, size=2)
    shop.placed("newest", placed_at=shop.NOON + timedelta(days=1))
    second = queries.order_list(viewer=clerk, size=2, after=first.following)
    third = queries.order_list(viewer=clerk, size=2, after=second.following)

    found = [one.number for page in (first, second, third) for one in page.rows]
    assert found == order
    assert third.following is None


def test_filters_narrow_the_list(aiman, clerk):
    boris = shop.member("BORIS", 2)
    own = shop.placed("a")
    customers = shop.paid(
        "b",
        kind="customer",
        customer="C-1",
        audience="customer",
        channel="phone",
        member_id=boris.pk,
        placed_at=shop.NOON + timedelta(days=1),
    )
    services.refund_order(refund=shop.refund(customers))

    for wanted in (
        {"statuses": ["placed", "cancelled"]},
        {"kind": "own"},
        {"channel": "store"},
        {"member_id": aiman.pk},
        {"number": own},
        {"has_refund": False},
        {"placed_before": shop.NOON + timedelta(days=1)},
    ):
        assert numbers(clerk, **wanted) == [own], wanted
    for wanted in (
        {"statuses": ["paid"]},
        {"customer": "C-1"},
        {"has_refund": True},
        {"placed_from": shop.NOON + timedelta(days=1)},
    ):
        assert numbers(clerk, **wanted) == [customers], wanted
    assert numbers(clerk, market="BG") == []
    assert numbers(clerk, market="PL") == [customers, own]


@pytest.mark.parametrize("count", [1, 12])
def test_staff_take_two_queries_however_many_rows(clerk, count, django_assert_num_queries):
    many(count)

    with django_assert_num_queries(2):
        page = queries.order_list(viewer=clerk)

    assert len(page.rows) == count


@pytest.mark.parametrize("count", [1, 12])
def test_a_member_takes_as_many_queries_however_many_rows(aiman, count, django_assert_num_queries):
    person = Person.objects.create(given_name="Aiman")
    Holder.objects.create(member=aiman, person=person, span=(date(2026, 1, 1), None))
    viewer = login("aiman@example.com", role="member", person=person)
    many(count)

    # Roles and Django's own permissions three, the company's day one, positions three, orders one.
    with django_assert_num_queries(5):
        page = queries.order_list(viewer=viewer)

    assert len(page.rows) == count
