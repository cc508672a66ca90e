"""Figures, money and days as a reader of each language writes them.

Screens write nothing raw: the filters of `templatetags/formats.py` call these with the language of
the request. What is read back from people goes through the parsers, not through here.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton, format_timedelta
from babel.numbers import format_currency, format_decimal

from upline.money import Money, currency_places

NO_BREAK = "\u00a0"
MINUS = "\u2212"

# Days in English are written as in Europe: 2 Nov 2026 and 14:05 cannot be misread.
_LOCALES = {"en": "en_GB"}
# Short names of days: CLDR pads the day in Kazakh and writes a bare number of the month in
# Bulgarian, where every other language of ours has a word.
_DAY_PATTERNS = {"kk": "y 'ж'. d MMM", "bg": "d MMM y 'г'."}
_MONTH_SHORT_PATTERNS = {"bg": "MMM y 'г'."}
# Signs that readers of a language know, though CLDR writes the code.
_SIGNS = {("ru", "KZT"): "₸", ("bg", "KZT"): "KZT", ("pl", "KZT"): "KZT"}


@cache
def locale_of(language: str) -> Locale:
    """Give the locale by which a language of ours is formatted."""
    return Locale.parse(_LOCALES.get(language, language))


def _signed(text: str) -> str:
    """Write a true minus, which is as wide as a figure and is never broken off."""
    return text.replace("-", MINUS)


def money(amount: Money, language: str) -> str:
    """Write an amount with the currency's own number of decimals.

    >>> money(Money(123450, "EUR"), "bg").replace(NO_BREAK, " ")
    '1 234,50 €'
    """
    places = currency_places(amount.currency)
    return _signed(_currency(Decimal(amount.minor).scaleb(-places), amount.currency, language))


def money_parts(amount: Money, language: str) -> tuple[str, str, str]:
    r"""Split an amount into what stands before, the figure, and what stands behind.

    >>> money_parts(Money(-123450, "EUR"), "ru")
    ('−', '1\xa0234,50', '\xa0€')
    """
    places = currency_places(amount.currency)
    figure = number(abs(Decimal(amount.minor).scaleb(-places)), language, places=places)
    before, _, behind = money(amount, language).partition(figure)
    return before, figure, behind


def _currency(value: Decimal, currency: str, language: str) -> str:
    locale = locale_of(language)
    # Ours are the decimals in which amounts are kept; those of CLDR are for cash: no paras in Serbia.
    places = currency_places(currency)
    pattern = locale.currency_formats["standard"].pattern
    pattern = pattern.replace("0.00", "0." + "0" * places if places else "0")
    written = format_currency(value, currency, format=pattern, locale=locale, currency_digits=False)
    sign = _SIGNS.get((language, currency))
    if sign:
        written = written.replace(currency, sign)
    if currency in written and f"{currency}{NO_BREAK}" not in written:
        # A code runs into the figure where the language has the sign in front: EUR 5, not EUR5.
        head, _, tail = written.partition(currency)
        if tail:
            written = f"{head}{currency}{NO_BREAK}{tail}"
    return written


def number(value: int | Decimal, language: str, *, places: int | None = None) -> str:
    """Write a number, with `places` decimals or with as many as it has.

    >>> number(Decimal("12345.5"), "kk").replace(NO_BREAK, " ")
    '12 345,5'
    """
    if places is not None:
        value = Decimal(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
        pattern = "#,##0." + "0" * places if places else "#,##0"
    else:
        pattern = "#,##0.######"
    return _signed(format_decimal(value, format=pattern, locale=locale_of(language)))


def percent(share: Decimal | float, language: str, *, places: int = 0) -> str:
    """Write a share of one in percent, with at most `places` decimals.

    >>> percent(Decimal("0.125"), "en", places=1)
    '12.5%'
    """
    locale = locale_of(language)
    figure = Decimal(str(share)) * 100
    rounded = figure.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    pattern = "#,##0." + "#" * places if places else "#,##0"
    written = _signed(format_decimal(rounded, format=pattern, locale=locale))
    gap = NO_BREAK if NO_BREAK in locale.percent_formats[None].pattern else ""
    return f"{written}{gap}%"


def day(value: date, language: str) -> str:
    """Write a day with a short month: 2 Nov 2026."""
    pattern = _DAY_PATTERNS.get(language, "medium")
    return _unbroken(format_date(value, pattern, locale=locale_of(language)))


def day_long(value: date, language: str) -> str:
    """Write a day with its month in full: 2 November 2026."""
    return _unbroken(format_date(value, "long", locale=locale_of(language)))


def month(value: date, language: str) -> str:
    """Write a month in full, as a heading does: November 2026."""
    return _unbroken(format_skeleton("yMMMM", value, locale=locale_of(language)))


def month_short(value: date, language: str) -> str:
    """Write a month in short: Nov 2026."""
    pattern = _MONTH_SHORT_PATTERNS.get(language)
    locale = locale_of(language)
    if pattern:
        return _unbroken(format_date(value, pattern, locale=locale))
    return _unbroken(format_skeleton("yMMM", value, locale=locale))


def period(first_on: date, last_on: date, language: str) -> str:
    """Write a period as its month where it is one, else as its first and last day."""
    if _is_month(first_on, last_on):
        return month(first_on, language)
    return f"{day(first_on, language)} – {day(last_on, language)}"


def period_short(first_on: date, last_on: date, language: str) -> str:
    """Write a period for an axis or a narrow column: its month in short, or its last day."""
    if _is_month(first_on, last_on):
        return month_short(first_on, language)
    return day(last_on, language)


def _is_month(first_on: date, last_on: date) -> bool:
    _, days = monthrange(first_on.year, first_on.month)
    return first_on.day == 1 and last_on == first_on.replace(day=days)


def moment(value: datetime, language: str) -> str:
    """Write a local moment to the minute: 2 Nov 2026, 14:05."""
    return f"{day(value.date(), language)}, {clock_time(value, language)}"


def clock_time(value: datetime, language: str) -> str:
    """Write the time of a local moment: 14:05."""
    return format_datetime(value, "HH:mm", locale=locale_of(language))


def ago(value: datetime, now: datetime, language: str) -> str:
    """Write how long ago a moment was: 5 minutes ago."""
    return format_timedelta(value - now, add_direction=True, locale=locale_of(language))


def _unbroken(written: str) -> str:
    """Keep a day on one line: a year that begins the next line is read as another figure."""
    return written.replace(" ", NO_BREAK).replace("\u202f", NO_BREAK)


def country(code: str, language: str) -> str:
    """Write the name of a country by its two letters.

    >>> country("KZ", "ru")
    'Казахстан'
    """
    return str(locale_of(language).territories.get(code, code))
