"""What is carried is written as exact fractions, however many members carry something else."""

from fractions import Fraction

import numpy as np
import pytest

from upline.compensation.columns import Numbers
from upline.compensation.measures.windows import carry_texts


@pytest.mark.parametrize(
    ("values", "unit", "texts"),
    [
        ([250, 0, -5, 10000], Fraction(1, 100), ["5/2", None, "-1/20", "100"]),
        ([3, 6], Fraction(2, 3), ["2", "4"]),
        ([2**61, 1], Fraction(7, 2), [str(2**60 * 7), "7/2"]),
        ([], Fraction(1, 100), []),
    ],
)
def test_numbers_are_written_in_lowest_terms(values, unit, texts):
    column = Numbers(np.asarray(values, np.int64), unit)

    written = carry_texts(column, np.arange(len(values)), None)

    assert written.to_pylist() == texts
