"""Rates of exchange: entered by one person, approved by another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Max, Min, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from upline.commissions.rates import SOURCE
from upline.ledger import rates as ledger
from upline.ledger.models import Rate, RateSheet
from upline.web.office import filters, words
from upline.web.office.acts import Act, ActForm, Doing
from upline.web.office.audit import actors_of
from upline.web.office.base import OfficeAdmin, column
from upline.web.office.cells import Card, Cell, Rows, Words, facts, only
from upline.web.office.site import site

_SHOWN_AT_MOST = 500


class RatesForm(ActForm):
    """A table of rates, typed or from a file."""

    source = forms.CharField(
        label=_("Source"),
        initial=SOURCE,
        max_length=60,
        help_text=_("Commissions are computed with the rates of the source “company”."),
    )
    text = forms.CharField(
        label=_("Table"),
        widget=forms.Textarea(
            attrs={"rows": 8, "spellcheck": "false", "data-mono": "yes"},
        ),
        initial="rate_on,base,quote,rate\n",
        help_text=_(
            "A line for each rate: the day as 2026-11-30, the two currencies, and how much of the"
            " second one unit of the first is worth, with a point: 2026-11-30,EUR,PLN,4.2671"
        ),
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed where a rate that was approved before is corrected."),
    )


def actor_of(request: HttpRequest) -> str:
    return f"login:{request.user.pk}"


def _enter(doing: Doing) -> Words:
    doing.entries["sheet"] = ledger.import_rates(
        text=doing.entries["text"],
        source=doing.entries["source"],
        by=actor_of(doing.request),
        reason=doing.reason,
        name=str(_("the table")),
    )
    return _("The rates are entered. They count when another person has approved them.")


def _approve(doing: Doing) -> Words:
    ledger.approve(sheet_id=doing.subject.pk, by=actor_of(doing.request))
    return _("The rates are approved and count from now on.")


def _reject(doing: Doing) -> Words:
    ledger.reject(sheet_id=doing.subject.pk, by=actor_of(doing.request))
    return _("The rates are rejected and will never count.")


def _waits(sheet: RateSheet) -> bool:
    return bool(sheet.state == RateSheet.State.ENTERED)


def _table_of(sheet: RateSheet) -> Rows:
    rates = Rate.objects.filter(sheet=sheet).order_by("rate_on", "base", "quote")
    return Rows(
        title=_("Rates"),
        heads=[_("Day"), _("One unit of"), _("Is worth"), _("Currency")],
        rows=[
            [Cell(one.rate_on), Cell(one.base), Cell(one.rate.normalize()), Cell(one.quote)]
            for one in rates[:_SHOWN_AT_MOST]
        ],
        figures=(2,),
    )


@admin.register(RateSheet, site=site)
class Rates(OfficeAdmin):
    """Sheets of rates of exchange."""

    sees = "rates.see"
    address = "rates"
    heading = _("Rates of exchange")
    explains = _("One person enters rates, another approves them. What is approved never changes.")
    empty = _("No rates were entered yet.")
    ordering = ("-id",)
    list_display = ("sheet", "state", "source", "days", "count", "entered", "decided")
    list_filter = (
        filters.choice("state", _("State"), words.choices(words.SHEET)),
        filters.written(
            "source", _("Source"), lambda rows, value: rows.filter(source__istartswith=value)
        ),
    )
    acts = (
        Act(
            name="enter",
            label=_("Enter rates"),
            right="rates.enter",
            form=RatesForm,
            does=_enter,
            of_list=True,
            is_main=True,
            has_preview=False,
            leads_to=lambda doing: ADMIN.address_at("card", doing.entries["sheet"]),
        ),
        Act(
            name="approve",
            label=_("Approve these rates"),
            right="rates.approve",
            form=ActForm,
            does=_approve,
            fits=_waits,
            is_main=True,
            explains=_(
                "From then on commissions are computed with them. Whoever entered them cannot"
                " approve them."
            ),
            shows=lambda doing: [_table_of(doing.subject)],
        ),
        Act(
            name="reject",
            label=_("Reject these rates"),
            right="rates.approve",
            form=ActForm,
            does=_reject,
            fits=_waits,
            is_grave=True,
            explains=_("They will never count. They stay here, so that it can be seen."),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return (
            super()
            .get_queryset(request)
            .annotate(
                rate_count=Count("rates"),
                first_on=Min("rates__rate_on"),
                last_on=Max("rates__rate_on"),
            )
        )

    def prepare(self, request: HttpRequest, rows: Sequence[RateSheet]) -> None:  # noqa: ARG002
        named = actors_of([one for row in rows for one in (row.entered_by, row.decided_by) if one])
        for row in rows:
            row.said = {
                "entered": named[row.entered_by],
                "decided": named.get(row.decided_by, ""),
            }

    @column(_("Sheet"))
    def sheet(self, row: RateSheet) -> Cell:
        return Cell(row.pk, href=self.address_of(row))

    @column(_("State"))
    def state(self, row: RateSheet) -> Cell:
        return words.status(words.SHEET, row.state)

    @column(_("Source"))
    def source(self, row: RateSheet) -> Cell:
        return Cell(row.source)

    @column(_("Days"))
    def days(self, row: RateSheet) -> Cell:
        if row.first_on == row.last_on:
            return Cell(row.first_on)
        return Cell(row.first_on, note=row.last_on)

    @column(_("Rates"), is_figure=True)
    def count(self, row: RateSheet) -> Cell:
        return Cell(row.rate_count)

    @column(_("Entered"))
    def entered(self, row: RateSheet) -> Cell:
        return Cell(row.said["entered"], note=row.entered_at)

    @column(_("Decided"))
    def decided(self, row: RateSheet) -> Cell:
        return Cell(row.said["decided"], note=row.decided_at or "")

    def card(self, request: HttpRequest, subject: Any) -> Card:
        self.prepare(request, [subject])
        return Card(
            title=_("Sheet of rates %(number)s") % {"number": subject.pk},
            status=self.state(subject),
            tabs=only(
                facts(
                    _("Sheet"),
                    (_("Source"), subject.source),
                    (_("Entered"), Cell(subject.said["entered"], note=subject.entered_at)),
                    (_("Decided"), Cell(subject.said["decided"], note=subject.decided_at or "")),
                    (_("Reason"), subject.reason),
                ),
                _table_of(subject),
            ),
        )


ADMIN: Rates = site.get_model_admin(RateSheet)
