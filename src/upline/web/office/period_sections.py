"""The sections of a period's page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from upline.commissions import queries as commissions
from upline.commissions.models import CorrectionSheet, Run
from upline.network.models import Member
from upline.orders.models import Order
from upline.plans.models import PlanVersion
from upline.web.office import words
from upline.web.office.audit import actors_of
from upline.web.office.cells import Cell, Part, Rows, Section, facts
from upline.web.office.site import site
from upline.web.office.trail import trail_of
from upline.web.shared.templatetags.formats import percent

_LATE_SHOWN = 200


def overview(period: Any) -> Section:
    """Give what a period is, and who did what with it."""
    view = period.view
    named = actors_of([one for one in (view.computed_by, view.approved_by) if one])
    version = PlanVersion.objects.filter(pk=view.plan_id).first()
    plan = Cell("")
    if version is not None:
        href = site.get_model_admin(PlanVersion).address_of(version)
        plan = Cell(version.name, note=version.starts_on, href=href)
    return facts(
        _("Period"),
        (_("Calendar"), Cell(view.calendar, is_code=True)),
        (_("First day"), view.first_on),
        (_("Last day"), view.last_on),
        (_("State"), words.status(words.PERIOD, view.state)),
        (_("Plan"), plan),
        (_("Computed"), Cell(named.get(view.computed_by, ""), note=view.computed_at or "")),
        (_("Approved"), Cell(named.get(view.approved_by, ""), note=view.approved_at or "")),
        (_("Digest of what was computed"), Cell(view.digest, is_code=True)),
        (_("Seal"), Cell(period.sealed_digest, is_code=True)),
    )


def closing(view: Any) -> Section:
    """Give what is looked at before the close."""
    return Part(
        title=_("Before the close"), template="office/parts/checks.html", content=view.checks
    )


def pay(view: Any) -> Sequence[Section]:
    """Give what a period pays or would pay: in all, by bonus, by rank, by country."""
    figures = view.figures
    if figures is None:
        return [facts(_("What it pays"), note=_("Nothing is computed yet."))]
    note = _("An estimate: what it would pay if it closed now.") if figures.is_estimate else ""
    ratio = figures.ratio_percent
    return [
        facts(
            _("What it pays"),
            (_("In all"), figures.total),
            (_("Previous period"), figures.before),
            (_("Members paid"), figures.members),
            (_("Turnover without tax"), figures.turnover),
            (_("Paid of the turnover"), "" if ratio is None else percent(ratio / 100, 1)),
            (_("As of"), figures.as_of),
            note=note,
        ),
        _slices(_("By bonus"), figures.by_bonus),
        _slices(_("By rank"), figures.by_rank),
        _slices(_("By country"), figures.by_country),
    ]


def _slices(title: Any, slices: Sequence[Any]) -> Section:
    return Rows(
        title=title,
        heads=[_("Part"), _("Pay"), _("Previous period"), _("Members")],
        rows=[
            [Cell(one.title), Cell(one.amount), Cell(one.before), Cell(one.members)]
            for one in slices
        ],
        figures=(1, 2, 3),
        empty=_("Nothing is paid."),
    )


def differences(view: Any) -> Sequence[Section]:
    """Give the members whose pay changed most against the period before."""
    largest = view.figures.largest if view.figures is not None else ()
    admin = site.get_model_admin(Member)
    return [
        Rows(
            title=_("Largest changes"),
            heads=[
                _("Member"),
                _("This period"),
                _("Previous period"),
                pgettext_lazy("difference", "Change"),
            ],
            rows=[
                [
                    Cell(one.member, is_code=True, href=admin.address_at("card", one.member)),
                    Cell(one.now),
                    Cell(one.before),
                    Cell(one.change),
                ]
                for one in largest
            ],
            figures=(1, 2, 3),
            empty=_("There is nothing to compare yet."),
        )
    ]


def late_orders(calendar: str) -> Sequence[Section]:
    """Give the orders that came in for closed periods."""
    members = site.get_model_admin(Member)
    late = commissions.late_facts(calendar=calendar, most=_LATE_SHOWN)
    return [
        Rows(
            title=_("Late orders"),
            heads=[_("Order"), _("Member"), _("Counts for"), _("Recorded")],
            rows=[
                [
                    Cell(
                        one.order_number,
                        is_code=True,
                        href=_source_of(one),
                    ),
                    Cell(one.member, is_code=True, href=members.address_at("card", one.member)),
                    Cell(one.occurred_at),
                    Cell(one.recorded_at),
                ]
                for one in late
            ],
            note=_(
                "They belong to a period that was closed without them, and wait for an adjustment."
            ),
            empty=_("No order came too late."),
        )
    ]


def _source_of(late: commissions.LateFact) -> str:
    """Give the card of the order that a late fact is of, or of the correction by hand."""
    kind, _colon, rest = late.key.partition(":")
    if kind == "correction":
        sheet, _colon, _row = rest.partition(":")
        return str(site.get_model_admin(CorrectionSheet).address_at("card", sheet))
    return str(site.get_model_admin(Order).address_at("card", late.order_number))


def history(period: Any) -> Sequence[Section]:
    """Give the computations of a period, those taken back too, and what was done to it."""
    runs = list(Run.objects.filter(period=period).order_by("-pk").select_related("plan"))
    named = actors_of([one for run in runs for one in (run.computed_by, run.approved_by) if one])
    return [
        Rows(
            title=_("Computations"),
            heads=[_("Number"), _("Computed"), _("Plan"), _("Digest"), _("Approved"), _("Stands")],
            rows=[
                [
                    Cell(one.pk),
                    Cell(named[one.computed_by], note=one.computed_at),
                    Cell(one.plan.name, note=one.plan.starts_on),
                    Cell(one.digest[:16], is_code=True),
                    Cell(named.get(one.approved_by, ""), note=one.approved_at or ""),
                    Cell(one.fence == period.fence and period.state != "open"),
                ]
                for one in runs
            ],
            empty=_("It was not computed yet."),
        ),
        trail_of([f"period:{period.pk}"]),
    ]
