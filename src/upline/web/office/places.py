"""Countries in the reader's language."""

from __future__ import annotations

from django.utils.translation import get_language

from upline.web.shared.formats import locale_of


def country_name(code: str) -> str:
    """Give a country by its two letters, as the reader calls it.

    >>> country_name("PL")
    'Poland'
    """
    return str(locale_of(get_language() or "en").territories.get(code, code))
