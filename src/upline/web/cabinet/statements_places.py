"""For whom and of which period the pages of statements speak."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import get_language, gettext

from upline.commissions import errors
from upline.commissions import queries as commissions
from upline.network.errors import MemberUnknown
from upline.web.cabinet.positions import Standpoint, standpoint

_NOT_FOUND = (
    MemberUnknown,
    errors.StatementUnknown,
    errors.LineUnknown,
    errors.OrderNotCounted,
    errors.EstimateMissing,
    errors.MemberNotEstimated,
    errors.CalendarUnknown,
    errors.PeriodUnknown,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """For whom, of which period, and in which language a page speaks."""

    here: Standpoint
    by: commissions.Reader
    key: commissions.StatementKey
    language: str
    is_estimate: bool

    @property
    def address(self) -> str:
        """Give the page of the statement or the estimate."""
        names = {"calendar": self.key.calendar, "label": self.key.label}
        return reverse(
            f"cabinet:{'estimate' if self.is_estimate else 'statement'}-of", kwargs=names
        )

    @property
    def trail(self) -> list[tuple[str, str]]:
        """Give what stands above the page."""
        if self.is_estimate:
            return [(reverse("cabinet:home"), gettext("Home"))]
        return [(reverse("cabinet:statements"), gettext("Statements"))]


def span_at(place: Place) -> commissions.Span:
    """Give the days and the state of the period of which a page speaks, or 404."""
    found = commissions.span_of(place.key.calendar, place.key.label)
    if found is None:
        raise Http404
    return found


def found_or_404(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Answer that there is no such page where what was asked for is not there or not to be seen."""

    @wraps(view)
    def asked(*args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(*args, **kwargs)
        except _NOT_FOUND as refused:
            raise Http404(refused.problem) from refused

    return asked


def reader_at(request: HttpRequest, here: Standpoint) -> commissions.Reader:
    """Give who reads, with what is known of him already."""
    return commissions.reader(request.user, outlook=here.outlook)


def place_of(request: HttpRequest, calendar: str, label: str, *, is_estimate: bool) -> Place:
    """Give for whom and of which period a page speaks; who has no position finds none."""
    here = standpoint(request)
    if here is None:
        raise Http404
    return Place(
        here=here,
        by=reader_at(request, here),
        key=commissions.StatementKey(member=here.position.code, calendar=calendar, label=label),
        language=get_language() or "en",
        is_estimate=is_estimate,
    )
