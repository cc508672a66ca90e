"""Exact numbers as decimals: a column of them, or one as text."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from upline.compensation import columns
from upline.compensation.columns import Numbers
from upline.compensation.kernels import digits
from upline.compensation.parallel import in_parts, parts_of

SHOWN_PLACES = 9
# As many as a number of 64 bits always holds.
NARROW_DIGITS = 18


def decimals(values: npt.NDArray[Any], places: int) -> pa.Array:
    """Give whole units as exact decimals.

    >>> decimals(np.asarray([1250]), 2).to_pylist()
    [Decimal('12.50')]
    """
    whole = columns.as_int64(values, "amounts")
    words = np.empty((len(whole), 2), np.int64)
    words[:, 0], words[:, 1] = whole, whole >> 63
    kind = pa.decimal128(38, places)
    return pa.Array.from_buffers(kind, len(whole), [None, pa.py_buffer(words)])


def narrow_decimals(values: npt.NDArray[np.int64], places: int) -> pa.Array:
    """Give whole units below 10**18 as exact decimals of 64 bits: their own memory, not copied.

    >>> narrow_decimals(np.asarray([1250]), 2).to_pylist()
    [Decimal('12.50')]
    """
    whole = np.ascontiguousarray(values, np.int64)
    kind = pa.decimal64(NARROW_DIGITS, places)
    return pa.Array.from_buffers(kind, len(whole), [None, pa.py_buffer(whole)])


def decimal_text(exact: Fraction) -> str:
    """Write a number as a decimal where it has an end, else to nine places.

    >>> decimal_text(Fraction(5, 2)), decimal_text(Fraction(100))
    ('2.5', '100')
    """
    for places in range(SHOWN_PLACES + 1):
        if (exact * 10**places).denominator == 1:
            break
    scaled = exact * 10**places
    whole = int(scaled + Fraction(1, 2)) if scaled >= 0 else -int(-scaled + Fraction(1, 2))
    text = str(abs(whole)).rjust(places + 1, "0")
    sign = "-" if whole < 0 else ""
    return sign + (f"{text[:-places]}.{text[-places:]}" if places else text)


def exact_text(exact: Fraction) -> str:
    """Write a number so that nothing of it is lost: as a decimal, as a fraction where it has no end.

    >>> exact_text(Fraction(5, 2)), exact_text(Fraction(-1, 30)), exact_text(Fraction(1, 2**12))
    ('2.5', '-1/30', '0.000244140625')
    """
    rest, places = exact.denominator, 0
    for prime in (2, 5):
        count = 0
        while rest % prime == 0:
            rest, count = rest // prime, count + 1
        places = max(places, count)
    if rest > 1:
        return str(exact)
    text = str(abs(int(exact * 10**places))).rjust(places + 1, "0")
    sign = "-" if exact < 0 else ""
    return sign + (f"{text[:-places]}.{text[-places:]}" if places else text)


def decimal_texts(column: Numbers) -> pa.Array:
    """Write numbers as decimal_text does, without going through them one by one where it can be.

    >>> decimal_texts(Numbers(np.asarray([250, -5, 10000]), Fraction(1, 100))).to_pylist()
    ['2.5', '-0.05', '100']
    """
    places = next(
        (k for k in range(SHOWN_PLACES + 1) if (column.unit * 10**k).denominator == 1), None
    )
    if places is not None:
        whole = columns.scaled(column.values, int(column.unit * 10**places))
        if whole.dtype != object:
            return _written(whole, places, digits.decimal_sizes, digits.write_decimals)
    distinct, rows = np.unique(column.values, return_inverse=True)
    texts = pa.array(
        [decimal_text(int(one) * column.unit) for one in distinct.tolist()], pa.string()
    )
    return texts.take(pa.array(rows))


def fraction_texts(values: npt.NDArray[Any], unit: Fraction) -> pa.Array:
    """Write values times a unit as exact fractions in lowest terms; null for 0.

    >>> fraction_texts(np.asarray([250, -5, 0, 10000]), Fraction(1, 100)).to_pylist()
    ['5/2', '-1/20', None, '100']
    """
    whole = columns.scaled(values, unit.numerator)
    if whole.dtype == object or unit.denominator >= columns.SAFE:
        texts = [str(int(value) * unit) if value else None for value in values.tolist()]
        return pa.array(texts, pa.string())
    sizes, write = digits.fraction_sizes, digits.write_fractions
    found = _written(whole, unit.denominator, sizes, write)
    return found if whole.all() else pc.if_else(pa.array(whole != 0), found, None)


def _written(whole: npt.NDArray[Any], scale: int, sizes: Any, write: Any) -> pa.Array:
    """Write whole numbers as a column of texts: first how long each is, then all of them."""
    parts = parts_of(len(whole))
    ends = np.zeros(len(whole) + 1, np.int64)
    in_parts(parts, lambda _, *part: sizes(whole, scale, ends[1:], *part))
    np.cumsum(ends, out=ends)
    text = np.empty(int(ends[-1]), np.uint8)
    in_parts(parts, lambda _, *part: write(whole, scale, ends[1:], text, *part))
    held = [None, pa.py_buffer(ends), pa.py_buffer(text)]
    wide = pa.Array.from_buffers(pa.large_string(), len(whole), held)
    return wide.cast(pa.string())
