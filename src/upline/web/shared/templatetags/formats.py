"""Filters by which templates write money, figures and days in the language of the request.

`{{ amount|money }}`, `{{ points|number:2 }}`, `{{ share|percent }}`, `{{ day|day }}`,
`{{ at|moment }}`. A value of another kind is a bug and is not written.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from upline.amounts import amount_text
from upline.foundation import clock
from upline.money import Money
from upline.web.shared import formats

register = template.Library()


def _language() -> str:
    return get_language() or "en"


@register.filter
def money(amount: Money) -> str:
    """Write an amount of money."""
    return formats.money(amount, _language())


def exact_money(amount: Decimal, currency: str) -> str:
    """Write an amount that may have more decimals than its currency."""
    return amount_text(amount, currency, _language())


@register.filter
def money_figure(amount: Money) -> SafeString:
    """Write an amount with its sign of currency set apart, for large figures."""
    before, figure, behind = formats.money_parts(amount, _language())
    return format_html(
        '<span class="money-sign">{}</span>{}<span class="money-sign">{}</span>',
        before,
        figure,
        behind,
    )


@register.filter
def number(value: int | Decimal, places: int | None = None) -> str:
    """Write a number, with the decimals it has or with `places` of them."""
    return formats.number(value, _language(), places=places)


@register.filter
def unlocalized(value: int | float | Decimal) -> str:
    """Write a number as HTML and scripts read it, whatever the language."""
    return str(value)


@register.filter
def percent(share: Decimal | float, places: int = 0) -> str:
    """Write a share of one in percent."""
    return formats.percent(share, _language(), places=places)


@register.filter
def day(value: date) -> str:
    """Write a day with a short month; a moment gives its local day."""
    return formats.day(_local_day(value), _language())


@register.filter
def day_long(value: date) -> str:
    """Write a day with its month in full."""
    return formats.day_long(_local_day(value), _language())


@register.filter
def month(value: date) -> str:
    """Write the month of a day in full."""
    return formats.month(_local_day(value), _language())


@register.filter
def month_short(value: date) -> str:
    """Write the month of a day in short."""
    return formats.month_short(_local_day(value), _language())


@register.filter
def country(code: str) -> str:
    """Write the name of a country; a code that no language knows stays as it is."""
    return formats.country(code, _language())


@register.filter
def period(row: Any) -> str:
    """Write the period of a row that has `first_on` and `last_on`."""
    return formats.period(row.first_on, row.last_on, _language())


@register.filter
def moment(value: datetime) -> str:
    """Write a moment to the minute, in the time zone of the page."""
    return formats.moment(timezone.localtime(value), _language())


@register.filter
def clock_time(value: datetime) -> str:
    """Write the time of a moment, in the time zone of the page."""
    return formats.clock_time(timezone.localtime(value), _language())


@register.filter
def ago(value: datetime) -> str:
    """Write how long ago a moment was."""
    return formats.ago(value, clock.now(), _language())


def _local_day(value: date) -> date:
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value
