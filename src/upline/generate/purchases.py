"""Orders of a made-up company: who bought what on which day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from upline.generate import text_columns
from upline.generate.chance import Chance, Ints

KINDS = ["purchase", "joining"]
BUYERS_PERCENT = 66
CUSTOMERS_PERCENT = 35
CUSTOMERS_OF_A_MEMBER = 4
REFUNDS_IN_ORDERS = 100
# What a member and his customers bring on average in a month, in hundredths of a point.
MONTHLY_VOLUME = 17_000
LEAST_VOLUME, MOST_VOLUME = 1_000, 20_000
JOINING_PRICE = 4_900


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchases:
    """Columns of orders; figures in hundredths, `customer` 0 where the member buys himself."""

    member: Ints
    day: Ints
    kind: Ints
    customer: Ints
    pv: Ints
    cv: Ints
    price: Ints

    def taken(self, rows: Ints) -> Purchases:
        """Give the rows in the order asked for."""
        return Purchases(
            **{name: getattr(self, name)[rows] for name in Purchases.__dataclass_fields__}
        )


def purchases(*, joined: Ints, spans: list[tuple[int, int]], orders: int, seed: int) -> Purchases:
    """Make up the orders of each month; about one in a hundred takes an earlier one back."""
    months = [
        _month(joined=joined, span=span, orders=orders, chance=Chance(seed, f"orders {number}"))
        for number, span in enumerate(spans)
    ]
    return Purchases(
        **{
            name: np.concatenate([getattr(month, name) for month in months])
            for name in Purchases.__dataclass_fields__
        }
    )


def _month(*, joined: Ints, span: tuple[int, int], orders: int, chance: Chance) -> Purchases:
    begin, end = span
    present = int(np.searchsorted(joined, end, side="left"))
    known = int(np.searchsorted(joined, begin, side="left"))
    refunds = orders // REFUNDS_IN_ORDERS if orders > 1 else 0
    joining = min(present - known, orders // 20)
    bought = orders - refunds - joining
    volume = min(max(MONTHLY_VOLUME * present // max(orders, 1), LEAST_VOLUME), MOST_VOLUME)

    regular = _regular(present=present, count=bought, volume=volume, chance=chance)
    day = begin + chance.below(end - begin, bought)
    # Every month has orders on its first and on its last day.
    day[:1], day[1:2] = begin, end - 1
    regular.day[:] = np.maximum(day, joined[regular.member])
    first = _joining(np.arange(present - joining, present), joined)
    both = _joined_up(regular, first)
    sold = both.taken(np.argsort(both.day, kind="stable"))
    return _joined_up(sold, _taken_back(sold, refunds, chance))


def _regular(*, present: int, count: int, volume: int, chance: Chance) -> Purchases:
    buyers = np.flatnonzero(chance.happens(BUYERS_PERCENT, present))
    if not len(buyers):
        buyers = np.arange(present)
    # Half of the orders go round evenly, half to those who buy much.
    many = len(buyers)
    evenly = chance.below(many, count)
    much = chance.below(chance.below(many, count) + 1, count)
    place = np.where(chance.happens(50, count), evenly, _shuffled(many, chance)[much])
    member = buyers[place]
    has_customer = chance.happens(CUSTOMERS_PERCENT, count)
    customer = member * CUSTOMERS_OF_A_MEMBER + chance.below(CUSTOMERS_OF_A_MEMBER, count) + 1
    pv = volume * (20 + chance.below(161, count)) // 100
    return Purchases(
        member=member,
        day=np.zeros(count, dtype=np.int64),
        kind=np.zeros(count, dtype=np.int64),
        customer=np.where(has_customer, customer, 0),
        pv=pv,
        cv=pv * (80 + 5 * chance.below(5, count)) // 100,
        price=pv * (125 + 15 * chance.below(4, count)) // 100,
    )


def _shuffled(count: int, chance: Chance) -> Ints:
    return np.argsort(chance.below(1 << 31, count), kind="stable")


def _joining(member: Ints, joined: Ints) -> Purchases:
    """Give each newcomer the kit that carries no points."""
    nothing = np.zeros(len(member), dtype=np.int64)
    return Purchases(
        member=member,
        day=joined[member],
        kind=nothing + 1,
        customer=nothing,
        pv=nothing,
        cv=nothing,
        price=nothing + JOINING_PRICE,
    )


def _taken_back(sold: Purchases, count: int, chance: Chance) -> Purchases:
    """Give refunds: the figures of an order negated, its day and everything else as they were."""
    count = min(count, len(sold.member))
    if not count:
        return sold.taken(np.arange(0))
    # One refund at most from each stretch of orders, so that nothing is taken back twice.
    starts = np.arange(count) * len(sold.member) // count
    ends = (np.arange(count) + 1) * len(sold.member) // count
    back = sold.taken(starts + chance.below(ends - starts, count))
    for figures in (back.pv, back.cv, back.price):
        np.negative(figures, out=figures)
    return back


def _joined_up(first: Purchases, second: Purchases) -> Purchases:
    return Purchases(
        **{
            name: np.concatenate([getattr(first, name), getattr(second, name)])
            for name in Purchases.__dataclass_fields__
        }
    )


def table(bought: Purchases, member_ids: pa.Array) -> pa.Table:
    """Write purchases as a table of orders."""
    count = len(bought.member)
    customers = text_columns.ids("C", bought.customer, 9)
    digits = 8 if count < 100_000_000 else 10
    return pa.table(
        {
            "id": text_columns.ids("O", np.arange(1, count + 1), digits),
            "member": member_ids.take(pa.array(bought.member)),
            "date": text_columns.days(bought.day),
            "kind": text_columns.labels(KINDS, bought.kind),
            "customer": customers.take(pa.array(np.arange(count), mask=bought.customer == 0)),
            "pv": text_columns.hundredths(bought.pv),
            "cv": text_columns.hundredths(bought.cv),
            "price": text_columns.hundredths(bought.price),
        }
    )
