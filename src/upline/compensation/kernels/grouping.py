"""Bringing orders together by member: look up, count, and put side by side."""

from __future__ import annotations

import numpy as np

from upline.compensation.kernels import kernel

_BLOCK = 4096
_GROUPS = 128
# As many values on, another line of the processor's cache may begin.
_FURTHER = 7


@kernel
def places_of(ids, low, table, out, first, last):  # type: ignore[no-untyped-def]
    """Fill out[k] with table[ids[k] - low] for first <= k < last, -1 outside the table."""
    top = len(table)
    for k in range(first, last):
        place = ids[k] - low
        out[k] = table[place] if 0 <= place < top else -1


@kernel
def gathered(values, rows, out, first, last):  # type: ignore[no-untyped-def]
    """Fill out[k] with values[rows[k]] for first <= k < last."""
    for k in range(first, last):
        out[k] = values[rows[k]]


@kernel
def scattered(values, rows, out, first, last):  # type: ignore[no-untyped-def]
    """Fill out[rows[k]] with values[k] for first <= k < last; no row stands twice."""
    for k in range(first, last):
        out[rows[k]] = values[k]


@kernel
def count_buckets(ids, low, keys, shift, counts, first, last):  # type: ignore[no-untyped-def]
    """Count in counts[key >> shift] the keys ids[k] - low; returns how many lie outside of 0..keys-1."""
    outside = 0
    for k in range(first, last):
        key = ids[k] - low
        if 0 <= key < keys:
            counts[key >> shift] += 1
        else:
            outside += 1
    return outside


@kernel
def bucket_starts(counts, starts):  # type: ignore[no-untyped-def]
    """Turn counts[part, bucket] into where each part of each bucket begins, and fill `starts`."""
    total = 0
    for bucket in range(counts.shape[1]):
        starts[bucket] = total
        for part in range(counts.shape[0]):
            here = counts[part, bucket]
            counts[part, bucket] = total
            total += here
    starts[counts.shape[1]] = total


@kernel
def into_buckets(ids, low, shift, values, cursors, out, first, last):  # type: ignore[no-untyped-def]
    """Write values[first:last] into the buckets of their keys, moving the cursors on."""
    for k in range(first, last):
        bucket = (ids[k] - low) >> shift
        out[cursors[bucket]] = values[k]
        cursors[bucket] += 1


@kernel
def both_into_buckets(ids, low, shift, values, cursors, keys, out, first, last):  # type: ignore[no-untyped-def]
    """As into_buckets, for the keys and a column in one go."""
    for k in range(first, last):
        key = ids[k] - low
        bucket = key >> shift
        here = cursors[bucket]
        keys[here] = key
        out[here] = values[k]
        cursors[bucket] = here + 1


@kernel
def keys_into_buckets(ids, low, shift, cursors, keys, first, last):  # type: ignore[no-untyped-def]
    """As into_buckets, for the keys."""
    for k in range(first, last):
        key = ids[k] - low
        bucket = key >> shift
        keys[cursors[bucket]] = key
        cursors[bucket] += 1


@kernel
def rows_into_buckets(ids, low, shift, cursors, out, first, last):  # type: ignore[no-untyped-def]
    """As into_buckets, for row numbers."""
    for k in range(first, last):
        bucket = (ids[k] - low) >> shift
        out[cursors[bucket]] = k
        cursors[bucket] += 1


@kernel
def key_starts(keys, bounds, shift, starts, first, last):  # type: ignore[no-untyped-def]
    """Fill starts[key] with where the rows of a key begin, key by key, for buckets first to last - 1."""
    for bucket in range(first, last):
        low, high = bucket << shift, min((bucket + 1) << shift, len(starts) - 1)
        for key in range(low, high):
            starts[key] = 0
        for k in range(bounds[bucket], bounds[bucket + 1]):
            starts[keys[k]] += 1
        here = bounds[bucket]
        for key in range(low, high):
            count = starts[key]
            starts[key] = here
            here += count


@kernel
def in_order_of_keys(keys, values, bounds, shift, starts, out, first, last):  # type: ignore[no-untyped-def]
    """Write the values of buckets first to last - 1 key by key, those of one as they come."""
    cursors = np.zeros(1 << shift, np.int64)
    for bucket in range(first, last):
        low, high = bucket << shift, min((bucket + 1) << shift, len(starts) - 1)
        for key in range(low, high):
            cursors[key - low] = starts[key]
        for k in range(bounds[bucket], bounds[bucket + 1]):
            key = keys[k] - low
            out[cursors[key]] = values[k]
            cursors[key] += 1


@kernel
def found_groups(rows, keys, key_starts, begins, starts, first, last):  # type: ignore[no-untyped-def]
    """Fill begins[p] with where the values of keys[rows[p]] begin, starts[p + 1] with how many they are."""
    for p in range(first, last):
        key = keys[rows[p]]
        begins[p] = key_starts[key]
        starts[p + 1] = key_starts[key + 1] - key_starts[key]


@kernel
def gathered_groups(values, begins, starts, out, first, last):  # type: ignore[no-untyped-def]
    """Fill out[starts[p] : starts[p + 1]] with the values from begins[p] on, for first <= p < last.

    Groups lie anywhere. So the first values of some of them are looked at before they are copied:
    the processor waits for many at once, which it cannot where it must guess how long each is.
    Returns the sum of what was looked at, without which that would be left out.
    """
    looked_at = 0
    top = len(values) - 1
    for low in range(first, last, _GROUPS):
        high = min(low + _GROUPS, last)
        for p in range(low, high):
            looked_at += values[min(begins[p], top)] + values[min(begins[p] + _FURTHER, top)]
        for p in range(low, high):
            here = begins[p] - starts[p]
            for k in range(starts[p], starts[p + 1]):
                out[k] = values[here + k]
    return looked_at


@kernel
def representatives(classes, out):  # type: ignore[no-untyped-def]
    """Fill out[c] with the last row of class c."""
    for row in range(len(classes)):
        out[classes[row]] = row


@kernel
def is_rising(values):  # type: ignore[no-untyped-def]
    """Say whether each value is greater than the one before.

    Looked at block by block, so that the processor compares several at once.
    """
    for first in range(1, len(values), _BLOCK):
        falls = 0
        for k in range(first, min(first + _BLOCK, len(values))):
            falls += values[k] <= values[k - 1]
        if falls > 0:
            return False
    return True


@kernel
def repeats(values, low, seen):  # type: ignore[no-untyped-def]
    """Mark each value in `seen` and return how many were marked before."""
    twice = 0
    for value in values:
        place = value - low
        twice += seen[place]
        seen[place] = 1
    return twice


@kernel
def inverted(numbers, low, out):  # type: ignore[no-untyped-def]
    """Fill out[numbers[row] - low] with row; returns False where a number is out of range or twice.

    `out` comes in filled with -1; of rows with the same number the last one stands there.
    """
    top = len(out)
    is_one_to_one = True
    for row in range(len(numbers)):
        place = numbers[row] - low
        if place < 0 or place >= top:
            is_one_to_one = False
            continue
        if out[place] >= 0:
            is_one_to_one = False
        out[place] = row
    return is_one_to_one
