"""Figures of money as banks write them, read exactly."""

from __future__ import annotations

import re

from upline.money import currency_places

_FIGURE = re.compile(r"([+-]?)([0-9]{1,15})(?:\.([0-9]{1,5}))?")


class FigureUnreadable(ValueError):
    """A text is no amount of its currency."""


def minor_of(text: str, currency: str, *, decimal: str = ".", thousands: str = "") -> int:
    """Read an amount to the smallest unit of its currency. Raises FigureUnreadable.

    >>> minor_of("1234.5", "EUR"), minor_of("-1 234,50", "PLN", decimal=",", thousands=" ")
    (123450, -123450)
    """
    plain = text.strip().replace("\u00a0", " ").replace("\u202f", " ").replace("\u2212", "-")
    if thousands:
        plain = plain.replace(thousands, "")
    found = _FIGURE.fullmatch(plain.replace(decimal, ".") if decimal != "." else plain)
    places = currency_places(currency)
    if found is None or (decimal != "." and "." in plain):
        raise FigureUnreadable(text)
    sign, whole, part = found[1], found[2], (found[3] or "").rstrip("0")
    if len(part) > places:
        raise FigureUnreadable(text)
    minor = int(whole + part.ljust(places, "0"))
    return -minor if sign == "-" else minor
