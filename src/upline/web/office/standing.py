"""Standing approvals: within which limits closes go on without a person, and what they covered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from upline.commissions import services
from upline.commissions.limits import Terms
from upline.commissions.models import Calendar, Judgement, Period, Run, StandingApproval
from upline.foundation import clock
from upline.foundation.models import Company
from upline.money import Money
from upline.web.office import filters, words
from upline.web.office.acts import Act, ActForm, Doing, Reasoned
from upline.web.office.audit import actors_of
from upline.web.office.base import OfficeAdmin, column
from upline.web.office.cells import Card, Cell, Rows, Section, Tab, Words, facts
from upline.web.office.fields import DayField
from upline.web.office.reason_words import reason_in_words
from upline.web.office.site import site
from upline.web.office.trail import trail_of
from upline.web.shared.fields import MoneyField, NumberField
from upline.web.shared.templatetags.formats import percent

_JUDGED_SHOWN = 100
_HUNDREDTHS = 100


def _calendars() -> list[tuple[str, Words]]:
    return [(one.name, words.word(words.LENGTH, one.every)) for one in Calendar.objects.all()]


class Proposing(Reasoned):
    """The days and the limits; sums are in the currency of the plan."""

    calendar = forms.ChoiceField(label=_("Calendar"), choices=_calendars)
    first_on = DayField(label=_("First day"))
    last_on = DayField(
        label=_("Last day"), help_text=_("Covers periods that lie wholly between these days.")
    )
    ratio = NumberField(
        label=_("Paid of the turnover at most, in percent"), help_text=_("As 45 or 42.5.")
    )
    change = NumberField(
        label=_("Change of a bonus at most, in percent"),
        help_text=_("Against the period before, up or down."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        currency = _currency()
        self.fields["change_from"] = MoneyField(
            label=_("Changes up to this sum are not looked at"), currency=currency
        )
        self.fields["largest"] = MoneyField(label=_("Largest sum to one member"), currency=currency)
        self.order_fields(None)

    def clean_ratio(self) -> Decimal:
        return _refuse_finer(self.cleaned_data["ratio"])

    def clean_change(self) -> Decimal:
        return _refuse_finer(self.cleaned_data["change"])


def _currency() -> str:
    """Give the currency of the last run, else that of the company."""
    last = Run.objects.order_by("-id").values_list("currency", flat=True).first()
    if last is not None:
        return str(last)
    return str(Company.objects.values_list("currency", flat=True).first() or "EUR")


def _refuse_finer(figure: Decimal) -> Decimal:
    """Give a percent. Raises ValidationError for more than two decimals, or below nothing."""
    hundredths = figure * _HUNDREDTHS
    if hundredths != int(hundredths) or hundredths < 0:
        raise ValidationError(_("Give a percent with at most two decimals."))
    return figure


def _propose(doing: Doing) -> Words:
    given = doing.entries
    standing = services.propose_standing(
        calendar=given["calendar"],
        starts_on=given["first_on"],
        ends_on=given["last_on"] + timedelta(days=1),
        terms=Terms(
            currency=given["largest"].currency,
            ratio_hundredths=int(given["ratio"] * _HUNDREDTHS),
            change_hundredths=int(given["change"] * _HUNDREDTHS),
            change_from_minor=given["change_from"].minor,
            largest_minor=given["largest"].minor,
        ),
        reason=doing.reason,
    )
    given["standing"] = standing.pk
    return _("The standing approval is proposed. It counts when another person has agreed.")


def _agree(doing: Doing) -> Words:
    services.agree_standing(number=doing.subject.pk)
    return _("The standing approval counts from now on.")


def _end(doing: Doing) -> Words:
    services.end_standing(number=doing.subject.pk, reason=doing.reason)
    return _("The standing approval is ended.")


def state_of(standing: StandingApproval) -> str:
    """Give how a standing approval stands: `proposed`, `given`, `ended` or `over`."""
    if standing.ended_at is not None:
        return "ended"
    if standing.ends_on <= clock.today(standing.calendar.time_zone):
        return "over"
    return "given" if standing.agreed_by else "proposed"


def in_percent(hundredths: int) -> str:
    """Write hundredths of a percent."""
    return percent(Decimal(hundredths) / (_HUNDREDTHS * 100), 2)


def terms_of(standing: StandingApproval) -> Section:
    """Give the limits and the days of a standing approval."""
    return facts(
        _("Limits"),
        (_("Calendar"), words.word(words.LENGTH, standing.calendar.every)),
        (_("First day"), standing.starts_on),
        (_("Last day"), standing.ends_on - timedelta(days=1)),
        (_("Paid of the turnover at most"), in_percent(standing.ratio_hundredths)),
        (_("Change of a bonus at most"), in_percent(standing.change_hundredths)),
        (
            _("Changes up to this sum are not looked at"),
            Money(standing.change_from_minor, standing.currency),
        ),
        (_("Largest sum to one member"), Money(standing.largest_minor, standing.currency)),
    )


@admin.register(StandingApproval, site=site)
class StandingApprovals(OfficeAdmin):
    """Standing approvals, the latest first."""

    sees = "periods.see"
    address = "standing-approvals"
    heading = _("Standing approvals")
    explains = _(
        "Closes within limits are approved without a person. Two persons give the limits, one ends"
        " them."
    )
    empty = _("There is no standing approval: each close is approved by a person.")
    ordering = ("-id",)
    list_display = ("number", "state", "calendar_of", "days", "given", "agreed")
    list_select_related = ("calendar",)
    list_filter = (
        filters.choice(
            "calendar",
            _("Calendar"),
            _calendars,
            lambda rows, value: rows.filter(calendar__name=value),
        ),
    )
    acts = (
        Act(
            name="propose",
            label=_("Propose a standing approval"),
            right="periods.approve",
            form=Proposing,
            does=_propose,
            of_list=True,
            is_main=True,
            leads_to=lambda doing: ADMIN.address_at("card", doing.entries["standing"]),
        ),
        Act(
            name="agree",
            label=_("Agree"),
            right="periods.approve",
            form=ActForm,
            does=_agree,
            fits=lambda standing: state_of(standing) == "proposed",
            is_main=True,
            explains=_(
                "From then on closes within these limits are approved in its name. Whoever"
                " proposed it cannot agree."
            ),
            shows=lambda doing: [terms_of(doing.subject)],
        ),
        Act(
            name="end",
            label=_("End"),
            right="periods.approve",
            does=_end,
            fits=lambda standing: state_of(standing) in ("proposed", "given"),
            is_grave=True,
            explains=_("No close is covered by it any more. What it approved stays approved."),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows: QuerySet = super().get_queryset(request).select_related("calendar")
        return rows

    def prepare(self, request: HttpRequest, rows: Sequence[StandingApproval]) -> None:  # noqa: ARG002
        persons = [one for row in rows for one in (row.given_by, row.agreed_by, row.ended_by)]
        named = actors_of([one for one in persons if one])
        for row in rows:
            row.said = named

    @column(_("Number"))
    def number(self, row: StandingApproval) -> Cell:
        return Cell(row.pk, href=self.address_of(row))

    @column(_("State"))
    def state(self, row: StandingApproval) -> Cell:
        return words.status(words.STANDING, state_of(row))

    @column(_("Calendar"))
    def calendar_of(self, row: StandingApproval) -> Cell:
        return Cell(words.word(words.LENGTH, row.calendar.every))

    @column(_("Days"))
    def days(self, row: StandingApproval) -> Cell:
        return Cell(row.starts_on, note=row.ends_on - timedelta(days=1))

    @column(pgettext_lazy("standing approval", "Proposed"))
    def given(self, row: StandingApproval) -> Cell:
        return Cell(row.said[row.given_by], note=row.given_at)

    @column(pgettext_lazy("standing approval", "Agreed"))
    def agreed(self, row: StandingApproval) -> Cell:
        return Cell(row.said.get(row.agreed_by, ""), note=row.agreed_at or "")

    def card(self, request: HttpRequest, subject: Any) -> Card:
        self.prepare(request, [subject])
        return Card(
            title=_("Standing approval %(number)s") % {"number": subject.pk},
            status=self.state(subject),
            tabs=(
                Tab(
                    name="",
                    label=_("Limits"),
                    sections=lambda: [terms_of(subject), _persons(subject)],
                ),
                Tab(
                    name="closes",
                    label=_("Closes"),
                    sections=lambda: [_judged_by(subject)],
                ),
                Tab(
                    name="history",
                    label=_("History"),
                    sections=lambda: [trail_of([f"standing:{subject.pk}"])],
                ),
            ),
        )


def _persons(standing: StandingApproval) -> Section:
    said = standing.said
    return facts(
        _("Who gave it"),
        (_("Reason"), reason_in_words(standing.reason)),
        (
            pgettext_lazy("standing approval", "Proposed"),
            Cell(said[standing.given_by], note=standing.given_at),
        ),
        (
            pgettext_lazy("standing approval", "Agreed"),
            Cell(said.get(standing.agreed_by, ""), note=standing.agreed_at or ""),
        ),
        (
            pgettext_lazy("standing approval", "Ended"),
            Cell(said.get(standing.ended_by, ""), note=standing.ended_at or ""),
        ),
        (_("Why it was ended"), standing.ended_reason),
    )


def _judged_by(standing: StandingApproval) -> Section:
    found = Judgement.objects.filter(standing=standing).select_related("run__period__calendar")
    periods = site.get_model_admin(Period)
    return Rows(
        title=_("Closes that were held to it"),
        heads=[_("Period"), _("Moment"), _("Outcome"), _("Limits passed")],
        rows=[
            [
                Cell(
                    words.period(one.run.period.starts_on, one.run.period.ends_on),
                    href=periods.address_of(one.run.period),
                ),
                Cell(one.judged_at),
                words.status(words.JUDGED, "covered" if one.is_covered else "waits"),
                Cell(sum(limit["is_passed"] for limit in one.limits)),
            ]
            for one in found.order_by("-id")[:_JUDGED_SHOWN]
        ],
        figures=(3,),
        empty=_("No close was held to it yet."),
    )


ADMIN: StandingApprovals = site.get_model_admin(StandingApproval)
