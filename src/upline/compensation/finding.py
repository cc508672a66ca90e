"""Finds the rows of members by their ids, of whatever type these come in."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from upline.compensation.kernels.grouping import is_rising
from upline.compensation.orders import places_of, repeats


def _dense_range(ids: pa.Array) -> tuple[int, int] | None:
    """Give the least and greatest id where whole numbers lie close enough for a plain table."""
    if not pa.types.is_integer(ids.type) or not len(ids) or ids.null_count:
        return None
    values = np.asarray(ids)
    low, high = int(values.min()), int(values.max())
    return (low, high) if high - low < 8 * len(values) + 1024 else None


def are_distinct(ids: pa.Array) -> bool:
    """Say whether no id stands twice."""
    if pa.types.is_integer(ids.type) and not ids.null_count and is_rising(np.asarray(ids)):
        return True
    dense = _dense_range(ids)
    if dense is not None:
        return repeats(np.asarray(ids), *dense) == 0
    return int(pc.count_distinct(ids).as_py()) == len(ids)


def _plain(column: pa.ChunkedArray) -> npt.NDArray[Any]:
    """Give the values without copying them where they lie in one piece."""
    if column.num_chunks == 1:
        return np.asarray(column.chunk(0).to_numpy(zero_copy_only=False))
    return np.asarray(column.to_numpy())


class Finder:
    """Looks member ids up: the row of each, or -1."""

    def __init__(self, ids: pa.Array) -> None:
        self.ids = ids
        self._table: npt.NDArray[np.int32] | None = None
        self._low = 0
        dense = _dense_range(ids)
        if dense is not None:
            self._low, high = dense
            self._table = np.full(high - self._low + 1, -1, np.int32)
            self._table[np.asarray(ids) - self._low] = np.arange(len(ids), dtype=np.int32)

    def rows(
        self, column: pa.ChunkedArray
    ) -> tuple[npt.NDArray[np.int32], npt.NDArray[Any] | None]:
        """Give the row of each id, -1 where it is unknown or empty, and where it is empty (or None)."""
        return self._found(column, self._table)

    def positions(
        self, column: pa.ChunkedArray, positions: npt.NDArray[np.int32]
    ) -> tuple[npt.NDArray[np.int32], npt.NDArray[Any] | None]:
        """As rows, for the positions of the rows."""
        if self._table is not None and pa.types.is_integer(column.type):
            known = self._table >= 0
            if known.all():
                table = positions[self._table]
            else:
                table = np.where(known, positions[np.maximum(self._table, 0)], np.int32(-1))
            return self._found(column, table)
        rows, is_empty = self.rows(column)
        return np.where(rows < 0, np.int32(-1), positions[np.maximum(rows, 0)]), is_empty

    def _found(
        self, column: pa.ChunkedArray, table: npt.NDArray[np.int32] | None
    ) -> tuple[npt.NDArray[np.int32], npt.NDArray[Any] | None]:
        if pa.types.is_null(column.type):
            return np.full(len(column), -1, np.int32), np.ones(len(column), np.bool_)
        if table is not None and pa.types.is_integer(column.type):
            is_empty = None
            if column.null_count:
                is_empty = np.asarray(column.is_null().to_numpy(zero_copy_only=False), np.bool_)
                column = pc.fill_null(column, self._low - 1)
            places, _ = places_of(_plain(column), self._low, table)
            return places, is_empty
        return self._by_hash(column)

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
