"""Adjustments: what came too late for closed periods, computed by one person, approved by another."""

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
from upline.commissions.models import Adjustment, Calendar, Period, State
from upline.foundation.errors import DomainError
from upline.web.office import adjustment_lines, filters, words
from upline.web.office.adjustment_acts import ACTS, calendars
from upline.web.office.audit import actors_of
from upline.web.office.base import OfficeAdmin, column
from upline.web.office.cells import Card, Cell, Part, Rows, Section, Tab, facts
from upline.web.office.reason_words import reason_in_words
from upline.web.office.screens import guarded
from upline.web.office.site import site
from upline.web.office.trail import trail_of
from upline.web.shared.templatetags.formats import exact_money


@admin.register(Adjustment, site=site)
class Adjustments(OfficeAdmin):
    """Adjustments, the latest first."""

    sees = "periods.see"
    address = "adjustments"
    heading = _("Adjustments")
    explains = _(
        "Late orders and refunds of closed periods are settled in the open one: one person computes"
        " the differences, another approves them."
    )
    empty = _("Nothing of a closed period was settled yet.")
    ordering = ("-id",)
    list_display = ("number", "state", "calendar_of", "computed", "approved", "why")
    list_select_related = ("calendar",)
    list_filter = (
        filters.choice(
            "calendar",
            _("Calendar"),
            calendars,
            lambda rows, value: rows.filter(calendar__name=value),
        ),
        filters.choice("state", _("State"), words.choices(words.ADJUSTMENT)),
    )
    acts = ACTS

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows: QuerySet = super().get_queryset(request).select_related("calendar", "posted_in")
        return rows

    def prepare(self, request: HttpRequest, rows: Sequence[Adjustment]) -> None:  # noqa: ARG002
        persons = [one for row in rows for one in (row.computed_by, row.approved_by)]
        named = actors_of([one for one in persons if one])
        for row in rows:
            row.said = named

    @column(_("Number"))
    def number(self, row: Adjustment) -> Cell:
        return Cell(row.pk, href=self.address_of(row))

    @column(_("State"))
    def state(self, row: Adjustment) -> Cell:
        return words.status(words.ADJUSTMENT, row.state)

    @column(_("Calendar"))
    def calendar_of(self, row: Adjustment) -> Cell:
        return Cell(words.word(words.LENGTH, row.calendar.every))

    @column(_("Computed"))
    def computed(self, row: Adjustment) -> Cell:
        return Cell(row.said[row.computed_by], note=row.computed_at)

    @column(_("Approved"))
    def approved(self, row: Adjustment) -> Cell:
        return Cell(row.said.get(row.approved_by, ""), note=row.approved_at or "")

    @column(_("Reason"))
    def why(self, row: Adjustment) -> Cell:
        return Cell(reason_in_words(row.reason))

    def above_list(self, request: HttpRequest) -> Sequence[Section]:  # noqa: ARG002
        """Show how far the worker is, where it adjusts or settles now or was refused at last."""
        return [found for calendar in Calendar.objects.all() for found in self._at_work(calendar)]

    def _at_work(self, calendar: Calendar) -> Sequence[Part]:
        last = calendar.periods.exclude(state=State.OPEN).order_by("-starts_on").first()
        if last is None:
            return []
        found = commissions.period_progress(calendar=calendar.name, label=last.label)
        if found is None or found.act not in ("adjust", "settle") or found.state == "done":
            return []
        content = {"progress": found, "href": self.address_at("progress", calendar.name)}
        return [
            Part(
                title=_("In the background"),
                template="office/parts/progress.html",
                content=content,
            )
        ]

    def more_urls(self) -> Sequence[URLPattern]:
        return (
            path(
                "progress/<slug:calendar>/",
                guarded(self.progress_view, self.sees),
                name=self.name_of("progress"),
            ),
            *adjustment_lines.urls(self),
        )

    def progress_view(self, request: HttpRequest, calendar: str) -> HttpResponse:
        """Give how far the worker is, for a page that asks every two seconds."""
        found = Calendar.objects.filter(name=calendar).first()
        if found is None:
            raise Http404
        sections = self._at_work(found)
        content = sections[0].content if sections else None
        answer = TemplateResponse(request, "office/parts/progress.html", {"content": content})
        if content is None or content["progress"].state == "refused":
            # What the page shows beside it has changed as well.
            answer["HX-Refresh"] = "true"
        return answer

    def card(self, request: HttpRequest, subject: Any) -> Card:
        self.prepare(request, [subject])
        return Card(
            title=_("Adjustment %(number)s") % {"number": subject.pk},
            subtitle=words.word(words.LENGTH, subject.calendar.every),
            status=self.state(subject),
            tabs=(
                Tab(
                    name="",
                    label=_("What it changes"),
                    sections=lambda: [*changes_of(subject), self._ways(subject)],
                ),
                Tab(name="about", label=_("About it"), sections=lambda: [about(subject)]),
                Tab(
                    name="history",
                    label=_("History"),
                    sections=lambda: [trail_of([f"adjustment:{subject.pk}"])],
                ),
            ),
        )

    def _ways(self, subject: Adjustment) -> Section:
        files = [(_("Each difference"), self.address_at("lines", subject.pk))]
        files += [
            (
                _("All differences (%(form)s)") % {"form": form.upper()},
                self.address_at("lines_file", subject.pk, form),
            )
            for form in ("csv", "xlsx")
        ]
        return Part(title=_("Line by line"), template="office/parts/files.html", content=files)


