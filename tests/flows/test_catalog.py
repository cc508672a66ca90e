"""Prices and taxes: one at a time, never a silent zero."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from upline.catalog import errors, queries, services
from upline.catalog.models import Price, Product, TaxRate
from upline.catalog.services import MarketDraft, PriceDraft, Texts
from upline.money import Money

pytestmark = pytest.mark.django_db

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
JULY = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.fixture
def poland():
    services.define_market(
        market=MarketDraft(
            code="PL",
            name="Polska",
            country="PL",
            currency="PLN",
            language="pl",
            prices_include_tax=True,
            time_zone="Europe/Warsaw",
        )
    )
    services.define_tax_category(code="standard", name="Standard")
    services.set_tax_rate(
        category="standard", country="PL", percent=Decimal(23), starts_on=date(2020, 1, 1)
    )


@pytest.fixture
def tea(poland):
    texts = {"pl": Texts(name="Herbata"), "ru": Texts(name="Чай")}
    services.define_product(sku="TEA-1", tax_category="standard", texts=texts)


def draft(minor=12_300, *, audience="retail", starts_at=NEW_YEAR, ends_at=None, **volumes):
    return PriceDraft(
        sku="TEA-1",
        audience=audience,
        market="PL",
        amount=Money(minor, "PLN"),
        volumes=volumes or {"pv": "20"},
        starts_at=starts_at,
        ends_at=ends_at,
    )


def offer(at=JULY, audience="partner", **more):
    return queries.offer(sku="TEA-1", audience=audience, market="PL", at=at, **more)


def periods():
    rows = Price.objects.order_by("starts_at").values_list("amount_minor", "starts_at", "ends_at")
    return list(rows)


def test_an_offer_holds_all_that_an_order_copies(tea):
    services.set_price(price=draft())
    services.set_price(price=draft(9_900, audience="partner", pv="18.50", cv="12"))

    assert offer() == queries.Offer(
        product_id=Product.objects.get().pk,
        sku="TEA-1",
        name="Herbata",
        audience="partner",
        price=Money(9_900, "PLN"),
        retail=Money(12_300, "PLN"),
        volumes={"pv": Decimal("18.5"), "cv": Decimal(12)},
        tax_category="standard",
        tax_percent=Decimal(23),
    )


def test_a_product_is_found_in_any_case_and_exists_once(tea):
    services.set_price(price=draft())
    found = queries.offers(skus=["tea-1"], audience="retail", market="PL", at=JULY)

    assert found["tea-1"].sku == "TEA-1"
    with pytest.raises(IntegrityError, match="catalog_product_sku_once"), transaction.atomic():
        Product.objects.create(sku="tea-1", tax_category=Product.objects.get().tax_category)


def test_a_new_price_ends_the_one_before_it_and_history_stays(tea):
    services.set_price(price=draft(10_000))
    services.set_price(price=draft(11_000, starts_at=JULY))
    services.set_price(price=draft(11_000, starts_at=JULY))

    assert periods() == [(10_000, NEW_YEAR, JULY), (11_000, JULY, None)]
    just_before = JULY - timedelta(microseconds=1)
    assert offer(just_before, "retail").price == Money(10_000, "PLN")
    assert offer(JULY, "retail").price == Money(11_000, "PLN")


@pytest.mark.parametrize(
    ("starts_at", "ends_at"),
    [
        (NEW_YEAR, None),
        (NEW_YEAR - timedelta(days=1), None),
        (NEW_YEAR - timedelta(days=1), NEW_YEAR + timedelta(days=1)),
        (JULY - timedelta(days=1), None),
    ],
)
def test_a_price_over_another_is_refused_and_nothing_changes(tea, starts_at, ends_at):
    services.set_price(price=draft(10_000, ends_at=JULY))
    services.set_price(price=draft(11_000, starts_at=JULY))
    before = periods()

    with pytest.raises(errors.PriceOverlaps, match="TEA-1"):
        services.set_price(price=draft(9_000, starts_at=starts_at, ends_at=ends_at))

    assert periods() == before


def test_the_database_itself_refuses_two_prices_at_once(tea):
    services.set_price(price=draft())
    first = Price.objects.get()
    first.pk = None

    with pytest.raises(IntegrityError, match="catalog_price_one_at_a_time"), transaction.atomic():
        first.save()


@pytest.mark.parametrize(
    "volumes",
    ['{"pv": 20}', '{"pv": "2,5"}', '{"pv": "-1"}', '{"PV": "1"}', "[]", '{"pv": "1.0000001"}'],
)
def test_the_database_itself_refuses_volumes_that_are_no_named_decimals(tea, volumes):
    services.set_price(price=draft())

    with (
        pytest.raises(IntegrityError, match="catalog_price_volumes_by_name"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE catalog_price SET volumes = %s", [volumes])


@pytest.mark.parametrize("volumes", [{"pv": "2,5"}, {"pv": Decimal("0.0000001")}, {"Pv": "1"}])
def test_a_volume_that_cannot_be_kept_is_refused(tea, volumes):
    with pytest.raises(errors.VolumeUnreadable):
        services.set_price(price=draft(**volumes))

    assert not Price.objects.exists()


def test_a_missing_price_is_named_and_never_zero(tea):
    services.set_price(price=draft(starts_at=JULY))

    with pytest.raises(errors.PriceMissing, match="TEA-1 has no partner price in PL in PLN"):
        offer()
    with pytest.raises(errors.PriceMissing, match="retail price in PL in PLN at 2026-06"):
        offer(JULY - timedelta(days=1), "retail")
    with pytest.raises(errors.PriceMissing, match="in EUR"):
        offer(JULY, "retail", currency="EUR")


def test_a_free_product_has_a_price_of_zero(tea):
    services.set_price(price=draft(0))

    assert offer(audience="retail").price == Money(0, "PLN")


def test_what_is_unknown_or_not_sold_is_named(tea):
    services.set_price(price=draft())

    with pytest.raises(errors.ProductUnknown, match="COFFEE"):
        queries.offer(sku="COFFEE", audience="retail", market="PL", at=JULY)
    with pytest.raises(errors.MarketUnknown, match="BG"):
        queries.offer(sku="TEA-1", audience="retail", market="BG", at=JULY)
    services.set_product_status(sku="tea-1", status="discontinued")
    with pytest.raises(errors.ProductNotOnSale, match="discontinued"):
        offer(audience="retail")


def test_a_tax_rate_is_that_of_the_day_in_the_market(tea):
    services.set_price(price=draft())
    services.set_tax_rate(
        category="standard", country="PL", percent=Decimal("22.5"), starts_on=date(2026, 7, 1)
    )

    # 22:30 in UTC is past midnight in Warsaw.
    eve = datetime(2026, 6, 30, 22, 30, tzinfo=UTC)
    assert offer(eve, "retail").tax_percent == Decimal("22.5")
    assert offer(eve - timedelta(hours=1), "retail").tax_percent == Decimal(23)


def test_a_missing_tax_rate_is_named(tea):
    services.set_price(price=draft())
    TaxRate.objects.update(ends_on=date(2026, 7, 1))

    with pytest.raises(errors.TaxRateMissing, match="standard in PL on 2026-07-01"):
        offer(audience="retail")


def test_a_tax_rate_before_another_is_refused(poland):
    with pytest.raises(errors.TaxRateOverlaps, match="2019-01-01"):
        services.set_tax_rate(
            category="standard", country="PL", percent=Decimal(5), starts_on=date(2019, 1, 1)
        )

    assert TaxRate.objects.get().percent == Decimal(23)


def test_any_number_of_offers_takes_five_queries(tea, django_assert_num_queries):
    services.set_price(price=draft())
    for number in range(20):
        sku = f"CUP-{number}"
        services.define_product(sku=sku, tax_category="standard", texts={"en": Texts(name="Cup")})
        services.set_price(
            price=PriceDraft(
                sku=sku,
                audience="retail",
                market="PL",
                amount=Money(500, "PLN"),
                volumes={},
                starts_at=NEW_YEAR,
            )
        )

    with django_assert_num_queries(5):
        found = queries.offers(
            skus=["TEA-1", *(f"CUP-{number}" for number in range(20))],
            audience="retail",
            market="PL",
            at=JULY,
        )

    assert len(found) == 21
    assert found["CUP-3"].name == "Cup"
