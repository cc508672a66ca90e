"""The statements of a member: the list, and one of them or an estimate with its lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language, gettext

from upline.commissions import queries as commissions
from upline.foundation import access
from upline.money import Money
from upline.web.cabinet.positions import standpoint
from upline.web.cabinet.statements_chart import pay_chart
from upline.web.cabinet.statements_lines import lines_of, page_at, page_number
from upline.web.cabinet.statements_places import Place, found_or_404, place_of, reader_at
from upline.web.cabinet.statements_settled import settled_in
from upline.web.shared import files, formats, states

ROWS = 24
# More than anybody has been a member for: a file holds all of them.
_MOST_IN_FILE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one bonus gives, how much of the whole that is, and the difference to before."""

    bonus: str
    title: str
    amount: Money
    percent: int
    change: Money | None


@access.needs("cabinet.use")
def statement_list(request: HttpRequest) -> HttpResponse:
    """Show all closed periods of a member, and a chart of them."""
    here = standpoint(request)
    if here is None:
        return render(request, "cabinet/nobody.html")
    language = get_language() or "en"
    page = page_number(request)
    found = commissions.statements(
        viewer=reader_at(request, here),
        member=here.position.code,
        language=language,
        first=(page - 1) * ROWS,
        most=ROWS,
    )
    return render(
        request,
        "cabinet/statement_list.html",
        {
            "here": here,
            "rows": found.rows,
            "page": page_at(found.total, page, ROWS),
            "chart": pay_chart(found.series, language),
        },
    )


@access.needs("cabinet.use")
@found_or_404
def export(request: HttpRequest, form: str) -> HttpResponseBase:
    """Write all closed periods of a member to a file."""
    here = standpoint(request)
    if here is None or form not in files.FORMATS:
        raise Http404
    language = get_language() or "en"
    found = commissions.statements(
        viewer=reader_at(request, here),
        member=here.position.code,
        language=language,
        most=_MOST_IN_FILE,
    )
    heads = [
        gettext("Period"),
        gettext("First day"),
        gettext("Last day"),
        gettext("State"),
        gettext("Rank"),
        gettext("Pay"),
        gettext("Against the period before"),
        gettext("Currency"),
    ]
    rows = [_cells(row, language) for row in found.rows]
    return files.as_file(form, name=f"statements-{here.position.code}", heads=heads, rows=rows)


def _cells(row: commissions.StatementRow, language: str) -> list[object]:
    return [
        formats.period(row.first_on, row.last_on, language),
        row.first_on,
        row.last_on,
        states.shown("period", row.state).label,
        row.rank,
        row.pay,
        row.change,
        row.pay.currency if row.pay else None,
    ]


@access.needs("cabinet.use")
@found_or_404
def statement(request: HttpRequest, calendar: str, label: str) -> HttpResponse:
    """Show what a closed period gave: by bonus, and line by line."""
    place = place_of(request, calendar, label, is_estimate=False)
    found = commissions.statement_page(
        viewer=place.by,
        member=place.key.member,
        calendar=calendar,
        label=label,
        language=place.language,
    )
    return render(
        request,
        "cabinet/statement.html",
        {
            "here": place.here,
            "place": place,
            "row": found.row,
            "found": found,
            "parts": parts_of(found.bonuses),
            "pay_currency": found.row.pay.currency if found.row.pay else "",
            **settled_in(place),
            **lines_of(request, place),
        },
    )


@access.needs("cabinet.use")
@found_or_404
def estimate(request: HttpRequest, calendar: str = "", label: str = "") -> HttpResponse:
    """Show what an open period would give if it closed now; the present one unless it is named."""
    here = standpoint(request)
    if here is None:
        return render(request, "cabinet/nobody.html")
    language = get_language() or "en"
    by = reader_at(request, here)
    found = commissions.estimate(
        viewer=by,
        member=here.position.code,
        language=language,
        calendar=calendar or None,
        label=label or None,
    )
    key = commissions.StatementKey(
        member=here.position.code, calendar=found.calendar, label=found.label
    )
    place = Place(here=here, by=by, key=key, language=language, is_estimate=True)
    lines = {} if found.refusal else {**settled_in(place), **lines_of(request, place)}
    return render(
        request,
        "cabinet/statement_estimate.html",
        {
            "here": here,
            "place": place,
            "row": found,
            "found": found,
            "parts": parts_of(found.bonuses),
            "pay_currency": found.total.currency if found.total else "",
            "open_periods": commissions.open_periods(),
            **lines,
        },
    )


def parts_of(bonuses: Sequence[commissions.BonusSum]) -> list[Part]:
    """Give bonuses, the greatest first, with their part of what is paid; deductions have none."""
    paid = sum(max(one.amount.minor, 0) for one in bonuses)
    return [
        Part(
            bonus=one.bonus,
            title=one.title,
            amount=one.amount,
            percent=round(max(one.amount.minor, 0) * 100 / paid) if paid else 0,
            change=None if one.before is None else one.amount - one.before,
        )
        for one in sorted(bonuses, key=lambda one: -one.amount.minor)
    ]
