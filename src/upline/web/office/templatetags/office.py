"""How the cells of lists and cards are written."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from upline.money import Money
from upline.web.shared.templatetags import formats

register = template.Library()


@register.filter
def shown(value: Any) -> SafeString | str:
    """Write a value of any kind that a cell holds, in the reader's language."""
    if value is None or (isinstance(value, str) and not value):
        return ""
    if isinstance(value, list | tuple):
        return format_html_join(", ", "{}", ((shown(one),) for one in value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return conditional_escape(_written(value))


def _written(value: Any) -> str:
    if isinstance(value, Money):
        return formats.money(value)
    if isinstance(value, datetime):
        return formats.moment(value)
    if isinstance(value, date):
        return formats.day(value)
    if isinstance(value, int | Decimal):
        return formats.number(value)
    if isinstance(value, str | Promise):
        return str(value)
    # What somebody entered in a form and reads again before confirming.
    return str(value)


@register.filter
def is_figure(value: Any) -> bool:
    """Tell whether a cell stands in a column of figures."""
    return isinstance(value, Money | int | Decimal) and not isinstance(value, bool)


@register.filter
def nth(items: Any, place: int) -> Any:
    """Give the one at a place, counted from 0."""
    return items[place]


@register.filter
def get(pairs: Any, key: Any) -> Any:
    """Give an entry of a mapping."""
    return pairs.get(key, "")


@register.filter
def short(digest: str) -> SafeString:
    """Write the beginning of a digest, with the whole one where a pointer rests."""
    return format_html('<span title="{}">{}…</span>', digest, digest[:12])
