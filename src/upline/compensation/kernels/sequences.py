"""Putting pay lines into their canonical sequence, and picking them out in it."""

from __future__ import annotations

import numpy as np

from upline.compensation.kernels import kernel

# Runs up to here are put in order by moving each key down to its place, those up to there by merging.
_SHORT = 16
_MIDDLE = 96
# Longer ones digit by digit, of so many bits; very long ones of more.
_BITS, _MORE_BITS, _LONG = 8, 11, 4096


@kernel
def line_keys(  # type: ignore[no-untyped-def]
    receiver, buyer, order, level, rank, order_rank, order_member, bonus, sources, levels,
    groups, keys, at, first, last,
):  # fmt: skip
    """Fill groups[at + k] with the rank of line k's receiver and keys[at + k] with the rest.

    A key counts by bonus, then by order (those without one come first, by buyer), then by level;
    there are so many sources and levels. Returns how many lines name another buyer than their order does: for them no key is right.
    """
    members = len(rank)
    strangers = 0
    for k in range(first, last):
        groups[at + k] = rank[receiver[k]]
        if order[k] >= 0:
            source = members + 1 + order_rank[order[k]]
            strangers += buyer[k] != order_member[order[k]]
        else:
            source = rank[buyer[k]] + 1 if buyer[k] >= 0 else 0
        keys[at + k] = (bonus * sources + source) * levels + level[k] + 1
    return strangers


@kernel
def sort_groups(sequence, starts, keys, first, last):  # type: ignore[no-untyped-def]
    """Sort each group's part of the sequence by key; equal keys keep their sequence."""
    most = 0
    for group in range(first, last):
        most = max(most, starts[group + 1] - starts[group])
    held = np.empty((2, most), np.int64)
    lines = np.empty((2, most), sequence.dtype)
    counts = np.empty(1 << _MORE_BITS, np.int64)
    for group in range(first, last):
        low = starts[group]
        count = starts[group + 1] - low
        is_sorted = True
        for k in range(count):
            held[0, k] = keys[sequence[low + k]]
            lines[0, k] = sequence[low + k]
            if k and held[0, k] < held[0, k - 1]:
                is_sorted = False
        if is_sorted:
            continue
        if count > _MIDDLE:
            side = _sorted_by_digits(held, lines, counts, count)
        else:
            side = _merge_sorted(held, lines, count)
        for k in range(count):
            sequence[low + k] = lines[side, k]


@kernel
def _merge_sorted(held, lines, count):  # type: ignore[no-untyped-def]
    """Sort held[0, :count] with its lines; returns on which of the two sides they end."""
    for low in range(0, count, _SHORT):
        for k in range(low + 1, min(low + _SHORT, count)):
            key, line, place = held[0, k], lines[0, k], k
            while place > low and held[0, place - 1] > key:
                held[0, place] = held[0, place - 1]
                lines[0, place] = lines[0, place - 1]
                place -= 1
            held[0, place] = key
            lines[0, place] = line
    side, width = 0, _SHORT
    while width < count:
        for low in range(0, count, 2 * width):
            middle, high = min(low + width, count), min(low + 2 * width, count)
            left, right = low, middle
            for k in range(low, high):
                takes_left = right >= high or (
                    left < middle and held[side, left] <= held[side, right]
                )
                source = left if takes_left else right
                held[1 - side, k] = held[side, source]
                lines[1 - side, k] = lines[side, source]
                left += takes_left
                right += not takes_left
        side, width = 1 - side, 2 * width
    return side


@kernel
def _sorted_by_digits(held, lines, counts, count):  # type: ignore[no-untyped-def]
    """As _merge_sorted, by the digits of the keys, the last first; `counts` is scratch."""
    least, most = held[0, 0], held[0, 0]
    for k in range(1, count):
        least = min(least, held[0, k])
        most = max(most, held[0, k])
    bits = _BITS if count < _LONG else _MORE_BITS
    mask = (1 << bits) - 1
    side, shift = 0, 0
    while (most - least) >> shift > 0:
        for digit in range(mask + 1):
            counts[digit] = 0
        for k in range(count):
            counts[((held[side, k] - least) >> shift) & mask] += 1
        here = 0
        for digit in range(mask + 1):
            many = counts[digit]
            counts[digit] = here
            here += many
        for k in range(count):
            digit = ((held[side, k] - least) >> shift) & mask
            there = counts[digit]
            counts[digit] = there + 1
            held[1 - side, there] = held[side, k]
            lines[1 - side, there] = lines[side, k]
        side, shift = 1 - side, shift + bits
    return side


@kernel
def picked(values, factor, sequence, at, out, first, last):  # type: ignore[no-untyped-def]
    """Fill out[k] with factor * values[sequence[k] - at] where that is a row of `values`."""
    count = len(values)
    for k in range(first, last):
        row = sequence[k] - at
        if 0 <= row < count:
            out[k] = values[row] * factor


@kernel
def picked_rows(rows, table, sequence, at, out, first, last):  # type: ignore[no-untyped-def]
    """As picked, for table[rows[...]]; -1 stays -1."""
    count = len(rows)
    for k in range(first, last):
        row = sequence[k] - at
        if 0 <= row < count:
            out[k] = table[rows[row]] if rows[row] >= 0 else -1


@kernel
def marked(count, mark, sequence, at, out, first, last):  # type: ignore[no-untyped-def]
    """Fill out[k] with a mark where sequence[k] lies in `count` lines from `at` on."""
    for k in range(first, last):
        if 0 <= sequence[k] - at < count:
            out[k] = mark
