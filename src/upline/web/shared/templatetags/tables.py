"""Addresses of the pages and sequences of a list, which keep whatever else was chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template
from django.core.paginator import Page
from django.http import HttpRequest

register = template.Library()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """How a column is sorted now, and by which word it is sorted next."""

    aria: str
    icon: str
    next: str


@register.simple_tag
def sort_state(sort: str, current: str) -> Sorted:
    """Tell how a list is sorted by a column: large ones first, then the other way round."""
    if current == f"{sort}_down":
        return Sorted(aria="descending", icon="arrow-down", next=f"{sort}_up")
    if current == f"{sort}_up":
        return Sorted(aria="ascending", icon="arrow-up", next=f"{sort}_down")
    return Sorted(aria="none", icon="chevrons-up-down", next=f"{sort}_down")


@register.simple_tag(takes_context=True)
def address_with(context: template.Context, name: str, value: object) -> str:
    """Give the address of this page with one choice changed."""
    return _with(context["request"], {name: str(value)})


@register.simple_tag(takes_context=True)
def sort_address(context: template.Context, name: str, value: str, page: str) -> str:
    """Give the address of this page in another sequence, from its first page on."""
    return _with(context["request"], {name: value, page: None})


def _with(request: HttpRequest, choices: dict[str, str | None]) -> str:
    query = request.GET.copy()
    for name, value in choices.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = value
    written = query.urlencode()
    return f"?{written}" if written else request.path


@register.simple_tag
def page_places(page: Page[Any]) -> list[int | None]:
    """List the first, the last and the neighbouring pages; None stands for those left out.

    A single page is never left out, for the sign of omission would take its room.
    """
    last = page.paginator.num_pages
    near = {1, last, page.number - 1, page.number, page.number + 1}
    places: list[int | None] = []
    before = 0
    for place in sorted(place for place in near if 1 <= place <= last):
        if place - before == 2:
            places.append(before + 1)
        elif place - before > 2:
            places.append(None)
        places.append(place)
        before = place
    return places
