"""Filters of lists: one choice of several, a span of days, a text; all in one form without scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.admin.filters import ListFilter, SimpleListFilter
from django.utils import timezone

from upline.web.office.cells import Words

Choices = Iterable[tuple[str, Words]]


class Choice(SimpleListFilter):
    """One of several, or any."""

    kind = "choice"
    offered: Callable[[], Choices]
    narrows: Callable[[Any, str], Any]

    def lookups(self, request: Any, model_admin: Any) -> Any:  # noqa: ARG002 - Django's
        return list(type(self).offered())

    def has_output(self) -> bool:
        return True

    def queryset(self, request: Any, queryset: Any) -> Any:  # noqa: ARG002 - Django's
        value = self.value()
        known = {str(one) for one, _ in self.lookup_choices}
        if not value:
            return queryset
        # An address that somebody changed by hand finds nothing, which says more than everything.
        return type(self).narrows(queryset, value) if value in known else queryset.none()


def choice(name: str, label: Words, offered: Any, narrows: Any = None) -> type[Choice]:
    """Make a filter of choices; `offered` are pairs, or a function that gives them.

    Without `narrows` the field of this name is what is chosen.
    """
    give = offered if callable(offered) else (lambda: offered)
    narrows = narrows or (lambda rows, value: rows.filter(**{name: value}))
    return type(
        f"Choice_{name}",
        (Choice,),
        {
            "parameter_name": name,
            "title": label,
            "offered": staticmethod(give),
            "narrows": staticmethod(narrows),
        },
    )


class Written(SimpleListFilter):
    """A text that a field equals or begins with."""

    kind = "text"
    narrows: Callable[[Any, str], Any]

    def lookups(self, request: Any, model_admin: Any) -> Any:  # noqa: ARG002 - Django's
        return [("", "")]

    def has_output(self) -> bool:
        return True

    def queryset(self, request: Any, queryset: Any) -> Any:  # noqa: ARG002 - Django's
        value = (self.value() or "").strip()
        return type(self).narrows(queryset, value) if value else queryset


def written(name: str, label: Words, narrows: Any) -> type[Written]:
    """Make a filter by a text."""
    return type(
        f"Written_{name}",
        (Written,),
        {"parameter_name": name, "title": label, "narrows": staticmethod(narrows)},
    )


class Days(ListFilter):
    """From a day to a day, both counted; either may be left out."""

    kind = "days"
    name: str
    field: str
    is_moment: bool

    def __init__(self, request: Any, params: Any, model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        for parameter in self.expected_parameters():
            if parameter in params:
                self.used_parameters[parameter] = params.pop(parameter)[-1]

    def expected_parameters(self) -> list[str]:
        return [f"{self.name}_from", f"{self.name}_to"]

    def has_output(self) -> bool:
        return True

    def choices(self, changelist: Any) -> Any:  # noqa: ARG002 - Django's
        return []

    @property
    def first(self) -> str:
        return str(self.used_parameters.get(f"{self.name}_from", ""))

    @property
    def last(self) -> str:
        return str(self.used_parameters.get(f"{self.name}_to", ""))

    def value(self) -> str:
        return self.first or self.last

    def queryset(self, request: Any, queryset: Any) -> Any:  # noqa: ARG002 - Django's
        first, last = day_of(self.first), day_of(self.last)
        if first is not None:
            queryset = queryset.filter(**{f"{self.field}__gte": self._bound(first)})
        if last is not None:
            after = last + timedelta(days=1)
            queryset = queryset.filter(**{f"{self.field}__lt": self._bound(after)})
        return queryset

    def _bound(self, day: date) -> date | datetime:
        if not self.is_moment:
            return day
        return timezone.make_aware(datetime.combine(day, time()))


def day_of(written_day: str) -> date | None:
    """Read a day as browsers send it; what is none narrows nothing."""
    try:
        return date.fromisoformat(written_day)
    except ValueError:
        return None


def days(name: str, label: Words, field: str, *, is_moment: bool = True) -> type[Days]:
    """Make a filter by days over a column of moments or days."""
    return type(
        f"Days_{name}",
        (Days,),
        {"name": name, "title": label, "field": field, "is_moment": is_moment},
    )
