"""A made-up company: its members and the orders of some months."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa

from upline.generate import names, purchases, text_columns
from upline.generate.chance import Chance, Ints
from upline.generate.shapes import SHAPES, followed, sponsors

COUNTRIES = ("PL", "KZ", "BG", "RU", "EU")
COUNTRY_WEIGHTS = (24, 24, 18, 20, 14)
STAYS_IN_COUNTRY_PERCENT = 75
QUALIFIED_PERCENT = 70
DAYS_BEFORE = 1460
MOST_MEMBERS = 50_000_000
MOST_ORDERS = 150_000_000
MOST_MONTHS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """Members in the order of joining, orders in the order of arrival."""

    members: pa.Table
    orders: pa.Table


def company(  # noqa: PLR0913 - six plain choices, each named by the caller
    *, members: int, orders: int, shape: str, months: int, start: str, seed: int
) -> Company:
    """Make up a company with so many members and so many orders in each of the months.

    `start` is the first month, as in 2026-10. The same arguments give the same columns on any
    machine. Raises ValueError, with a sentence that says what to write, for impossible arguments.
    """
    _refuse_nonsense(members=members, orders=orders, shape=shape, months=months, seed=seed)
    spans = _months(start, months)
    tree = sponsors(shape, count=members, seed=seed)
    joined = _joined(members, spans, seed)
    ids = text_columns.ids("M", np.arange(1, members + 1), 7 if members < 10_000_000 else 9)
    bought = purchases.purchases(joined=joined, spans=spans, orders=orders, seed=seed)
    return Company(
        members=_members(ids, tree, joined, seed),
        orders=purchases.table(bought, ids),
    )


def _refuse_nonsense(*, members: int, orders: int, shape: str, months: int, seed: int) -> None:
    if not 1 <= members <= MOST_MEMBERS:
        raise ValueError(f"A company has 1 to {MOST_MEMBERS:,} members, not {members:,}.")
    if not 0 <= orders <= MOST_ORDERS:
        raise ValueError(f"A month has 0 to {MOST_ORDERS:,} orders, not {orders:,}.")
    if shape not in SHAPES:
        raise ValueError(f"There is no shape '{shape}'; the shapes are {', '.join(SHAPES)}.")
    if not 1 <= months <= MOST_MONTHS:
        raise ValueError(f"1 to {MOST_MONTHS} months can be made, not {months}.")
    if seed < 0:
        raise ValueError(f"The seed is a whole number from 0 on, not {seed}.")


def _months(start: str, months: int) -> list[tuple[int, int]]:
    """Give the first day of each month and of the next, as days since 1970."""
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", start) or not 1975 <= int(start[:4]) <= 2200:
        raise ValueError(f"The start is a month such as 2026-10, not '{start}'.")
    first = np.datetime64(start, "M")
    edges = np.arange(first, first + months + 1).astype("datetime64[D]").astype(np.int64)
    return [(int(begin), int(end)) for begin, end in pairwise(edges)]


def _joined(members: int, spans: list[tuple[int, int]], seed: int) -> Ints:
    """Give the days of joining in order; more people join the older the company is."""
    founded, end = spans[0][0] - DAYS_BEFORE, spans[-1][1]
    chance = Chance(seed, "joined")
    span = end - founded
    later = np.maximum(chance.below(span, members), chance.below(span, members))
    later[0] = 0
    return founded + np.sort(later)


def _members(ids: pa.Array, tree: Ints, joined: Ints, seed: int) -> pa.Table:
    count = len(tree)
    country = _countries(tree, seed)
    qualified = Chance(seed, "qualified").happens(QUALIFIED_PERCENT, count)
    return pa.table(
        {
            "id": ids,
            "sponsor": ids.take(pa.array(tree, mask=tree < 0)),
            "number": np.arange(1, count + 1),
            "joined": text_columns.days(joined),
            "country": text_columns.labels(list(COUNTRIES), country),
            "name": names.column(country, Chance(seed, "names")),
            "qualified": text_columns.labels(["no", "yes"], qualified.astype(np.int64)),
        }
    )


def _countries(tree: Ints, seed: int) -> Ints:
    """Let most people live where their sponsor lives."""
    chance = Chance(seed, "countries")
    own = chance.picks(COUNTRY_WEIGHTS, len(tree))
    stays = chance.happens(STAYS_IN_COUNTRY_PERCENT, len(tree)) & (tree >= 0)
    return own[followed(np.where(stays, tree, np.arange(len(tree))))]
