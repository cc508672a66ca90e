"""What a run carried is read exactly, in whole columns or one by one."""

from fractions import Fraction

import numpy as np
import pytest

from upline.compensation.measures.windows import numbers_of


def test_carried_numbers_are_read_exactly():
    column = numbers_of({0: "120", 2: "617/50", 3: "-7/4", 4: "0"}, 5)

    assert [column.at(position) for position in range(5)] == [
        Fraction(120),
        Fraction(0),
        Fraction(617, 50),
        Fraction(-7, 4),
        Fraction(0),
    ]
    assert column.values.dtype == np.int64


def test_zeros_alone_are_carried_numbers():
    column = numbers_of({1: "0"}, 3)

    assert [column.at(position) for position in range(3)] == [0, 0, 0]


@pytest.mark.parametrize("text", ["12.5", "1e3", " 7 ", "+4", "9" * 30, "1/" + "9" * 25])
def test_carried_numbers_written_otherwise_are_read_as_well(text):
    column = numbers_of({0: text, 1: "1/3"}, 2)

    assert column.at(0) == Fraction(text)
    assert column.at(1) == Fraction(1, 3)


@pytest.mark.parametrize("text", ["1/0", "1/2/3", "0x10", "many"])
def test_a_carry_that_is_no_number_is_not_read(text):
    with pytest.raises((ValueError, ZeroDivisionError)):
        numbers_of({0: text}, 1)
