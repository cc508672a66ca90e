"""What a country usually has: its money, its language, its clocks. A guess, to be said aloud."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale
from babel.core import get_global
from babel.languages import get_official_languages
from babel.numbers import get_territory_currencies

# Babel is behind the law: Bulgaria has had the euro since 2026-01-01.
_CURRENCIES = {"BG": "EUR"}
# Of several official languages, the one of the state.
_LANGUAGES = {"KZ": "kk"}
ENGLISH = Locale.parse("en")


@lru_cache
def is_country(code: str) -> bool:
    """Say whether these two letters are a country."""
    return len(code) == 2 and code.isalpha() and code in ENGLISH.territories and code != "ZZ"


@lru_cache
def is_currency(code: str) -> bool:
    """Say whether these three letters are a currency."""
    return len(code) == 3 and code in ENGLISH.currencies


@lru_cache
def is_language(code: str) -> bool:
    """Say whether these letters are a language."""
    return code in ENGLISH.languages


def name_of(country: str, language: str) -> str:
    """Give a country's name in a language, in English where that is not known."""
    try:
        names = Locale.parse(language).territories
    except ValueError:
        names = ENGLISH.territories
    return str(names.get(country) or ENGLISH.territories[country])


def currency_of(country: str) -> str | None:
    """Give the one currency of a country, None where there are several or none."""
    if country in _CURRENCIES:
        return _CURRENCIES[country]
    found = get_territory_currencies(country)
    return found[0] if len(found) == 1 else None


def language_of(country: str) -> str | None:
    """Give the language of a country, None where that is not one alone."""
    if country in _LANGUAGES:
        return _LANGUAGES[country]
    found = get_official_languages(country)
    return found[0] if len(found) == 1 else None


@lru_cache
def zones_of(country: str) -> tuple[str, ...]:
    """List the time zones of a country."""
    zones = get_global("zone_territories")
    return tuple(sorted(zone for zone, place in zones.items() if place == country))
