"""Who is paid by an order: of one's own orders and of those below, as far as one sees it."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext

from upline.amounts import amount_text
from upline.commissions import queries as commissions
from upline.foundation import access
from upline.web.cabinet.statements_places import Place, found_or_404, place_of, span_at
from upline.web.shared import files

ROWS = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPaid:
    """What somebody is paid by the order; `is_own` where the line is of who reads."""

    of: commissions.OrderPaid
    amount: str
    is_own: bool


@access.needs("cabinet.use")
@found_or_404
def order(
    request: HttpRequest, calendar: str, label: str, number: str, *, is_estimate: bool = False
) -> HttpResponse:
    """Show who of one's own team is paid by an order in a period, and why others are not."""
    place = place_of(request, calendar, label, is_estimate=is_estimate)
    found = _found(place, number)
    page = Paginator(found.paid, ROWS).get_page(request.GET.get("page"))
    return render(
        request,
        "cabinet/statement_order.html",
        {
            "here": place.here,
            "place": place,
            "period": span_at(place),
            "found": found,
            "total": amount_text(found.total, found.currency, place.language),
            "page": page,
            "paid": [_shown(one, found, place) for one in page],
        },
    )


@access.needs("cabinet.use")
@found_or_404
def order_file(  # noqa: PLR0913 - what the address names
    request: HttpRequest,
    calendar: str,
    label: str,
    number: str,
    form: str,
    *,
    is_estimate: bool = False,
) -> HttpResponseBase:
    """Write who is paid by an order to a file."""
    if form not in files.FORMATS:
        raise Http404
    found = _found(place_of(request, calendar, label, is_estimate=is_estimate), number)
    heads = [
        gettext("Bonus"),
        gettext("Member"),
        gettext("Level"),
        gettext("Counted from"),
        gettext("Rate"),
        gettext("Amount"),
        gettext("Currency"),
    ]
    rows = (
        [one.title, one.member, one.level, one.base, one.rate, one.amount, found.currency]
        for one in found.paid
    )
    return files.as_file(form, name=f"order-{found.order}-{label}", heads=heads, rows=rows)


def _found(place: Place, number: str) -> commissions.OrderPay:
    key = place.key
    return commissions.order_pay(
        viewer=place.by,
        of=commissions.OrderKey(order=number, calendar=key.calendar, label=key.label),
        language=place.language,
    )


def _shown(one: commissions.OrderPaid, found: commissions.OrderPay, place: Place) -> ShownPaid:
    return ShownPaid(
        of=one,
        amount=amount_text(one.amount, found.currency, place.language),
        is_own=one.member == place.key.member and one.number is not None,
    )
