"""Ranges in which a number must lie, and reckoning with them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import product


@dataclass(frozen=True, slots=True)
class Interval:
    """All numbers from `low` to `high`; None is no end, an open end is itself left out."""

    low: Fraction | None = None
    high: Fraction | None = None
    is_low_open: bool = False
    is_high_open: bool = False

    @property
    def is_empty(self) -> bool:
        if self.low is None or self.high is None:
            return False
        is_open = self.is_low_open or self.is_high_open
        return self.low > self.high or (self.low == self.high and is_open)

    @property
    def is_point(self) -> bool:
        return self.low is not None and self.low == self.high

    def within(self, other: Interval) -> Interval:
        """Give what lies in both.

        >>> NOT_NEGATIVE.within(point(Fraction(3))).high
        Fraction(3, 1)
        """
        low, is_low_open = self.low, self.is_low_open
        if other.low is not None and (low is None or other.low >= low):
            is_low_open = other.is_low_open or (is_low_open and other.low == low)
            low = other.low
        high, is_high_open = self.high, self.is_high_open
        if other.high is not None and (high is None or other.high <= high):
            is_high_open = other.is_high_open or (is_high_open and other.high == high)
            high = other.high
        return Interval(low, high, is_low_open, is_high_open)


ANY = Interval()
NOT_NEGATIVE = Interval(Fraction(0))
NOTHING = Interval(Fraction(0), Fraction(0))
TRUTH = Interval(Fraction(0), Fraction(1))


def point(value: Fraction) -> Interval:
    """Give the range that holds one number."""
    return Interval(value, value)


def union(parts: Iterable[Interval]) -> Interval:
    """Give the least range that holds all of `parts`; 0 where there is none."""
    kept = list(parts) or [NOTHING]
    lows, highs = [part.low for part in kept], [part.high for part in kept]
    return Interval(_least(lows), _greatest(highs))


def _least(ends: list[Fraction | None]) -> Fraction | None:
    known = [end for end in ends if end is not None]
    return min(known) if len(known) == len(ends) else None


def _greatest(ends: list[Fraction | None]) -> Fraction | None:
    known = [end for end in ends if end is not None]
    return max(known) if len(known) == len(ends) else None


def plus(left: Interval, right: Interval) -> Interval:
    """Give the range of sums."""
    low = None if left.low is None or right.low is None else left.low + right.low
    high = None if left.high is None or right.high is None else left.high + right.high
    return Interval(low, high)


def negative(part: Interval) -> Interval:
    """Give the range of what has the opposite sign."""
    return Interval(
        None if part.high is None else -part.high, None if part.low is None else -part.low
    )


def times(left: Interval, right: Interval) -> Interval:
    """Give the range of products."""
    if NOTHING in (left, right):
        return NOTHING
    ends = (left.low, left.high, right.low, right.high)
    if None not in ends:
        corners = [a * b for a, b in product(ends[:2], ends[2:])]  # type: ignore[operator]
        return Interval(min(corners), max(corners))
    if is_not_negative(left) and is_not_negative(right):
        assert left.low is not None
        assert right.low is not None
        return Interval(left.low * right.low)
    return ANY


def divided(left: Interval, right: Interval) -> Interval:
    """Give the range of quotients, as far as the divisor is known."""
    if right.is_point and right.low:
        return times(left, point(1 / right.low))
    if is_not_negative(left) and is_not_negative(right):
        return NOTHING if left == NOTHING else NOT_NEGATIVE
    return ANY


def summed(part: Interval) -> Interval:
    """Give the range of a sum of any number of numbers, none at all among them."""
    low = Fraction(0) if part.low is not None and part.low >= 0 else None
    high = Fraction(0) if part.high is not None and part.high <= 0 else None
    return Interval(low, high)


def least(parts: list[Interval]) -> Interval:
    """Give the range of the least of several numbers."""
    highs = [part.high for part in parts if part.high is not None]
    return Interval(_least([part.low for part in parts]), min(highs) if highs else None)


def greatest(parts: list[Interval]) -> Interval:
    """Give the range of the greatest of several numbers."""
    lows = [part.low for part in parts if part.low is not None]
    return Interval(max(lows) if lows else None, _greatest([part.high for part in parts]))


def widened(part: Interval, below: Fraction, above: Fraction) -> Interval:
    """Give the range with so much more room at its ends."""
    return Interval(
        None if part.low is None else part.low - below,
        None if part.high is None else part.high + above,
    )


def is_not_negative(part: Interval) -> bool:
    """Say whether no number of a range is below 0."""
    return part.low is not None and part.low >= 0
