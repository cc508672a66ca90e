"""Rounding equals exact fractions in every mode, also where products pass 64 bits."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reference.money import to_whole
from upline.compensation import columns
from upline.compensation.columns import Numbers, Quotients
from upline.compensation.kernels.rounding import MODES, line_amount, rounded, wide_rounded

WIDE = 2**62 - 1
wide = st.one_of(
    st.integers(-WIDE, WIDE),
    st.integers(-200, 200),
    st.sampled_from([WIDE, -WIDE, 2**32, -(2**32), 2**31 - 1, 2**53 + 1]),
)
divisors = st.one_of(
    st.integers(1, 10**6),
    st.integers(1, WIDE),
    st.sampled_from([1, 2, 3, 10, 100, 1000, 10**4, 10**5, 10**6, 10**9, WIDE]),
)
modes = st.sampled_from(sorted(MODES))


@settings(max_examples=400, deadline=None, derandomize=True)
@given(wide, divisors, modes)
def test_a_quotient_is_rounded_as_a_fraction_is(value, divisor, mode):
    assert rounded(value, divisor, MODES[mode]) == to_whole(Fraction(value, divisor), mode)


@settings(max_examples=600, deadline=None, derandomize=True)
@given(wide, wide, divisors, modes)
def test_a_product_beyond_64_bits_is_rounded_as_a_fraction_is(value, factor, divisor, mode):
    exact = to_whole(Fraction(value * factor, divisor), mode)
    if abs(exact) <= WIDE:
        assert wide_rounded(value, factor, divisor, MODES[mode]) == exact
        assert line_amount(value, factor, divisor, MODES[mode], True) == exact
        if abs(value * factor) + divisor <= WIDE:
            assert line_amount(value, factor, divisor, MODES[mode], False) == exact


@pytest.mark.parametrize("mode", sorted(MODES))
@pytest.mark.parametrize("divisor", [2, 3, 4, 7, 10, 100, 1000, 10**4, 10**5, 10**6, 12])
def test_halves_and_their_neighbours_are_rounded_by_the_mode(mode, divisor):
    for value in {n * divisor // 2 + d for n in range(-5, 6) for d in (-1, 0, 1)}:
        exact = to_whole(Fraction(value, divisor), mode)

        assert rounded(value, divisor, MODES[mode]) == exact
        assert wide_rounded(value, 1, divisor, MODES[mode]) == exact


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(wide, min_size=1, max_size=4), st.fractions(max_denominator=10**6), modes)
def test_a_column_is_rounded_as_fractions_are(values, unit, mode):
    unit = abs(unit) or Fraction(1)
    column = Numbers(np.asarray(values, np.int64), unit)

    found = columns.rounded(column, 2, mode)

    assert [found.at(place) for place in range(len(values))] == [
        Fraction(to_whole(value * unit * 100, mode), 100) for value in values
    ]


@settings(max_examples=200, deadline=None, derandomize=True)
@given(wide, wide, st.integers(0, 4), modes)
def test_a_quotient_of_columns_is_rounded_as_a_fraction_is(above, below, places, mode):
    column = Quotients(
        Numbers(np.asarray([above], np.int64), Fraction(1, 100)),
        Numbers(np.asarray([below], np.int64), Fraction(1, 3)),
    )
    exact = Fraction(above, 100) / (below * Fraction(1, 3)) if below else Fraction(0)

    found = columns.rounded(column, places, mode).at(0)

    assert found == Fraction(to_whole(exact * 10**places, mode), 10**places)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(wide, wide, st.fractions(max_denominator=999), st.fractions(max_denominator=999))
def test_columns_add_multiply_and_compare_as_fractions_do(first, second, unit, other):
    unit, other = abs(unit) or Fraction(1), abs(other) or Fraction(1, 7)
    a, b = (
        Numbers(np.asarray([first], np.int64), unit),
        Numbers(np.asarray([second], np.int64), other),
    )
    exact_a, exact_b = first * unit, second * other

    assert columns.added(a, b).at(0) == exact_a + exact_b
    assert columns.added(a, b, -1).at(0) == exact_a - exact_b
    assert columns.multiplied(a, b).at(0) == exact_a * exact_b
    sign = (exact_a > exact_b) - (exact_a < exact_b)
    assert columns.sign_of_difference(a, b).tolist() == [sign]
