"""Orders become volume facts: once, whole or opposite, the same whichever way they came in."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import shop
from upline.commissions import errors, facts, loaded
from upline.commissions.facts import FactDraft, record_volume
from upline.commissions.models import VolumeFact
from upline.foundation import outbox
from upline.money import Money
from upline.orders import queries as orders
from upline.orders import services
from upline.orders.events import OrderPaid, OrderRefunded, OrdersLoaded
from upline.orders.models import Load, Order

pytestmark = pytest.mark.django_db

# Two pieces of tea and a cup at the partner's price, with 23 % tax in it.
BASKET = {
    "price": "211.79", "net": "172.19", "tax": "39.6", "retail": "216.25",
    "pv": "43.333333", "cv": "129",
}  # fmt: skip


@pytest.fixture
def aiman():
    return shop.opened()


def fact(key):
    return VolumeFact.objects.get(key=key)


def sums():
    """What all facts add up to, without what is nothing."""
    found = {}
    for figures in VolumeFact.objects.values_list("figures", flat=True):
        for name, text in figures.items():
            found[name] = found.get(name, Decimal(0)) + Decimal(text)
    return {name: value for name, value in found.items() if value}


def test_a_paid_order_is_a_fact_of_its_member_at_the_moment_of_payment(aiman):
    number = shop.paid()
    outbox.drain()

    found = fact(f"order:{number}")

    assert (found.member_id, found.occurred_at) == (aiman.pk, shop.NOON)
    assert (found.currency, found.customer, found.opposite_of_id) == ("PLN", "", None)
    assert found.figures == BASKET


def test_an_order_that_is_not_paid_is_no_fact(aiman):
    number = shop.placed()
    services.cancel_order(order_number=number, reason="changed their mind")
    outbox.drain()

    assert not VolumeFact.objects.exists()


def test_an_order_of_nobody_is_no_fact_and_neither_is_its_refund(aiman):
    number = shop.paid(kind="customer", customer="c-1", member_id=None, audience="retail")
    services.refund_order(refund=shop.refund(number))
    outbox.drain()

    assert not VolumeFact.objects.exists()


def test_a_whole_refund_is_the_opposite_at_the_moment_of_the_order(aiman):
    number = shop.paid()
    refund = services.refund_order(refund=shop.refund(number))
    outbox.drain()

    found = fact(f"refund:{number}:{refund}")

    assert found.figures == {name: f"-{text}" for name, text in BASKET.items()}
    assert found.opposite_of == fact(f"order:{number}")
    assert (found.member_id, found.occurred_at) == (aiman.pk, shop.NOON)
    assert sums() == {}


def test_several_refunds_of_parts_leave_nothing_in_the_end(aiman):
    number = shop.paid()
    for place, step in enumerate((shop.pieces(number, 1), shop.pieces(number, 0, 1))):
        services.refund_pieces(refund=shop.refund(number, f"refund-{place}"), pieces=step)
    services.refund_amount(refund=shop.refund(number, "sorry"), amount=Money(100, "PLN"))
    outbox.drain()
    left = sums()
    services.refund_order(refund=shop.refund(number, "rest"))
    outbox.drain()

    # One piece of tea for 98.40 is left, less 1.00.
    assert left["price"] == Decimal("97.40")
    assert VolumeFact.objects.exclude(opposite_of=None).count() == 4
    assert sums() == {}


def test_a_repeated_notice_changes_nothing(aiman):
    number = shop.paid()
    refund = services.refund_order(refund=shop.refund(number))
    for _ in range(2):
        facts.on_order_paid(OrderPaid(order_number=number))
        facts.on_order_refunded(OrderRefunded(order_number=number, refund_id=refund))

    assert VolumeFact.objects.count() == 2


def test_a_refund_that_is_heard_of_before_its_load_counts_against_the_same_fact(aiman):
    rows = table([("OLD-1", "100.00", "23", "20.5")])
    report = services.load_orders(table=rows, reference="x", volumes=["pv"])
    refund = services.refund_order(refund=shop.refund("OLD-1"))

    facts.on_order_refunded(OrderRefunded(order_number="OLD-1", refund_id=refund))
    loaded.on_orders_loaded(OrdersLoaded(load_id=report.load_id))

    assert VolumeFact.objects.count() == 2
    assert sums() == {}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("figures", {"pv": Decimal("1.01")}),
        ("currency", "PLN"),
        ("kind", "customer"),
        ("customer", "c-2"),
        ("order_number", "A-2"),
        ("occurred_at", datetime(2026, 10, 6, tzinfo=UTC)),
    ],
)
def test_a_fact_of_the_same_key_must_be_the_same_in_all(aiman, field, value):
    same = {
        "key": "order:A-1", "member_id": aiman.pk, "order_number": "A-1", "currency": "EUR",
        "occurred_at": datetime(2026, 10, 5, tzinfo=UTC), "figures": {"pv": Decimal("1.00")},
    }  # fmt: skip
    record_volume([FactDraft(**same)])

    with pytest.raises(errors.FactsDiffer, match="order:A-1"):
        record_volume(
            [FactDraft(**(same | {"key": "order:B"})), FactDraft(**(same | {field: value}))]
        )

    assert VolumeFact.objects.get().figures == {"pv": "1"}


@pytest.mark.parametrize("figure", ["NaN", "Infinity", "-Infinity"])
def test_a_figure_that_is_no_number_is_refused(aiman, figure):
    draft = FactDraft(
        key="order:A-1",
        member_id=aiman.pk,
        order_number="A-1",
        occurred_at=shop.NOON,
        currency="EUR",
        figures={"pv": Decimal(figure)},
    )

    with pytest.raises(errors.FigureUnreadable, match="pv"):
        record_volume([draft])

    assert not VolumeFact.objects.exists()


@pytest.mark.parametrize(
    ("figure", "text"),
    [
        ("0.00", "0"),
        ("-0", "0"),
        ("1E+3", "1000"),
        ("100", "100"),
        ("1.10", "1.1"),
        ("-0.500", "-0.5"),
        ("1234567890123456789012345678901.000001", "1234567890123456789012345678901.000001"),
    ],
)
def test_a_figure_is_written_exactly_and_in_one_way(aiman, figure, text):
    record_volume(
        [
            FactDraft(
                key="order:A-1",
                member_id=aiman.pk,
                order_number="A-1",
                occurred_at=shop.NOON,
                currency="EUR",
                figures={"pv": Decimal(figure)},
            )
        ]
    )

    assert VolumeFact.objects.get().figures == {"pv": text}


def table(rows, volumes=("pv",)):
    """Give rows of number, net, tax and volumes as the table of a load."""
    names = ("number", "net", "tax", *volumes)
    columns = {name: [row[place] for row in rows] for place, name in enumerate(names)}
    count = len(rows)
    return pa.table(
        columns
        | {
            "member": ["aiman"] * count,
            "moment": ["2026-10-05"] * count,
            "currency": ["PLN"] * count,
            "kind": ["own"] * count,
        }
    )


def test_a_volume_that_is_called_as_money_is_refused_by_either_way(aiman):
    rows = table([("OLD-1", "100.00", "23", "20.5")])
    report = services.load_orders(table=rows, reference="x", volumes=["pv"])
    line = Order.objects.get(number="OLD-1").lines.get()
    line.volumes = {"retail": "20.5"}
    line.save()

    with pytest.raises(errors.FigureUnreadable, match="retail"):
        loaded.on_orders_loaded(OrdersLoaded(load_id=report.load_id))
    with pytest.raises(errors.FigureUnreadable, match="retail"):
        facts.figures_of(orders.order_facts("OLD-1"))

    assert not VolumeFact.objects.exists()


money = st.integers(0, 10**9).map(lambda minor: f"{minor // 100}.{minor % 100:02}")
volume = st.integers(0, 10**12).map(lambda millionths: format(Decimal(millionths) / 10**6, "f"))
order_rows = st.lists(
    st.tuples(st.sampled_from(["O-1", "O-2", "O-3"]), money, money, volume, volume),
    min_size=1,
    max_size=6,
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=order_rows)
def test_loaded_orders_give_exactly_the_facts_of_single_ones(aiman, rows):
    reference = f"load-{Load.objects.count()}"
    named = [(f"{number}-{reference}", *figures) for number, *figures in rows]
    report = services.load_orders(
        table=table(named, volumes=("pv", "cv")), reference=reference, volumes=["pv", "cv"]
    )

    loaded.on_orders_loaded(OrdersLoaded(load_id=report.load_id))

    numbers = {number for number, *_ in named}
    for number in numbers:
        # Recording it as a single order finds the same fact, or raises.
        facts.on_order_paid(OrderPaid(order_number=number))
    assert VolumeFact.objects.filter(order_number__in=numbers).count() == len(numbers)
