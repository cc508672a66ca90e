"""Amounts of money as a reader of each language writes them, with the sign of the currency.

Screens and the explanations that they show write money by this alone. The command line and the text
of a plan name a currency by its code.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache

from babel import Locale
from babel.numbers import format_currency

from upline.money import currency_places

NO_BREAK = "\u00a0"
MINUS = "\u2212"

# Days in English are written as in Europe: 2 Nov 2026 and 14:05 cannot be misread.
_LOCALES = {"en": "en_GB"}
# Signs that readers of a language know, though CLDR writes the code.
_SIGNS = {("ru", "KZT"): "₸", ("bg", "KZT"): "KZT", ("pl", "KZT"): "KZT"}


@cache
def locale_of(language: str) -> Locale:
    """Give the locale by which a language of ours is formatted."""
    return Locale.parse(_LOCALES.get(language, language))


def signed(text: str) -> str:
    """Write a true minus, which is as wide as a figure and is never broken off."""
    return text.replace("-", MINUS)


def amount_text(value: Decimal, currency: str, language: str) -> str:
    """Write an amount with all its decimals, and with those of its currency at least.

    >>> amount_text(Decimal("1234.5"), "EUR", "en"), amount_text(Decimal("0.1234"), "EUR", "en")
    ('€1,234.50', '€0.1234')
    """
    exponent = value.normalize().as_tuple().exponent
    assert isinstance(exponent, int)
    # Ours are the decimals in which amounts are kept; those of CLDR are for cash: no paras in Serbia.
    places = max(currency_places(currency), -exponent)
    locale = locale_of(language)
    pattern = locale.currency_formats["standard"].pattern
    pattern = pattern.replace("0.00", "0." + "0" * places if places else "0")
    written = format_currency(value, currency, format=pattern, locale=locale, currency_digits=False)
    return signed(_with_known_sign(written, currency, language))


def _with_known_sign(written: str, currency: str, language: str) -> str:
    sign = _SIGNS.get((language, currency))
    if sign:
        written = written.replace(currency, sign)
    if currency in written and f"{currency}{NO_BREAK}" not in written:
        # A code runs into the figure where the language has the sign in front: EUR 5, not EUR5.
        head, _, tail = written.partition(currency)
        if tail:
            written = f"{head}{currency}{NO_BREAK}{tail}"
    return written
