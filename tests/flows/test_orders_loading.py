"""Paid orders of an old system come in at once, or all their faults are listed."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pyarrow as pa
import pytest

from tests import shop
from upline.catalog.errors import TableRefused, VolumeUnreadable
from upline.foundation.models import Message
from upline.ledger.errors import DayClosed
from upline.ledger.services import close_days
from upline.money import Money
from upline.orders import errors, queries, services
from upline.orders.models import Load, Order, OrderLine

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def aiman():
    return shop.opened()


def table(*rows, **columns):
    """Give rows of one order of Aiman's each, with named differences."""
    usual = {
        "number": "OLD-1",
        "member": "aiman",
        "moment": "2026-10-05",
        "currency": "PLN",
        "kind": "own",
        "net": "100.00",
        "tax": "23",
        "pv": "20.5",
    }
    full = [{**usual, **columns, **row} for row in rows or ({},)]
    return pa.table({name: [row[name] for row in full] for name in full[0]})


def load(given, reference="company"):
    return services.load_orders(table=given, reference=reference, volumes=["pv"])


def refused(given):
    with pytest.raises(TableRefused) as refusal:
        load(given)

    assert (Order.objects.count(), Load.objects.count(), Message.objects.count()) == (0, 0, 0)
    return [(one.row, one.column, one.code) for one in refusal.value.faults]


def test_a_loaded_order_has_the_figures_of_its_rows(aiman):
    report = load(
        table(
            {"sku": "tea", "quantity": "2", "retail": "120.10"},
            {"sku": "", "quantity": "", "retail": "50", "net": "41.50", "tax": "0", "pv": ""},
            {"number": "OLD-2", "sku": "", "quantity": "", "retail": "0", "net": "0", "tax": "0"},
        )
    )

    assert (report.order_count, report.line_count) == (2, 3)
    facts = queries.order_facts("OLD-1")
    midnight_in_warsaw = datetime(2026, 10, 4, 22, tzinfo=UTC)
    assert (facts.member_id, facts.kind, facts.market, facts.occurred_at, facts.paid_at) == (
        aiman.pk,
        "own",
        "PL",
        midnight_in_warsaw,
        midnight_in_warsaw,
    )
    assert [(one.sku, one.quantity, one.volumes) for one in facts.lines] == [
        ("tea", 2, {"pv": Decimal("20.5")}),
        ("", 1, {}),
    ]
    assert [(one.net.minor, one.tax.minor, one.retail.minor) for one in facts.lines] == [
        (10_000, 2_300, 12_010),
        (4_150, 0, 5_000),
    ]
    assert Order.objects.get(number="OLD-1").gross_minor == 16_450
    assert OrderLine.objects.filter(product__sku="TEA").count() == 1


def test_one_event_is_told_for_all_and_the_ledger_is_left_alone():
    report = load(table())

    assert [(one.name, one.body) for one in Message.objects.all()] == [
        ("orders.loaded", {"load_id": report.load_id})
    ]
    assert shop.Journal.objects.count() == 0


def test_the_same_table_again_is_the_same_load_and_another_is_refused():
    first = load(table())

    assert load(table()) == first
    with pytest.raises(errors.ReferenceUsedOtherwise, match="company"):
        load(table(net="100.01"))
    assert Order.objects.count() == 1


def test_a_customers_order_needs_no_member():
    load(table(kind="customer", customer="C-7", member=""))

    facts = queries.order_facts("OLD-1")
    assert (facts.member_id, facts.customer, facts.kind) == (None, "C-7", "customer")


@pytest.mark.parametrize(
    ("moment", "hour"),
    [
        ("2026-10-05", 22),
        ("2026-10-05 01:00", 23),
        ("2026-10-05T02:00:00", 0),
        ("2026-10-05T01:30:00+01:00", 0),
        (datetime(2026, 10, 5, 7, tzinfo=UTC), 7),
    ],
)
def test_a_moment_without_a_zone_is_told_by_the_clocks_of_the_market(moment, hour):
    load(table(moment=moment))

    assert queries.order_facts("OLD-1").paid_at.hour == hour


