"""Ids as files keep them: whole numbers stay such, all others are texts."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from upline.compensation import memory
from upline.compensation.kernels import grouping
from upline.compensation.parallel import in_parts, parts_of

Array = npt.NDArray[Any]


def own(ids: pa.Array) -> pa.Array:
    """Give whole numbers as those of 64 bits, where they fit; all other ids as texts."""
    if not pa.types.is_integer(ids.type) or ids.type == pa.uint64():
        return ids.cast(pa.string())
    return ids.cast(pa.int64())


def taken(ids: pa.Array, rows: Array) -> pa.Array:
    """Give the ids of rows; none for those below 0."""
    if not pa.types.is_integer(ids.type):
        return ids.take(known(rows))
    found = looked_up(np.asarray(ids), rows)
    is_missing = rows < 0
    return pa.array(found, mask=is_missing) if is_missing.any() else pa.array(found)


def known(values: Array) -> pa.Array:
    """Give numbers of which those below 0 are none."""
    is_missing = values < 0
    return pa.array(values, mask=is_missing) if is_missing.any() else pa.array(values)


def looked_up(table: Array, rows: Array) -> Array:
    """Look rows up; -1 stays -1."""
    if not len(table):
        return np.full(len(rows), -1, np.int64)
    out = memory.empty(len(rows), np.int64)
    in_parts(parts_of(len(rows)), lambda _, *part: grouping.places_of(rows, 0, table, out, *part))
    return out
