"""Countries in the reader's language."""

from __future__ import annotations

import phonenumbers
from django.utils.translation import get_language

from upline.network import queries as network
from upline.web.shared import formats


def country_name(code: str) -> str:
    """Give a country by its two letters, as the reader calls it.

    >>> country_name("PL")
    'Poland'
    """
    return formats.country(code, get_language() or "en")


def countries() -> list[tuple[str, str]]:
    """Give all countries to choose from: where members live first, then by name."""
    here = network.present().countries
    # Those that have telephone numbers: CLDR also names oceans, unions and countries for tests.
    named = [(code, country_name(code)) for code in phonenumbers.SUPPORTED_REGIONS]
    return sorted(named, key=lambda one: (one[0] not in here, one[1]))
