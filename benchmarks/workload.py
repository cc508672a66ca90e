"""The companies that the engine is timed on, as columns in no order."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numba
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from upline.compensation import Inputs, Period

RANKS = ("Partner", "Bronze", "Silver", "Gold", "Platinum", "Diamond")
# Hundredths of a percent by rank and level: the plan below in whole numbers.
RATES = (
    (500, 100, 100, 100, 100, 100, 100),
    (600, 150, 150, 150, 150, 150, 150),
    (700, 400, 200, 200, 200, 200, 200),
    (800, 500, 250, 250, 250, 250, 250),
    (900, 600, 300, 300, 300, 300, 300),
    (1000, 700, 350, 350, 350, 350, 350),
)
LEVELS = len(RATES[0])
_FIRST_ID = 1000


def plan_text() -> str:
    """Write the plan whose rates are RATES."""
    rows = []
    for rank, rates in zip(RANKS, RATES, strict=True):
        listed = ", ".join(f"{level}: {rate / 100:g} %" for level, rate in enumerate(rates, 1))
        rows.append(f"      {rank}: {{{listed}}}")
    return f"""
language: 1
plan: seven-levels
version: 2026-01-01
currency: EUR
point_value: 1 EUR
members: {{active: yes_no}}
orders: {{pv: {{unit: points, places: 2}}}}
ranks: {{given: [{", ".join(RANKS)}]}}
bonuses:
  levels:
    kind: level
    base: pv
    requires: active
    compression: roll_up
    levels:
      by: rank
{chr(10).join(rows)}
"""


SHAPES = ("realistic", "chain", "star", "caterpillar", "forest")
_ROOTS = 10_000
_PERIOD, _DAY = "2024-10", 20_000
# A company that pays nothing, and in which four volumes of every member are asked for.
VOLUMES = """
language: 1
plan: volumes
version: 2026-01-01
currency: EUR
orders: {pv: {unit: points, places: 2}}
trees: {placement: {kind: binary}}
measures: {whole: group(pv), strongest: "leg(1, pv)", first: left(pv), second: right(pv)}
"""


def hybrid_text() -> str:
    """Read the hybrid plan."""
    return Path(__file__).with_name("hybrid.yaml").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Workload:
    """Columns of members (row k) and orders; volumes in hundredths; 0 is nobody."""

    ids: npt.NDArray[np.int64]
    sponsors: npt.NDArray[np.int64]
    above: npt.NDArray[np.int64]
    is_right: npt.NDArray[np.bool_]
    numbers: npt.NDArray[np.int64]
    ranks: npt.NDArray[np.int32]
    active: npt.NDArray[np.bool_]
    order_members: npt.NDArray[np.int64]
    volumes: npt.NDArray[np.int64]

    def inputs(self) -> Inputs:
        """Give the columns as a run takes them, ranks and activity among them."""
        ranks = pa.DictionaryArray.from_arrays(pa.array(self.ranks), pa.array(RANKS))
        members = pa.table({**self._joined(), "rank": ranks, "active": self.active})
        return self._with_orders(members)

    def placed_inputs(self) -> Inputs:
        """Give the columns with the places in the binary tree, for plans that find ranks themselves."""
        sides = pa.DictionaryArray.from_arrays(
            pa.array(self.is_right.astype(np.int32)), pa.array(("left", "right"))
        )
        places = {"placement_parent": pa.array(self.above, mask=self.above == 0), "side": sides}
        return self._with_orders(pa.table({**self._joined(), **places}))

    def _joined(self) -> dict[str, Any]:
        sponsors = pa.array(self.sponsors, mask=self.sponsors == 0)
        return {"id": self.ids, "sponsor": sponsors, "number": self.numbers}

    def _with_orders(self, members: pa.Table) -> Inputs:
        count = len(self.order_members)
        day = pa.array(np.full(count, _DAY, np.int32)).view(pa.date32())
        volumes = pa.Array.from_buffers(
            pa.decimal64(18, 2), count, [None, pa.py_buffer(self.volumes)]
        )
        orders = pa.table(
            {"id": np.arange(count), "member": self.order_members, "date": day, "pv": volumes}
        )
        return Inputs(members=members, orders=orders, period=Period.parse(_PERIOD))


def bytes_of(inputs: Inputs) -> int:
    """Give how many bytes the columns of members and orders have."""
    return sum(table.nbytes for table in (inputs.members, inputs.orders))  # type: ignore[union-attr, attr-defined]


def workload(members: int, orders: int, *, seed: int = 1, shape: str = "realistic") -> Workload:
    """Make a company, rows of both tables shuffled.

    `realistic`: few early leaders with large groups; `chain`: one below the other; `star`: all
    below the first; `caterpillar`: a chain of which each has one more recruit; `forest`: 10,000
    without a sponsor. In the placement tree everybody stands at a random open place.
    """
    chance: Any = np.random.default_rng(seed)
    parent = _sponsors(members, shape, chance)
    shuffled = chance.permutation(members)
    above = parent[shuffled]
    ranks = np.minimum(chance.geometric(0.55, members) - 1, len(RANKS) - 1).astype(np.int32)
    active = chance.random(members) < 0.6
    order_members = chance.integers(0, members, orders) + _FIRST_ID
    volumes = chance.integers(500, 30_000, orders)
    placed, is_right = _placed(chance.permutation(members))
    places = placed[shuffled]
    return Workload(
        ids=shuffled + _FIRST_ID,
        sponsors=np.where(above < 0, 0, above + _FIRST_ID),
        above=np.where(places < 0, 0, places + _FIRST_ID),
        is_right=is_right[shuffled],
        numbers=shuffled,
        ranks=ranks,
        active=active,
        order_members=order_members,
        volumes=volumes,
    )


def _sponsors(members: int, shape: str, chance: Any) -> npt.NDArray[np.int64]:
    """Give who invited the k-th to join; -1 is nobody."""
    joined = np.arange(members)
    before = joined - 1
    match shape:
        case "chain":
            parent = before
        case "star":
            parent = np.zeros(members, np.int64)
        case "caterpillar":
            parent = np.where(joined % 2 == 1, before, joined - 2)
        case _:
            parent = np.minimum((joined * chance.random(members) ** 2).astype(np.int64), before)
    parent[: min(_ROOTS, members) if shape == "forest" else 1] = -1
    return parent


@numba.njit
def _placed(place):  # type: ignore[no-untyped-def]
    """Give the parents of a random binary tree, and who stands on the right.

    place[k] is where member k stands from left to right: each comes below the member on whom a
    search for his place among those who joined before ends.
    """
    count = len(place)
    joined = np.empty(count, np.int64)
    for k in range(count):
        joined[place[k]] = k
    parent, is_right = np.full(count, -1, np.int64), np.zeros(count, np.bool_)
    line = np.empty(count, np.int64)
    height = 0
    for at in range(count):
        newest, last = joined[at], -1
        while height > 0 and line[height - 1] > newest:
            height -= 1
            last = line[height]
        if last >= 0:
            parent[last] = newest
            is_right[last] = False
        if height > 0:
            parent[newest] = line[height - 1]
            is_right[newest] = True
        line[height] = newest
        height += 1
    return parent, is_right
