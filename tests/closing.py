"""A small company whose periods are closed in tests: three members in a line, two levels."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from upline.commissions import services
from upline.commissions.facts import FactDraft
from upline.commissions.models import Adjustment, Run
from upline.foundation import clock, context
from upline.network.domain import Newcomer
from upline.network.models import Member
from upline.network.services import enrol
from upline.people.models import Person
from upline.plans.services import approve_plan, draft_plan

PLAN = """
language: 1
plan: two-levels
version: 2026-01-01
currency: EUR
time_zone: Europe/Sofia
calendar: month
point_value: 1 EUR
orders: {pv: {unit: points, places: 2}}
measures: {own_pv: own(pv)}
ranks:
  - {rank: Partner}
  - {rank: Leader, needs: group(pv) >= 300}
bonuses:
  levels: {kind: level, base: pv, levels: {1: 10 %, 2: 5 %}}
"""
OCTOBER = "2026-10"
NOVEMBER_2 = datetime(2026, 11, 2, 9, tzinfo=UTC)
ANNA, BORIS, CELINA = "ANNA", "BORIS", "CELINA"


def opened(plan: str = PLAN) -> dict[str, Member]:
    """Open a calendar, an approved plan and three members, each sponsored by the one before."""
    calendar_of(plan)
    members: dict[str, Member] = {}
    sponsor = None
    for code in (ANNA, BORIS, CELINA):
        person = Person.objects.create(given_name=code.title())
        newcomer = Newcomer(
            person_id=person.pk,
            sponsor_id=sponsor,
            joined_on=date(2026, 9, 1),
            country="BG",
            code=code,
        )
        sponsor = enrol(newcomer=newcomer, key=f"join:{code}")
        members[code] = Member.objects.get(pk=sponsor)
    return members


def calendar_of(plan: str) -> None:
    """Open the calendar of an approved plan, from October."""
    approved(plan)
    services.open_calendar(
        name="monthly", every="month", starts_on=date(2026, 10, 1), time_zone="Europe/Sofia"
    )


def approved(plan: str) -> None:
    with context.working(actor="login:1"):
        version = draft_plan(text=plan)
    with context.working(actor="login:2"):
        approve_plan(version_id=version.pk)


def bought(
    member: Member, number: str, pv: str, day: int = 5, month: int = 10, **changed: object
) -> FactDraft:
    """A fact at noon of a day, recorded."""
    wanted = {
        "key": f"order:{number}",
        "member_id": member.pk,
        "order_number": number,
        "occurred_at": datetime(2026, month, day, 12, tzinfo=UTC),
        "currency": "EUR",
        "figures": {"pv": Decimal(pv)},
    }
    draft = FactDraft(**(wanted | changed))
    services.record_volume([draft])
    return draft


def reopened(label: str = OCTOBER, *, calendar: str = "monthly") -> None:
    """Take a close back, by two people."""
    for actor in ("login:3", "login:4"):
        with context.working(actor=actor):
            services.reopen_period(calendar=calendar, label=label, reason="an order was missing")


def computed(label: str = OCTOBER, *, at: datetime = NOVEMBER_2, calendar: str = "monthly") -> Run:
    """Freeze and compute a period."""
    by = {"calendar": calendar, "label": label}
    with clock.stopped_at(at), context.working(actor="login:3"):
        services.freeze_period(**by)
        return services.compute_period(**by)


def closed(label: str = OCTOBER, *, at: datetime = NOVEMBER_2, calendar: str = "monthly") -> None:
    """Close a period to the seal, by two people."""
    by = {"calendar": calendar, "label": label}
    run = computed(label, at=at, calendar=calendar)
    with clock.stopped_at(at), context.working(actor="login:4"):
        services.approve_period(**by, digest=run.digest)
        services.post_period(**by)
        services.seal_period(**by)


def adjusted(*, at: datetime = NOVEMBER_2, calendar: str = "monthly") -> Adjustment:
    """Settle what came too late, by two people."""
    with clock.stopped_at(at):
        with context.working(actor="login:3"):
            found = services.adjust_periods(calendar=calendar, reason="orders came late")
        with context.working(actor="login:4"):
            services.approve_adjustment(number=found.pk, digest=found.digest)
            return services.post_adjustment(number=found.pk)