@pytest.mark.parametrize(
    ("columns", "fault"),
    [
        ({"number": ""}, ("number", "table.empty")),
        ({"number": "x" * 41}, ("number", "table.too_long")),
        ({"member": "BORIS"}, ("member", "table.unknown_member")),
        ({"member": ""}, ("member", "table.buyer")),
        ({"customer": "C-1"}, ("customer", "table.buyer")),
        ({"kind": "gift"}, ("kind", "table.unknown_word")),
        ({"currency": "EUR"}, ("currency", "table.market")),
        ({"market": "BG"}, ("market", "table.market")),
        ({"moment": "05.10.2026"}, ("moment", "table.moment")),
        ({"moment": "2026-02-30"}, ("moment", "table.moment")),
        ({"net": "1,50"}, ("net", "table.number")),
        ({"net": "-1"}, ("net", "table.number")),
        ({"net": "1.505"}, ("net", "table.decimals")),
        ({"net": ""}, ("net", "table.empty")),
        ({"pv": "many"}, ("pv", "table.number")),
        ({"sku": "COFFEE"}, ("sku", "table.unknown_product")),
        ({"quantity": "1.5"}, ("quantity", "table.whole_number")),
        ({"quantity": "0"}, ("quantity", "table.whole_number")),
    ],
)
def test_a_fault_is_named_with_row_and_column_and_nothing_is_written(columns, fault):
    good = {name: "" for name in columns if name in ("customer", "market", "sku", "quantity")}

    assert refused(table({**good, "number": "OLD-0"}, columns)) == [(2, *fault)]


def test_all_faults_of_a_table_are_listed_at_once():
    faults = refused(
        table({"member": "BORIS", "net": "x"}, {"number": "OLD-2", "kind": "gift", "pv": "y"})
    )

    assert faults == [
        (1, "member", "table.unknown_member"),
        (1, "net", "table.number"),
        (2, "kind", "table.unknown_word"),
        (2, "pv", "table.number"),
    ]


def test_a_refusal_says_what_to_write_instead():
    with pytest.raises(TableRefused) as refusal:
        load(table(net="1,50"))

    assert "row 1, net: '1,50' cannot be read. [table.number]" in str(refusal.value)
    assert "Write a number as 1234.50" in str(refusal.value)


def test_rows_of_one_order_agree():
    assert refused(table({}, {"moment": "2026-10-06"})) == [(2, "moment", "table.order_differs")]


def test_a_number_that_is_there_already_is_refused():
    load(table())

    with pytest.raises(TableRefused, match="OLD-1 is there already"):
        load(table({"number": "OLD-2"}, {}), reference="again")

    assert Order.objects.count() == 1


def test_missing_and_unknown_columns_are_named():
    assert refused(table().drop_columns("net").append_column("nett", pa.array(["1"]))) == [
        (0, "net", "table.column_missing"),
        (0, "nett", "table.column_unknown"),
    ]


def test_floats_are_refused():
    assert refused(table(net=100.0)) == [(0, "net", "table.float")]


def test_a_volume_has_a_name_that_can_be_kept():
    given = table().append_column("P V", pa.array(["1"]))

    with pytest.raises(VolumeUnreadable, match="P V"):
        services.load_orders(table=given, reference="company", volumes=["pv", "P V"])


def test_money_is_booked_by_day_if_it_is_asked_for():
    load(table({}, {"number": "OLD-2"}, {"number": "OLD-3", "moment": "2026-10-06"}))

    for _ in range(2):
        assert services.book_loaded_orders(reference="company") == 2

    assert shop.balances() == {
        "opening:orders": 36_900,
        "sales:goods": -30_000,
        "tax:vat:PL": -6_900,
    }
    assert [str(one.effective_on) for one in shop.Journal.objects.order_by("effective_on")] == [
        "2026-10-05",
        "2026-10-06",
    ]
    assert Load.objects.get().booked_at is not None


def test_money_of_an_unknown_load_or_a_closed_day_is_not_booked():
    load(table())
    close_days(through=datetime(2026, 10, 31, tzinfo=UTC).date(), by="login:1", reason="Audited")

    with pytest.raises(errors.LoadUnknown, match="another"):
        services.book_loaded_orders(reference="another")
    with pytest.raises(DayClosed):
        services.book_loaded_orders(reference="company")

    assert Load.objects.get().booked_at is None


def test_a_loaded_order_can_be_refunded_in_parts():
    load(table({"quantity": "4"}))

    refund_id = services.refund_pieces(refund=shop.refund("OLD-1"), pieces=shop.pieces("OLD-1", 1))
    services.refund_amount(refund=shop.refund("OLD-1", "b"), amount=Money(1, "PLN"))
    services.refund_order(refund=shop.refund("OLD-1", "c"))

    (line,) = queries.refund_facts(refund_id).lines
    assert (line.gross.minor, line.volumes) == (3_075, {"pv": Decimal("5.13")})
    assert shop.balances() == {
        "cash:bank": -12_300,
        "sales:goods": 10_000,
        "tax:vat:PL": 2_300,
    }
