"""Periods: what each pays or would pay, what stands in the way of its close, and the close itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from upline.commissions import queries as commissions
from upline.commissions.models import Calendar, Period, State
from upline.foundation.errors import DomainError
from upline.web.office import filters, words
from upline.web.office.base import OfficeAdmin, column
from upline.web.office.cells import Card, Cell, Part, Section, Tab
from upline.web.office.period_acts import ACTS
from upline.web.office.period_files import statements_file, tables_file
from upline.web.office.period_limits import limits, remarks
from upline.web.office.period_sections import (
    closing,
    differences,
    history,
    late_orders,
    overview,
    pay,
)
from upline.web.office.rights import may
from upline.web.office.screens import guarded
from upline.web.office.site import site

# Between calendar and label in an address.
_BETWEEN = ":"


@admin.register(Period, site=site)
class Periods(OfficeAdmin):
    """Periods by calendar."""

    sees = "periods.see"
    address = "periods"
    heading = _("Periods")
    explains = _("One person closes a period, another approves what was computed.")
    empty = _("No calendar is open yet.")
    ordering = ("-starts_on", "calendar__name")
    list_display = ("period", "state", "first", "last", "paid", "members")
    list_select_related = ("calendar",)
    list_filter = (
        filters.choice(
            "calendar",
            _("Calendar"),
            lambda: [
                (one.name, words.word(words.LENGTH, one.every)) for one in Calendar.objects.all()
            ],
            lambda rows, value: rows.filter(calendar__name=value),
        ),
        filters.choice("state", _("State"), words.choices(words.PERIOD)),
    )
    acts = ACTS

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows: QuerySet = super().get_queryset(request).select_related("calendar")
        return rows

    def list_view(self, request: HttpRequest) -> HttpResponse:
        # Asked first, for it writes down the periods that began meanwhile.
        request.office_periods = {
            (one.calendar, one.label): one for one in commissions.period_list(viewer=request.user)
        }
        return super().list_view(request)

    def prepare(self, request: HttpRequest, rows: Sequence[Period]) -> None:
        known = getattr(request, "office_periods", None)
        if known is None:
            known = {
                (one.calendar, one.label): one
                for one in commissions.period_list(viewer=request.user)
            }
        for row in rows:
            row.shown = known.get((row.calendar.name, row.label))

    def found(self, request: HttpRequest, key: str) -> Period:
        """Give a period by calendar and label, with what its page says of it."""
        calendar, label = self._named(key)
        try:
            # It writes a period down that nobody asked for before.
            view = commissions.period_overview(
                viewer=request.user,
                calendar=calendar,
                label=label,
                language=get_language() or "en",
            )
        except DomainError as refused:
            raise Http404 from refused
        rows = self.get_queryset(request)
        period: Period = rows.get(calendar__name=calendar, label=view.label)
        period.view = view
        return period

    def _named(self, key: str) -> tuple[str, str]:
        """Read calendar and label; the audit log names a period by its number."""
        calendar, between, label = key.partition(_BETWEEN)
        if between:
            return calendar, label
        found = Period.objects.filter(pk=int(key)) if key.isdigit() else Period.objects.none()
        named = found.values_list("calendar__name", "label").first()
        if named is None:
            raise Http404
        return named[0], named[1]

    def key_of(self, subject: Any) -> str:
        return key_of(subject)

    @column(_("Period"))
    def period(self, row: Period) -> Cell:
        return Cell(
            words.period(row.starts_on, row.ends_on),
            note=words.word(words.LENGTH, row.calendar.every),
        )

    @column(_("State"))
    def state(self, row: Period) -> Cell:
        return words.status(words.PERIOD, row.state)

    @column(_("First day"))
    def first(self, row: Period) -> Cell:
        return Cell(row.starts_on)

    @column(_("Last day"))
    def last(self, row: Period) -> Cell:
        return Cell(row.shown.last_on if row.shown else None)

    @column(_("Pay"), is_figure=True)
    def paid(self, row: Period) -> Cell:
        return Cell(row.shown.paid if row.shown else None)

    @column(_("Members paid"), is_figure=True)
    def members(self, row: Period) -> Cell:
        return Cell(row.shown.members if row.shown and row.shown.paid is not None else None)

    def more_urls(self) -> Sequence[URLPattern]:
        return (
            path(
                "<str:key>/progress/",
                guarded(self.progress_view, self.sees),
                name=self.name_of("progress"),
            ),
            path(
                "<str:key>/statements.<str:form>",
                guarded(statements_file(self), "ledger.see"),
                name=self.name_of("statements"),
            ),
            path(
                "<str:key>/tables.zip",
                guarded(tables_file(self), "ledger.see"),
                name=self.name_of("tables"),
            ),
        )

    def progress_view(self, request: HttpRequest, key: str) -> HttpResponse:
        """Give how far the worker is, for a page that asks every two seconds."""
        calendar, _between, label = key.partition(_BETWEEN)
        try:
            found = commissions.period_progress(calendar=calendar, label=label)
        except DomainError as refused:
            raise Http404 from refused
        answer = TemplateResponse(
            request,
            "office/parts/progress.html",
            {"content": {"progress": found, "href": request.path}},
        )
        if found is None or found.state not in ("waiting", "running"):
            # What the page shows beside it has changed as well.
            answer["HX-Refresh"] = "true"
        return answer

    def card(self, request: HttpRequest, subject: Any) -> Card:
        view = subject.view
        tabs = (
            Tab(name="", label=_("Closing"), sections=lambda: self._close(request, subject)),
            Tab(name="pay", label=_("What it pays"), sections=lambda: pay(view)),
            Tab(
                name="changes",
                label=pgettext_lazy("differences", "Changes"),
                sections=lambda: differences(view),
            ),
            Tab(
                name="late",
                label=_("Late orders"),
                sections=lambda: late_orders(subject.calendar.name),
            ),
            Tab(name="history", label=_("History"), sections=lambda: history(subject)),
        )
        return Card(
            title=_("Period: %(period)s")
            % {"period": words.period(subject.starts_on, subject.ends_on)},
            subtitle=words.word(words.LENGTH, subject.calendar.every),
            status=words.status(words.PERIOD, subject.state),
            notices=_notices(view),
            tabs=tabs,
        )

    def _close(self, request: HttpRequest, period: Period) -> Sequence[Section]:
        sections: list[Section] = []
        if period.view.progress is not None:
            sections.append(
                Part(
                    title=_("In the background"),
                    template="office/parts/progress.html",
                    content={
                        "progress": period.view.progress,
                        "href": self.address_at("progress", key_of(period)),
                    },
                )
            )
        sections += limits(period.view)
        sections.append(overview(period))
        sections += remarks(period.view)
        if period.state == State.OPEN:
            sections.append(closing(period.view))
        sections.append(self._files(request, period))
        return sections

    def _files(self, request: HttpRequest, period: Period) -> Section:
        key = key_of(period)
        files: list[tuple[Any, str]] = []
        if may(request, "ledger.see") and period.state != State.OPEN:
            files.append((_("Everything it is computed from"), self.address_at("tables", key)))
        if may(request, "ledger.see") and period.view.digest:
            files += [
                (_("All statements (%(form)s)") % {"form": form.upper()}, href)
                for form in ("csv", "xlsx")
                for href in [self.address_at("statements", key, form)]
            ]
        return Part(title=_("Files"), template="office/parts/files.html", content=files)


def key_of(period: Period) -> str:
    """Give the word by which a period is named in addresses."""
    return f"{period.calendar.name}{_BETWEEN}{period.label}"


def _notices(view: Any) -> list[tuple[str, Any]]:
    """Say why an act that the state allows is not offered, and what was refused."""
    found: list[tuple[str, Any]] = []
    if view.refusal is not None:
        found.append(("error", f"{view.refusal.text} {view.refusal.remedy}".strip()))
    for step in view.steps:
        if not step.may and step.why_not:
            said = _("%(act)s: %(why)s") % {"act": step.title, "why": step.why_not}
            found.append(("info", said))
    if view.reopening is not None and not view.reopening.agreed_by:
        said = _("Reopening was asked for: %(reason)s") % {"reason": view.reopening.reason}
        found.append(("warning", said))
    return found
