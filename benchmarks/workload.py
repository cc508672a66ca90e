"""The company that the engine is timed on, as columns in no order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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


@dataclass(frozen=True, slots=True)
class Workload:
    """Columns of members (row k) and orders; volumes in hundredths."""

    ids: npt.NDArray[np.int64]
    sponsors: npt.NDArray[np.int64]
    numbers: npt.NDArray[np.int64]
    ranks: npt.NDArray[np.int32]
    active: npt.NDArray[np.bool_]
    order_members: npt.NDArray[np.int64]
    volumes: npt.NDArray[np.int64]

    def inputs(self) -> Inputs:
        """Give the columns as a run takes them."""
        count = len(self.order_members)
        ranks = pa.DictionaryArray.from_arrays(pa.array(self.ranks), pa.array(RANKS))
        members = pa.table(
            {
                "id": self.ids,
                "sponsor": pa.array(self.sponsors, mask=self.sponsors == 0),
                "number": self.numbers,
                "rank": ranks,
                "active": self.active,
            }
        )
        day = pa.array(np.full(count, 20_000, np.int32)).view(pa.date32())
        volumes = pa.Array.from_buffers(
            pa.decimal64(18, 2), count, [None, pa.py_buffer(self.volumes)]
        )
        orders = pa.table(
            {"id": np.arange(count), "member": self.order_members, "date": day, "pv": volumes}
        )
        return Inputs(members=members, orders=orders, period=Period.parse("2024-10"))


def workload(members: int, orders: int, *, seed: int = 1) -> Workload:
    """Make a company: few early leaders with large groups, rows of both tables shuffled."""
    chance: Any = np.random.default_rng(seed)
    joined = np.arange(members)
    parent = np.full(members, -1, np.int64)
    parent[1:] = np.minimum(
        (joined[1:] * chance.random(members - 1) ** 2).astype(np.int64), joined[:-1]
    )
    shuffled = chance.permutation(members)
    above = parent[shuffled]
    return Workload(
        ids=shuffled + _FIRST_ID,
        sponsors=np.where(above < 0, 0, above + _FIRST_ID),
        numbers=shuffled,
        ranks=np.minimum(chance.geometric(0.55, members) - 1, len(RANKS) - 1).astype(np.int32),
        active=chance.random(members) < 0.6,
        order_members=chance.integers(0, members, orders) + _FIRST_ID,
        volumes=chance.integers(500, 30_000, orders),
    )
