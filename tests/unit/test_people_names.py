"""Names of any alphabet are sorted for the reader and found from any keyboard."""

from __future__ import annotations

import pyarrow as pa
import pytest

from upline.people import names

FAMILIES = ["Смағұлова", "Łukasik", "Nowak", "", "O'Neil-Юрьев", "Ёлкина", "李"]
GIVEN = ["Әйгерім", "Zoë", "Żaneta", "Aiman", "Щербан", "2", "明"]


def test_cyrillic_readers_see_cyrillic_names_first_and_latin_readers_latin_ones():
    people = ["Ян", "Әли", "Анна", "Ёлка", "Елена", "Żaneta", "Zofia", "Ąda", "Adam"]

    def ordered(order):
        return sorted(people, key=lambda name: names.sort_key("", name, order=order).encode())

    latin, cyrillic = ["Adam", "Ąda", "Zofia", "Żaneta"], ["Анна", "Әли", "Елена", "Ёлка", "Ян"]
    assert ordered("cyrillic_first") == cyrillic + latin
    assert ordered("latin_first") == latin + cyrillic


def test_a_shorter_family_name_comes_first_whatever_the_given_name():
    keys = [
        names.sort_key(family, given, order="latin_first")
        for family, given in [("Nowak", "Zofia"), ("Nowakowa", "Adam")]
    ]

    assert keys == sorted(keys)


@pytest.mark.parametrize(
    ("family", "given", "expected"),
    [
        ("Смағұлова", "Әйгерім", "smagulova aigerim"),
        ("Щербаков", "Илья", "shcherbakov ilia"),
        ("Дюлгеров", "Ангел", "diulgerov angel"),
        ("Żółć-Łoś", "Gęś", "zolc los ges"),
        ("O'Neil", "Zoë", "o neil zoe"),
    ],
)
def test_names_are_searched_in_plain_latin_letters(family, given, expected):
    assert names.search_key(family, given) == expected


def test_the_keys_of_many_are_those_of_each():
    found = names.keys_of(pa.array(FAMILIES), pa.array(GIVEN))

    pairs = list(zip(FAMILIES, GIVEN, strict=True))
    assert found["search_key"].to_pylist() == [names.search_key(*pair) for pair in pairs]
    for order in (names.CYRILLIC_FIRST, names.LATIN_FIRST):
        assert found[f"sort_{order}"].to_pylist() == [
            names.sort_key(*pair, order=order) for pair in pairs
        ]
