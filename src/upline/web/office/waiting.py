"""What waits for somebody: to be approved, posted, agreed to, mended; for those who may do it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, IntegerField, QuerySet, Value
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from upline.commissions.alarms import present_alarms
from upline.commissions.models import (
    Adjustment,
    CorrectionSheet,
    Period,
    Reopening,
    StandingApproval,
    State,
)
from upline.foundation.models import Delivery
from upline.ledger.models import RateSheet
from upline.network.models import RankGrant
from upline.orders import queries as orders
from upline.orders.models import Order
from upline.payouts.models import Stop
from upline.plans.models import PlanVersion
from upline.plans.models import State as PlanState
from upline.web.office.cells import Words
from upline.web.office.rights import may


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Things of a kind that may wait: for whom, which, and where they are listed."""

    right: str
    label: Words
    things: QuerySet
    table: str
    chosen: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """So many things of a kind that wait, and where they are."""

    label: Words
    count: int
    href: str


def for_login(request: HttpRequest) -> list[Wait]:
    """Give what waits for whoever asks; what does not wait is left out."""
    kinds = [one for one in _kinds() if may(request, one.right)]
    alarms = len(present_alarms()) if may(request, "periods.close") else 0
    late = Wait(
        label=_("Closes that are late, refused or wait"),
        count=alarms,
        href=reverse("admin:commissions_calendar_changelist"),
    )
    first = [late] if alarms else []
    if not kinds:
        return first
    counted = [_count(place, kind.things) for place, kind in enumerate(kinds)]
    counts = dict(counted[0].union(*counted[1:], all=True) if counted[1:] else counted[0])
    return first + [
        Wait(
            label=kind.label,
            count=counts[place],
            href=reverse(f"admin:{kind.table}_changelist") + kind.chosen,
        )
        for place, kind in enumerate(kinds)
        if counts.get(place)
    ]


def _count(place: int, things: QuerySet) -> QuerySet:
    named = things.order_by().annotate(place=Value(place, IntegerField())).values("place")
    counted: QuerySet = named.annotate(count=Count("pk")).values_list("place", "count")
    return counted


def _kinds() -> tuple[Kind, ...]:
    periods, dead = Period.objects.all(), Delivery.State.DEAD
    return (
        Kind(
            right="payouts.see",
            label=_("Stops of payouts in force"),
            things=Stop.objects.filter(lifted_by=""),
            table="payouts_stop",
        ),
        Kind(
            right="periods.approve",
            label=_("Periods to be approved"),
            things=periods.filter(state=State.CALCULATED),
            table="commissions_period",
            chosen="?state=calculated",
        ),
        Kind(
            right="periods.approve",
            label=_("Adjustments to be approved"),
            things=Adjustment.objects.filter(state=Adjustment.State.COMPUTED),
            table="commissions_adjustment",
            chosen="?state=computed",
        ),
        Kind(
            right="periods.approve",
            label=_("Corrections by hand to be approved"),
            things=CorrectionSheet.objects.filter(state=CorrectionSheet.State.ENTERED),
            table="commissions_correctionsheet",
            chosen="?state=entered",
        ),
        Kind(
            right="periods.approve",
            label=_("Periods to be posted"),
            things=periods.filter(state=State.APPROVED),
            table="commissions_period",
            chosen="?state=approved",
        ),
        Kind(
            right="periods.close",
            label=_("Reopening asked for"),
            things=Reopening.objects.filter(agreed_by="").exclude(period__state=State.OPEN),
            table="commissions_period",
        ),
        Kind(
            right="periods.approve",
            label=_("Standing approvals to be agreed to"),
            things=StandingApproval.objects.filter(agreed_by="", ended_at__isnull=True),
            table="commissions_standingapproval",
        ),
        Kind(
            right="periods.approve",
            label=_("Ranks to be approved"),
            things=RankGrant.objects.filter(approved_at__isnull=True),
            table="network_member",
            chosen="?proposed=yes",
        ),
        Kind(
            right="plans.approve",
            label=_("Plan versions to be approved"),
            things=PlanVersion.objects.filter(state=PlanState.DRAFT),
            table="plans_planversion",
            chosen="?state=draft",
        ),
        Kind(
            right="rates.approve",
            label=_("Rates to be approved"),
            things=RateSheet.objects.filter(state=RateSheet.State.ENTERED),
            table="ledger_ratesheet",
            chosen="?state=entered",
        ),
        Kind(
            right="orders.ship",
            label=_("Orders to be sent"),
            things=orders.with_goods_to_send(Order.objects.all()),
            table="orders_order",
            chosen="?goods=to_send",
        ),
        Kind(
            right="outbox.mend",
            label=_("Messages that failed"),
            things=Delivery.objects.filter(state=dead),
            table="foundation_delivery",
            chosen="?state=dead",
        ),
    )
