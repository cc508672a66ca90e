"""Columns: exact values of many members or orders at once.

A numeric column is whole numbers times one exact unit: 12.50 is 1250 times 1/100. Adding,
comparing and multiplying columns stays in whole numbers; where 64 bits might not hold a result,
the column goes over to Python's unbounded integers, which are slower and never wrong.
"""

from __future__ import annotations

import math
import operator as operators
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from upline.compensation import memory
from upline.compensation.kernels.rounding import MODES, all_rounded
from upline.compensation.parallel import bounds, in_parts, parts_of

Ints = npt.NDArray[Any]
Bools = npt.NDArray[np.bool_]
SAFE = 2**62
_NARROW_SAFE = 2**31
NO_DAY = np.iinfo(np.int32).min
_NAMES = {code: name for name, code in MODES.items()}


@dataclass(frozen=True, slots=True)
class Numbers:
    """`values` times `unit`; one value stands for all where the array has no dimension."""

    values: Ints
    unit: Fraction

    def at(self, index: int) -> Fraction:
        """Give one value exactly."""
        value = self.values if self.values.ndim == 0 else self.values[index]
        return int(value) * self.unit

    def with_values(self, values: Ints) -> Numbers:
        """Give a column of the same kind with other values."""
        return Numbers(values, self.unit)

    def taken(self, rows: Ints) -> Numbers:
        """Give the values of the rows, in their order."""
        return self if self.values.ndim == 0 else Numbers(self.values[rows], self.unit)

    def spread(self, count: int) -> Numbers:
        """Give one value a member, also where one stood for all."""
        return self if self.values.ndim else Numbers(np.full(count, self.values), self.unit)


class Narrow(Numbers):
    """Numbers that lie in 32 bits, half as much to move; in 64 for whoever asks for `values`."""

    __slots__ = ("_wide", "narrow")
    narrow: Ints
    _wide: Ints | None

    def __init__(self, narrow: Ints, unit: Fraction) -> None:
        for name, value in (("narrow", narrow), ("unit", unit), ("_wide", None)):
            object.__setattr__(self, name, value)

    @property
    def values(self) -> Ints:
        wide = self._wide
        if wide is None:
            wide = memory.empty(len(self.narrow), np.int64)
            in_parts(
                parts_of(len(wide)),
                lambda _, *part: np.copyto(wide[slice(*part)], self.narrow[slice(*part)]),
            )
            object.__setattr__(self, "_wide", wide)
        return wide

    def spread(self, count: int) -> Numbers:
        assert count == len(self.narrow)
        return self


@dataclass(frozen=True, slots=True)
class Flags:
    """yes or no."""

    values: Bools

    def at(self, index: int) -> bool:
        return bool(self.values if self.values.ndim == 0 else self.values[index])

    def with_values(self, values: Ints) -> Flags:
        """Give a column of the same kind with other values."""
        return Flags(values)

    def taken(self, rows: Ints) -> Flags:
        return self if self.values.ndim == 0 else Flags(self.values[rows])

    def spread(self, count: int) -> Flags:
        return self if self.values.ndim else Flags(np.full(count, self.values))


@dataclass(frozen=True, slots=True)
class Codes:
    """Texts or ranks as numbers into `labels`; -1 is empty, or no rank."""

    values: Ints
    labels: tuple[str, ...]
    is_ranked: bool = False

    def at(self, index: int) -> str | None:
        code = int(self.values if self.values.ndim == 0 else self.values[index])
        return self.labels[code] if code >= 0 else None

    def with_values(self, values: Ints) -> Codes:
        """Give a column of the same kind with other values."""
        return Codes(values, self.labels, self.is_ranked)

    def taken(self, rows: Ints) -> Codes:
        if self.values.ndim == 0:
            return self
        return Codes(self.values[rows], self.labels, self.is_ranked)

    def spread(self, count: int) -> Codes:
        if self.values.ndim:
            return self
        return Codes(np.full(count, self.values), self.labels, self.is_ranked)


@dataclass(frozen=True, slots=True)
class Days:
    """Days since 1970-01-01; NO_DAY is empty."""

    values: Ints

    def at(self, index: int) -> str | None:
        day = int(self.values if self.values.ndim == 0 else self.values[index])
        return None if day == NO_DAY else str(np.datetime64(day, "D"))

    def with_values(self, values: Ints) -> Days:
        """Give a column of the same kind with other values."""
        return Days(values)

    def taken(self, rows: Ints) -> Days:
        return self if self.values.ndim == 0 else Days(self.values[rows])

    def spread(self, count: int) -> Days:
        return self if self.values.ndim else Days(np.full(count, self.values))


@dataclass(frozen=True, slots=True)
class Members:
    """Positions of members; -1 is nobody."""

    values: Ints

    def at(self, index: int) -> int:
        return int(self.values if self.values.ndim == 0 else self.values[index])

    def with_values(self, values: Ints) -> Members:
        """Give a column of the same kind with other values."""
        return Members(values)

    def taken(self, rows: Ints) -> Members:
        return self if self.values.ndim == 0 else Members(self.values[rows])

    def spread(self, count: int) -> Members:
        return self if self.values.ndim else Members(np.full(count, self.values))


