"""The dashboard: how sales and this period stand, what waits for somebody, what was done last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from upline.commissions.models import Estimate, Period, Run, State
from upline.foundation.models import AuditEntry
from upline.money import Money
from upline.network import queries as network
from upline.network.genealogy import EPOCH, STATUSES
from upline.network.models import Status
from upline.web.office import sales, waiting, words
from upline.web.office.act_words import ACTS
from upline.web.office.audit import actors_of, subject_of
from upline.web.office.cells import Cell, Rows, Words
from upline.web.office.rights import may
from upline.web.office.site import site
from upline.web.shared import formats
from upline.web.shared.charts import Chart, money_series
from upline.web.shared.templatetags.formats import percent

_ACTS_SHOWN = 8
_PERIODS_SHOWN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure of the dashboard, with what explains it, and what it was before."""

    label: Words
    value: Any
    hint: Any = ""
    href: str = ""
    before_title: Words = ""
    before: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Figures of one time."""

    title: Words
    figures: list[Figure]
    note: Any = ""


def page(request: HttpRequest) -> HttpResponse:
    """Give the dashboard, each part for those who have the right to see it."""
    groups = []
    if may(request, "orders.see"):
        groups.append(_sales())
    estimate = _estimate() if may(request, "periods.see") else None
    if may(request, "periods.see"):
        groups.append(_period(estimate))
    if may(request, "members.see"):
        groups.append(_people(estimate))
    shown = {
        **site.each_context(request),
        "here": "dashboard",
        "title": _("Dashboard"),
        "groups": groups,
        "waits": waiting.for_login(request),
        "chart": _chart() if may(request, "periods.see") else None,
        "last": _last() if may(request, "audit.see") else None,
    }
    request.current_app = site.name
    return TemplateResponse(request, "office/dashboard.html", shown)


def _sales() -> Group:
    found = sales.lately()
    now, before = found.now, found.before
    return Group(
        title=found.title,
        figures=[
            Figure(
                label=_("Turnover, paid"),
                value=now.turnover or 0,
                hint=_("without tax"),
                before_title=found.before_title,
                before=before.turnover or 0,
            ),
            Figure(
                label=_("Orders"),
                value=now.placed,
                before_title=found.before_title,
                before=before.placed,
            ),
            Figure(
                label=_("Of these paid"),
                value=now.paid,
                before_title=found.before_title,
                before=before.paid,
            ),
        ],
    )


def _estimate() -> Estimate | None:
    return (
        Estimate.objects.filter(period__state=State.OPEN)
        .select_related("period__calendar")
        .order_by("-period__starts_on", "-pk")
        .first()
    )


def _period(estimate: Estimate | None) -> Group:
    title = _("This period")
    if estimate is None or not estimate.summary:
        return Group(title=title, figures=[], note=_("No estimate is there yet."))
    summary = estimate.summary
    currency, turnover = summary["currency"], summary["turnover"]
    ratio = ""
    if turnover:
        ratio = percent(Decimal(summary["total"]) / Decimal(turnover), 1)
    return Group(
        title=_("Period: %(period)s")
        % {"period": words.period(estimate.period.starts_on, estimate.period.ends_on)},
        figures=[
            Figure(
                label=_("Turnover"),
                value="–" if turnover is None else Money(turnover, currency),
                hint=_("without tax"),
            ),
            Figure(label=_("Pay, if it closed now"), value=Money(summary["total"], currency)),
            Figure(label=_("Paid of the turnover"), value=ratio or "–"),
            Figure(label=_("Members paid"), value=summary["members"]),
            Figure(
                label=_("Late orders and refunds"),
                value=summary.get("late", 0),
                hint=_("of closed periods; they wait for an adjustment"),
                href=site.get_model_admin(Period).address_of(estimate.period) + "?tab=late",
            ),
        ],
        note=estimate.as_of,
    )


def _people(estimate: Estimate | None) -> Group:
    tree = network.present()
    active = int((tree.status == STATUSES.index(Status.ACTIVE)).sum()) if len(tree) else 0
    figures = [
        Figure(label=_("Members"), value=len(tree)),
        Figure(label=_("Of these active"), value=active),
    ]
    if estimate is not None and len(tree):
        since = estimate.period.starts_on.toordinal() - EPOCH
        figures.append(
            Figure(label=_("New in this period"), value=int((tree.joined >= since).sum()))
        )
    return Group(title=_("Network"), figures=figures)


def _short(period: Period, language: str) -> str:
    """Name a period below its bars."""
    return formats.period_short(period.starts_on, period.ends_on - timedelta(days=1), language)


def _chart() -> Chart | None:
    """Draw turnover and pay of the last closed periods of the calendar that closed last."""
    runs = (
        Run.objects.exclude(period__state__in=[State.OPEN, State.FROZEN])
        .select_related("period")
        .defer("receipt")
        .order_by("-period__starts_on", "-fence")[: 2 * _PERIODS_SHOWN]
    )
    found: dict[int, Run] = {}
    for run in runs:
        stands = run.fence == run.period.fence and run.summary
        if stands and not (found and run.period.calendar_id != _first(found).period.calendar_id):
            found.setdefault(run.period_id, run)
    kept = list(found.values())[:_PERIODS_SHOWN][::-1]
    if not kept or any(one.currency != kept[-1].currency for one in kept):
        return None
    language, currency = get_language() or "en", kept[-1].currency
    turnovers = [one.summary["turnover"] for one in kept]
    return Chart(
        kind="bars",
        over=gettext("Period"),
        labels=[_short(one.period, language) for one in kept],
        series=[
            money_series(
                gettext("Turnover"),
                [None if one is None else Money(one, currency) for one in turnovers],
                language,
            ),
            money_series(
                gettext("Pay"), [Money(one.summary["total"], currency) for one in kept], language
            ),
        ],
        language=language,
        currency=currency,
    )


def _first(found: dict[int, Run]) -> Run:
    return next(iter(found.values()))


def _last() -> Rows:
    entries = list(AuditEntry.objects.order_by("-id")[:_ACTS_SHOWN])
    named = actors_of([one.actor for one in entries])
    return Rows(
        title=_("Done last"),
        heads=[_("Moment"), _("Act"), _("Subject"), _("Who")],
        rows=[
            [
                Cell(one.recorded_at),
                Cell(ACTS.get(one.act, one.act)),
                subject_of(one.subject),
                Cell(named[one.actor]),
            ]
            for one in entries
        ],
        empty=_("Nothing was done yet."),
    )
