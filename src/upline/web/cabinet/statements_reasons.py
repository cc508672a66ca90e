"""Why a line has its sum, and why there is not more."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from upline.amounts import amount_text
from upline.commissions import queries as commissions
from upline.commissions.models import State
from upline.foundation import access
from upline.web.cabinet.positions import standpoint
from upline.web.cabinet.statements_lines import as_file
from upline.web.cabinet.statements_places import Place, found_or_404, place_of, reader_at, span_at


@access.needs("cabinet.use")
@found_or_404
def why(
    request: HttpRequest, calendar: str, label: str, number: int, *, is_estimate: bool = False
) -> HttpResponse:
    """Show the way of one line from the buyer up, what it is made of, and say it."""
    place = place_of(request, calendar, label, is_estimate=is_estimate)
    found = commissions.why_line(
        viewer=place.by, of=place.key, number=number, language=place.language
    )
    line = found.line
    return render(
        request,
        "cabinet/statement_why.html",
        {
            "here": place.here,
            "place": place,
            "period": span_at(place),
            "found": found,
            "amount": amount_text(line.amount, line.currency, place.language),
            "factors": found.factors[:-1],
            "result": found.factors[-1],
            "sentences": [one.strip() for one in found.sentences[1:]],
            "origins": [one.origin for one in found.factors if one.origin],
        },
    )


@access.needs("cabinet.use")
@found_or_404
def why_not(
    request: HttpRequest, calendar: str, label: str, *, is_estimate: bool = False
) -> HttpResponse:
    """Show what each bonus paid or why it paid nothing, and what the next rank asks.

    An open period answers below its estimate and a sealed one below its statement, wherever it
    was asked for: the words of the page speak of one or of the other.
    """
    span = commissions.span_of(calendar, label)
    if span is not None and span.state == (State.SEALED if is_estimate else State.OPEN):
        asked = "statement" if is_estimate else "estimate"
        return redirect(f"cabinet:{asked}-why-not", calendar=calendar, label=label)
    return _why_not(request, place_of(request, calendar, label, is_estimate=is_estimate))


@access.needs("cabinet.use")
@found_or_404
def why_not_now(request: HttpRequest) -> HttpResponse:
    """Show it of the present period."""
    here = standpoint(request)
    if here is None:
        return render(request, "cabinet/nobody.html")
    found = commissions.estimate(
        viewer=reader_at(request, here), member=here.position.code, language="en"
    )
    return _why_not(request, place_of(request, found.calendar, found.label, is_estimate=True))


@access.needs("cabinet.use")
@found_or_404
def export(
    request: HttpRequest, calendar: str, label: str, form: str, *, is_estimate: bool = False
) -> HttpResponseBase:
    """Write the lines that were asked for to a file: CSV, or XLSX where they are not too many."""
    place = place_of(request, calendar, label, is_estimate=is_estimate)
    return as_file(request, place, form)


def _why_not(request: HttpRequest, place: Place) -> HttpResponse:
    found = commissions.why_not(
        viewer=place.by,
        member=place.key.member,
        calendar=place.key.calendar,
        label=place.key.label,
        language=place.language,
    )
    return render(
        request,
        "cabinet/statement_why_not.html",
        {
            "here": place.here,
            "place": place,
            "period": span_at(place),
            "found": found,
            "unpaid": [one for one in found.bonuses if not one.is_paid],
            "paid": [one for one in found.bonuses if one.is_paid],
        },
    )
