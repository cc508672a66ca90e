"""What a run is computed from, and the same laid out for computing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from upline.compensation.carried import Carried, Entries
from upline.compensation.columns import Column
from upline.compensation.genealogy.forest import Forest
from upline.compensation.given import Legs
from upline.compensation.orders import Orders
from upline.compensation.own_ids import looked_up, own, taken
from upline.compensation.periods import Period
from upline.compensation.plan.load import Plan
from upline.compensation.tables import Source, TableLike


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """Members, orders and what else a run needs; tables are anything that speaks Arrow.

    `members` has `id`, `sponsor` and the plan's fields; `orders` has `id`, `member`, `date` and
    the plan's fields; `given_earnings` has `member`, `bonus`, `amount`, `given_legs` has `member`,
    `left`, `right`; `carries` is what the run before gave, of whichever calendar. `calendar` says whose period
    it is where the plan has several: a span as in the plan; left out, the plan's own. For a plan that takes
    rates from the run, `exchange` maps a currency to the worth of one unit in the plan's, and
    `pay_exchange` to how much of it is paid for one unit of the plan's. `sources` name the tables
    in messages.

    Facts may be cut in any way: rows of a table in any order, in any number of Arrow chunks (several
    files that were read behind each other), give the same result and the same digests. The cut is
    the caller's; several processes may each read a part and hand over its chunks.
    """

    members: TableLike
    orders: TableLike
    period: Period
    calendar: str = ""
    given_earnings: TableLike | None = None
    given_legs: TableLike | None = None
    carries: TableLike | None = None
    exchange: Mapping[str, Fraction] = field(default_factory=dict)
    pay_exchange: Mapping[str, Fraction] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)

    @property
    def rates(self) -> dict[str, Mapping[str, Fraction]]:
        """The rates that come with the run, by the section of the plan that takes them."""
        return {"exchange": self.exchange, "pay_exchange": self.pay_exchange}

    def source(self, name: str) -> Source:
        """Say how a table is called in messages."""
        return self.sources.get(name) or Source(name)


@dataclass(frozen=True, slots=True)
class World:
    """Inputs laid out for computing: every member column is in preorder of the sponsor tree."""

    plan: Plan
    period: Period
    calendar: str
    ids: pa.Array
    order_ids: pa.Array
    forest: Forest
    trees: dict[str, Forest]
    members: Mapping[str, Column]
    orders: Orders
    given_earnings: dict[str, npt.NDArray[Any]]
    earnings_unit: Fraction
    given_legs: Legs | None
    carried: Carried
    carried_elsewhere: dict[str, Entries]
    rates: Mapping[str, Mapping[str, Fraction]]
    orders_outside: int
    ignored_columns: tuple[str, ...]
    _id_lists: dict[str, pa.Array] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.forest)

    def id_of(self, position: int) -> str:
        """Give the id of the member at a position."""
        return str(self.ids[int(self.forest.rows[position])].as_py())

    def ids_at(self, positions: npt.NDArray[Any]) -> pa.Array:
        """Give ids for positions; -1 gives null."""
        rows = np.where(positions < 0, -1, self.forest.rows[np.maximum(positions, 0)])
        return self.id_texts().take(pa.array(rows, mask=rows < 0))

    def own_ids_at(self, positions: npt.NDArray[Any]) -> pa.Array:
        """Give ids for positions as files keep them: whole numbers stay such."""
        return taken(self.own_ids(), looked_up(self.forest.rows, positions))

    def id_texts(self) -> pa.Array:
        """Give the ids of members as texts, by row; they are written once."""
        return self._listed("texts", lambda: self.ids.cast(pa.string()))

    def own_ids(self) -> pa.Array:
        """Give the ids of members, by row: as whole numbers where they came so, else as texts."""
        return self._listed("own", lambda: own(self.ids))

    def _listed(self, kind: str, make: Callable[[], pa.Array]) -> pa.Array:
        if kind not in self._id_lists:
            self._id_lists[kind] = make()
        return self._id_lists[kind]
