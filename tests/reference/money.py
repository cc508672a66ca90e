"""Exact amounts to whole smallest units."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor


def to_whole(amount: Fraction, mode: str) -> int:
    """Round to a whole number: `half_up` (away from zero), `half_even` or `down` (to zero).

    >>> to_whole(Fraction(-5, 2), "half_up"), to_whole(Fraction(5, 2), "half_even")
    (-3, 2)
    """
    size = abs(amount)
    low = floor(size)
    rest = size - low
    if mode == "half_up":
        low += rest >= Fraction(1, 2)
    elif mode == "half_even":
        low += rest > Fraction(1, 2) or (rest == Fraction(1, 2) and low % 2 == 1)
    elif mode != "down":
        raise ValueError(f"There is no rounding mode {mode}.")
    return low if amount >= 0 else -low


def to_units(amount: Fraction, places: int, mode: str) -> int:
    """Round an amount to units of 10**-places."""
    return to_whole(amount * 10**places, mode)


def rounded(amount: Fraction, places: int) -> Fraction:
    """Round half up to so many places, as the function `round` of the language does."""
    return Fraction(to_units(amount, places, "half_up"), 10**places)


def shared_out(whole: int, weights: Sequence[Fraction]) -> list[int]:
    """Divide whole units by weights; units left over go to the largest remainders, earlier first.

    >>> shared_out(100, [Fraction(1), Fraction(1), Fraction(1)])
    [34, 33, 33]
    """
    if whole < 0:
        return [-part for part in shared_out(-whole, weights)]
    exact = [whole * weight / sum(weights) for weight in weights]
    parts = [floor(part) for part in exact]
    by_remainder = sorted(range(len(exact)), key=lambda place: parts[place] - exact[place])
    for place in by_remainder[: whole - sum(parts)]:
        parts[place] += 1
    return parts


def held(amount: int, before: int, most: int) -> int:
    """Give by how much an amount moves a sum that is held at a most, as it stood before.

    >>> [held(200, 0, 150), held(-100, 200, 150), held(-100, 100, 150)]
    [150, -50, -100]
    """
    return min(before + amount, max(most, 0)) - min(before, max(most, 0))


def whole_up(amount: Fraction) -> Fraction:
    """Give the next whole number that is not smaller."""
    return Fraction(ceil(amount))


def whole_down(amount: Fraction) -> Fraction:
    """Give the next whole number that is not greater."""
    return Fraction(floor(amount))
