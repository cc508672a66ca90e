"""What waits for somebody: to be approved, posted, agreed to, mended; for those who may do it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from upline.commissions.models import Period, Reopening, State
from upline.foundation.models import Delivery
from upline.ledger.models import RateSheet
from upline.network.models import RankGrant
from upline.plans.models import PlanVersion
from upline.plans.models import State as PlanState
from upline.web.office.cells import Words
from upline.web.office.rights import may


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """So many things of a kind that wait, and where they are."""

    label: Words
    count: int
    href: str


def for_login(request: HttpRequest) -> list[Wait]:
    """Give what waits for whoever asks; what does not wait is left out."""
    found: list[Wait] = []
    if may(request, "periods.approve"):
        found += _periods()
    if may(request, "periods.close"):
        asked = Reopening.objects.filter(agreed_by="").exclude(period__state=State.OPEN).count()
        found.append(
            Wait(label=_("Reopening asked for"), count=asked, href=_list("commissions_period"))
        )
    if may(request, "periods.approve"):
        ranks = RankGrant.objects.filter(approved_at__isnull=True).count()
        found.append(
            Wait(
                label=_("Ranks to be approved"),
                count=ranks,
                href=_list("network_member") + "?proposed=yes",
            )
        )
    if may(request, "plans.approve"):
        drafts = PlanVersion.objects.filter(state=PlanState.DRAFT).count()
        found.append(
            Wait(
                label=_("Plan versions to be approved"),
                count=drafts,
                href=_list("plans_planversion") + "?state=draft",
            )
        )
    if may(request, "rates.approve"):
        sheets = RateSheet.objects.filter(state=RateSheet.State.ENTERED).count()
        found.append(
            Wait(
                label=_("Rates to be approved"),
                count=sheets,
                href=_list("ledger_ratesheet") + "?state=entered",
            )
        )
    if may(request, "outbox.mend"):
        dead = Delivery.objects.filter(state=Delivery.State.DEAD).count()
        found.append(
            Wait(
                label=_("Messages that failed"),
                count=dead,
                href=_list("foundation_delivery") + "?state=dead",
            )
        )
    return [one for one in found if one.count]


def _periods() -> list[Wait]:
    states = list(
        Period.objects.filter(state__in=[State.CALCULATED, State.APPROVED]).values_list(
            "state", flat=True
        )
    )
    here = _list("commissions_period")
    return [
        Wait(
            label=_("Periods to be approved"),
            count=states.count(State.CALCULATED),
            href=f"{here}?state=calculated",
        ),
        Wait(
            label=_("Periods to be posted"),
            count=states.count(State.APPROVED),
            href=f"{here}?state=approved",
        ),
    ]


def _list(name: str) -> str:
    return reverse(f"admin:{name}_changelist")
