"""The lines of a statement or an estimate: filtered, sorted, by pages, and as files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext

from upline.amounts import amount_text
from upline.commissions import queries as commissions
from upline.commissions.queries import LineFilter, LineList, LineRow
from upline.foundation.errors import DomainError
from upline.web.cabinet.statements_places import Place
from upline.web.shared import files, formats

ROWS = 25
MOST_IN_XLSX = 20_000
_ROWS_OF_A_FILE = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLine:
    """A line with the buyer's name, where the reader sees it, and its amount as text."""

    line: LineRow
    buyer_name: str
    amount: str


def wanted_of(request: HttpRequest) -> LineFilter:
    """Read which lines are asked for; what cannot be is as if it had not been asked."""
    asked = request.GET
    level = asked.get("level", "")
    order = asked.get("order", "")
    return LineFilter(
        bonus=asked.get("bonus", ""),
        level=int(level) if level.isascii() and level.isdigit() and len(level) < 5 else None,
        search=asked.get("search", "").strip()[:80],
        order=order if order in commissions.LINE_ORDERS else "amount_down",
        most=ROWS,
    )


def lines_of(request: HttpRequest, place: Place) -> dict[str, Any]:
    """Give what the list of lines needs: a page of them, filters, and the query of the address."""
    wanted = wanted_of(request)
    number = page_number(request)

    def asked(number: int) -> LineList:
        first = (number - 1) * ROWS
        return _asked(place, replace(wanted, first=first))

    found = asked(number)
    page = page_at(found.total, number, ROWS)
    if page.number != number:
        found = asked(page.number)
    names = place.by.names_of({line.buyer for line in found.rows if line.buyer})
    return {
        "lines": [
            ShownLine(
                line=line,
                buyer_name=names.get(line.buyer or "", ""),
                amount=amount_text(line.amount, line.currency, place.language),
            )
            for line in found.rows
        ],
        "page": page,
        "wanted": wanted,
        "is_filtered": bool(wanted.bonus or wanted.level is not None or wanted.search),
        "choices": _choices(found),
        "order_found": "" if found.rows else _order_meant(place, wanted.search),
        "query": request.GET.urlencode(),
    }


def _order_meant(place: Place, text: str) -> str:
    """Give the order that somebody looks for among lines where it has none, '' for no such order."""
    key = place.key
    for number in dict.fromkeys((text, text.upper())) if text else ():
        try:
            periods = commissions.order_periods(viewer=place.by, order=number)
        except DomainError:
            continue
        if any((one.calendar, one.label) == (key.calendar, key.label) for one in periods):
            return number
    return ""


def page_number(request: HttpRequest) -> int:
    """Read the number of a page, 1 for what is none."""
    text = request.GET.get("page", "")
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 8 else 1


def page_at(total: int, number: int, rows: int) -> Page[int]:
    """Give a page by its number, the last one where there are fewer."""
    return Paginator(range(total), rows).get_page(number)


def _choices(found: LineList) -> dict[str, list[tuple[str, str]]]:
    level = gettext("Level %(level)d")
    return {
        "bonuses": [("", gettext("All bonuses")), *found.bonuses],
        "levels": [
            ("", gettext("All levels")),
            *((str(one), level % {"level": one}) for one in found.levels),
        ],
    }


def _asked(place: Place, wanted: LineFilter) -> LineList:
    ask = commissions.estimate_lines if place.is_estimate else commissions.statement_lines
    return ask(viewer=place.by, of=place.key, language=place.language, wanted=wanted)


def as_file(request: HttpRequest, place: Place, form: str) -> HttpResponseBase:
    """Write all lines that were asked for to a file; a spreadsheet takes only so many."""
    if form not in files.FORMATS:
        raise Http404
    language = place.language
    wanted = replace(wanted_of(request), most=_ROWS_OF_A_FILE)
    first = _asked(place, wanted)
    if form == "xlsx" and first.total > MOST_IN_XLSX:
        messages.error(
            request,
            gettext(
                "A spreadsheet takes %(most)s lines at most, and you asked for %(count)s. "
                "Filter the list, or take the CSV file."
            )
            % {
                "most": formats.number(MOST_IN_XLSX, language),
                "count": formats.number(first.total, language),
            },
        )
        return redirect(f"{place.address}?{request.GET.urlencode()}")

    def cells() -> Iterator[list[object]]:
        yield from (_cells(line) for line in first.rows)
        for start in range(_ROWS_OF_A_FILE, first.total, _ROWS_OF_A_FILE):
            part = _asked(place, replace(wanted, first=start))
            yield from (_cells(line) for line in part.rows)

    kind = "estimate" if place.is_estimate else "statement"
    name = f"{kind}-{place.key.member}-{place.key.label}"
    return files.as_file(form, name=name, heads=_heads(), rows=cells())


def _heads() -> list[str]:
    return [
        gettext("Number"),
        gettext("Bonus"),
        gettext("Level"),
        gettext("Order"),
        gettext("Buyer"),
        gettext("Counted from"),
        gettext("Rate"),
        gettext("Amount"),
        gettext("Currency"),
    ]


def _cells(line: LineRow) -> list[object]:
    return [
        line.number,
        line.title,
        line.level,
        line.order,
        line.buyer,
        line.base.normalize(),
        line.rate.normalize(),
        line.amount,
        line.currency,
    ]
