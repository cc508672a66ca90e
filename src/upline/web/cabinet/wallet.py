"""The wallet of a member: what is there, what is on its way, and each line that moved it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext

from upline.foundation import access
from upline.payouts import queries as payouts
from upline.payouts.queries import LineFilter, LineList, WalletLine
from upline.web.cabinet.positions import standpoint
from upline.web.cabinet.statements_lines import page_at, page_number
from upline.web.shared import files, formats
from upline.web.shared.wallet_words import cause_of

ROWS = 25
_ROWS_OF_A_FILE = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLine:
    """A line and what it is called."""

    line: WalletLine
    cause: str | Promise

    @property
    def is_move(self) -> bool:
        """Say whether money only went from one part of the wallet to another: no gain, no loss."""
        return not (self.line.accrued + self.line.available + self.line.reserved)


@access.needs("cabinet.use")
def wallet(request: HttpRequest) -> HttpResponse:
    """Show what a member has, by currency, and a page of what moved it."""
    here = standpoint(request)
    if here is None:
        return render(request, "cabinet/nobody.html")
    code, wanted, number = here.position.code, _wanted(request), page_number(request)

    def asked(number: int) -> LineList:
        some = replace(wanted, first=(number - 1) * ROWS)
        return payouts.wallet_lines(viewer=request.user, member=code, wanted=some)

    found = asked(number)
    page = page_at(found.total, number, ROWS)
    if page.number != number:
        found = asked(page.number)
    return render(
        request,
        "cabinet/wallet.html",
        {
            "here": here,
            "wallet": payouts.wallet(viewer=request.user, member=code),
            "lines": [ShownLine(line=one, cause=cause_of(one.kind)) for one in found.rows],
            "page": page,
            "wanted": wanted,
            "is_filtered": bool(wanted.kind or wanted.currency or wanted.year),
            "choices": _choices(found),
            "query": request.GET.urlencode(),
        },
    )


@access.needs("cabinet.use")
def export(request: HttpRequest, form: str) -> HttpResponseBase:
    """Write the lines that were asked for to a file."""
    here = standpoint(request)
    if here is None or form not in files.FORMATS:
        raise Http404
    code, language = here.position.code, get_language() or "en"
    wanted = replace(_wanted(request), most=_ROWS_OF_A_FILE)
    first = payouts.wallet_lines(viewer=request.user, member=code, wanted=wanted)

    def cells() -> Iterator[list[object]]:
        yield from (_cells(line, language) for line in first.rows)
        for start in range(_ROWS_OF_A_FILE, first.total, _ROWS_OF_A_FILE):
            some = replace(wanted, first=start)
            part = payouts.wallet_lines(viewer=request.user, member=code, wanted=some)
            yield from (_cells(line, language) for line in part.rows)

    heads = [
        gettext("Day"),
        gettext("Cause"),
        gettext("Period"),
        gettext("Accrued"),
        gettext("Available"),
        gettext("Reserved"),
        gettext("Currency"),
        gettext("Number"),
    ]
    return files.as_file(form, name=f"wallet-{code}", heads=heads, rows=cells())


def _wanted(request: HttpRequest) -> LineFilter:
    """Read which lines are asked for; what cannot be is as if it had not been asked."""
    asked = request.GET
    year = asked.get("year", "")
    return LineFilter(
        kind=asked.get("kind", "")[:60],
        currency=asked.get("currency", "")[:3],
        year=int(year) if year.isascii() and year.isdigit() and len(year) == 4 else None,
        most=ROWS,
    )


def _choices(found: LineList) -> dict[str, list[tuple[str, str | Promise]]]:
    return {
        "kinds": [("", gettext("All causes")), *((one, cause_of(one)) for one in found.kinds)],
        "currencies": [("", gettext("All currencies")), *((one, one) for one in found.currencies)],
        "years": [("", gettext("All years")), *((str(one), str(one)) for one in found.years)],
    }


def _cells(line: WalletLine, language: str) -> list[object]:
    period = line.statement
    return [
        line.effective_on,
        cause_of(line.kind),
        formats.period(period.first_on, period.last_on, language) if period else None,
        line.accrued,
        line.available,
        line.reserved,
        line.accrued.currency,
        line.journal_id,
    ]
