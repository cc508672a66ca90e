"""Orders put together by member, each column when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from upline.compensation import memory
from upline.compensation.buckets import Buckets, Named
from upline.compensation.columns import (
    Column,
    Members,
    Narrow,
    Numbers,
    Quotients,
    fits_narrow,
)
from upline.compensation.genealogy.forest import Forest
from upline.compensation.kernels import grouping, trees
from upline.compensation.parallel import in_parts, parts_of

Array = npt.NDArray[Any]


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


class Unplaced:
    """Orders of a period as they came: some of the rows, and columns, that begin to be brought together.

    `chosen` are the rows, None for all; `inside` marks those of the period where earlier ones are
    kept too.
    """

    def __init__(
        self,
        named: Named,
        columns: Mapping[str, Column],
        chosen: Array | None,
        inside: npt.NDArray[np.bool_] | None,
    ) -> None:
        self.columns, self.chosen, self.inside = columns, chosen, inside
        self.named = named if chosen is None else named.taken(chosen)
        self.buckets = Buckets(self.named.ids, named.low, len(named.table))
        self._brought: dict[str, Array] = {}

    def bring(self, names: Iterable[str]) -> None:
        """Put columns member by member before they are asked for, where that is much work."""
        if self.buckets.is_cut and not self.buckets.outside:
            for name in sorted(set(names) & self.columns.keys()):
                column = self.columns[name]
                values = column.values  # type: ignore[union-attr]
                if values.ndim and values.dtype != object:
                    self._brought[name] = self._ordered(column)
            _ = self.buckets.starts

    @property
    def brought(self) -> Iterable[str]:
        """The columns that stand member by member."""
        return tuple(self._brought)

    def ordered(self, name: str) -> Array:
        """Give a column member by member; it is not kept any longer."""
        found = self._brought.pop(name, None)
        return self._ordered(self.columns[name]) if found is None else found

    def _ordered(self, column: Column) -> Array:
        values: Array = column.values  # type: ignore[union-attr]
        if self.chosen is not None:
            values = values[self.chosen]
        is_narrow = isinstance(column, Numbers) and fits_narrow(values)
        return self.buckets.ordered(values, np.int32 if is_narrow else None)


class Orders(Mapping[str, Column]):
    """Orders in the sequence of their members' positions: `starts[p]` to `starts[p + 1]`.

    As a mapping it gives columns in that sequence. `rows` are the orders' rows in the input,
    `member` the position of each; `in_period` marks those of the period where earlier ones were
    kept too, else it is None. `unknown` counts orders that name nobody; where there are any, no
    column can be given. `bring` puts columns together in the background.
    """

    def __init__(self, unplaced: Unplaced, forest: Forest) -> None:
        self._forest = forest
        self._unplaced = unplaced
        self._made: dict[str, Column] = {}
        self._brought: Future[None] | None = None
        buckets = unplaced.buckets
        self.unknown = buckets.outside
        self._starts = memory.zeros(len(forest) + 1, np.int64)
        if not self.unknown:
            key_starts, keys = buckets.starts, unplaced.named.keys
            self._begins = memory.empty(len(forest), key_starts.dtype)
            in_parts(
                parts_of(len(forest)),
                lambda _, *part: grouping.found_groups(
                    forest.rows, keys, key_starts, self._begins, self._starts, *part
                ),
            )
            np.cumsum(self._starts, out=self._starts)
            self.unknown = len(self) - int(self._starts[-1])

    def bring(self) -> None:
        """Begin to put together what lies in buckets; whoever asks for it waits until it is there."""
        wanted = self._unplaced.brought
        if not wanted:
            return
        aside = ThreadPoolExecutor(1)
        self._brought = aside.submit(self._bring, wanted)
        aside.shutdown(wait=False)

    def _bring(self, names: Iterable[str]) -> None:
        for name in names:
            self._made[name] = self._together(name)

    def __getitem__(self, name: str) -> Column:
        self._wait()
        if name not in self._made:
            self._made[name] = self._together(name)
        return self._made[name]

    def settle(self) -> None:
        """Wait for what is put together: from then on several threads may ask at once."""
        self._wait()

    def _wait(self) -> None:
        brought, self._brought = self._brought, None
        if brought is not None:
            brought.result()

    def __iter__(self) -> Iterator[str]:
        return iter(self._unplaced.columns)

    def __len__(self) -> int:
        return len(self._unplaced.buckets)

    @property
    def columns(self) -> Mapping[str, Column]:
        return self

    @property
    def starts(self) -> Array:
        return self._starts

    @cached_property
    def rows(self) -> Array:
        self._wait()
        chosen = self._unplaced.chosen
        out = self._gathered(self._unplaced.buckets.ordered_rows())
        return out if chosen is None else np.asarray(chosen[out])

    def summed(self, values: Array) -> npt.NDArray[np.int64]:
        """Add up whole numbers of 32 or 64 bits, one for each order, by member."""
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
        return self._unplaced.chosen

    @cached_property
    def member_as_it_came(self) -> Array:
        """The position of each order's member, in the sequence of the input."""
        named = self._unplaced.named
        places = self._forest.positions_of(named.table)
        out = memory.empty(len(named.ids), np.int32)
        in_parts(
            parts_of(len(out)),
            lambda _, *part: grouping.places_of(named.ids, named.low, places, out, *part),
        )
        return out

    @property
    def as_they_came(self) -> dict[str, Column]:
        """The columns of the input, those rows with them that are not here."""
        chosen = self._unplaced.chosen
        count = len(self) if chosen is None else int(chosen.max(initial=-1)) + 1
        return {name: column.spread(count) for name, column in self._unplaced.columns.items()}

    @cached_property
    def in_period(self) -> npt.NDArray[np.bool_] | None:
        inside = self._unplaced.inside
        return None if inside is None else inside[self.rows]

    def _together(self, name: str) -> Column:
        column = self._unplaced.columns[name]
        if isinstance(column, Quotients):
            raise TypeError("a quotient does not come in")
        values = column.values
        if values.dtype == object and values.ndim:
            return column.with_values(values[self.rows])
        if values.ndim:
            values = self._gathered(self._unplaced.ordered(name))
        if isinstance(column, Members) and values.ndim:
            values = self._forest.positions_of(np.asarray(values, np.int32))
        if isinstance(column, Numbers) and values.dtype == np.int32:
            return Narrow(values, column.unit)
        return column.with_values(values)

    def _gathered(self, values: Array) -> Array:
        """Bring what stands member by member into the sequence of positions."""
        out = memory.empty(len(values), values.dtype)
        if len(values):
            in_parts(
                parts_of(len(self._begins)),
                lambda _, *part: grouping.gathered_groups(
                    values, self._begins, self._starts, out, *part
                ),
            )
        return out


def in_sequence(chosen: Array | None, sequence: Array | slice) -> Array | slice:
    """Give rows of the input for a sequence of those that were chosen, where not all were."""
    return sequence if chosen is None else chosen[sequence]
