"""What the catalogue answers: the price of a product there and then, or why there is none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.db.models.functions import Upper

from upline.catalog.amounts import read_volumes
from upline.catalog.errors import (
    MarketUnknown,
    PriceMissing,
    ProductNotOnSale,
    ProductTextMissing,
    ProductUnknown,
    TaxRateMissing,
)
from upline.catalog.models import Market, Price, Product, ProductText, TaxRate
from upline.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketTerms:
    """A market, and how things are sold there."""

    id: int
    code: str
    name: str
    country: str
    currency: str
    language: str
    prices_include_tax: bool
    time_zone: str

    def day_of(self, moment: datetime) -> date:
        """Give the day that it is in the market at a moment."""
        return moment.astimezone(ZoneInfo(self.time_zone)).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What one piece of a product costs an audience at a moment, and all that an order copies.

    `price` and `retail` hold the tax where the market's prices do.
    """

    product_id: int
    sku: str
    name: str
    audience: str
    price: Money
    retail: Money
    volumes: Mapping[str, Decimal]
    tax_category: str
    tax_percent: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """For whom, where, in what and when a price is asked for."""

    audience: Price.Audience
    market: MarketTerms
    currency: str
    at: datetime


def market_terms(code: str) -> MarketTerms:
    """Find an active market. Raises MarketUnknown."""
    found = Market.objects.filter(code=code, is_active=True).first()
    if found is None:
        raise MarketUnknown(market=code)
    return _terms(found)


def markets() -> Sequence[MarketTerms]:
    """List the active markets by their codes."""
    return [_terms(one) for one in Market.objects.filter(is_active=True).order_by("code")]


def offer(*, sku: str, audience: str, market: str, at: datetime, currency: str = "") -> Offer:
    """Find what a product costs an audience in a market at a moment, in its currency if none is named.

    Raises MarketUnknown, ProductUnknown, ProductNotOnSale, ProductTextMissing, TaxRateMissing,
    PriceMissing: a price that nobody entered is never zero.
    """
    found = offers(skus=[sku], audience=audience, market=market, at=at, currency=currency)
    return found[sku]


def offers(
    *, skus: Iterable[str], audience: str, market: str, at: datetime, currency: str = ""
) -> Mapping[str, Offer]:
    """Find what several products cost, by the numbers as given: five queries however many."""
    terms = market_terms(market)
    asked = _Asked(
        audience=Price.Audience(audience), market=terms, currency=currency or terms.currency, at=at
    )
    products = _products_on_sale(list(dict.fromkeys(skus)))
    names = _names(products, terms.language)
    percents = _percents(products, country=terms.country, on=terms.day_of(at))
    prices = _prices(products, asked)
    found = {}
    for sku, product in products.items():
        price = _price(prices, product, asked.audience, asked)
        found[sku] = Offer(
            product_id=product.pk,
            sku=product.sku,
            name=names[product.pk],
            audience=asked.audience.value,
            price=_amount(price),
            retail=_amount(_price(prices, product, Price.Audience.RETAIL, asked)),
            volumes=read_volumes(price.volumes),
            tax_category=product.tax_category.code,
            tax_percent=percents[product.tax_category_id],
        )
    return found


def tax_percent(*, category: str, country: str, on: date) -> Decimal:
    """Find the tax of a category in a country on a day. Raises TaxRateMissing."""
    found = _rates_on(country, on).filter(category__code=category).first()
    if found is None:
        raise TaxRateMissing(category=category, country=country, on=on)
    return Decimal(found.percent)


def _terms(found: Market) -> MarketTerms:
    return MarketTerms(**{name: getattr(found, name) for name in MarketTerms.__dataclass_fields__})


def _products_on_sale(skus: Sequence[str]) -> Mapping[str, Product]:
    by_sku = {one.sku.upper(): one for one in products_of(skus).select_related("tax_category")}
    for sku in skus:
        product = by_sku.get(sku.upper())
        if product is None:
            raise ProductUnknown(sku=sku)
        if product.status != Product.Status.ACTIVE:
            raise ProductNotOnSale(sku=product.sku, status=product.status)
    return {sku: by_sku[sku.upper()] for sku in skus}


def products_of(skus: Iterable[str]) -> QuerySet:
    """Find products by their numbers, whatever the case in which these were typed."""
    upper = [sku.upper() for sku in skus]
    return Product.objects.annotate(upper_sku=Upper("sku")).filter(upper_sku__in=upper)


def _names(products: Mapping[str, Product], language: str) -> Mapping[int, str]:
    """Give names in the language of the market, else in English, else in what there is."""
    texts = ProductText.objects.filter(product__in=set(products.values())).order_by("language")
    found: dict[int, dict[str, str]] = {}
    for text in texts:
        found.setdefault(text.product_id, {})[text.language] = text.name
    names = {}
    for product in products.values():
        known = found.get(product.pk)
        if not known:
            raise ProductTextMissing(sku=product.sku)
        names[product.pk] = known.get(language) or known.get("en") or next(iter(known.values()))
    return names


def _rates_on(country: str, on: date) -> QuerySet:
    return TaxRate.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on)).filter(
        country=country, starts_on__lte=on
    )


def _percents(products: Mapping[str, Product], *, country: str, on: date) -> Mapping[int, Decimal]:
    categories = {one.tax_category_id: one.tax_category.code for one in products.values()}
    rates = _rates_on(country, on).filter(category__in=categories)
    found = {one.category_id: one.percent for one in rates}
    for category, code in categories.items():
        if category not in found:
            raise TaxRateMissing(category=code, country=country, on=on)
    return found


def _prices(products: Mapping[str, Product], asked: _Asked) -> Mapping[tuple[int, str], Price]:
    prices = Price.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=asked.at),
        product__in=set(products.values()),
        audience__in=(asked.audience, Price.Audience.RETAIL),
        market=asked.market.id,
        currency=asked.currency,
        starts_at__lte=asked.at,
    )
    return {(one.product_id, one.audience): one for one in prices}


def _price(
    prices: Mapping[tuple[int, str], Price], product: Product, audience: str, asked: _Asked
) -> Price:
    found = prices.get((product.pk, audience))
    if found is None:
        raise PriceMissing(
            sku=product.sku,
            audience=str(audience),
            market=asked.market.code,
            currency=asked.currency,
            at=asked.at.isoformat(),
        )
    return found


def _amount(price: Price) -> Money:
    return Money(price.amount_minor, price.currency)
