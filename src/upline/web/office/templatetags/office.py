"""How the cells of lists and cards are written."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html_join
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
def has_content(cell: Any) -> bool:
    """Tell whether a cell says something; nothing paid is 0.00, and not nothing."""
    return cell.picture != "" or (cell.value is not None and cell.value not in ("", [], ()))


@register.filter
def is_list(value: Any) -> bool:
    """Tell whether there are several values in one place."""
    return isinstance(value, list | tuple)


@register.filter
def nth(items: Any, place: int) -> Any:
    """Give the one at a place, counted from 0."""
    return items[place]
