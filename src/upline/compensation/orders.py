"""Orders put together by member, each column when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from upline.compensation import memory
from upline.compensation.columns import Column, Members, Quotients
from upline.compensation.genealogy.forest import Forest
from upline.compensation.kernels import grouping, trees
from upline.compensation.parallel import in_parts, parts_of

Array = npt.NDArray[Any]
# Groups are found in two steps: into 2**7 to 2**8 buckets, then within each.
_BUCKET_BITS = 8


class MadeOnce(Mapping[str, Column]):
    """Columns by name, each made when it is first asked for."""

    def __init__(self, makers: Mapping[str, Callable[[], Column]]) -> None:
        self._makers = makers
        self._made: dict[str, Column] = {}

    def __getitem__(self, name: str) -> Column:
        if name not in self._made:
            self._made[name] = self._makers[name]()
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


@dataclass(frozen=True, slots=True)
class Named:
    """Whom each order names: the member in row table[ids[k] - low], nobody where that is -1 or outside."""

    ids: npt.NDArray[np.int64]
    low: int
    table: npt.NDArray[np.int32]

    def taken(self, rows: Array) -> Named:
        """Give whom some of the orders name."""
        return Named(self.ids[rows], self.low, self.table)


class Orders(Mapping[str, Column]):
    """Orders in the sequence of their members' positions: `starts[p]` to `starts[p + 1]`.

    As a mapping it gives columns in that sequence. `rows` are the orders' rows in the input,
    `member` the position of each; `in_period` marks those of the period where earlier ones were
    kept too, else it is None. `unknown` counts orders that name nobody; where there are any, no
    column can be given. `bring` puts columns together in the background.
    """

    def __init__(
        self,
        named: Named,
        forest: Forest,
        chosen: Array | None,
        columns: Mapping[str, Column],
        inside: npt.NDArray[np.bool_] | None,
    ) -> None:
        self._forest = forest
        self._chosen = chosen
        self._raw = columns
        self._inside = inside
        self._made: dict[str, Column] = {}
        self._parts = parts_of(len(named.ids))
        members = len(forest)
        self._shift = max(members.bit_length() - _BUCKET_BITS, 0)
        buckets = (max(members, 1) - 1 >> self._shift) + 1
        self._cursors = np.zeros((len(self._parts), buckets), np.int64)
        self._split = parts_of(buckets, workers=len(self._parts))
        self._groups = memory.empty(len(named.ids), np.int32)
        places = forest.positions_of(named.table)
        found = in_parts(
            self._parts,
            lambda part, first, last: grouping.find_buckets(
                named.ids, named.low, places, self._shift, self._cursors[part], self._groups,
                first, last,
            ),
        )  # fmt: skip
        self.unknown = sum(int(count) for count in found)
        self._bounds = np.zeros(buckets + 1, np.int64)
        grouping.bucket_starts(self._cursors, self._bounds)
        self._bucketed: Array | None = None
        self._starts = memory.empty(members + 1, np.int64)
        self._brought: Future[None] | None = None

    def bring(self, names: Iterable[str]) -> None:
        """Begin to put columns together; whoever asks for one waits until it is there."""
        wanted = sorted(set(names) & self._raw.keys())
        if len(self._parts) == 1 or not wanted:
            return
        aside = ThreadPoolExecutor(1)
        self._brought = aside.submit(self._bring, wanted)
        aside.shutdown(wait=False)

    def _bring(self, names: list[str]) -> None:
        for name in names:
            self._made[name] = self._together(self._raw[name])

    def __getitem__(self, name: str) -> Column:
        self._wait()
        if name not in self._made:
            self._made[name] = self._together(self._raw[name])
        return self._made[name]

    def settle(self) -> None:
        """Bring groups together now: from then on several threads may ask for columns at once."""
        _ = self.starts

    def _wait(self) -> None:
        brought, self._brought = self._brought, None
        if brought is not None:
            brought.result()

    def __iter__(self) -> Iterator[str]:
        return iter(self._raw)

    def __len__(self) -> int:
        return len(self._groups)

    @property
    def columns(self) -> Mapping[str, Column]:
        return self

    @property
    def starts(self) -> Array:
        self._wait()
        if self._bucketed is None:
            self._bring_groups(None)
        return self._starts

    @property
    def rows(self) -> Array:
        self._wait()
        return self._rows

    @cached_property
    def _rows(self) -> Array:
        if self._bucketed is None:
            self._bring_groups(None)
        bucketed = memory.empty(len(self._groups), np.int32)
        cursors = self._cursors.copy()
        in_parts(
            self._parts,
            lambda part, first, last: grouping.rows_into_buckets(
                self._groups, self._shift, cursors[part], bucketed, first, last
            ),
        )
        out = self._out_of_buckets(bucketed)
        return out if self._chosen is None else self._chosen[out]

    def summed(self, values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Add up whole numbers, one for each order, by member."""
        starts = self.starts
        out = memory.empty(len(starts) - 1, np.int64)
        in_parts(parts_of(len(out)), lambda _, *part: trees.sum_groups(starts, values, out, *part))
        return out

    @cached_property
    def member(self) -> Array:
        counts = np.diff(self.starts)
        return np.repeat(np.arange(len(counts), dtype=np.int32), counts)

    @property
    def chosen_rows(self) -> Array | None:
        """The rows of the input that are here, in its sequence; None for all."""
        return self._chosen

    @property
    def member_as_it_came(self) -> Array:
        """The position of each order's member, in the sequence of the input."""
        return self._groups

    @property
    def as_they_came(self) -> dict[str, Column]:
        """The columns of the input, those rows with them that are not here."""
        count = len(self._groups) if self._chosen is None else int(self._chosen.max(initial=-1)) + 1
        return {name: column.spread(count) for name, column in self._raw.items()}

    @cached_property
    def in_period(self) -> npt.NDArray[np.bool_] | None:
        return None if self._inside is None else self._inside[self.rows]

    def _together(self, column: Column) -> Column:
        if isinstance(column, Quotients):
            raise TypeError("a quotient does not come in")
        values = self._put(column.values)
        if isinstance(column, Members) and values.ndim:
            values = self._forest.positions_of(values)
        return column.with_values(values)

    def _put(self, values: Array) -> Array:
        if values.ndim == 0:
            return values
        if values.dtype == object:
            return values[self._rows]
        chosen = values if self._chosen is None else values[self._chosen]
        if self._bucketed is None:
            return self._out_of_buckets(self._bring_groups(chosen))
        return self._out_of_buckets(self._into_buckets(chosen))

    def _bring_groups(self, values: Array | None) -> Array:
        """Find where each group stands; brings a column into buckets in the same go."""
        if values is None:
            self._bucketed = self._into_buckets(self._groups)
            out = self._bucketed
        else:
            self._bucketed, out = self._both_into_buckets(values)
        bucketed = self._bucketed
        self._starts[0] = 0
        in_parts(
            self._split,
            lambda _, first, last: grouping.count_groups(
                bucketed, self._bounds, self._shift, self._starts, first, last
            ),
        )
        return out

    def _both_into_buckets(self, values: Array) -> tuple[Array, Array]:
        bucketed = memory.empty(len(values), np.int32)
        out = memory.empty(len(values), values.dtype)
        cursors = self._cursors.copy()
        in_parts(
            self._parts,
            lambda part, first, last: grouping.both_into_buckets(
                self._groups, self._shift, values, cursors[part], bucketed, out, first, last
            ),
        )
        return bucketed, out

    def _into_buckets(self, values: Array) -> Array:
        out = memory.empty(len(values), values.dtype)
        cursors = self._cursors.copy()
        in_parts(
            self._parts,
            lambda part, first, last: grouping.into_buckets(
                self._groups, self._shift, values, cursors[part], out, first, last
            ),
        )
        return out

    def _out_of_buckets(self, values: Array) -> Array:
        out = memory.empty(len(values), values.dtype)
        in_parts(
            self._split,
            lambda _, first, last: grouping.out_of_buckets(
                self._bucketed, values, self._bounds, self._shift, self._starts, out, first, last
            ),
        )
        return out


def in_sequence(chosen: Array | None, sequence: Array | slice) -> Array | slice:
    """Give rows of the input for a sequence of those that were chosen, where not all were."""
    return sequence if chosen is None else chosen[sequence]
