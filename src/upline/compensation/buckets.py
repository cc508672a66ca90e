"""Orders side by side by whom they name: all that can be done before the members are laid out.

They are put into buckets first. A bucket holds the orders of some thousand members, whose part of
any table fits the processor's cache; so whom an order names is never looked up by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from upline.compensation import memory
from upline.compensation.kernels import grouping
from upline.compensation.parallel import in_parts, parts_of

Array = npt.NDArray[Any]
# The least and the greatest number of buckets are powers of two: so many streams can be written.
_BUCKET_BITS = 7
_KEY_BITS = 13
_MOST_BUCKET_BITS = 11


@dataclass(frozen=True, slots=True)
class Named:
    """Whom each order names: the member in row table[ids[k] - low], nobody where that is -1 or outside.

    keys[row] is where the member in that row stands in the table.
    """

    ids: npt.NDArray[np.int64]
    low: int
    table: npt.NDArray[np.int32]
    keys: npt.NDArray[np.int32]

    def taken(self, rows: Array) -> Named:
        """Give whom some of the orders name."""
        return replace(self, ids=self.ids[rows])


class Buckets:
    """Puts rows key by key, where row k has the key ids[k] - low.

    Keys go from 0 to `keys` - 1. `outside` counts rows with another one; where there are any, no
    column can be put in order.
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
        self._starts: Array | None = None

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def is_cut(self) -> bool:
        """Several threads share the work."""
        return len(self._parts) > 1

    @property
    def starts(self) -> Array:
        """Where the rows of each key begin when they stand key by key; at last how many there are."""
        if self._starts is None:
            keys = self._bucketed_keys()
            starts = memory.empty(self._count_of_keys + 1, _kind_for(len(self)))
            starts[-1] = len(self)
            in_parts(
                self._split,
                lambda _, first, last: grouping.key_starts(
                    keys, self._bounds, self._shift, starts, first, last
                ),
            )
            self._starts = starts
        return self._starts

    def ordered(self, values: Array, kind: Any = None) -> Array:
        """Put a column, one value a row, key by key; as another kind of number where one is named."""
        return self._key_by_key(self._brought(values, kind))

    def ordered_rows(self) -> Array:
        """Put row numbers key by key."""
        out, cursors = memory.empty(len(self), _kind_for(len(self))), self._cursors.copy()
        in_parts(
            self._parts,
            lambda part, first, last: grouping.rows_into_buckets(
                self._ids, self._low, self._shift, cursors[part], out, first, last
            ),
        )
        return self._key_by_key(out)

    def _brought(self, values: Array, kind: Any) -> Array:
        out, cursors = memory.empty(len(self), kind or values.dtype), self._cursors.copy()
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

    def _key_by_key(self, values: Array) -> Array:
        """Put a column that lies in buckets key by key."""
        keys, starts = self._bucketed_keys(), self.starts
        out = memory.empty(len(self), values.dtype)
        in_parts(
            self._split,
            lambda _, first, last: grouping.in_order_of_keys(
                keys, values, self._bounds, self._shift, starts, out, first, last
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


def _kind_for(count: int) -> Any:
    return np.int32 if count < 2**31 else np.int64


def _shift_for(keys: int) -> int:
    """Give how many bits of a key tell places within a bucket."""
    bits = max(keys.bit_length(), 1)
    buckets = min(max(_BUCKET_BITS, bits - _KEY_BITS), _MOST_BUCKET_BITS)
    return max(bits - buckets, 0)
