"""Finds the rows of members by their ids, of whatever type these come in."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from upline.compensation import memory
from upline.compensation.buckets import Named
from upline.compensation.kernels import grouping
from upline.compensation.parallel import in_parts, parts_of

# So many ids are compared at once.
_AT_ONCE = 1 << 16


def _dense_range(ids: pa.Array) -> tuple[int, int] | None:
    """Give the least and greatest id where whole numbers lie close enough for a plain table."""
    if not pa.types.is_integer(ids.type) or not len(ids) or ids.null_count:
        return None
    values = np.asarray(ids)
    low, high = int(values.min()), int(values.max())
    return (low, high) if high - low < 8 * len(values) + 1024 else None


def is_rising(ids: pa.Array) -> bool:
    """Say whether each id comes after the one before, so that none stands twice."""
    if ids.null_count:
        return False
    if pa.types.is_integer(ids.type):
        return bool(grouping.is_rising(np.asarray(ids)))
    for at in range(0, len(ids) - 1, _AT_ONCE):
        count = min(_AT_ONCE, len(ids) - 1 - at)
        if pc.all(pc.less(ids.slice(at, count), ids.slice(at + 1, count))).as_py() is False:
            return False
    return True


def are_distinct(ids: pa.Array) -> bool:
    """Say whether no id stands twice."""
    if is_rising(ids):
        return True
    dense = _dense_range(ids)
    if dense is not None:
        low, high = dense
        return int(grouping.repeats(np.asarray(ids), low, np.zeros(high - low + 1, np.int8))) == 0
    return int(pc.count_distinct(ids).as_py()) == len(ids)


def sorted_rows(ids: pa.Array) -> npt.NDArray[Any]:
    """Give the rows of ids, none of which stands twice, in sorted order."""
    dense = _dense_range(ids)
    if dense is None:
        return np.asarray(pc.array_sort_indices(ids))
    low, high = dense
    row_of = memory.filled(high - low + 1, np.int32, -1)
    grouping.inverted(np.asarray(ids), low, row_of)
    return row_of[row_of >= 0]


def _plain(column: pa.ChunkedArray) -> npt.NDArray[Any]:
    """Give the values without copying them where they lie in one piece."""
    if column.num_chunks == 1:
        return np.asarray(column.chunk(0).to_numpy(zero_copy_only=False))
    return np.asarray(column.to_numpy())


def _without_nulls(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Drop the marks of what is empty, leaving any value in its place."""
    parts = []
    for chunk in column.chunks:
        buffers = [None, *chunk.buffers()[1:]]
        parts.append(pa.Array.from_buffers(chunk.type, len(chunk), buffers, 0, chunk.offset))
    return pa.chunked_array(parts, column.type)


class Finder:
    """Looks member ids up: the row of each, or -1. `is_distinct` says that no id stands twice."""

    def __init__(self, ids: pa.Array) -> None:
        self.ids = ids
        self._table: npt.NDArray[np.int32] | None = None
        self._low = 0
        dense = _dense_range(ids)
        if dense is not None:
            self._low, high = dense
            self._table = memory.filled(high - self._low + 1, np.int32, -1)
            self.is_distinct = bool(grouping.inverted(np.asarray(ids), self._low, self._table))
        else:
            self.is_distinct = are_distinct(ids)

    def rows(
        self, column: pa.ChunkedArray
    ) -> tuple[npt.NDArray[np.int32], npt.NDArray[Any] | None]:
        """Give the row of each id, -1 where it is unknown or empty, and where it is empty (or None)."""
        if pa.types.is_null(column.type):
            return np.full(len(column), -1, np.int32), np.ones(len(column), np.bool_)
        if self._table is not None and pa.types.is_integer(column.type):
            if not column.null_count:
                return self._looked_up(_plain(column)), None
            is_empty = np.asarray(column.is_null().to_numpy(), np.bool_)
            found = self._looked_up(_plain(_without_nulls(column)))
            found[is_empty] = -1
            return found, is_empty
        return self._by_hash(column)

    def named(self, column: pa.ChunkedArray) -> Named:
        """Give whom each row of a column names."""
        if self._table is not None and column.type == pa.int64() and not column.null_count:
            keys = memory.empty(len(self.ids), np.int32)
            np.subtract(np.asarray(self.ids), self._low, out=keys, casting="unsafe")
            return Named(_plain(column), self._low, self._table, keys)
        rows, _ = self.rows(column)
        every = np.arange(len(self.ids), dtype=np.int32)
        return Named(rows.astype(np.int64), 0, every, every)

    def _looked_up(self, ids: npt.NDArray[Any]) -> npt.NDArray[np.int32]:
        out = memory.empty(len(ids), np.int32)
        in_parts(
            parts_of(len(ids)),
            lambda _, first, last: grouping.places_of(
                ids, self._low, self._table, out, first, last
            ),
        )
        return out

    def _by_hash(
        self, column: pa.ChunkedArray
    ) -> tuple[npt.NDArray[np.int32], npt.NDArray[Any] | None]:
        ids = self.ids
        if column.type != ids.type:
            column, ids = column.cast(pa.string()), ids.cast(pa.string())
        is_empty = column.is_null()
        if pa.types.is_string(column.type):
            column = pc.utf8_trim_whitespace(column)
            is_empty = pc.or_kleene(is_empty, pc.equal(column, ""))
        found = pc.fill_null(pc.index_in(column, value_set=ids), -1)
        empty = pc.fill_null(is_empty, True).to_numpy(zero_copy_only=False)  # noqa: FBT003
        is_nobody = np.asarray(empty).astype(np.bool_)
        # An empty reference names nobody, not the row that lacks its id.
        return np.where(is_nobody, -1, found.to_numpy()).astype(np.int32), is_nobody
