"""Bringing orders together by member: look up, count, and put side by side."""

from __future__ import annotations

from upline.compensation.kernels import kernel


@kernel
def places_of(ids, low, table, out, first, last):  # type: ignore[no-untyped-def]
    """Fill out[k] with table[ids[k] - low] for first <= k < last; returns how many are unknown.

    Unknown is what lies outside the table or has -1 there; out is then -1.
    """
    unknown = 0
    top = len(table)
    for k in range(first, last):
        place = ids[k] - low
        found = -1
        if 0 <= place < top:
            found = table[place]
        out[k] = found
        unknown += found < 0
    return unknown


@kernel
def count_buckets(groups, shift, counts, first, last):  # type: ignore[no-untyped-def]
    """Add to counts[g >> shift] how many of groups[first:last] fall into that bucket."""
    for k in range(first, last):
        counts[groups[k] >> shift] += 1


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
def is_rising(values):  # type: ignore[no-untyped-def]
    """Say whether each value is greater than the one before."""
    for k in range(1, len(values)):
        if values[k] <= values[k - 1]:
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

    `out` comes in filled with -1.
    """
    top = len(out)
    for row in range(len(numbers)):
        place = numbers[row] - low
        if place < 0 or place >= top or out[place] >= 0:
            return False
        out[place] = row
    return True
