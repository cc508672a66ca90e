"""Files of a period: every statement, and everything that it is computed from."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pyarrow.csv
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from upline.commissions import queries as commissions
from upline.commissions.exporting import export_period
from upline.commissions.models import Run, Statement
from upline.foundation.errors import DomainError
from upline.money import Money
from upline.network import queries as network
from upline.web.shared import files

if TYPE_CHECKING:
    from upline.web.office.periods import Periods

_AT_ONCE = 2_000


def statements_file(admin: Periods) -> Callable[..., HttpResponseBase]:
    """Give the view that writes every statement of a computed period."""

    def view(request: HttpRequest, key: str, form: str) -> HttpResponseBase:
        period = admin.found(request, key)
        run = commissions.run_of(calendar=period.calendar.name, label=period.label)
        if run is None or form not in files.FORMATS:
            raise Http404
        heads = [_("Member"), _("Name"), _("Currency"), _("Pay")]
        file: HttpResponseBase = files.as_file(
            form, name=f"statements-{period.label}", heads=heads, rows=_statements(run)
        )
        return file

    return view


def _statements(run: Run) -> Iterator[list[object]]:
    rows = Statement.objects.filter(run=run).order_by("member_id")
    waiting: list[Statement] = []
    for row in rows.iterator(chunk_size=_AT_ONCE):
        waiting.append(row)
        if len(waiting) == _AT_ONCE:
            yield from _named(waiting)
            waiting = []
    yield from _named(waiting)


def _named(rows: list[Statement]) -> list[list[object]]:
    known = network.present().names_of([row.member_id for row in rows])
    return [
        [
            known[row.member_id].code if row.member_id in known else row.member_id,
            known[row.member_id].name if row.member_id in known else "",
            row.currency,
            Money(row.pay_minor, row.currency),
        ]
        for row in rows
    ]


def tables_file(admin: Periods) -> Callable[..., HttpResponse]:
    """Give the view that packs plan, members, orders and rates, for anybody to compute again."""

    def view(request: HttpRequest, key: str) -> HttpResponse:
        period = admin.found(request, key)
        try:
            found = export_period(calendar=period.calendar.name, label=period.label)
        except DomainError as refused:
            raise Http404 from refused
        kept = io.BytesIO()
        with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("plan.yaml", found.plan)
            for name, table in found.tables.items():
                written = io.BytesIO()
                pyarrow.csv.write_csv(table, written)
                packed.writestr(f"{name}.csv", written.getvalue())
        answer = HttpResponse(kept.getvalue(), content_type="application/zip")
        answer["Content-Disposition"] = f'attachment; filename="{period.label}.zip"'
        return answer

    return view
