"""Orders put together by member, each column when it is first asked for."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from upline.compensation import memory
from upline.compensation.columns import Codes, Column, Days, Flags, Members, Numbers, Quotients
from upline.compensation.kernels import grouping

Array = npt.NDArray[Any]
# Under so many rows one thread is faster than two.
MANY = 500_000
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


class Orders(Mapping[str, Column]):
    """Orders in the sequence of their members' positions: `starts[p]` to `starts[p + 1]`.

    As a mapping it gives columns in that sequence. `rows` are the orders' rows in the input,
    `member` the position of each; `in_period` marks those of the period where earlier ones were
    kept too, else it is None.
    """

    def __init__(
        self,
        groups: Array,
        members: int,
        chosen: Array | None,
        columns: Mapping[str, Column],
        inside: npt.NDArray[np.bool_] | None,
    ) -> None:
        self._groups = groups
        self._chosen = chosen
        self._raw = columns
        self._inside = inside
        self._made: dict[str, Column] = {}
        self._parts = _parts(len(groups))
        self._shift = max(members.bit_length() - _BUCKET_BITS, 0)
        buckets = (max(members, 1) - 1 >> self._shift) + 1
        self._cursors = np.zeros((len(self._parts), buckets), np.int64)
        self._bounds = np.zeros(buckets + 1, np.int64)
        self._split = _parts(buckets, workers=len(self._parts))
        _in_parts(
            self._parts,
            lambda part, first, last: grouping.count_buckets(
                groups, self._shift, self._cursors[part], first, last
            ),
        )
        grouping.bucket_starts(self._cursors, self._bounds)
        self._bucketed = self._into_buckets(groups, memory.empty(len(groups), groups.dtype))
        self.starts = memory.empty(members + 1, np.int64)
        self.starts[0] = 0
        _in_parts(
            self._split,
            lambda _, first, last: grouping.count_groups(
                self._bucketed, self._bounds, self._shift, self.starts, first, last
            ),
        )

    def __getitem__(self, name: str) -> Column:
        if name not in self._made:
            self._made[name] = self._together(self._raw[name])
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._raw)

    def __len__(self) -> int:
        return len(self._groups)

    @property
    def columns(self) -> Mapping[str, Column]:
        return self

    @cached_property
    def rows(self) -> Array:
        bucketed = memory.empty(len(self._groups), np.int32)
        cursors = self._cursors.copy()
        _in_parts(
            self._parts,
            lambda part, first, last: grouping.rows_into_buckets(
                self._groups, self._shift, cursors[part], bucketed, first, last
            ),
        )
        out = self._out_of_buckets(bucketed)
        return out if self._chosen is None else self._chosen[out]

    @cached_property
    def member(self) -> Array:
        counts = np.diff(self.starts)
        return np.repeat(np.arange(len(counts), dtype=np.int32), counts)

    @cached_property
    def in_period(self) -> npt.NDArray[np.bool_] | None:
        return None if self._inside is None else self._inside[self.rows]

    def _together(self, column: Column) -> Column:
        match column:
            case Numbers(values=values, unit=unit):
                return Numbers(self._put(values), unit)
            case Flags(values=values):
                return Flags(self._put(values))
            case Codes(values=values, labels=labels, is_ranked=is_ranked):
                return Codes(self._put(values), labels, is_ranked)
            case Days(values=values):
                return Days(self._put(values))
            case Members(values=values):
                return Members(self._put(values))
            case Quotients():
                raise TypeError("a quotient does not come in")

    def _put(self, values: Array) -> Array:
        if values.ndim == 0:
            return values
        chosen = values if self._chosen is None else values[self._chosen]
        if chosen.dtype == object:
            order = self.rows if self._chosen is None else np.argsort(self._groups, kind="stable")
            return chosen[order]
        return self._out_of_buckets(
            self._into_buckets(chosen, memory.empty(len(chosen), chosen.dtype))
        )

    def _into_buckets(self, values: Array, out: Array) -> Array:
        cursors = self._cursors.copy()
        _in_parts(
            self._parts,
            lambda part, first, last: grouping.into_buckets(
                self._groups, self._shift, values, cursors[part], out, first, last
            ),
        )
        return out

    def _out_of_buckets(self, values: Array) -> Array:
        out = memory.empty(len(values), values.dtype)
        _in_parts(
            self._split,
            lambda _, first, last: grouping.out_of_buckets(
                self._bucketed, values, self._bounds, self._shift, self.starts, out, first, last
            ),
        )
        return out


def _parts(count: int, *, workers: int = 0) -> list[tuple[int, int]]:
    workers = workers or (min(os.cpu_count() or 1, 4) if count >= MANY else 1)
    cuts = [count * part // workers for part in range(workers + 1)]
    return list(pairwise(cuts))


def _in_parts(
    parts: list[tuple[int, int]], work: Callable[[int, int, int], object]
) -> list[object]:
    """Do the work on each part, on threads where there are several."""
    if len(parts) == 1:
        return [work(0, *parts[0])]
    with ThreadPoolExecutor(len(parts)) as pool:
        return list(pool.map(lambda part: work(part, *parts[part]), range(len(parts))))


def places_of(ids: Array, low: int, table: Array) -> tuple[Array, int]:
    """Look ids up in a table of positions; gives the positions and how many ids are unknown."""
    out = memory.empty(len(ids), np.int32)
    unknown = _in_parts(
        _parts(len(ids)),
        lambda _, first, last: grouping.places_of(ids, low, table, out, first, last),
    )
    return out, sum(int(part) for part in unknown)  # type: ignore[call-overload]


def repeats(ids: Array, low: int, high: int) -> int:
    """Count how many ids stand before in the same column."""
    return int(grouping.repeats(ids, low, np.zeros(high - low + 1, np.int8)))
