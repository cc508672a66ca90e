"""Names, addresses and telephones of people who do not exist."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from upline.generate import names
from upline.generate.chance import Chance, Ints
from upline.generate.text_columns import ids, labels

# The alphabet of each country's names, as `upline.generate.names` knows them.
_ALPHABET = (0, 1, 2, 3, 4)
# The language that somebody of a country reads, and how many percent of them; the rest read another.
_LANGUAGES = (
    ("pl", 96, "en"),
    ("kk", 70, "ru"),
    ("bg", 96, "en"),
    ("ru", 98, "en"),
    ("en", 92, "ru"),
)
_LATIN = str.maketrans(
    {
        **dict(zip("абвгдезийклмнопрстуфхцыэ", "abvgdeziyklmnoprstufhcye", strict=True)),
        "ж": "zh",
        "ч": "ch",
        "ш": "sh",
        "щ": "sht",
        "ю": "yu",
        "я": "ya",
        "ё": "yo",
        "ъ": "a",
        "ь": "",
        "ә": "a",
        "ғ": "g",
        "қ": "q",
        "ң": "n",
        "ө": "o",
        "ұ": "u",
        "ү": "u",
        "һ": "h",
        "і": "i",
        "ł": "l",
        "ø": "o",
        "æ": "ae",
        "ß": "ss",
    }
)
# Numbers that nobody has: in Germany those kept for films, elsewhere an area code that is none.
_PHONES = (("+48000", 6), ("+7000", 7), ("+359000", 6), ("+7000", 7), ("+4930231250", 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Names as their bearers write them, and the language that they read."""

    given: pa.Array
    family: pa.Array
    language: pa.Array


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """All pairs of names of all countries, one country's after the other's."""

    given: pa.Array
    family: pa.Array
    written: pa.Array
    each: int


def named(country: Ints, *, seed: int) -> Named:
    """Name people by their countries."""
    known, places = _known(), _places(country, seed)
    chance = Chance(seed, "languages").below(100, len(country))
    usual = np.array([percent for _, percent, _ in _LANGUAGES])[country]
    codes = 2 * country + (chance >= usual)
    texts = [text for first, _, other in _LANGUAGES for text in (first, other)]
    return Named(
        given=known.given.take(pa.array(places)),
        family=known.family.take(pa.array(places)),
        language=labels(texts, codes),
    )


def contacts(country: Ints, *, seed: int) -> tuple[pa.Array, pa.Array]:
    """Give each one's e-mail, at a domain that is kept for examples, and a telephone of nobody."""
    numbers = np.arange(1, len(country) + 1)
    written = _known().written.take(pa.array(_places(country, seed)))
    domain = labels(["@example.com", "@example.org", "@example.net"], numbers % 3)
    counted = pa.array(numbers).cast(pa.string())
    emails = pc.binary_join_element_wise(written, counted, domain, "")
    phones = pa.array([""] * len(country), pa.string())
    for place, (prefix, digits) in enumerate(_PHONES):
        own = ids(prefix, numbers % 10**digits, digits)
        phones = pc.if_else(pa.array(country == place), own, phones)
    return emails, phones


def latin(text: str) -> str:
    """Write a name in the letters of an e-mail address.

    >>> latin("Гүлжан Шәріпқызы"), latin("Łukasz Żółć")
    ('gulzhan.sharipqyzy', 'lukasz.zolc')
    """
    # Before letters are taken apart: й and ё would lose their marks.
    plain = text.lower().translate(_LATIN)
    apart = unicodedata.normalize("NFKD", plain)
    return "".join(one for one in apart.replace(" ", ".") if one.isascii() and one not in "'-")


def _places(country: Ints, seed: int) -> Ints:
    return country * _known().each + Chance(seed, "names").below(_known().each, len(country))


@cache
def _known() -> _Known:
    pairs = [names.pairs(alphabet) for alphabet in _ALPHABET]
    each = len(pairs[0])
    listed = [pair for some in pairs for pair in some]
    words = {word: latin(word) for pair in listed for word in pair}
    return _Known(
        given=pa.array([given for given, _ in listed]),
        family=pa.array([family for _, family in listed]),
        written=pa.array([f"{words[given]}.{words[family]}" for given, family in listed]),
        each=each,
    )
