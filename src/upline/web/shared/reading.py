"""Read money, numbers and days that people write, in any of our languages.

What can be read in two ways is refused with both readings named, for a guess would be wrong for
half of the readers: 1,234 is a thousand and more to one and a little over one to another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache

from babel import Locale
from babel.numbers import get_currency_symbol
from django.utils.translation import gettext_lazy as _

from upline.amounts import MINUS, locale_of
from upline.foundation.errors import DomainError
from upline.money import Money, currency_places
from upline.web.shared import formats

# What people group figures with when they use no mark: blanks of any width, an apostrophe.
_BLANKS = " \u00a0\u2007\u2009\u202f"
_MINUS = str.maketrans({MINUS: "-", "\u2012": "-", "\u2013": "-"})
_GROUPED = re.compile(r"[0-9]{1,3}(?:(?P<gap>[ '])[0-9]{3})(?:(?P=gap)[0-9]{3})*")
_PLAIN = re.compile(r"[0-9]{1,18}")
_MARKED = re.compile(r"[0-9]{1,3}(?P<mark>[.,])[0-9]{3}(?:(?P=mark)[0-9]{3})*")
# The signs of the currencies that we know; a code of three letters is read for every one.
_SIGNS = {
    "EUR": ("€",),
    "PLN": ("zł", "zl"),
    "KZT": ("₸", "тг", "тг."),
    "RUB": ("₽", "руб."),
    "USD": ("$",),
}
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_FIGURES = re.compile(r"([0-9]{1,2})([./-])([0-9]{1,2})\2([0-9]{4})")
_WORDS = re.compile(r"[^\W\d_]+\.?|[0-9]+")
# Words that only say that a year stands before or behind them.
_YEAR_WORDS = {"г", "год", "года", "ж", "жыл", "жылы", "жылғы", "r", "roku", "година"}


class NumberUnreadable(DomainError):
    """What was written is no number."""

    code = "reading.number_unreadable"
    text = _("“%(written)s” is not a number.")
    remedy = _("Write it like %(example)s.")


class NumberAmbiguous(DomainError):
    """A number can be read in two ways."""

    code = "reading.number_ambiguous"
    text = _("“%(written)s” can mean %(whole)s or %(fraction)s.")
    remedy = _("Write %(whole_plain)s or %(fraction_plain)s.")


class TooManyPlaces(DomainError):
    """An amount has a part smaller than the smallest coin."""

    code = "reading.too_many_places"
    text = _("“%(written)s” is finer than the smallest unit of %(currency)s.")
    remedy = _("Decimals allowed: %(places)s.")


class OtherCurrency(DomainError):
    """An amount names another currency than the one that is asked for."""

    code = "reading.other_currency"
    text = _("“%(written)s” names another currency than %(currency)s.")
    remedy = _("Write the amount in %(currency)s.")


class DayUnreadable(DomainError):
    """What was written is no day."""

    code = "reading.day_unreadable"
    text = _("“%(written)s” is not a day.")
    remedy = _("Write it like %(example)s.")


class DayAmbiguous(DomainError):
    """A day can be read in two ways."""

    code = "reading.day_ambiguous"
    text = _("“%(written)s” can mean %(one)s or %(other)s.")
    remedy = _("Write %(one_plain)s or %(other_plain)s.")


def number(written: str, language: str) -> Decimal:
    """Read a number. Raises NumberUnreadable and NumberAmbiguous.

    >>> number("1 234,50", "kk"), number("1,234.50", "kk"), number("1234.5", "bg")
    (Decimal('1234.50'), Decimal('1234.50'), Decimal('1234.5'))
    """
    text = _evened(written)
    sign = "-" if text.startswith("-") else ""
    text = text.removeprefix("-").strip()
    head, mark, tail = _split(text)
    grouped = _GROUPED.fullmatch(head)
    whole = _whole(head, decimal_mark=mark)
    if whole is None or (mark and not _PLAIN.fullmatch(tail)):
        raise NumberUnreadable(written=written, example=_example(language))
    if mark and len(tail) == 3 and not grouped and _could_be_group(head):
        raise _ambiguous(written, sign, whole, tail, language)
    return Decimal(f"{sign}{whole}.{tail}" if mark else f"{sign}{whole}")


def money(written: str, currency: str, language: str) -> Money:
    """Read an amount of a known currency, with or without its sign or code.

    Raises NumberUnreadable, NumberAmbiguous, OtherCurrency and TooManyPlaces.

    >>> money("1 234,50 €", "EUR", "ru")
    Money(minor=123450, currency='EUR')
    """
    amount = number(_without_currency(written, currency, language), language)
    places = currency_places(currency)
    minor = amount.scaleb(places)
    if minor != int(minor):
        raise TooManyPlaces(written=written, currency=currency, places=places)
    return Money(int(minor), currency)


def day(written: str, language: str) -> date:
    """Read a day. Raises DayUnreadable and DayAmbiguous.

    >>> day("5.11.2026", "kk"), day("2026 ж. 5 қараша", "kk"), day("25/10/2026", "en")
    (datetime.date(2026, 11, 5), datetime.date(2026, 11, 5), datetime.date(2026, 10, 25))
    """
    text = _evened(written)
    readings = list(_readings(text, language))
    if len(readings) == 2:
        one, other = readings
        raise DayAmbiguous(
            written=written,
            one=formats.day_long(one, language),
            other=formats.day_long(other, language),
            one_plain=one.isoformat(),
            other_plain=other.isoformat(),
        )
    if not readings:
        raise DayUnreadable(written=written, example="2026-11-05")
    return readings[0]


def _evened(written: str) -> str:
    """Write blanks and minus signs in one way, and leave what stands around out."""
    text = written.translate(_MINUS)
    for blank in _BLANKS:
        text = text.replace(blank, " ")
    return text.replace("\u2019", "'").strip()


def _split(text: str) -> tuple[str, str, str]:
    """Split at the decimal mark: the last mark, unless that mark groups figures."""
    last = max(text.rfind("."), text.rfind(","))
    if last < 0 or text.count(text[last]) > 1:
        return text, "", ""
    return text[:last], text[last], text[last + 1 :]


def _whole(head: str, *, decimal_mark: str) -> str | None:
    """Give the figures before the decimal mark; None where they are not grouped by threes."""
    if _PLAIN.fullmatch(head):
        return head
    if _GROUPED.fullmatch(head):
        return head.replace(" ", "").replace("'", "")
    found = _MARKED.fullmatch(head)
    if found and found["mark"] != decimal_mark:
        return head.replace(found["mark"], "")
    return None


def _could_be_group(head: str) -> bool:
    """Tell whether figures may stand before a group: one to three of them, not a bare zero."""
    return len(head) <= 3 and not head.startswith("0")


def _ambiguous(written: str, sign: str, whole: str, tail: str, language: str) -> NumberAmbiguous:
    large, small = Decimal(f"{sign}{whole}{tail}"), Decimal(f"{sign}{whole}.{tail}")
    return NumberAmbiguous(
        written=written,
        whole=formats.number(large, language),
        fraction=formats.number(small, language, places=3),
        whole_plain=f"{large:f}",
        # With a further place no mark can be taken for one that groups.
        fraction_plain=formats.number(small, language, places=4),
    )


def _example(language: str) -> str:
    return formats.number(Decimal("1234.50"), language, places=2)


def _without_currency(written: str, currency: str, language: str) -> str:
    """Leave the sign or the code of the currency out, on whichever side it stands."""
    text = _evened(written)
    symbol = get_currency_symbol(currency, locale=locale_of(language))
    for sign in (currency, *_SIGNS.get(currency, ()), symbol):
        pattern = re.escape(sign).replace(r"\ ", " ")
        found = re.fullmatch(rf"(-?)\s*{pattern}\s*(.*)|(.*?)\s*{pattern}", text, re.IGNORECASE)
        if found:
            before, behind, whole = found.groups(default="")
            return f"{before}{behind}{whole}"
    named = {*re.findall(r"[A-Z]{3}|[^\W\d_]+\.?|[^\w\s.,'+-]", text)}
    if any(named & {code, *signs} for code, signs in _SIGNS.items() if code != currency):
        raise OtherCurrency(written=written, currency=currency)
    return text


def _readings(text: str, language: str) -> Iterator[date]:
    """Give each day that a text can mean, none twice."""
    if found := _ISO.fullmatch(text):
        yield from _day(int(found[1]), int(found[2]), int(found[3]))
    elif found := _FIGURES.fullmatch(text):
        first, mark, second, year = int(found[1]), found[2], int(found[3]), int(found[4])
        yield from _day(year, second, first)
        # Points are written with the day in front everywhere; a slash or a dash is not.
        if mark != "." and first != second:
            yield from _day(year, first, second)
    else:
        yield from _in_words(text, language)


def _in_words(text: str, language: str) -> Iterator[date]:
    words = [word.rstrip(".").lower() for word in _WORDS.findall(text)]
    if "".join(words) != re.sub(r"[\s.,]", "", text).lower():
        return
    figures = [word for word in words if word.isdecimal()]
    names = [word for word in words if not word.isdecimal() and word not in _YEAR_WORDS]
    months = {_months(language).get(name) or _months("en").get(name) for name in names}
    month = months.pop() if len(months) == 1 and len(names) == 1 else None
    years = [figure for figure in figures if len(figure) == 4]
    days = [figure for figure in figures if len(figure) <= 2]
    if month and len(years) == len(days) == 1 and len(figures) == 2:
        yield from _day(int(years[0]), month, int(days[0]))


@cache
def _months(language: str) -> dict[str, int]:
    """Give the months by each name that a language has for them, as screens write them too."""
    locale: Locale = locale_of(language)
    names: dict[str, int] = {}
    for widths in locale.months.values():
        for width in ("wide", "abbreviated"):
            for month, name in widths[width].items():
                names[name.rstrip(".").lower()] = int(month)
    return names


def _day(year: int, month: int, day_of_month: int) -> Iterator[date]:
    try:
        yield date(year, month, day_of_month)
    except ValueError:
        return
