"""The team as a table: filtered, sorted and cut by the server, and written to a file as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext, pgettext

from upline.foundation import access
from upline.network import team
from upline.network.genealogy import STATUSES
from upline.web.cabinet.team import Sight, nobody, sight, summary_of
from upline.web.cabinet.team_list import USUAL, cells_of, order_choices, shown_columns
from upline.web.cabinet.team_rows import Row
from upline.web.shared import files, formats, states

ROWS = 50
MOST_IN_XLSX = 20_000
YES_NO = ("yes", "no")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What was asked of the table, each word read and the rest passed over."""

    words: str
    level: int | None
    status: str
    rank: int | None
    active: str
    order: str

    @property
    def is_filtered(self) -> bool:
        """Say whether anybody may be left out."""
        return bool(self.words) or self.is_narrowed

    @property
    def is_narrowed(self) -> bool:
        """Say whether anybody may be left out by what he is, not by his name."""
        return bool(self.level or self.status or self.active or self.rank is not None)


def wanted_of(request: HttpRequest, seen: Sight) -> Wanted:
    """Read what was asked; what cannot be is as if it had not been asked."""
    asked = request.GET
    titles = seen.columns.rank_titles if seen.columns else ()
    rank = _number(asked.get("rank"))
    order = asked.get("order", "")
    return Wanted(
        words=asked.get("search", "").strip(),
        level=_number(asked.get("level")) or None,
        status=asked["status"] if asked.get("status") in STATUSES else "",
        rank=rank if rank is not None and rank < len(titles) else None,
        active=asked["active"] if seen.columns and asked.get("active") in YES_NO else "",
        order=order if order in _orders(seen) else USUAL,
    )


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else None


def _orders(seen: Sight) -> set[str]:
    names = (*team.SORTED_BY, "rank", *(seen.columns.volumes if seen.columns else ()))
    return {f"{name}_{way}" for name in names for way in ("up", "down")}


def places_of(seen: Sight, wanted: Wanted) -> npt.NDArray[np.int64]:
    """Give everybody who was asked for, in the sequence that was asked for."""
    here, columns = seen.here, seen.columns
    mask = None
    if columns is not None:
        mask = np.ones(len(here.tree), bool)
        if wanted.rank is not None:
            mask &= columns.rank == wanted.rank
        if wanted.active and columns.is_active is not None:
            mask &= columns.is_active == (wanted.active == "yes")
    found = team.found(
        here.tree,
        here.top,
        team.TeamFilter(
            words=wanted.words,
            level_from=wanted.level or 1,
            level_until=wanted.level + 1 if wanted.level else None,
            statuses=(wanted.status,) if wanted.status else (),
            mask=mask,
        ),
    )
    return team.in_order(here.tree, found, order=_order(seen, wanted.order))


def _order(seen: Sight, order: str) -> team.Order:
    name, _, way = order.rpartition("_")
    by: Any = name
    if seen.columns is not None and name == "rank":
        by = seen.columns.rank
    elif seen.columns is not None and name in seen.columns.volumes:
        # To the hundredth, as it is written.
        by = np.rint(seen.columns.volumes[name] * 100).astype(np.int64)
    elif name == "rank":
        by = "level"
    return team.Order(by=by, is_descending=way == "down", language=get_language() or "en")


@access.needs("cabinet.use")
def table(request: HttpRequest) -> HttpResponse:
    """Show the team as a table."""
    seen = sight(request)
    if seen is None:
        return nobody(request)
    wanted = wanted_of(request, seen)
    figures = summary_of(seen)
    page = Paginator(places_of(seen, wanted), ROWS).get_page(request.GET.get("page"))
    shown = shown_columns(seen.columns, wanted.order)
    rows = seen.rows(page.object_list)
    return render(
        request,
        "cabinet/team_table.html",
        {
            **figures,
            "view": "table",
            "wanted": wanted,
            "page": page,
            "shown": shown,
            "rows": rows,
            "lines": [(row, cells_of(row, shown, seen.columns)) for row in rows],
            "choices": _choices(seen, figures["summary"]),
            "orders": order_choices(shown, wanted.order),
            "query": request.GET.urlencode(),
        },
    )


def _choices(seen: Sight, summary: team.TeamSummary) -> dict[str, list[tuple[str, str]]]:
    """List what can be chosen in the filters."""
    titles = seen.columns.rank_titles if seen.columns else ()
    return {
        "levels": [
            ("", gettext("All levels")),
            *(
                (str(one.level), gettext("Level %(level)d") % {"level": one.level})
                for one in summary.levels
            ),
        ],
        "ranks": [("", gettext("All ranks")), *((str(n), each) for n, each in enumerate(titles))],
        "statuses": [
            ("", gettext("All states")),
            *((one, str(states.shown("member", one).label)) for one in STATUSES),
        ],
        "active": [
            ("", gettext("Any activity")),
            ("yes", pgettext("member in this period", "Active")),
            ("no", pgettext("member in this period", "Not active")),
        ],
    }


@access.needs("cabinet.use")
def export(request: HttpRequest, form: str) -> HttpResponseBase:
    """Write everybody who was asked for to a file: CSV, or XLSX where they are not too many."""
    seen = sight(request)
    if seen is None or form not in files.FORMATS:
        raise Http404
    places = places_of(seen, wanted_of(request, seen))
    if form == "xlsx" and len(places) > MOST_IN_XLSX:
        messages.error(
            request,
            gettext(
                "A spreadsheet takes %(most)s members at most, and you asked for %(count)s. "
                "Filter the list, or take the CSV file."
            )
            % {
                "most": formats.number(MOST_IN_XLSX, get_language() or "en"),
                "count": formats.number(len(places), get_language() or "en"),
            },
        )
        return redirect(f"{reverse('cabinet:team-table')}?{request.GET.urlencode()}")
    volumes = [seen.columns.titles[name] for name in seen.columns.volumes] if seen.columns else []
    heads = [
        gettext("Code"),
        gettext("Name"),
        gettext("Level"),
        gettext("Rank"),
        pgettext("member in this period", "Active"),
        gettext("State"),
        *volumes,
        gettext("First level"),
        gettext("Team"),
        gettext("Country"),
        gettext("Joined"),
    ]
    rows = (_cells(seen.row(int(place))) for place in places)
    return files.as_file(form, name=f"team-{seen.here.position.code}", heads=heads, rows=rows)


def _cells(row: Row) -> list[object]:
    is_active = {True: gettext("yes"), False: gettext("no"), None: ""}[row.is_active]
    return [
        row.code,
        row.name,
        row.level,
        row.rank,
        is_active,
        str(states.shown("member", row.status).label),
        *(points for _, points in row.volumes),
        row.first_level,
        row.total,
        row.country,
        row.joined_on,
    ]
