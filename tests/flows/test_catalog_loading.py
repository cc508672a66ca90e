"""Whole product and price lists come in at once, or all their faults are listed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest

from upline.catalog import queries, services
from upline.catalog.errors import TableRefused
from upline.catalog.loading import load_prices, load_products
from upline.catalog.models import Price, Product, ProductText
from upline.money import Money

pytestmark = pytest.mark.django_db

JULY = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def bulgaria():
    services.define_market(
        market=services.MarketDraft(
            code="BG",
            name="България",
            country="BG",
            currency="EUR",
            language="bg",
            prices_include_tax=True,
            time_zone="Europe/Sofia",
        )
    )
    services.define_tax_category(code="standard", name="Standard")
    services.set_tax_rate(
        category="standard", country="BG", percent=Decimal(20), starts_on=date(2020, 1, 1)
    )


def products(*rows):
    usual = {
        "sku": "TEA",
        "tax_category": "standard",
        "status": "",
        "name_bg": "Чай",
        "description_bg": "",
        "name_kk": "",
    }
    return table(usual, rows)


def prices(*rows):
    usual = {
        "sku": "tea",
        "audience": "retail",
        "market": "BG",
        "amount": "12.50",
        "starts_at": "2026-01-01",
        "ends_at": "",
        "pv": "10.5",
        "cv": "",
    }
    return table(usual, rows)


def table(usual, rows):
    full = [{**usual, **row} for row in rows or ({},)]
    return pa.table({name: [row[name] for row in full] for name in full[0]})


def load(*rows):
    return load_prices(table=prices(*rows), volumes=["pv", "cv"])


def faults_of(act):
    with pytest.raises(TableRefused) as refusal:
        act()
    return [(one.row, one.column, one.code) for one in refusal.value.faults]


def kept():
    rows = Price.objects.order_by("starts_at")
    return [
        (one.amount_minor, one.starts_at.date(), one.ends_at and one.ends_at.date()) for one in rows
    ]


def test_products_come_in_with_their_texts_and_change_when_loaded_again():
    load_products(table=products({"name_kk": "Шай"}, {"sku": "CUP", "status": "draft"}))
    before = list(ProductText.objects.order_by("id").values())
    load_products(table=products({"name_kk": "Шай"}, {"sku": "CUP", "status": "draft"}))
    assert list(ProductText.objects.order_by("id").values()) == before

    load_products(table=products({"sku": "tea", "name_bg": "Зелен чай"}))

    assert list(Product.objects.order_by("sku").values_list("sku", "status")) == [
        ("CUP", "draft"),
        ("TEA", "active"),
    ]
    assert dict(ProductText.objects.filter(product__sku="TEA").values_list("language", "name")) == {
        "bg": "Зелен чай",
        "kk": "Шай",
    }


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ({"sku": ""}, ("sku", "table.empty")),
        ({"sku": "A B"}, ("sku", "table.blanks")),
        ({"sku": "tea"}, ("sku", "table.twice")),
        ({"sku": "CUP", "tax_category": "food"}, ("tax_category", "table.unknown")),
        ({"sku": "CUP", "status": "sold"}, ("status", "table.unknown_word")),
        (
            {"sku": "CUP", "name_bg": "", "description_bg": "Зелен"},
            ("name_bg", "table.name_missing"),
        ),
    ],
)
def test_a_fault_of_a_product_is_named_and_nothing_is_written(row, fault):
    found = faults_of(lambda: load_products(table=products({}, row)))

    assert found == [(2, *fault)]
    assert not Product.objects.exists()


def test_prices_come_in_with_volumes_and_are_offered():
    load_products(table=products())

    load({}, {"audience": "partner", "amount": "9"})

    found = queries.offer(sku="TEA", audience="partner", market="BG", at=JULY)
    assert (found.price, found.retail, found.volumes) == (
        Money(900, "EUR"),
        Money(1_250, "EUR"),
        {"pv": Decimal("10.5")},
    )
    # Midnight is that of the market.
    assert Price.objects.first().starts_at == datetime(2025, 12, 31, 22, tzinfo=UTC)


def test_each_price_ends_the_one_before_it_in_the_table_and_in_the_catalogue():
    load_products(table=products())
    load({})
    load(
        {}, {"starts_at": "2026-07-01", "amount": "13"}, {"starts_at": "2026-04-01", "amount": "11"}
    )
    load({}, {"starts_at": "2026-04-01", "amount": "11"})

    assert [amount for amount, _, _ in kept()] == [1_250, 1_100, 1_300]
    assert [end for _, _, end in kept()] == [date(2026, 3, 31), date(2026, 6, 30), None]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ({"sku": "CUP"}, ("sku", "table.unknown")),
        ({"market": "PL"}, ("market", "table.unknown")),
        ({"audience": "all"}, ("audience", "table.unknown_word")),
        ({"amount": "12,50"}, ("amount", "table.number")),
        ({"amount": "12.505"}, ("amount", "table.decimals")),
        ({"starts_at": "1.7.2026"}, ("starts_at", "table.moment")),
        ({"starts_at": ""}, ("starts_at", "table.empty")),
        ({"ends_at": "2025-01-01"}, ("ends_at", "table.ends_before_it_starts")),
        ({"starts_at": "2025-01-01"}, ("starts_at", "table.price_overlaps")),
        ({}, ("starts_at", "table.price_overlaps")),
        ({"pv": "-1"}, ("pv", "table.number")),
    ],
)
def test_a_fault_of_a_price_is_named_and_nothing_is_written(row, fault):
    load_products(table=products())
    load({"amount": "1", "ends_at": "2026-12-01"})
    before = kept()

    found = faults_of(lambda: load({"audience": "partner"}, {"starts_at": "2026-02-01", **row}))

    assert found == [(2, *fault)]
    assert kept() == before


def test_two_prices_of_a_table_at_once_are_refused():
    load_products(table=products())

    assert faults_of(lambda: load({}, {"amount": "13"})) == [
        (2, "starts_at", "table.price_overlaps")
    ]
    assert kept() == []


def test_ten_thousand_prices_come_in_at_once():
    count = 5_000
    skus = [f"P-{number}" for number in range(count)]
    load_products(table=products(*({"sku": sku} for sku in skus)))

    load_prices(
        table=prices(
            *({"sku": sku, "audience": one} for sku in skus for one in ("retail", "partner"))
        ),
        volumes=["pv", "cv"],
    )

    assert Price.objects.count() == 2 * count
