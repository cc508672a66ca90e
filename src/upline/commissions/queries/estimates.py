"""The estimate of an open period for one member, from the result that is resident."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from upline.commissions import calendars, resident
from upline.commissions.errors import EstimateMissing, MemberNotEstimated
from upline.commissions.models import Calendar, Estimate, Period
from upline.commissions.queries import resident_lines
from upline.commissions.queries.conditions import rank_of, short
from upline.commissions.queries.facts import (
    BonusSum,
    Figure,
    LineFilter,
    LineList,
    RankNow,
    Refusal,
    StatementKey,
    StatementRow,
    changed,
)
from upline.commissions.queries.seeing import (
    Reader,
    first_calendar,
    has_days_until,
    reader,
    refusal_of,
    words_of,
)
from upline.commissions.queries.statement_pages import posted_before, rows_of, run_before
from upline.commissions.resident import Resident
from upline.commissions.storing import in_currency
from upline.compensation.columns import Numbers
from upline.compensation.explain.conditions import shown
from upline.compensation.explain.why import rank_reasons
from upline.compensation.explain.wording import Wording
from upline.foundation import clock
from upline.money import Money
from upline.network.queries import TeamMember

_NUMBERS = ("points", "money", "count")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPeriod:
    """An open period that has an estimate."""

    calendar: str
    label: str
    first_on: date
    last_on: date
    as_of: datetime
    is_over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberEstimate:
    """What a period would give a member if it closed now, as of a moment; or why that is not known.

    `before` is the statement of the period before, `change` the difference to it.
    """

    member: str
    calendar: str
    label: str
    first_on: date
    last_on: date
    state: str
    as_of: datetime
    is_over: bool
    refusal: Refusal | None = None
    total: Money | None = None
    bonuses: tuple[BonusSum, ...] = ()
    ranks: tuple[RankNow, ...] = ()
    figures: tuple[Figure, ...] = ()
    before: StatementRow | None = None
    change: Money | None = None


def open_periods() -> tuple[OpenPeriod, ...]:
    """Give the periods that have an estimate, the latest first."""
    found = Estimate.objects.select_related("period__calendar").defer("summary")
    return tuple(
        OpenPeriod(
            calendar=one.period.calendar.name,
            label=one.period.label,
            first_on=one.period.starts_on,
            last_on=one.period.ends_on - timedelta(days=1),
            as_of=one.as_of,
            is_over=not has_days_until(one.period),
        )
        for one in found.order_by("-period__starts_on", "-id")
    )


def estimate(
    *,
    viewer: Any,
    member: str,
    language: str,
    calendar: str | None = None,
    label: str | None = None,
) -> MemberEstimate:
    """Give what a period would give a member if it closed now.

    It is that of the present period of the first calendar, unless another is named. What cannot be
    computed is said by `refusal`. Raises MemberUnknown, CalendarUnknown.
    """
    by = reader(viewer)
    who = by.member(member)
    found = _estimate(calendar, label)
    if found is None:
        return _missing(who.code, calendar, label)
    held = resident.of_estimate(found)
    if held is None:
        return _head(who.code, found.period, found.as_of, refusal=refusal_of(found.refusal))
    position = held.position_of(who.id)
    if position is None:
        refusal = refusal_of(MemberNotEstimated().as_json())
        return _head(who.code, held.period, held.as_of, refusal=refusal)
    return _of_member(by, who, held, position, language)


def estimate_lines(
    *,
    viewer: Any,
    of: StatementKey,
    language: str,
    wanted: LineFilter = LineFilter(),  # noqa: B008 - frozen
) -> LineList:
    """Give a page of an estimate's lines, of the estimate that is resident.

    Raises MemberUnknown, EstimateMissing, MemberNotEstimated.
    """
    by = reader(viewer)
    who = by.member(of.member)
    held = resident_estimate(of.calendar, of.label)
    position = held.position_of(who.id)
    if position is None:
        raise MemberNotEstimated
    return resident_lines.page(by, held, position, words_of(held.version.pk, language), wanted)


def resident_estimate(calendar: str, label: str) -> Resident:
    """Give the estimate of a period as it is held. Raises EstimateMissing, or why it is refused."""
    found = _estimate(calendar, label)
    held = None if found is None else resident.of_estimate(found)
    if held is None:
        raise EstimateMissing
    return held


def _estimate(calendar: str | None, label: str | None) -> Estimate | None:
    found = Estimate.objects.select_related("period__calendar").defer("summary")
    if calendar is not None:
        found = found.filter(period__calendar__name=calendar)
    if label is not None:
        found = found.filter(period__label=label)
    return found.order_by("period__calendar_id", "-period__starts_on", "-id").first()


def _missing(member: str, calendar: str | None, label: str | None) -> MemberEstimate:
    """Say for the period of today that nothing is computed yet."""
    period = _present_period(first_calendar(calendar), label)
    refusal = refusal_of(EstimateMissing().as_json())
    return _head(member, period, clock.now(), refusal=refusal)


def _present_period(calendar: Calendar, label: str | None) -> Period:
    if label is not None:
        return calendars.begun_period(calendar, label)
    return calendars.period_of_today(calendar)


def _head(
    member: str, period: Period, as_of: datetime, *, refusal: Refusal | None = None
) -> MemberEstimate:
    return MemberEstimate(
        member=member,
        calendar=period.calendar.name,
        label=period.label,
        first_on=period.starts_on,
        last_on=period.ends_on - timedelta(days=1),
        state=period.state,
        as_of=as_of,
        is_over=not has_days_until(period),
        refusal=refusal,
    )


def _of_member(
    by: Reader, who: TeamMember, held: Resident, position: int, language: str
) -> MemberEstimate:
    words = words_of(held.version.pk, language)
    before = run_before(by, held.period)
    row = rows_of(who.id, [before], language)[0] if before else None
    total = total_at(held, position)
    with held.lock:
        view = held.explaining()
        ranks = tuple(rank_of(one, words) for one in rank_reasons(view, position))
        figures = tuple(figures_at(held, position, words))
    return replace(
        _head(who.code, held.period, held.as_of),
        total=total,
        bonuses=tuple(bonuses_at(held, position, words, posted_before(before, who.id), row)),
        ranks=ranks,
        figures=figures,
        before=row,
        change=changed(total, None if row is None else row.pay or Money(0, total.currency)),
    )


def total_at(held: Resident, position: int) -> Money:
    """Give what a result pays a member in his own currency, in the plan's where he has none."""
    pay = held.result.in_own_currency()
    code = int(pay.currencies.spread(len(pay.units)).values[position])
    plan_currency = held.result.world.plan.file.currency
    currency = pay.currencies.labels[code] if code >= 0 else plan_currency
    return Money(int(pay.units[position]), currency)