@dataclass(frozen=True, slots=True)
class Quotients:
    """A ratio that has no common unit; it may be compared or rounded. `none` where below is 0."""

    above: Numbers
    below: Numbers
    none: Fraction | None = None

    def taken(self, rows: Ints) -> Quotients:
        return Quotients(self.above.taken(rows), self.below.taken(rows), self.none)

    def spread(self, count: int) -> Quotients:
        return Quotients(self.above.spread(count), self.below.spread(count), self.none)

    def at(self, index: int) -> Fraction:
        below = self.below.at(index)
        return self.above.at(index) / below if below else self.none or Fraction(0)


Column = Numbers | Flags | Codes | Days | Members | Quotients


def fits_narrow(values: Ints) -> bool:
    """Say whether 64-bit numbers, one a row, would fit 32 bits."""
    if values.dtype != np.int64 or not values.ndim:
        return False
    least, most = bounds(values)
    return least > -_NARROW_SAFE and most < _NARROW_SAFE


def as_they_lie(column: Numbers, what: str) -> Ints:
    """Give the values in 32 bits where they lie so, else as `as_int64` does."""
    return column.narrow if isinstance(column, Narrow) else as_int64(column.values, what)


def constant(value: Fraction | int) -> Numbers:
    """Give a number that stands for all rows.

    >>> constant(Fraction(1, 8)).at(0)
    Fraction(1, 8)
    """
    exact = Fraction(value)
    if exact == 0:
        return Numbers(np.asarray(0), Fraction(1))
    return Numbers(np.asarray(1 if exact > 0 else -1), abs(exact))


def greatest(values: Ints) -> int:
    """Give the greatest magnitude in an array, as an unbounded integer."""
    least, most = bounds(values)
    return max(abs(most), abs(least))


def scaled(values: Ints, factor: int) -> Ints:
    """Multiply exactly, in unbounded integers where 64 bits might not do."""
    if factor == 1:
        return values
    if values.dtype != object and greatest(values) * abs(factor) < SAFE:
        return values * np.int64(factor)
    return values.astype(object) * factor


def as_int64(values: Ints, what: str) -> npt.NDArray[np.int64]:
    """Give the values as 64-bit integers; raises OverflowError, naming `what`, if one does not fit."""
    if values.dtype == object:
        if greatest(values) >= SAFE:
            raise OverflowError(what)
        return values.astype(np.int64)
    return np.ascontiguousarray(values, dtype=np.int64)


def common_unit(units: Sequence[Fraction]) -> Fraction:
    """Give the greatest unit of which all units are whole multiples; 1 where there are none.

    >>> common_unit([Fraction(1, 4), Fraction(1, 6)])
    Fraction(1, 12)
    """
    if not units:
        return Fraction(1)
    below = math.lcm(*(unit.denominator for unit in units))
    above = math.gcd(*(int(unit * below) for unit in units))
    return Fraction(above, below)


def aligned(left: Numbers, right: Numbers) -> tuple[Ints, Ints, Fraction]:
    """Give both columns' whole numbers in one common unit."""
    if left.unit == right.unit:
        return left.values, right.values, left.unit
    unit = common_unit([left.unit, right.unit])
    return (
        scaled(left.values, int(left.unit / unit)),
        scaled(right.values, int(right.unit / unit)),
        unit,
    )


def added(left: Numbers, right: Numbers, sign: int = 1) -> Numbers:
    """Give left + sign * right, exactly."""
    if not right.values.ndim and not right.values:
        return left
    if not left.values.ndim and not left.values and sign > 0:
        return right
    a, b, unit = aligned(left, right)
    if greatest(a) + greatest(b) >= SAFE:
        a, b = a.astype(object), b.astype(object)
    return Numbers(np.asarray(a + b if sign > 0 else a - b), unit)


def multiplied(left: Numbers, right: Numbers) -> Numbers:
    """Give left * right, exactly."""
    a, b = left.values, right.values
    if greatest(a) * greatest(b) >= SAFE:
        a, b = a.astype(object), b.astype(object)
    return Numbers(np.asarray(a * b), left.unit * right.unit)


def inverted(column: Numbers) -> Numbers | None:
    """Give 1 / column where it has few distinct values and none is 0; else None."""
    distinct, where = np.unique(np.atleast_1d(column.values), return_inverse=True)
    if len(distinct) > 64 or 0 in distinct.tolist():
        return None
    parts = [1 / (int(value) * column.unit) for value in distinct.tolist()]
    unit = common_unit(parts)
    whole = np.asarray([int(part / unit) for part in parts])
    return Numbers(np.asarray(whole[where].reshape(column.values.shape)), unit)


