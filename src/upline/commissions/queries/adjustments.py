"""Adjustments: how far each is, what it changes by period, and a member's lines of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum

from upline.commissions.calendars import calendar_named
from upline.commissions.errors import AdjustmentUnknown
from upline.commissions.models import AdjustedFact, AdjustedLine, AdjustedPay, Adjustment, Run
from upline.commissions.queries.facts import StatementKey
from upline.commissions.queries.seeing import reader, words_of
from upline.money import Money

_MOST_LINES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustedPeriodSum:
    """What an adjustment changes in the pay of one closed period, in one currency."""

    label: str
    amount: Money
    members: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustmentShown:
    """An adjustment: how far it is, who answers for it, and what it changes."""

    number: int
    state: str
    reason: str
    posted_in: str
    effective_on: date
    digest: str
    computed_by: str
    computed_at: datetime
    approved_by: str
    approved_at: datetime | None
    facts: int
    periods: tuple[AdjustedPeriodSum, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustedRow:
    """A line of a closed period that is another now: what it was, what it is, and the order."""

    label: str
    first_on: date
    last_on: date
    bonus: str
    title: str
    level: int | None
    order: str | None
    buyer: str | None
    before: Decimal
    now: Decimal
    currency: str

    @property
    def change(self) -> Decimal:
        """Give the difference."""
        return self.now - self.before


def adjustments(*, calendar: str) -> tuple[AdjustmentShown, ...]:
    """Give the adjustments of a calendar, the latest first. Raises CalendarUnknown."""
    found = Adjustment.objects.filter(calendar=calendar_named(calendar)).order_by("-pk")
    return tuple(_shown(one) for one in found.select_related("posted_in"))


def adjustment(*, number: int) -> AdjustmentShown:
    """Give one adjustment. Raises AdjustmentUnknown."""
    found = Adjustment.objects.filter(pk=number).select_related("posted_in").first()
    if found is None:
        raise AdjustmentUnknown(number=number)
    return _shown(found)


def adjusted_rows(
    *, viewer: Any, of: StatementKey, language: str
) -> tuple[tuple[AdjustedRow, ...], tuple[Money, ...]]:
    """Give the lines that were settled for a member in a period, and what they come to.

    The sums are those that were posted, one for each currency. Raises MemberUnknown.
    """
    by = reader(viewer)
    who = by.member(of.member)
    settled = settled_lines(who.id, of).select_related("period", "fact")
    lines = list(settled.order_by("adjustment", "number")[:_MOST_LINES])
    if not lines:
        return (), ()
    pays = AdjustedPay.objects.filter(**_settled(who.id, of)).values_list("currency")
    sums = tuple(
        Money(int(minor), currency)
        for currency, minor in pays.annotate(Sum("pay_minor")).order_by("currency")
    )
    runs = {
        run.period_id: run
        for run in Run.objects.filter(period__in={line.period_id for line in lines}).order_by(
            "fence"
        )
    }
    buyers = by.codes_of({line.buyer_id for line in lines if line.buyer_id})
    return tuple(_row(line, runs[line.period_id], buyers, language) for line in lines), sums


def settled_lines(member_id: int, of: StatementKey) -> QuerySet[AdjustedLine]:
    """Give the lines of posted adjustments that were settled for a member in a period."""
    return AdjustedLine.objects.filter(**_settled(member_id, of))


def _settled(member_id: int, of: StatementKey) -> dict[str, Any]:
    return {
        "adjustment__state": Adjustment.State.POSTED,
        "adjustment__posted_in__label": of.label,
        "adjustment__calendar__name": of.calendar,
        "member_id": member_id,
    }


def _row(line: AdjustedLine, run: Run, buyers: dict[int, str], language: str) -> AdjustedRow:
    return AdjustedRow(
        label=line.period.label,
        first_on=line.period.starts_on,
        last_on=line.period.ends_on - timedelta(days=1),
        bonus=line.bonus,
        title=words_of(run.plan_id, language).bonus(line.bonus),
        level=line.level,
        order=line.fact.order_number if line.fact else None,
        buyer=buyers.get(line.buyer_id) if line.buyer_id else None,
        before=Decimal(line.before_units).scaleb(-run.places),
        now=Decimal(line.now_units).scaleb(-run.places),
        currency=run.currency,
    )


def _shown(found: Adjustment) -> AdjustmentShown:
    pays = AdjustedPay.objects.filter(adjustment=found).values_list("period__label", "currency")
    sums = pays.annotate(Sum("pay_minor"), Count("member")).order_by("period__starts_on")
    return AdjustmentShown(
        number=found.pk,
        state=found.state,
        reason=found.reason,
        posted_in=found.posted_in.label,
        effective_on=found.effective_on,
        digest=found.digest,
        computed_by=found.computed_by,
        computed_at=found.computed_at,
        approved_by=found.approved_by,
        approved_at=found.approved_at,
        facts=AdjustedFact.objects.filter(adjustment=found).count(),
        periods=tuple(
            AdjustedPeriodSum(label=label, amount=Money(int(minor), currency), members=count)
            for label, currency, minor, count in sums
        ),
    )