def about(subject: Adjustment) -> Section:
    """Give who answers for an adjustment, and where it is posted."""
    return facts(
        _("About it"),
        (_("Reason"), reason_in_words(subject.reason)),
        (_("Computed"), Cell(subject.said[subject.computed_by], note=subject.computed_at)),
        (
            _("Approved"),
            Cell(subject.said.get(subject.approved_by, ""), note=subject.approved_at or ""),
        ),
        (
            _("Settled in"),
            Cell(
                words.period(subject.posted_in.starts_on, subject.posted_in.ends_on),
                note=subject.effective_on,
            ),
        ),
        (_("Digest of what was computed"), Cell(subject.digest, is_code=True)),
    )


def changes_of(subject: Adjustment) -> Sequence[Section]:
    """Give what an adjustment changes: by period as it is posted, by bonus and cause exactly."""
    try:
        found = commissions.Differences(number=subject.pk, language=get_language() or "en")
    except DomainError as refused:
        raise Http404 from refused
    shown = commissions.adjustment(number=subject.pk)
    periods = {one.label: one for one in Period.objects.filter(calendar=subject.calendar)}
    screen = site.get_model_admin(Period)
    return [
        Rows(
            title=_("By period"),
            heads=[_("Period"), _("Pay"), _("Members")],
            rows=[
                [
                    Cell(
                        words.period(periods[one.label].starts_on, periods[one.label].ends_on),
                        href=screen.address_of(periods[one.label]),
                    ),
                    Cell(one.amount),
                    Cell(one.members),
                ]
                for one in shown.periods
            ],
            figures=(1, 2),
            note=_("In the currency in which members are paid, as it is booked."),
            empty=_("Nobody is paid more or less."),
        ),
        _sums(_("By bonus"), _("Bonus"), found.by_bonus(), {}),
        _sums(
            _("By cause"), pgettext_lazy("of a difference", "Cause"), found.by_cause(), words.CAUSE
        ),
    ]


def _sums(title: Any, head: Any, sums: Sequence[Any], labels: words.Labels) -> Section:
    return Rows(
        title=title,
        heads=[head, pgettext_lazy("difference", "Change"), _("Lines")],
        rows=[
            [
                Cell(words.word(labels, one.title)),
                Cell(exact_money(one.change, one.currency)),
                Cell(one.lines),
            ]
            for one in sums
        ],
        figures=(1, 2),
        empty=_("Nothing changes."),
    )
