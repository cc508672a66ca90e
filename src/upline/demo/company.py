"""The demo company as data, before anything is written: all of it follows from three numbers."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from upline.company.calendars import CalendarDescription
from upline.company.description import Description
from upline.company.markets import TAX_SINCE, MarketDescription
from upline.company.territories import name_of
from upline.compensation import load_plan
from upline.demo import goods, logins
from upline.demo.errors import DemoTooSmall
from upline.demo.members import SMALLEST, Members, contact_table, member_table, members
from upline.demo.months import ZONE, Month, in_days, months_until
from upline.demo.purchases import Orders, order_table, orders_of
from upline.generate.chance import Chance, Ints

NAME = "Tymira"
CURRENCY = "EUR"
CALENDAR = "monthly"
PLAN = Path(__file__).with_name("plan.yaml")
# Orders of the present month that go through the shop one after the other: the newest of all, and
# some of the days before, which have been sent or have arrived by now.
NEWEST_ORDERS, RECENT_ORDERS, RECENT_SECONDS = 40, 110, 8 * 86_400
# Orders of a closed month that come in after it was frozen.
LATE_ORDERS = 4
# What one euro is worth on the first day, in ten-thousandths, and how far it moves in a day.
# More places would be more exact, and the sums of a million members too long for 64 bits.
RATE_PLACES = 7
_RATES = {"PLN": (42_500, 120), "KZT": (5_410_000, 16_000)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """What a demo company follows from: how many members, which chance, which day."""

    members: int
    seed: int
    today: date


class DemoCompany:
    """Members, goods, prices, orders of four months and rates of exchange, made up when asked for."""

    def __init__(self, size: Size) -> None:
        if size.members < SMALLEST:
            raise DemoTooSmall(members=size.members, least=SMALLEST)
        self.size = size
        self.months = months_until(size.today)

    @cached_property
    def members(self) -> Members:
        return members(count=self.size.members, months=self.months, seed=self.size.seed)

    @cached_property
    def orders(self) -> tuple[Orders, ...]:
        return tuple(
            orders_of(self.members, self.months, place, seed=self.size.seed)
            for place in range(len(self.months))
        )

    @cached_property
    def member_table(self) -> pa.Table:
        return member_table(self.members, seed=self.size.seed, known=logins.known_members())

    @cached_property
    def contact_table(self) -> pa.Table:
        return contact_table(self.members, seed=self.size.seed, known=logins.known_members())

    def joined_by(self, month: Month | None) -> tuple[pa.Table, pa.Table]:
        """Give the members who joined in a month, or before all of them, and their contacts."""
        joined = self.members.joined
        first = 0 if month is None else in_days(month.starts_on)
        end = in_days(self.months[0].starts_on if month is None else month.ends_on)
        chosen = pa.array((joined >= first) & (joined < end))
        table = self.member_table.filter(chosen)
        contacts = self.contact_table
        return table, contacts.filter(pc.is_in(contacts["code"], table["code"].combine_chunks()))

    def first_number(self, place: int) -> int:
        """Give the number of the first order of a month."""
        return 1 + sum(map(len, self.orders[:place]))

    def kept_back(self, place: int) -> Ints:
        """Give the orders of a month that go through the shop: recent ones, or some late ones."""
        orders, month = self.orders[place], self.months[place]
        count = len(orders)
        chance = Chance(self.size.seed, f"orders kept back of month {place}")
        if not month.is_open:
            return np.unique(count * 3 // 4 + chance.below(count // 4, LATE_ORDERS))
        since = int(month.now.timestamp()) - RECENT_SECONDS
        # Of a small company not all, so that some are loaded as well.
        newest = min(NEWEST_ORDERS, count // 6)
        recent = np.arange(np.searchsorted(orders.moment, since), count - newest)
        few = min(RECENT_ORDERS, count // 3, len(recent))
        chosen = recent[chance.below(len(recent), few)]
        return np.unique(np.concatenate([chosen, np.arange(count - newest, count)]))

    def loaded_orders(self, place: int) -> pa.Table:
        """Give the orders of a month that come in as a table."""
        count = len(self.orders[place])
        chosen = np.setdiff1d(np.arange(count), self.kept_back(place))
        return order_table(
            self.orders[place],
            self.members,
            chosen=chosen,
            first_number=self.first_number(place),
            place=place,
        )

    def rates(self, place: int) -> str:
        """Give the rates of exchange of each day of a month that has come, as a CSV."""
        month = self.months[place]
        days = [day for day in _days(month) if day <= self.size.today]
        lines = ["rate_on,base,quote,rate"]
        for code, (worth, step) in _RATES.items():
            chance = Chance(self.size.seed, f"rate of {code} in {month.label}")
            moves = chance.below(2 * step + 1, len(days)) - step
            for day, move in zip(days, moves.tolist(), strict=True):
                rate = Decimal(worth + move) / 10_000
                lines.append(f"{day},{CURRENCY},{code},{rate}")
                lines.append(f"{day},{code},{CURRENCY},{round(1 / rate, RATE_PLACES)}")
        return "\n".join(lines) + "\n"

    def description(self) -> Description:
        """Give what the company is set up from."""
        return Description(
            name=NAME,
            time_zone=ZONE,
            currency=CURRENCY,
            markets=tuple(_market(one) for one in goods.MARKETS),
            calendars=(
                CalendarDescription(
                    name=CALENDAR, every="month", starts_on=self.months[0].starts_on
                ),
            ),
            plan=load_plan(PLAN.read_text(encoding="utf-8"), file=PLAN.name),
            plan_file=PLAN.name,
            owner=logins.OWNER.email,
        )

    def digest(self) -> str:
        """Give one digest over all that the company is made of."""
        found = hashlib.sha256()
        for part in self._parts():
            found.update(part)
        return found.hexdigest()

    def _parts(self) -> Iterator[bytes]:
        yield PLAN.read_bytes()
        tables = [goods.product_table(), goods.price_table(self.months)]
        tables += [self.member_table, self.contact_table]
        for place, orders in enumerate(self.orders):
            everything = np.arange(len(orders))
            first = self.first_number(place)
            tables.append(
                order_table(
                    orders, self.members, chosen=everything, first_number=first, place=place
                )
            )
            yield self.rates(place).encode()
        for table in tables:
            sink = io.BytesIO()
            csv.write_csv(table, sink)
            yield sink.getvalue()


def _market(one: goods.Market) -> MarketDescription:
    return MarketDescription(
        code=one.code,
        name=name_of(one.code, one.language),
        country=one.code,
        currency=one.currency,
        language=one.language,
        time_zone=one.time_zone,
        prices_include_tax=True,
        tax_percent=Decimal(one.tax),
        tax_since=TAX_SINCE,
    )


def _days(month: Month) -> list[date]:
    first, end = month.starts_on.toordinal(), month.ends_on.toordinal()
    return [date.fromordinal(day) for day in range(first, end)]
