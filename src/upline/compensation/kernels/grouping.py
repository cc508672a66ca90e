"""Bringing orders together by member: look up, count, and put side by side."""

from __future__ import annotations

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
def find_buckets(ids, low, table, shift, counts, out, first, last):  # type: ignore[no-untyped-def]
    """As places_of; counts[place >> shift] gains one each, and how many are -1 is returned."""
    unknown = 0
    top = len(table)
    for k in range(first, last):
        place = ids[k] - low
        found = table[place] if 0 <= place < top else -1
        out[k] = found
        if found < 0:
            unknown += 1
        else:
            counts[found >> shift] += 1
    return unknown


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
def into_buckets(groups, shift, values, cursors, out, first, last):  # type: ignore[no-untyped-def]
    """Write values[first:last] into their buckets, moving the cursors on."""
    for k in range(first, last):
        bucket = groups[k] >> shift
        out[cursors[bucket]] = values[k]
        cursors[bucket] += 1


@kernel
def both_into_buckets(groups, shift, values, cursors, bucketed, out, first, last):  # type: ignore[no-untyped-def]
    """As into_buckets, for the groups and a column in one go."""
    for k in range(first, last):
        group = groups[k]
        bucket = group >> shift
        here = cursors[bucket]
        bucketed[here] = group
        out[here] = values[k]
        cursors[bucket] = here + 1


@kernel
def rows_into_buckets(groups, shift, cursors, out, first, last):  # type: ignore[no-untyped-def]
    """As into_buckets, for row numbers."""
    for k in range(first, last):
        bucket = groups[k] >> shift
        out[cursors[bucket]] = k
        cursors[bucket] += 1


@kernel
def count_groups(bucketed, bounds, shift, starts, first, last):  # type: ignore[no-untyped-def]
    """Fill starts[g + 1] with where group g ends, for the groups of buckets first to last - 1."""
    groups = len(starts) - 1
    for bucket in range(first, last):
        low = bucket << shift
        high = min((bucket + 1) << shift, groups)
        for g in range(low, high):
            starts[g + 1] = 0
        for k in range(bounds[bucket], bounds[bucket + 1]):
            starts[bucketed[k] + 1] += 1
        total = bounds[bucket]
        for g in range(low, high):
            total += starts[g + 1]
            starts[g + 1] = total


@kernel
def out_of_buckets(bucketed, values, bounds, shift, starts, out, first, last):  # type: ignore[no-untyped-def]
    """Write bucketed values to where their groups stand, for buckets first to last - 1.

    A bucket's part of `out` fits the processor's cache, which is why buckets come between.
    """
    groups = len(starts) - 1
    cursors = starts[: 1 << shift].copy()
    for bucket in range(first, last):
        low = bucket << shift
        high = min((bucket + 1) << shift, groups)
        for g in range(low, high):
            cursors[g - low] = starts[g]
        for k in range(bounds[bucket], bounds[bucket + 1]):
            g = bucketed[k] - low
            out[cursors[g]] = values[k]
            cursors[g] += 1


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
