"""Orders in buckets by whom they name: all that can be done before the members are laid out.

A bucket holds the orders of some thousand members, whose part of any table fits the processor's
cache; so whom an order names is never looked up by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from upline.compensation import memory
from upline.compensation.kernels import grouping
from upline.compensation.parallel import in_parts, parts_of

Array = npt.NDArray[Any]
# The least and the greatest number of buckets are powers of two: so many streams can be written.
_BUCKET_BITS = 8
_KEY_BITS = 12
_MOST_BUCKET_BITS = 11


@dataclass(frozen=True, slots=True)
class Named:
    """Whom each order names: the member in row table[ids[k] - low], nobody where that is -1 or outside."""

    ids: npt.NDArray[np.int64]
    low: int
    table: npt.NDArray[np.int32]

    def taken(self, rows: Array) -> Named:
        """Give whom some of the orders name."""
        return Named(self.ids[rows], self.low, self.table)


class Buckets:
    """Rows of neighbouring keys side by side, where row k has the key ids[k] - low.

    Keys go from 0 to `keys` - 1. `outside` counts rows with another one; where there are any, no
    column can be brought.
    """

    def __init__(self, ids: Array, low: int, keys: int) -> None:
        self._ids, self._low, self._count_of_keys = ids, low, keys
        count = len(ids)
        self._parts = parts_of(count)
        self._shift = _shift_for(keys)
        buckets = (max(keys, 1) - 1 >> self._shift) + 1
        self._cursors = np.zeros((len(self._parts), buckets), np.int64)
        self._split = parts_of(buckets, workers=len(self._parts))
        found = in_parts(
            self._parts,
            lambda part, first, last: grouping.count_buckets(
                ids, low, keys, self._shift, self._cursors[part], first, last
            ),
        )
        self.outside = sum(int(one) for one in found)
        self._bounds = np.zeros(buckets + 1, np.int64)
        grouping.bucket_starts(self._cursors, self._bounds)
        self._keys: Array | None = None
        self._counts: Array | None = None

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def is_cut(self) -> bool:
        """Several threads share the work."""
        return len(self._parts) > 1

    @property
    def counts(self) -> Array:
        """How many rows have each key."""
        if self._counts is None:
            keys = self._bucketed_keys()
            counts = memory.empty(self._count_of_keys, np.int32)
            in_parts(
                self._split,
                lambda _, first, last: grouping.count_keys(
                    keys, self._bounds, self._shift, counts, first, last
                ),
            )
            self._counts = counts
        return self._counts

    def bring(self, values: Array) -> Array:
        """Bring a column, one value a row, into buckets."""
        out, cursors = memory.empty(len(self), values.dtype), self._cursors.copy()
        if self._keys is None:
            keys = memory.empty(len(self), np.int32)
            in_parts(
                self._parts,
                lambda part, first, last: grouping.both_into_buckets(
                    self._ids, self._low, self._shift, values, cursors[part], keys, out, first, last
                ),
            )
            self._keys = keys
            return out
        in_parts(
            self._parts,
            lambda part, first, last: grouping.into_buckets(
                self._ids, self._low, self._shift, values, cursors[part], out, first, last
            ),
        )
        return out

    def bring_rows(self) -> Array:
        """Bring row numbers into buckets."""
        kind = np.int32 if len(self) < 2**31 else np.int64
        out, cursors = memory.empty(len(self), kind), self._cursors.copy()
        in_parts(
            self._parts,
            lambda part, first, last: grouping.rows_into_buckets(
                self._ids, self._low, self._shift, cursors[part], out, first, last
            ),
        )
        return out

    def settle(self, values: Array, places: Array, starts: Array) -> Array:
        """Put a column that was brought where its keys stand: from starts[places[key]] on."""
        keys, counts = self._bucketed_keys(), self.counts
        out = memory.empty(len(self), values.dtype)
        in_parts(
            self._split,
            lambda _, first, last: grouping.out_of_buckets(
                keys, values, self._bounds, self._shift, counts, places, starts, out, first, last
            ),
        )
        return out

    def _bucketed_keys(self) -> Array:
        if self._keys is None:
            cursors = self._cursors.copy()
            keys = memory.empty(len(self), np.int32)
            in_parts(
                self._parts,
                lambda part, first, last: grouping.keys_into_buckets(
                    self._ids, self._low, self._shift, cursors[part], keys, first, last
                ),
            )
            self._keys = keys
        return self._keys


def _shift_for(keys: int) -> int:
    """Give how many bits of a key tell places within a bucket."""
    bits = max(keys.bit_length(), 1)
    buckets = min(max(_BUCKET_BITS, bits - _KEY_BITS), _MOST_BUCKET_BITS)
    return max(bits - buckets, 0)
