"""The pages of a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template
from django.contrib.admin.views.main import PAGE_VAR

register = template.Library()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """Where a list is, and the addresses of the pages beside."""

    number: int
    last: int
    before: str
    after: str


@register.simple_tag
def pages_of(cl: Any) -> Pages:
    """Give the pages of a list of Django's."""
    number, last = cl.page_num, cl.paginator.num_pages
    return Pages(
        number=number,
        last=last,
        before=cl.get_query_string({PAGE_VAR: number - 1}) if number > 1 else "",
        after=cl.get_query_string({PAGE_VAR: number + 1}) if number < last else "",
    )
