"""Names as people write them, in any alphabet: how they are sorted and how they are found.

Two orders are stored, for the servers we start sort by no language: one with Cyrillic letters first
(Russian, Bulgarian, Kazakh), one with Latin letters first (English, Polish). The letters of the
three Cyrillic alphabets stand in the same order wherever they share them, so that the Kazakh order
is theirs too; the Polish order is the English one with letters between.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

CYRILLIC = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
LATIN = "aąbcćdeęfghijklłmnńoópqrsśtuvwxyzźż"
FIGURES = "0123456789"

CYRILLIC_FIRST = "cyrillic_first"
LATIN_FIRST = "latin_first"
ORDER_OF = {
    "ru": CYRILLIC_FIRST,
    "bg": CYRILLIC_FIRST,
    "kk": CYRILLIC_FIRST,
    "en": LATIN_FIRST,
    "pl": LATIN_FIRST,
}
# From # on, so that no key needs quoting anywhere; a blank is less than any letter.
_FIRST = ord("#")
_RANKS = {
    order: {letter: chr(_FIRST + rank) for rank, letter in enumerate(FIGURES + letters)}
    for order, letters in {
        CYRILLIC_FIRST: CYRILLIC + LATIN,
        LATIN_FIRST: LATIN + CYRILLIC,
    }.items()
}
# What is in no alphabet of ours comes last, by its code.
_LAST = "~"

_SOUNDS = dict(
    zip(
        CYRILLIC,
        [
            "a",
            "a",
            "b",
            "v",
            "g",
            "g",
            "d",
            "e",
            "e",
            "zh",
            "z",
            "i",
            "i",
            "k",
            "k",
            "l",
            "m",
            "n",
            "n",
            "o",
            "o",
            "p",
            "r",
            "s",
            "t",
            "u",
            "u",
            "u",
            "f",
            "kh",
            "h",
            "ts",
            "ch",
            "sh",
            "shch",
            "",
            "y",
            "i",
            "",
            "e",
            "iu",
            "ia",
        ],
        strict=True,
    )
)
# Letters that are no letter with a mark.
_SOUNDS |= {"ł": "l", "đ": "d", "ø": "o", "ß": "ss", "æ": "ae", "œ": "oe", "є": "e", "ї": "i"}


def sort_key(family_name: str, given_name: str, *, order: str) -> str:
    """Give the text by whose bytes a person is sorted: family name, then given name.

    >>> names = ["Ән", "Борис", "Ян", "Анна", "Łucja", "Lucja", "Zofia"]
    >>> sorted(names, key=lambda name: sort_key("", name, order="cyrillic_first"))
    ['Анна', 'Ән', 'Борис', 'Ян', 'Lucja', 'Łucja', 'Zofia']
    >>> sorted(names, key=lambda name: sort_key("", name, order="latin_first"))
    ['Lucja', 'Łucja', 'Zofia', 'Анна', 'Ән', 'Борис', 'Ян']
    """
    return f"{_sorted(family_name, order)} {_sorted(given_name, order)}".strip()


def search_key(family_name: str, given_name: str) -> str:
    """Give both names in plain Latin letters, by which they are found from any keyboard.

    >>> search_key("Смағұлова", "Әйгерім"), search_key("Żółć", "Łucja")
    ('smagulova aigerim', 'zolc lucja')
    """
    return f"{in_latin(family_name)} {in_latin(given_name)}".strip()


def initials(family_name: str, given_name: str) -> str:
    """Give one or two letters that stand for a person.

    >>> initials("Смағұлова", "Әйгерім"), initials("", "łucja")
    ('ӘС', 'Ł')
    """
    first = [
        next((sign for sign in name if sign.isalnum()), "") for name in (given_name, family_name)
    ]
    return "".join(first).upper()


@lru_cache(maxsize=100_000)
def in_latin(text: str) -> str:
    """Write a text in plain small Latin letters, other signs as blanks.

    >>> in_latin("Жанна О'Нил-Смирнова")
    'zhanna o nil smirnova'
    """
    written = "".join(_SOUNDS.get(letter) or _plain(letter) for letter in _folded(text))
    return " ".join(written.split())


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).lower()


def _plain(letter: str) -> str:
    if letter in ("ъ", "ь"):
        return ""
    base = unicodedata.normalize("NFKD", letter)[0]
    return _SOUNDS.get(base, base) if base.isalnum() else " "


@lru_cache(maxsize=100_000)
def _sorted(text: str, order: str) -> str:
    ranks = _RANKS[order]
    written = []
    for letter in " ".join(_folded(text).split()):
        base = letter if letter in ranks else unicodedata.normalize("NFKD", letter)[0]
        if base in ranks:
            written.append(ranks[base])
        elif base.isalnum():
            written.append(_LAST + base)
        elif base.isspace() or base == "-":
            written.append(" ")
    return "".join(written).strip()


def keys_of(family_names: pa.Array, given_names: pa.Array) -> dict[str, pa.Array]:
    """Give the three keys of many persons; each different name is looked at once."""
    return {
        "search_key": _joined(family_names, given_names, in_latin),
        **{
            f"sort_{order}": _joined(
                family_names, given_names, lambda name, order=order: _sorted(name, order)
            )
            for order in (CYRILLIC_FIRST, LATIN_FIRST)
        },
    }


def _joined(family_names: pa.Array, given_names: pa.Array, key: object) -> pa.Array:
    parts = []
    for names in (family_names, given_names):
        encoded = pc.dictionary_encode(names)
        if isinstance(encoded, pa.ChunkedArray):
            encoded = encoded.unify_dictionaries().combine_chunks()
            encoded = encoded.combine_chunks() if isinstance(encoded, pa.ChunkedArray) else encoded
        keys = pa.array([key(name) for name in encoded.dictionary.to_pylist()], pa.string())  # type: ignore[operator]
        parts.append(keys.take(encoded.indices))
    return pc.utf8_trim_whitespace(pc.binary_join_element_wise(*parts, " "))