def bonuses_at(
    held: Resident,
    position: int,
    words: Wording,
    before: Mapping[str, int],
    row: StatementRow | None,
) -> Iterator[BonusSum]:
    """Give what each bonus pays a member, and what it paid him the period before."""
    result, total = held.result, total_at(held, position)
    currencies = result.in_own_currency().currencies
    code = np.asarray([max(int(currencies.spread(len(result.world)).values[position]), 0)])
    is_comparable = row is not None and (row.pay is None or row.pay.currency == total.currency)
    for part in result.paid:
        units = part.totals[[position]]
        earlier = before.get(part.bonus, 0)
        if not units[0] and not earlier:
            continue
        exact = Numbers(units, Fraction(1, 10**part.places))
        posted = int(in_currency(exact, code, currencies, result)[0])
        yield BonusSum(
            bonus=part.bonus,
            title=words.bonus(part.bonus),
            amount=Money(posted, total.currency),
            exact=Decimal(int(units[0])).scaleb(-part.places),
            before=Money(earlier, total.currency) if is_comparable else None,
        )


def figures_at(held: Resident, position: int, words: Wording) -> Iterator[Figure]:
    """Give the measures of the plan that have a title and are numbers, for one member."""
    world = held.result.world
    for name, measure in world.plan.file.measures.items():
        unit = world.plan.names.member.get(name, "").partition(":")[0]
        if not measure.title or unit not in _NUMBERS:
            continue
        column = held.result.figures.member_scope.named(name)
        text = words.figure(short(shown(column, position)), unit)
        yield Figure(name=name, title=words.voice.words(measure.title), text=text)
