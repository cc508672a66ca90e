"""Bringing orders together by member: look up, count, and put side by side."""

from __future__ import annotations

import numpy as np

from upline.compensation.kernels import kernel

_BLOCK = 4096


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
def count_keys(keys, bounds, shift, counts, first, last):  # type: ignore[no-untyped-def]
    """Fill counts[key] with how often a key stands in the buckets first to last - 1."""
    for bucket in range(first, last):
        for key in range(bucket << shift, min((bucket + 1) << shift, len(counts))):
            counts[key] = 0
        for k in range(bounds[bucket], bounds[bucket + 1]):
            counts[keys[k]] += 1


@kernel
def place_counts(places, counts, out, first, last):  # type: ignore[no-untyped-def]
    """Fill out[places[key] + 1] with counts[key]; returns how many have no place."""
    nowhere = 0
    for key in range(first, last):
        place = places[key]
        if place >= 0:
            out[place + 1] = counts[key]
        else:
            nowhere += counts[key]
    return nowhere


@kernel
def out_of_buckets(  # type: ignore[no-untyped-def]
    keys, values, bounds, shift, counts, places, starts, out, first, last
):
    """Write values to where their members' orders stand, for buckets first to last - 1.

    Key by key values go from starts[places[key]] on; counts[key] says how many they are. A bucket
    is put in order first, within the processor's cache: so each place in `out` is gone to once.
    """
    size = 1 << shift
    cursors = np.zeros(size, np.int64)
    longest = 0
    for bucket in range(first, last):
        longest = max(longest, bounds[bucket + 1] - bounds[bucket])
    ordered = np.empty(longest, values.dtype)
    for bucket in range(first, last):
        low = bucket << shift
        high = min(low + size, len(places))
        here = 0
        for key in range(low, high):
            cursors[key - low] = here
            here += counts[key]
        for k in range(bounds[bucket], bounds[bucket + 1]):
            key = keys[k] - low
            ordered[cursors[key]] = values[k]
            cursors[key] += 1
        here = 0
        for key in range(low, high):
            if counts[key] > 0 and places[key] >= 0:
                there = starts[places[key]]
                for k in range(counts[key]):
                    out[there + k] = ordered[here + k]
            here += counts[key]


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
