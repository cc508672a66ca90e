"""Corrections by hand: pay and volume that one person enters with a reason and another approves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from upline.commissions.models import CorrectionSheet
from upline.web.office import filters, words
from upline.web.office.audit import actors_of
from upline.web.office.base import OfficeAdmin, column, in_file
from upline.web.office.cells import Card, Cell, Part, Section, Tab, facts
from upline.web.office.correction_acts import ACTS, cells_of, heads_of, rows_of
from upline.web.office.screens import guarded
from upline.web.office.site import site
from upline.web.office.trail import trail_of
from upline.web.shared import files


def _of_member(rows: QuerySet, code: str) -> QuerySet:
    return rows.filter(rows__member__code__iexact=code).distinct()


@admin.register(CorrectionSheet, site=site)
class Corrections(OfficeAdmin):
    """Sheets of corrections, the latest first."""

    sees = "ledger.see"
    address = "corrections"
    heading = _("Corrections by hand")
    explains = _(
        "One person enters what is paid or counted besides, another approves it. Members read the"
        " reason on their statement."
    )
    empty = _("Nothing was corrected by hand yet.")
    ordering = ("-id",)
    list_display = ("number", "state", "what", "count", "entered", "decided")
    list_filter = (
        filters.choice("state", _("State"), words.choices(words.CORRECTIONS)),
        filters.choice("what", _("What"), words.choices(words.CORRECTED)),
        filters.written("member", _("Member"), _of_member),
    )
    acts = ACTS

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows: QuerySet = super().get_queryset(request).select_related("calendar", "booked_in")
        return rows

    def prepare(self, request: HttpRequest, rows: Sequence[CorrectionSheet]) -> None:  # noqa: ARG002
        persons = [one for row in rows for one in (row.entered_by, row.decided_by)]
        named = actors_of([one for one in persons if one])
        for row in rows:
            row.said = named

    @column(_("Number"))
    def number(self, row: CorrectionSheet) -> Cell:
        return Cell(row.pk, href=self.address_of(row))

    @column(_("State"))
    def state(self, row: CorrectionSheet) -> Cell:
        return words.status(words.CORRECTIONS, row.state)

    @column(_("What"))
    def what(self, row: CorrectionSheet) -> Cell:
        return Cell(words.word(words.CORRECTED, row.what))

    @column(_("Rows"), is_figure=True)
    def count(self, row: CorrectionSheet) -> Cell:
        return Cell(row.count)

    @column(_("Entered"))
    def entered(self, row: CorrectionSheet) -> Cell:
        return Cell(row.said[row.entered_by], note=row.entered_at)

    @column(_("Decided"))
    def decided(self, row: CorrectionSheet) -> Cell:
        return Cell(row.said.get(row.decided_by, ""), note=row.decided_at or "")

    def more_urls(self) -> Sequence[URLPattern]:
        return (
            path(
                "<str:key>/rows.<str:form>",
                guarded(self.rows_file, self.sees),
                name=self.name_of("rows_file"),
            ),
        )

    def rows_file(self, request: HttpRequest, key: str, form: str) -> HttpResponseBase:
        """Give all rows of a sheet as a file."""
        sheet = self.found(request, key)
        if form not in files.FORMATS:
            raise Http404
        heads = [str(one) for one in heads_of(sheet)]
        return files.as_file(form, name=f"corrections-{sheet.pk}", heads=heads, rows=_all(sheet))

    def card(self, request: HttpRequest, subject: Any) -> Card:
        self.prepare(request, [subject])
        return Card(
            title=_("Corrections %(number)s") % {"number": subject.pk},
            subtitle=words.word(words.CORRECTED, subject.what),
            status=self.state(subject),
            tabs=(
                Tab(
                    name="",
                    label=_("What is corrected"),
                    sections=lambda: [rows_of(subject), self._files(subject), _about(subject)],
                ),
                Tab(
                    name="history",
                    label=_("History"),
                    sections=lambda: [trail_of([f"corrections:{subject.pk}"])],
                ),
            ),
        )

    def _files(self, subject: CorrectionSheet) -> Section:
        content = [
            (
                _("All rows (%(form)s)") % {"form": form.upper()},
                self.address_at("rows_file", subject.pk, form),
            )
            for form in files.FORMATS
        ]
        return Part(title=_("Files"), template="office/parts/files.html", content=content)


def _all(sheet: CorrectionSheet) -> Iterator[list[Any]]:
    rows = sheet.rows.select_related("member").order_by("number")
    for row in rows.iterator(chunk_size=2_000):
        yield [in_file(cell) for cell in cells_of(sheet, row)]


def _about(subject: CorrectionSheet) -> Section:
    booked: Any = ""
    if subject.booked_in is not None:
        days = words.period(subject.booked_in.starts_on, subject.booked_in.ends_on)
        booked = Cell(days, note=subject.effective_on)
    return facts(
        _("About it"),
        (_("Entered"), Cell(subject.said[subject.entered_by], note=subject.entered_at)),
        (
            _("Decided"),
            Cell(subject.said.get(subject.decided_by, ""), note=subject.decided_at or ""),
        ),
        (_("Booked in"), booked),
        (_("Digest of what was entered"), Cell(subject.digest, is_code=True)),
    )