def compared(operator: str, left: Numbers | Quotients, right: Numbers | Quotients) -> Bools:
    """Say where left < <= > >= = != right, exactly, without dividing.

    >>> compared(">=", Numbers(np.asarray([149, 150]), Fraction(1, 100)), constant(Fraction(3, 2)))
    array([False,  True])
    """
    if isinstance(left, Quotients) or isinstance(right, Quotients):
        return np.asarray(_HOLDS[operator](sign_of_difference(left, right), 0))
    if not right.values.ndim:
        return _compared_with(operator, left, right.at(0))
    if not left.values.ndim:
        return _compared_with(_MIRRORED.get(operator, operator), right, left.at(0))
    a, b, _ = aligned(left, right)
    return np.asarray(_HOLDS[operator](a, b))


_HOLDS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operators.lt,
    "<=": operators.le,
    ">": operators.gt,
    ">=": operators.ge,
    "=": operators.eq,
    "!=": operators.ne,
}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def _compared_with(operator: str, column: Numbers, limit: Fraction) -> Bools:
    """Compare with one number for all: with the whole number of units next to it, in one pass."""
    exact = limit / column.unit
    if operator in ("=", "!=") and exact.denominator != 1:
        return np.full(column.values.shape, operator == "!=")
    whole = math.ceil(exact) if operator in ("<", ">=") else math.floor(exact)
    return np.asarray(_HOLDS[operator](column.values, whole))


def sign_of_difference(left: Numbers | Quotients, right: Numbers | Quotients) -> Ints:
    """Give -1, 0 or 1 for left < = > right, exactly, without dividing."""
    if isinstance(left, Quotients):
        return _sign_of_quotients(left, right)
    if isinstance(right, Quotients):
        return np.asarray(-_sign_of_quotients(right, left))
    a, b, _ = aligned(left, right)
    return np.asarray(a > b).astype(np.int8) - np.asarray(a < b).astype(np.int8)


def _sign_of_quotients(left: Quotients, right: Numbers | Quotients) -> Ints:
    if isinstance(right, Quotients):
        raise TypeError("two quotients are compared only after rounding one of them")
    difference = sign_of_difference(left.above, multiplied(left.below, right))
    below = left.below.values
    zero = sign_of_difference(constant(left.none or 0), right)
    signed = np.where(below < 0, -difference, difference)
    return np.asarray(np.where(below == 0, zero, signed))


def rounded(column: Numbers | Quotients, places: int, mode: str) -> Numbers:
    """Round to so many decimals; `mode` is half_up, half_even, down, floor or ceil."""
    unit = Fraction(1, 10**places)
    if isinstance(column, Quotients):
        ratio = column.above.unit / column.below.unit / unit
        above = scaled(column.above.values, ratio.numerator)
        below = scaled(column.below.values, ratio.denominator)
        none = column.none or Fraction(0)
        empty = below == 0
        above = np.where(empty, none.numerator * 10**places, above)
        below = np.where(empty, none.denominator, below)
        above = np.where(below < 0, -above, above)
        return Numbers(_divided(above, np.abs(below), mode), unit)
    ratio = column.unit / unit
    above = scaled(column.values, ratio.numerator)
    if ratio.denominator == 1:
        return Numbers(above, unit)
    if mode in MODES and above.dtype == np.int64 and above.ndim == 1:
        return Numbers(_all_divided(above, ratio.denominator, MODES[mode]), unit)
    return Numbers(_divided(above, np.asarray(ratio.denominator), mode), unit)


def _all_divided(above: Ints, below: int, mode: int) -> Ints:
    """Divide by one number for all, in one pass."""
    if greatest(above) + below >= SAFE:
        return _divided(above, np.asarray(below), _NAMES[mode])
    out = memory.empty(len(above), np.int64)
    in_parts(parts_of(len(above)), lambda _, *part: all_rounded(above, below, mode, out, *part))
    return out


def _divided(above: Ints, below: Ints, mode: str) -> Ints:
    if greatest(above) + greatest(below) >= SAFE // 2:
        above, below = above.astype(object), below.astype(object)
    if mode == "floor":
        return np.asarray(above // below)
    if mode == "ceil":
        return np.asarray(-((-above) // below))
    magnitude = np.abs(above)
    whole = magnitude // below
    rest = magnitude - whole * below
    if mode == "half_up":
        whole = whole + (rest * 2 >= below)
    elif mode == "half_even":
        whole = whole + ((rest * 2 > below) | ((rest * 2 == below) & (whole % 2 == 1)))
    return np.asarray(np.where(above < 0, -whole, whole))


def filled_rows(column: Column) -> npt.NDArray[np.int64]:
    """Give the rows in which there is something: no 0, no `no`, nothing empty."""
    if isinstance(column, Codes | Members):
        return np.flatnonzero(column.values >= 0)
    if isinstance(column, Days):
        return np.flatnonzero(column.values != NO_DAY)
    assert not isinstance(column, Quotients)
    return np.flatnonzero(column.values)
