"""Identifiers: ordered ones for rows and events, short ones for people to read aloud."""

from __future__ import annotations

import secrets
import uuid

from upline.foundation import clock
from upline.foundation.errors import DomainError

# Crockford's alphabet: no I, L, O, U, so that a code survives handwriting and a telephone.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LOOKALIKES = str.maketrans({"I": "1", "L": "1", "O": "0", "-": None, " ": None})


class CodeMistyped(DomainError):
    """A code does not fit its check character."""

    code = "foundation.code_mistyped"
    text = "%(given)s is not a valid code: its check character does not fit."
    remedy = "Compare it with the source letter by letter."


def uuid7() -> uuid.UUID:
    """Make an identifier whose order is the order of making, to the millisecond."""
    milliseconds = int(clock.now().timestamp() * 1000)
    chance = secrets.randbits(74)
    high, low = chance >> 62, chance & ((1 << 62) - 1)
    return uuid.UUID(int=milliseconds << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low)


def new_code(*, length: int = 8) -> str:
    """Make a random code for people, its last character checking the others."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(length - 1))
    return body + check_character(body)


def read_code(given: str) -> str:
    """Read a code as typed: any case, with blanks and hyphens, O for 0, I and L for 1.

    Raises CodeMistyped.

    >>> read_code("7k2q-o9") == read_code("7K2Q09")
    Traceback (most recent call last):
    ...
    upline.foundation.ids.CodeMistyped: 7k2q-o9 is not a valid code: its check character does not fit. Compare it with the source letter by letter. [foundation.code_mistyped]
    """
    typed = given.upper().translate(LOOKALIKES)
    body, last = typed[:-1], typed[-1:]
    if not body or set(typed) - set(ALPHABET) or check_character(body) != last:
        raise CodeMistyped(given=given)
    return typed


def check_character(body: str) -> str:
    """Give the character that finds one wrong letter and nearly all swaps of neighbours.

    Luhn's rule over 32 letters.

    >>> check_character("7K2Q0")
    'M'
    """
    total = 0
    for place, letter in enumerate(reversed(body)):
        value = ALPHABET.index(letter) * (2 if place % 2 == 0 else 1)
        total += value // 32 + value % 32
    return ALPHABET[-total % 32]
