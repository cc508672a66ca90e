"""Reading periods, statements, lines, and what waits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import connection
from django.db.models import Count, Sum

from upline.commissions.calendars import calendar_named, find_period, first_day
from upline.commissions.computing import computed, frozen_inputs
from upline.commissions.errors import PeriodNot
from upline.commissions.models import (
    Calendar,
    Line,
    Period,
    RankHeld,
    Run,
    State,
    Statement,
    Total,
    VolumeFact,
)
from upline.compensation.decimals import SHOWN_PLACES
from upline.compensation.explain.render import sentences
from upline.compensation.explain.why import reasons
from upline.money import Money
from upline.network import queries as network
from upline.network.models import Member


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedPeriod:
    """The period of a run that was posted: by it a reader finds the statement."""

    calendar: str
    label: str
    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class BonusTotal:
    """What one bonus gave: exactly, in the plan's currency, and as it was posted."""

    bonus: str
    amount: Decimal
    posted: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTotal:
    """What one bonus of a run pays, and to how many."""

    bonus: str
    amount: Decimal
    members: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberStatement:
    """What a period gives a member; `ranks` are rank and title by ladder."""

    period: str
    state: str
    member: str
    pay: Money | None
    totals: tuple[BonusTotal, ...]
    ranks: dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PayLine:
    """One line: who bought what, at which level, and how the amount comes out."""

    bonus: str
    level: int | None
    order: str | None
    buyer: str | None
    base: Decimal
    rate: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class LateFact:
    """A fact that no period of a calendar counts, although its own is closed."""

    key: str
    order_number: str
    member: str
    occurred_at: datetime
    recorded_at: datetime


def periods(calendar: str) -> list[Period]:
    """Give the periods of a calendar that were asked for so far, the latest first."""
    return list(calendar_named(calendar).periods.order_by("-starts_on"))


def calendars() -> list[Calendar]:
    """Give all calendars by name."""
    return list(Calendar.objects.order_by("name"))


def run_of(*, calendar: str, label: str) -> Run | None:
    """Give the run of a period's present close, or None where it is not computed.

    A run that was taken back is of no close. Raises CalendarUnknown, PeriodUnknown.
    """
    period = find_period(calendar_named(calendar), label)
    if period is None or period.state == State.OPEN:
        return None
    return Run.objects.filter(period=period, fence=period.fence).select_related("period").first()


def statement(*, calendar: str, label: str, member: str) -> MemberStatement | None:
    """Give a member's statement by his code, in any case; None where the period is not computed.

    Raises MemberUnknown.
    """
    run = run_of(calendar=calendar, label=label)
    if run is None:
        return None
    who = network.member(member)
    head = Statement.objects.filter(run=run, member_id=who.id).first()
    totals = Total.objects.filter(run=run, member_id=who.id).order_by("bonus")
    ranks = RankHeld.objects.filter(run=run, member_id=who.id).order_by("ladder")
    return MemberStatement(
        period=str(run.period),
        state=run.period.state,
        member=who.code,
        pay=None if head is None else Money(head.pay_minor, head.currency),
        totals=tuple(
            BonusTotal(
                bonus=run.bonuses[total.bonus],
                amount=Decimal(total.amount_units).scaleb(-run.places),
                posted=Money(total.posted_minor, head.currency if head else run.currency),
            )
            for total in totals
        ),
        ranks={held.ladder: (held.rank, held.title) for held in ranks},
    )


def totals_of(run: Run) -> list[RunTotal]:
    """Give what each bonus of a run pays in all, in the plan's currency."""
    sums = Total.objects.filter(run=run).values("bonus")
    found = sums.annotate(units=Sum("amount_units"), members=Count("member")).order_by("bonus")
    return [
        RunTotal(
            bonus=run.bonuses[row["bonus"]],
            amount=Decimal(int(row["units"])).scaleb(-run.places),
            members=row["members"],
        )
        for row in found
    ]


def richest(run: Run) -> str:
    """Give the code of the member to whom a run pays most in the plan's currency."""
    sums = Total.objects.filter(run=run).values("member__code").annotate(sum=Sum("amount_units"))
    found = sums.order_by("-sum", "member__code").first()
    if found is None:
        raise Member.DoesNotExist
    return str(found["member__code"])


