"""What changes the catalogue: markets, taxes, products, prices. Each repeats safely."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q, QuerySet

from upline.catalog import queries
from upline.catalog.amounts import read_volumes, volumes_as_text
from upline.catalog.errors import (
    PriceOverlaps,
    ProductUnknown,
    TaxCategoryUnknown,
    TaxRateOverlaps,
)
from upline.catalog.models import Market, Price, Product, ProductText, TaxCategory, TaxRate
from upline.foundation import locking
from upline.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """How a product is called and described in one language."""

    name: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketDraft:
    """A market to be defined, under its code."""

    code: str
    name: str
    country: str
    currency: str
    language: str
    prices_include_tax: bool
    time_zone: str
    is_active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceDraft:
    """A price to be put in force from a moment on, to another if one is named."""

    sku: str
    audience: str
    market: str
    amount: Money
    volumes: Mapping[str, Decimal | str]
    starts_at: datetime
    ends_at: datetime | None = None


@transaction.atomic
def define_market(*, market: MarketDraft) -> int:
    """Define a market, or change the one of this code; orders placed keep what they copied."""
    # An unknown zone fails here, not at the first order.
    ZoneInfo(market.time_zone)
    found, _ = Market.objects.update_or_create(code=market.code, defaults=asdict(market))
    return int(found.pk)


@transaction.atomic
def define_tax_category(*, code: str, name: str) -> int:
    """Define a kind of goods that the law taxes alike, or change its name."""
    found, _ = TaxCategory.objects.update_or_create(code=code, defaults={"name": name})
    return int(found.pk)


@transaction.atomic
def set_tax_rate(*, category: str, country: str, percent: Decimal, starts_on: date) -> int:
    """Put a tax rate in force from a day on; it ends the one before it.

    Entered again it changes nothing. Raises TaxCategoryUnknown, TaxRateOverlaps where a rate
    begins on that day or later: history is not written over.
    """
    kind = locking.rows(TaxCategory.objects.filter(code=category)).first()
    if kind is None:
        raise TaxCategoryUnknown(category=category)
    rates = TaxRate.objects.filter(category=kind, country=country)
    same = rates.filter(percent=percent, starts_on=starts_on).first()
    if same is not None:
        return int(same.pk)
    if rates.filter(Q(starts_on__gte=starts_on) | Q(ends_on__gt=starts_on)).exists():
        raise TaxRateOverlaps(category=category, country=country, starts_on=starts_on)
    rates.filter(ends_on__isnull=True).update(ends_on=starts_on)
    made = rates.create(category=kind, country=country, percent=percent, starts_on=starts_on)
    return int(made.pk)


@transaction.atomic
def define_product(
    *,
    sku: str,
    tax_category: str,
    texts: Mapping[str, Texts],
    status: str = Product.Status.ACTIVE,
) -> int:
    """Add a product, or change the one of this number; texts of other languages stay.

    Raises TaxCategoryUnknown.
    """
    kind = TaxCategory.objects.filter(code=tax_category).first()
    if kind is None:
        raise TaxCategoryUnknown(category=tax_category)
    product = locking.rows(queries.products_of([sku])).first() or Product(sku=sku)
    product.tax_category = kind
    product.status = Product.Status(status)
    product.save()
    for language, text in texts.items():
        ProductText.objects.update_or_create(
            product=product,
            language=language,
            defaults={"name": text.name, "description": text.description},
        )
    return int(product.pk)


@transaction.atomic
def set_product_status(*, sku: str, status: str) -> None:
    """Put a product on sale, take it off, or make it a draft again. Raises ProductUnknown."""
    changed = queries.products_of([sku]).update(status=Product.Status(status))
    if not changed:
        raise ProductUnknown(sku=sku)


@transaction.atomic
def set_product_picture(*, sku: str, picture: str) -> None:
    """Show a product by a picture, given by its path among the static files.

    An empty path takes the picture away. Raises ProductUnknown.
    """
    changed = queries.products_of([sku]).update(picture=picture)
    if not changed:
        raise ProductUnknown(sku=sku)


@transaction.atomic
def set_price(*, price: PriceDraft) -> int:
    """Put a price in force from a moment on; it ends the one before it, which had no end.

    What ends comes back by itself at no time: after a promotion the next price is entered too.
    Entered again it changes nothing. Raises ProductUnknown, MarketUnknown, VolumeUnreadable,
    PriceOverlaps where a price begins at that moment or later, or has an end after it.
    """
    terms = queries.market_terms(price.market)
    product = locking.rows(queries.products_of([price.sku])).first()
    if product is None:
        raise ProductUnknown(sku=price.sku)
    kept = volumes_as_text(read_volumes(price.volumes))
    wanted = Price(
        product=product,
        audience=Price.Audience(price.audience),
        market_id=terms.id,
        currency=price.amount.currency,
        amount_minor=price.amount.minor,
        volumes=kept,
        starts_at=price.starts_at,
        ends_at=price.ends_at,
    )
    rivals = Price.objects.filter(
        product=product,
        audience=wanted.audience,
        market=terms.id,
        currency=wanted.currency,
    )
    same = rivals.filter(
        amount_minor=wanted.amount_minor,
        volumes=kept,
        starts_at=wanted.starts_at,
        ends_at=wanted.ends_at,
    ).first()
    if same is None:
        _make_room(rivals, price)
        wanted.save()
    return int((same or wanted).pk)


def _make_room(rivals: QuerySet, price: PriceDraft) -> None:
    """End the open price before the new one; refuse whatever else would overlap."""
    overlapping = rivals.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=price.starts_at))
    if price.ends_at is not None:
        overlapping = overlapping.filter(starts_at__lt=price.ends_at)
    for former in overlapping:
        if former.ends_at is not None or former.starts_at >= price.starts_at:
            raise PriceOverlaps(
                sku=price.sku,
                audience=price.audience,
                market=price.market,
                currency=price.amount.currency,
                starts_at=price.starts_at.isoformat(),
            )
        former.ends_at = price.starts_at
        former.save(update_fields=["ends_at"])
