"""Numbers written as text by compiled loops say the same as those written one by one."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upline.compensation.columns import Numbers
from upline.compensation.decimals import decimal_text, decimal_texts, fraction_texts

WHOLE = st.lists(st.integers(-(10**15), 10**15) | st.integers(-1000, 1000), max_size=30)
UNITS = st.sampled_from(
    [
        *(Fraction(1), Fraction(50), Fraction(1, 100), Fraction(3, 1000), Fraction(1, 16)),
        *(Fraction(1, 10**9), Fraction(7, 3), Fraction(1, 10**12)),
    ]
)


@settings(deadline=None)
@given(WHOLE, UNITS)
def test_decimals_are_the_same_at_once_and_one_by_one(values, unit):
    found = decimal_texts(Numbers(np.asarray(values, np.int64), unit))

    assert found.to_pylist() == [decimal_text(value * unit) for value in values]


@settings(deadline=None)
@given(WHOLE, UNITS)
def test_fractions_are_in_lowest_terms_and_nothing_is_null(values, unit):
    found = fraction_texts(np.asarray(values, np.int64), unit)

    assert found.to_pylist() == [str(value * unit) if value else None for value in values]


@pytest.mark.parametrize("count", [0, 1, 300_000])
def test_columns_of_any_length_are_written(count):
    values = np.arange(count) - 7

    texts = decimal_texts(Numbers(values, Fraction(1, 10)))

    assert len(texts) == count
    assert texts.to_pylist()[-3:] == [decimal_text(Fraction(int(v), 10)) for v in values[-3:]]