def lines(
    *, calendar: str, label: str, member: str, first: int = 0, most: int = 100
) -> list[PayLine]:
    """Give a member's lines of a period, a page of them, in canonical order."""
    run = run_of(calendar=calendar, label=label)
    if run is None:
        return []
    who = network.member(member)
    found = list(
        Line.objects.filter(run_id=run.pk, member_id=who.id).order_by("number")[
            first : first + most
        ]
    )
    orders = VolumeFact.objects.in_bulk([line.fact_id for line in found if line.fact_id])
    buyers = Member.objects.in_bulk([line.buyer_id for line in found if line.buyer_id])
    return [
        PayLine(
            bonus=run.bonuses[line.bonus],
            level=line.level,
            order=orders[line.fact_id].order_number if line.fact_id else None,
            buyer=buyers[line.buyer_id].code if line.buyer_id else None,
            base=Decimal(line.base_billionths).scaleb(-SHOWN_PLACES),
            rate=Decimal(line.rate_billionths).scaleb(-SHOWN_PLACES),
            amount=Decimal(line.amount_units).scaleb(-run.places),
        )
        for line in found
    ]


def why(
    *, calendar: str, label: str, member: str, language: str, bonus: str | None = None
) -> Sequence[str]:
    """Say why a member earned what he did, and why not more, by computing the frozen period again.

    Raises PeriodNot where it is not frozen, MemberUnknown.
    """
    period = find_period(calendar_named(calendar), label)
    if period is None or period.state == State.OPEN:
        raise PeriodNot(period=label, state=State.OPEN, act="explained", wanted="frozen or later")
    version, _, _, inputs = frozen_inputs(period)
    result = computed(period, version, inputs)
    found = reasons(result, network.member(member).code, bonus=bonus)
    return list(sentences(found, result.world.plan, language))


# By local date, as a freeze counts.
_LATE = """
SELECT fact.key, fact.order_number, member.code, fact.occurred_at, fact.recorded_at
FROM commissions_volumefact AS fact
JOIN network_member AS member ON member.id = fact.member_id
WHERE fact.occurred_at >= %(since)s::timestamp AT TIME ZONE %(zone)s - interval '1 day'
  AND fact.occurred_at < %(until)s::timestamp AT TIME ZONE %(zone)s + interval '1 day'
  AND (fact.occurred_at AT TIME ZONE %(zone)s)::date >= %(since)s
  AND (fact.occurred_at AT TIME ZONE %(zone)s)::date < %(until)s
  AND NOT EXISTS (
      SELECT FROM commissions_frozenfact AS counted
      WHERE counted.fact_id = fact.id AND counted.calendar_id = %(calendar)s
  )
  AND NOT EXISTS (
      SELECT FROM commissions_adjustedfact AS settled
      WHERE settled.fact_id = fact.id AND settled.calendar_id = %(calendar)s
  )
ORDER BY fact.occurred_at, fact.id
LIMIT %(most)s OFFSET %(first)s
"""


def late_facts(*, calendar: str, first: int = 0, most: int = 100) -> list[LateFact]:
    """Give facts that wait for an adjustment: their period is frozen or later without them."""
    found = calendar_named(calendar)
    closed = found.periods.exclude(state="open").order_by("-ends_on").first()
    if closed is None:
        return []
    parameters: dict[str, object] = {
        "since": first_day(found),
        "until": closed.ends_on,
        "zone": found.time_zone,
        "calendar": found.pk,
        "most": most,
        "first": first,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LATE, parameters)
        rows = cursor.fetchall()
    names = ("key", "order_number", "member", "occurred_at", "recorded_at")
    return [LateFact(**dict(zip(names, row, strict=True))) for row in rows]


def posted_periods(references: Iterable[str]) -> dict[str, PostedPeriod]:
    """Give the period behind each reference of a journal, where one of ours posted it."""
    keys = {
        int(number): f"run:{number}"
        for kind, _, number in (one.partition(":") for one in references)
        if kind == "run" and number.isdecimal()
    }
    runs = Run.objects.filter(pk__in=keys).select_related("period__calendar")
    return {
        keys[run.pk]: PostedPeriod(
            calendar=run.period.calendar.name,
            label=run.period.label,
            first_on=run.period.starts_on,
            last_on=run.period.ends_on - timedelta(days=1),
        )
        for run in runs.defer("receipt", "summary")
    }
