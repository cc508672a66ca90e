"""Answers kept while a page is read."""

from __future__ import annotations

from itertools import count

from upline.foundation.once import kept_answers, once


def test_an_answer_is_asked_for_once_while_a_page_is_read():
    numbers = count()

    with kept_answers():
        answers = [once("zone", lambda: next(numbers)) for _ in range(3)]

    assert answers == [0, 0, 0]


def test_nothing_is_kept_outside_of_a_reading_nor_from_one_to_the_next():
    numbers = count()

    outside = [once("zone", lambda: next(numbers)) for _ in range(2)]
    with kept_answers():
        first = once("zone", lambda: next(numbers))
    with kept_answers():
        second = once("zone", lambda: next(numbers))

    assert (outside, first, second) == ([0, 1], 2, 3)


def test_no_answer_is_an_answer_too():
    asked = []

    with kept_answers():
        for _ in range(2):
            once("nobody", lambda: asked.append(1))

    assert asked == [1]
