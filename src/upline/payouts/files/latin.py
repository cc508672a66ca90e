"""Names in the letters of SEPA: the table by which others are written, and what is in none.

SEPA takes a to z, A to Z, digits and / - ? : ( ) . , ' + and a blank. Cyrillic follows the Bulgarian
Transliteration Act, which is the one of a country of SEPA; letters that Bulgarian has not are added.
Marks above and below Latin letters are dropped.
"""

from __future__ import annotations

import unicodedata

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-?:().,'+ ")

# fmt: off
_SMALL = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "i",
    "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s",
    "т": "t", "у": "u", "ф": "f", "х": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sht",
    "ъ": "a", "ь": "y", "ю": "yu", "я": "ya",
    # Russian, Kazakh, Ukrainian, Serbian.
    "ё": "yo", "ы": "y", "э": "e",
    "ә": "a", "ғ": "g", "қ": "q", "ң": "n", "ө": "o", "ұ": "u", "ү": "u", "һ": "h", "і": "i",
    "є": "ye", "ї": "yi", "ґ": "g", "ђ": "dj", "ј": "j", "љ": "lj", "њ": "nj", "ћ": "c", "џ": "dz",
    # Latin letters that are no letter with a mark.
    "ł": "l", "đ": "d", "ø": "o", "æ": "ae", "œ": "oe", "ß": "ss", "ð": "d", "þ": "th", "ı": "i",
}
_SIGNS = {
    "&": "+", "_": "-", "–": "-", "—": "-", "‑": "-", '"': "'", "«": "'", "»": "'", "„": "'",
    "“": "'", "”": "'", "’": "'", "‘": "'", ";": ",", "№": "No", "·": ".", "\u00a0": " ",
}
# fmt: on
# Two small letters have no capital of their own: ß, and ı, whose capital is the plain I.
_CAPITALS = {
    small.upper(): latin.capitalize() for small, latin in _SMALL.items() if small not in {"ß", "ı"}
}
TABLE = _SMALL | _CAPITALS | _SIGNS | {"ẞ": "SS"}


def written(text: str) -> tuple[str, list[str]]:
    """Write a text in the letters of SEPA, and give the signs for which there are none.

    >>> written("Łukasz Żółć"), written("Щерю Әлиев"), written("王 Ltd")
    (('Lukasz Zolc', []), ('Shteryu Aliev', []), (' Ltd', ['王']))
    """
    parts: list[str] = []
    strange: list[str] = []
    for one in unicodedata.normalize("NFC", text):
        latin = _one(one)
        if latin is None:
            strange.append(one)
        else:
            parts.append(latin)
    return "".join(parts), strange


def _one(sign: str) -> str | None:
    if sign in _PLAIN:
        return sign
    if sign in TABLE:
        return TABLE[sign]
    base = "".join(c for c in unicodedata.normalize("NFD", sign) if not unicodedata.combining(c))
    if base and base != sign and all(c in _PLAIN or c in TABLE for c in base):
        return "".join(TABLE.get(c, c) for c in base)
    return None
