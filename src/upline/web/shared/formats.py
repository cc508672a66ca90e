"""Figures, money and days as a reader of each language writes them.

Screens write nothing raw: the filters of `templatetags/formats.py` call these with the language of
the request. What is read back from people goes through the parsers, not through here.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from babel.dates import format_date, format_datetime, format_skeleton, format_timedelta
from babel.numbers import format_decimal

from upline.amounts import NO_BREAK, amount_text, locale_of, signed
from upline.money import Money, currency_places

# Short names of days: CLDR pads the day in Kazakh and writes a bare number of the month in
# Bulgarian, where every other language of ours has a word.
_DAY_PATTERNS = {"kk": "y 'ж'. d MMM", "bg": "d MMM y 'г'."}
_MONTH_SHORT_PATTERNS = {"bg": "MMM y 'г'."}


def money(amount: Money, language: str) -> str:
    """Write an amount with the currency's own number of decimals.

    >>> money(Money(123450, "EUR"), "bg").replace(NO_BREAK, " ")
    '1 234,50 €'
    """
    value = Decimal(amount.minor).scaleb(-currency_places(amount.currency))
    return amount_text(value, amount.currency, language)


def money_parts(amount: Money, language: str) -> tuple[str, str, str]:
    r"""Split an amount into what stands before, the figure, and what stands behind.

    >>> money_parts(Money(-123450, "EUR"), "ru")
    ('−', '1\xa0234,50', '\xa0€')
    """
    places = currency_places(amount.currency)
    figure = number(abs(Decimal(amount.minor).scaleb(-places)), language, places=places)
    before, _, behind = money(amount, language).partition(figure)
    return before, figure, behind


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
    return signed(format_decimal(value, format=pattern, locale=locale_of(language)))


def percent(share: Decimal | float, language: str, *, places: int = 0) -> str:
    """Write a share of one in percent, with at most `places` decimals.

    >>> percent(Decimal("0.125"), "en", places=1)
    '12.5%'
    """
    locale = locale_of(language)
    figure = Decimal(str(share)) * 100
    rounded = figure.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    pattern = "#,##0." + "#" * places if places else "#,##0"
    written = signed(format_decimal(rounded, format=pattern, locale=locale))
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
