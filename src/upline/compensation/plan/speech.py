"""Words, numbers and days in the language of the reader."""

from __future__ import annotations

import gettext
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cache
from importlib.resources import as_file, files

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

from upline.amounts import amount_text
from upline.languages import LANGUAGES

_MOST_DECIMALS = 6


def msg(message: str) -> str:
    """Mark a message for the catalogues; it is translated where it is said."""
    return message


@dataclass(frozen=True, slots=True)
class Speech:
    """One language: says messages of the catalogue and writes figures."""

    language: str
    catalogue: gettext.NullTranslations
    locale: Locale

    def say(self, message: str) -> str:
        """Give a message in the language; what it names is filled in by the caller with `%`."""
        return self.catalogue.gettext(message)

    def words(self, words: str | dict[str, str]) -> str:
        """Choose the language's words out of a plan's title or note."""
        if isinstance(words, str):
            return words
        return words.get(self.language) or words.get("en") or next(iter(words.values()), "")

    def number(self, value: Fraction) -> str:
        """Write a number with all its decimals."""
        text: str = format_decimal(_decimal(value), locale=self.locale, decimal_quantization=False)
        return text

    def percent(self, value: Fraction) -> str:
        """Write a ratio as a percentage with all its decimals."""
        text: str = format_percent(_decimal(value), locale=self.locale, decimal_quantization=False)
        return text

    def money(self, value: Fraction, currency: str) -> str:
        """Write an amount with its currency's code, so that no sign can be taken for another."""
        pattern = "#,##0" if value.denominator == 1 else "#,##0.00#######"
        text: str = format_decimal(_decimal(value), format=pattern, locale=self.locale)
        return f"{text}\u00a0{currency}"

    def amount(self, value: Fraction, currency: str, *, places: int) -> str:
        """Write an amount with at least so many decimals, cut after six with a sign that it goes on."""
        return f"{self._decimals_of(value, places)}\u00a0{currency}"

    def signed_amount(self, value: Fraction, currency: str, *, places: int) -> str:
        """Write such an amount as screens do: with the sign of its currency."""
        figure = self._decimals_of(abs(value), places)
        cut = _cut(value, _shown_decimals(value, places))
        plain = self._decimals_of(abs(Fraction(cut)), places)
        return amount_text(cut, currency, self.language).replace(plain, figure)

    def _decimals_of(self, value: Fraction, places: int) -> str:
        decimals = _shown_decimals(value, places)
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        text: str = format_decimal(_cut(value, decimals), format=pattern, locale=self.locale)
        return text if _decimals(value) <= decimals else f"{text}…"

    def figure(self, value: Fraction) -> str:
        """Write a number, cut after six decimals with a sign that it goes on."""
        more = "" if _decimals(value) <= _MOST_DECIMALS else "…"
        return self.number(Fraction(_cut(value, _MOST_DECIMALS))) + more

    def day(self, day: date) -> str:
        """Write a day."""
        text: str = format_date(day, format="long", locale=self.locale)
        return text


def _decimal(value: Fraction) -> Decimal:
    with localcontext() as context:
        context.prec = 40
        return Decimal(value.numerator) / Decimal(value.denominator)


def _decimals(value: Fraction) -> int:
    """Give how many decimals a number has, one more than are shown where it has no end."""
    for places in range(_MOST_DECIMALS + 1):
        if (value * 10**places).denominator == 1:
            return places
    return _MOST_DECIMALS + 1


def _shown_decimals(value: Fraction, places: int) -> int:
    return max(places, min(_decimals(value), _MOST_DECIMALS))


def _cut(value: Fraction, places: int) -> Decimal:
    return Decimal(int(value * 10**places)).scaleb(-places)


@cache
def speech(language: str, catalogue_name: str = "plan") -> Speech:
    """Give the speech of one of LANGUAGES with one catalogue; raises ValueError for another."""
    if language not in LANGUAGES:
        raise ValueError(f"There is no language '{language}'; choose {', '.join(LANGUAGES)}.")
    if language == "en":
        return Speech(language, gettext.NullTranslations(), Locale.parse(language))
    with as_file(files("upline").joinpath("locale")) as folder:
        catalogue = gettext.translation(catalogue_name, localedir=str(folder), languages=[language])
    return Speech(language, catalogue, Locale.parse(language))
