"""What members and their customers buy, month by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from upline.demo import goods
from upline.demo.goods import CUSTOMER, MARKETS, PARTNER, RAISED_FROM, RETAIL
from upline.demo.members import TRUNK, Members, Yes
from upline.demo.months import FIRST_MINUTES, Month, in_days
from upline.generate.chance import Chance, Ints
from upline.generate.text_columns import hundredths, ids, labels

# Orders of a member's own, and of customers, in a month, in hundredths, by how busy he is.
_OWN = (0, 40, 105, 130, 160)
_CUSTOMERS = (0, 10, 45, 210, 420)
# Business grows: months in hundredths of the usual one.
_SEASON = (92, 97, 103, 108)
_LINES = (34, 34, 21, 11)
_STANDING_LINES = 7
_PIECES = (52, 31, 17)
# Steps through the list of products that meet none twice in an order.
_STRIDES = np.array([1, 7, 11, 13, 17, 19, 23, 29])
_BUYS_ON_JOINING_PERCENT = 82
_OPENS_AT, _OPEN_HOURS = 7, 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """Orders of a month in the order in which they came; moments in seconds since 1970."""

    member: Ints
    customer: Ints
    moment: Ints
    market: Ints
    # A line for each product of an order.
    order: Ints
    product: Ints
    quantity: Ints

    def __len__(self) -> int:
        return len(self.member)


def orders_of(found: Members, months: Sequence[Month], place: int, *, seed: int) -> Orders:
    """Make up what is bought in one of the months."""
    month = months[place]
    chance = Chance(seed, f"orders of month {place}")
    buyer, is_customer, day = _wanted(found, month, _SEASON[place], chance)
    moment = _moments(month, day, chance)
    order = np.argsort(moment, kind="stable")
    is_standing = order < TRUNK
    buyer, is_customer, moment = buyer[order], is_customer[order], moment[order]
    # A member's customers: a few faces each, some of whom come back.
    customer = np.where(is_customer, 1 + chance.below(4 + 2 * found.busy[buyer], len(buyer)), 0)
    return Orders(
        member=buyer,
        customer=customer,
        moment=moment,
        market=found.market[buyer],
        **_lines(is_customer, is_standing, chance),
    )


def order_table(
    orders: Orders, found: Members, *, chosen: Ints, first_number: int, place: int
) -> pa.Table:
    """Give the chosen orders as `orders.services.load_orders` takes them, a row for each line.

    Orders are numbered from `first_number` on, all of the month, chosen or not.
    """
    row = np.flatnonzero(np.isin(orders.order, chosen))
    order, product = orders.order[row], orders.product[row]
    figures = _figures(orders, row, place)
    market = orders.market[order]
    names = [one.texts[market.language][0] for one in goods.products() for market in MARKETS]
    member = found.codes.take(pa.array(orders.member[order]))
    moments = pa.array(orders.moment[order] * 1_000_000).cast(pa.timestamp("us", "UTC"))
    is_own = orders.customer[order] == 0
    return pa.table(
        {
            "number": ids("A", first_number + order, 8),
            "moment": moments,
            "currency": labels([one.currency for one in MARKETS], market),
            "market": labels([one.code for one in MARKETS], market),
            "kind": labels(["customer", "own"], is_own.astype(np.int64)),
            "member": member,
            "customer": _customers(orders, order),
            "sku": labels([one.sku for one in goods.products()], product),
            "name": labels(names, product * len(MARKETS) + market),
            "quantity": orders.quantity[row],
            **{name: hundredths(values) for name, values in figures.items()},
        }
    )


def customer_code(member: int, customer: int) -> str:
    """Name a customer of a member."""
    return f"C{member + 1:06d}-{customer}"


def _wanted(found: Members, month: Month, season: int, chance: Chance) -> tuple[Ints, Ints, Ints]:
    """Give who buys, whether as a customer, and on which day of the month."""
    count, start = len(found), in_days(month.starts_on)
    # The trunk has a standing order, so that its ranks do not hang on chance.
    parts: list[tuple[Ints, int]] = [(np.arange(TRUNK), 0)]
    for kind, usual in enumerate((_OWN, _CUSTOMERS)):
        mean = np.array(usual)[found.busy] * season * month.part // 10_000
        bought = chance.below(2 * mean + 100, count) // 100
        parts.append((np.repeat(np.arange(count), bought), kind))
    buyer = np.concatenate([part for part, _ in parts])
    is_customer = np.concatenate([np.full(len(part), kind) for part, kind in parts])
    day = chance.below(month.days, len(buyer))
    day[:TRUNK] //= 4
    # Who joins buys at once, most of them.
    new = np.flatnonzero((found.joined >= start) & (found.joined < start + month.days))
    new = new[chance.happens(_BUYS_ON_JOINING_PERCENT, len(new)) & (new < count - 1)]
    buyer = np.concatenate([buyer, new])
    is_customer = np.concatenate([is_customer, np.zeros(len(new), np.int64)])
    day = np.concatenate([day, found.joined[new] - start])
    on = start + day
    may = (on >= found.joined[buyer]) & (on < found.stops[buyer])
    return buyer[may], is_customer[may], day[may]


def _moments(month: Month, day: Ints, chance: Chance) -> Ints:
    if month.is_first_day:
        return month.midnights()[0] + chance.below(FIRST_MINUTES * 60, len(day))
    open_seconds = chance.below(_OPEN_HOURS * 3600, len(day))
    return month.midnights()[day] + _OPENS_AT * 3600 + open_seconds


def _lines(is_customer: Ints, is_standing: Yes, chance: Chance) -> dict[str, Ints]:
    count = len(is_customer)
    lines = 1 + chance.picks(_LINES, count) + (1 - is_customer) * chance.below(2, count)
    lines[is_standing] = _STANDING_LINES
    order = np.repeat(np.arange(count), lines)
    ends = np.cumsum(lines)
    nth = np.arange(len(order)) - np.repeat(ends - lines, lines)
    first = chance.below(len(goods.products()), count)
    stride = _STRIDES[chance.below(len(_STRIDES), count)]
    return {
        "order": order,
        "product": (first[order] + nth * stride[order]) % len(goods.products()),
        "quantity": 1 + chance.picks(_PIECES, len(order)),
    }


def _figures(orders: Orders, row: Ints, place: int) -> dict[str, Ints]:
    """Give money in minor units and volumes in hundredths for all pieces of each line."""
    prices = goods.price_list()
    order, product, quantity = orders.order[row], orders.product[row], orders.quantity[row]
    market = orders.market[order]
    audience = np.where(orders.customer[order] > 0, CUSTOMER, PARTNER)
    time = int(place >= RAISED_FROM)
    percent = prices.percent[product, market]
    net, tax = goods.net_and_tax(prices.gross[time, product, market, audience] * quantity, percent)
    retail, _ = goods.net_and_tax(prices.gross[time, product, market, RETAIL] * quantity, percent)
    return {
        "net": net,
        "tax": tax,
        "retail": retail,
        "pv": prices.pv[product] * quantity,
        "cv": prices.cv[product] * quantity,
    }


def _customers(orders: Orders, order: Ints) -> pa.Array:
    """Give the code of each row's customer, empty for an own order."""
    pairs = orders.member[order] * 100 + orders.customer[order]
    known, codes = np.unique(np.where(orders.customer[order] > 0, pairs, -1), return_inverse=True)
    texts = ["" if one < 0 else customer_code(one // 100, one % 100) for one in known.tolist()]
    return labels(texts, codes)
