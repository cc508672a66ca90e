"""What stands for a person where there is no picture."""

from __future__ import annotations

from zlib import crc32

from django import template

register = template.Library()
HUES = 6


@register.filter
def initials(name: str) -> str:
    """Give the first letters of the first and the last word, in any alphabet.

    >>> initials("Әлия Қасымқызы Нұрлан")
    'ӘН'
    """
    words = [word for word in name.split() if word[0].isalnum()]
    if not words:
        return "?"
    chosen = words if len(words) == 1 else [words[0], words[-1]]
    return "".join(word[0] for word in chosen).upper()


@register.filter
def hue(name: str) -> int:
    """Give the same one of a few colours for the same name, on every machine."""
    return crc32(name.encode()) % HUES + 1
