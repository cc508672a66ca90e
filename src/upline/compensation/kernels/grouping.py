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
def counted(groups, counts, first, last):  # type: ignore[no-untyped-def]
    """Add to counts[g] how many of groups[first:last] are g."""
    for k in range(first, last):
        counts[groups[k]] += 1


@kernel
def starts_of(counts, starts):  # type: ignore[no-untyped-def]
    """Turn counts[part, g] into where each part of each group begins, and fill `starts`."""
    total = 0
    for g in range(counts.shape[1]):
        starts[g] = total
        for part in range(counts.shape[0]):
            here = counts[part, g]
            counts[part, g] = total
            total += here
    starts[counts.shape[1]] = total


@kernel
def put_together(groups, values, cursors, out, first, last):  # type: ignore[no-untyped-def]
    """Write values[first:last] to where their groups stand; moves the cursors on."""
    for k in range(first, last):
        g = groups[k]
        out[cursors[g]] = values[k]
        cursors[g] += 1


@kernel
def put_rows_together(groups, cursors, out, first, last):  # type: ignore[no-untyped-def]
    """As put_together, for row numbers."""
    for k in range(first, last):
        g = groups[k]
        out[cursors[g]] = k
        cursors[g] += 1


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
