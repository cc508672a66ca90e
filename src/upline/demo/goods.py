"""What the demo company sells: products with their texts, and what they cost whom, where, when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import yaml

from upline.demo.months import Month
from upline.generate.chance import Ints
from upline.languages import LANGUAGES

GOODS = Path(__file__).with_name("goods")
CATEGORIES = ("tea", "pantry", "face", "body", "hair", "home")
AUDIENCES = ("retail", "customer", "partner")
RETAIL, CUSTOMER, PARTNER = range(3)
# What each audience pays of the price for everybody, in hundredths.
_SHARES = (100, 92, 75)
# The tea harvest was dear: its prices rise with the third month.
RAISED, RAISED_BY, RAISED_FROM = "tea", 6, 2
PICTURES = "demo/goods"


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """A country where the company sells, its taxes, and how a price in euro is written there."""

    code: str
    currency: str
    language: str
    time_zone: str
    tax: int
    food_tax: int
    # Minor units for a net cent of euro, in hundredths; prices end on so many minor units.
    worth: int
    step: int
    less: int


MARKETS = (
    Market(
        code="PL",
        currency="PLN",
        language="pl",
        time_zone="Europe/Warsaw",
        tax=23,
        food_tax=8,
        worth=425,
        step=50,
        less=1,
    ),
    Market(
        code="BG",
        currency="EUR",
        language="bg",
        time_zone="Europe/Sofia",
        tax=20,
        food_tax=20,
        worth=92,
        step=10,
        less=0,
    ),
    Market(
        code="KZ",
        currency="KZT",
        language="kk",
        time_zone="Asia/Almaty",
        tax=16,
        food_tax=16,
        worth=54_000,
        step=1_000,
        less=0,
    ),
    Market(
        code="DE",
        currency="EUR",
        language="en",
        time_zone="Europe/Berlin",
        tax=19,
        food_tax=7,
        worth=100,
        step=10,
        less=1,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product as its file describes it; the net price is in cents of euro."""

    sku: str
    category: str
    is_food: bool
    net_cents: int
    shape: str
    motif: str
    texts: dict[str, tuple[str, str]]

    @property
    def picture(self) -> str:
        """The path of its picture among the static files."""
        return f"{PICTURES}/{self.sku.lower()}.svg"


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceList:
    """Prices by time (before and after the rise), product, market, audience; volumes by product.

    Prices hold the tax, in minor units. Volumes are in hundredths and the same for everybody.
    """

    gross: Ints
    percent: Ints
    pv: Ints
    cv: Ints


@cache
def products() -> tuple[Product, ...]:
    """Give the products in the order of their numbers."""
    return tuple(one for category in CATEGORIES for one in _category(category))


@cache
def price_list() -> PriceList:
    """Give what everything costs."""
    net = np.array([one.net_cents for one in products()])
    food = np.array([one.is_food for one in products()])
    percent = np.stack([np.where(food, one.food_tax, one.tax) for one in MARKETS], axis=1)
    raised = np.array([one.category == RAISED for one in products()])
    times = np.stack([net, np.where(raised, net * (100 + RAISED_BY) // 100, net)])
    gross = np.stack([_gross(times, percent, place) for place in range(len(MARKETS))], axis=2)
    partner = net * _SHARES[PARTNER] // 100
    # A point is a euro that a partner pays, in whole points; what pays commissions is less.
    return PriceList(
        gross=gross, percent=percent, pv=(partner + 50) // 100 * 100, cv=partner * 85 // 100
    )


def product_table() -> pa.Table:
    """Give the products as `catalog.loading.load_products` takes them."""
    found = products()
    columns: dict[str, Any] = {
        "sku": [one.sku for one in found],
        "tax_category": ["food" if one.is_food else "standard" for one in found],
        "picture": [one.picture for one in found],
    }
    for language in LANGUAGES:
        for place, kind in enumerate(("name", "description")):
            columns[f"{kind}_{language}"] = [one.texts[language][place] for one in found]
    return pa.table(columns)


def price_table(months: Sequence[Month]) -> pa.Table:
    """Give the prices as `catalog.loading.load_prices` takes them; some rise with a month."""
    first = datetime(months[0].starts_on.year - 3, 1, 1).date()  # noqa: DTZ001 - a day
    rows = list(_prices(first, 0))
    rows += [row for row in _prices(months[RAISED_FROM].starts_on, 1) if row["category"] == RAISED]
    return pa.Table.from_pylist(rows).drop_columns(["category"])


def net_and_tax(gross: Ints, percent: Ints) -> tuple[Ints, Ints]:
    """Split prices into net and tax as orders do; the tax is rounded half up, once."""
    base = 100 + percent
    tax = (2 * gross * percent + base) // (2 * base)
    return gross - tax, tax


def _prices(from_on: date, time: int) -> Any:
    prices = price_list()
    for place, product in enumerate(products()):
        for market_place, market in enumerate(MARKETS):
            for audience_place, audience in enumerate(AUDIENCES):
                minor = int(prices.gross[time, place, market_place, audience_place])
                yield {
                    "category": product.category,
                    "sku": product.sku,
                    "audience": audience,
                    "market": market.code,
                    "amount": Decimal(minor).scaleb(-2),
                    "starts_at": f"{from_on}",
                    "pv": _decimal(prices.pv[place]),
                    "cv": _decimal(prices.cv[place]),
                }


def _decimal(hundred_times: int) -> Decimal:
    return Decimal(int(hundred_times)).scaleb(-2)


def _gross(net: Ints, percent: Ints, place: int) -> Ints:
    """Write net prices as they stand on a label: with tax, in the market's money, round."""
    market = MARKETS[place]
    with_tax = net[..., None] * np.array(_SHARES) * (100 + percent[:, place, None])
    minor = with_tax * market.worth // (100 * 100 * 100)
    return np.maximum(minor // market.step, 1) * market.step - market.less


def _category(category: str) -> list[Product]:
    given = yaml.safe_load((GOODS / f"{category}.yaml").read_text(encoding="utf-8"))
    return [
        Product(
            sku=one["sku"],
            category=category,
            is_food=given["tax"] == "food",
            net_cents=int(Decimal(str(one["net"])) * 100),
            shape=one["shape"],
            motif=one["motif"],
            texts={language: tuple(one[language]) for language in LANGUAGES},
        )
        for one in given["products"]
    ]


__all__ = [
    "AUDIENCES",
    "MARKETS",
    "PriceList",
    "Product",
    "net_and_tax",
    "price_list",
    "price_table",
    "product_table",
    "products",
]
