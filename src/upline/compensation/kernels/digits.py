"""Whole numbers written as text: decimals and fractions, straight into the bytes of a column."""

from __future__ import annotations

import numpy as np

from upline.compensation.kernels import kernel

_MINUS, _POINT, _SLASH, _ZERO = 45, 46, 47, 48


@kernel
def decimal_sizes(values, places, sizes, first, last):  # type: ignore[no-untyped-def]
    """Fill sizes[k] with the characters of values[k] with so many decimals, idle zeros left out."""
    for k in range(first, last):
        rest, kept = _shortened(values[k], places)
        size = max(_digits(rest), kept + 1) + (values[k] < 0)
        sizes[k] = size + 1 if kept else size


@kernel
def write_decimals(values, places, ends, text, first, last):  # type: ignore[no-untyped-def]
    """Write values[k] so that it ends before text[ends[k]], for first <= k < last."""
    for k in range(first, last):
        rest, kept = _shortened(values[k], places)
        at = ends[k] - 1
        if kept:
            for _ in range(kept):
                text[at] = _ZERO + rest % np.uint64(10)
                rest //= np.uint64(10)
                at -= 1
            text[at] = _POINT
            at -= 1
        at = _write_whole(rest, text, at)
        if values[k] < 0:
            text[at] = _MINUS


@kernel
def fraction_sizes(values, below, sizes, first, last):  # type: ignore[no-untyped-def]
    """Fill sizes[k] with the characters of values[k] / below in lowest terms; 0 for nothing."""
    for k in range(first, last):
        value = values[k]
        if value == 0:
            sizes[k] = 0
            continue
        common = _common(value, below)
        size = _digits(np.uint64(abs(value) // common)) + (value < 0)
        sizes[k] = size if common == below else size + 1 + _digits(np.uint64(below // common))


@kernel
def write_fractions(values, below, ends, text, first, last):  # type: ignore[no-untyped-def]
    """Write values[k] / below so that it ends before text[ends[k]]; nothing for 0."""
    for k in range(first, last):
        value = values[k]
        if value == 0:
            continue
        common = _common(value, below)
        at = ends[k] - 1
        if common != below:
            at = _write_whole(np.uint64(below // common), text, at)
            text[at] = _SLASH
            at -= 1
        at = _write_whole(np.uint64(abs(value) // common), text, at)
        if value < 0:
            text[at] = _MINUS


@kernel
def _shortened(value, places):  # type: ignore[no-untyped-def]
    """Give the size of a number without the zeros at the end of its decimals, and those left."""
    rest, kept = np.uint64(abs(value)), places
    while kept and rest % np.uint64(10) == 0:
        rest //= np.uint64(10)
        kept -= 1
    return rest, kept


@kernel
def _digits(rest):  # type: ignore[no-untyped-def]
    count = 1
    while rest >= np.uint64(10):
        rest //= np.uint64(10)
        count += 1
    return count


@kernel
def _write_whole(rest, text, at):  # type: ignore[no-untyped-def]
    while rest >= np.uint64(10):
        text[at] = _ZERO + rest % np.uint64(10)
        rest //= np.uint64(10)
        at -= 1
    text[at] = _ZERO + rest
    return at - 1


@kernel
def _common(a, b):  # type: ignore[no-untyped-def]
    a, b = abs(a), abs(b)
    while b:
        a, b = b, a % b
    return a
