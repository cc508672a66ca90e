"""Statements of closed periods: the list, one of them, and its lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F

from upline.commissions import frozen, rates
from upline.commissions.models import Period, RankHeld, Run, Statement, Total
from upline.commissions.queries import line_pages
from upline.commissions.queries.facts import (
    BonusSum,
    LineFilter,
    LineList,
    RankHeldNow,
    StatementKey,
    StatementRow,
    changed,
)
from upline.commissions.queries.seeing import Reader, reader, seen_run, words_of
from upline.compensation.exchange import pay_rate
from upline.compensation.explain.wording import Wording
from upline.money import Money

_MOST_IN_CHART = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementList:
    """A page of a member's periods, the latest first; `series` are the last ones for a chart."""

    rows: tuple[StatementRow, ...]
    total: int
    series: tuple[StatementRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementPage:
    """One statement: what each bonus gave, ranks, and how the plan's currency became the member's."""

    row: StatementRow
    bonuses: tuple[BonusSum, ...]
    ranks: tuple[RankHeldNow, ...]
    exact_total: Decimal
    plan_currency: str
    rate: Decimal | None
    rounding: Money | None


def statements(
    *, viewer: Any, member: str, language: str, first: int = 0, most: int = 24
) -> StatementList:
    """Give a member's periods that the viewer may see. Raises MemberUnknown."""
    by = reader(viewer)
    who = by.member(member)
    runs = shown_runs(by)
    asked = max(first + most, _MOST_IN_CHART) + 1
    found = list(runs[:asked])
    rows = rows_of(who.id, found, language)
    return StatementList(
        rows=tuple(rows[first : first + most]),
        total=len(found) if len(found) < asked else runs.count(),
        series=tuple(reversed(rows[:_MOST_IN_CHART])),
    )


def statement_page(
    *, viewer: Any, member: str, calendar: str, label: str, language: str
) -> StatementPage:
    """Give one statement. Raises MemberUnknown, StatementUnknown."""
    by = reader(viewer)
    who = by.member(member)
    run = seen_run(by, calendar, label)
    before = run_before(by, run.period)
    runs = [run, before] if before else [run]
    held = list(RankHeld.objects.filter(run__in=runs, member_id=who.id).order_by("ladder"))
    ranks = {one.run_id: one.rank for one in held if one.ladder == "rank"}
    rows = _rows(who.id, runs, language, ranks)
    totals = list(Total.objects.filter(run__in=runs, member_id=who.id).order_by("bonus"))
    mine = [total for total in totals if total.run_id == run.pk]
    earlier = None if before is None else _posted(before, totals)
    pay = rows[0].pay
    currency = run.currency if pay is None else pay.currency
    over = 0 if pay is None else pay.minor - sum(total.posted_minor for total in mine)
    return StatementPage(
        row=rows[0],
        bonuses=tuple(_bonuses(run, mine, currency, words_of(run.plan_id, language), earlier)),
        ranks=_ranks(run, held, language),
        exact_total=sum(
            (Decimal(total.amount_units).scaleb(-run.places) for total in mine), Decimal(0)
        ),
        plan_currency=run.currency,
        rate=_rate(run, currency),
        rounding=Money(over, currency) if over else None,
    )


def statement_lines(
    *,
    viewer: Any,
    of: StatementKey,
    language: str,
    wanted: LineFilter = LineFilter(),  # noqa: B008 - frozen
) -> LineList:
    """Give a page of a statement's lines. Raises MemberUnknown, StatementUnknown."""
    by = reader(viewer)
    who = by.member(of.member)
    run = seen_run(by, of.calendar, of.label)
    return line_pages.page(by, run, who.id, language, wanted)


def shown_runs(by: Reader) -> Any:
    """Give the runs of present closes that a reader may see, the latest period first."""
    shown = Run.objects.filter(period__state__in=by.states, fence=F("period__fence"))
    lean = shown.select_related("period__calendar").defer("receipt", "summary")
    return lean.order_by("-period__starts_on", "-period_id")


def run_before(by: Reader, period: Period) -> Run | None:
    """Give the run of the period before, where the reader may see it."""
    mine = shown_runs(by).filter(period__calendar=period.calendar)
    found: Run | None = mine.filter(period__ends_on=period.starts_on).first()
    return found


def rows_of(member_id: int, runs: Sequence[Run], language: str) -> list[StatementRow]:
    """Give a member's row for each run, in their sequence; the one before is found among them."""
    held = RankHeld.objects.filter(run__in=runs, member_id=member_id, ladder="rank")
    return _rows(member_id, runs, language, dict(held.values_list("run_id", "rank")))


def _rows(
    member_id: int, runs: Sequence[Run], language: str, ranks: Mapping[int, str]
) -> list[StatementRow]:
    pays = {
        one.run_id: Money(one.pay_minor, one.currency)
        for one in Statement.objects.filter(run__in=runs, member_id=member_id)
    }
    by_end = {(run.period.calendar_id, run.period.ends_on): run for run in runs}
    rows = []
    for run in runs:
        period = run.period
        before = by_end.get((period.calendar_id, period.starts_on))
        pay, rank = pays.get(run.pk), ranks.get(run.pk, "")
        earlier = None if before is None else pays.get(before.pk)
        if before is not None and earlier is None:
            earlier = Money(0, run.currency if pay is None else pay.currency)
        rows.append(
            StatementRow(
                calendar=period.calendar.name,
                label=period.label,
                first_on=period.starts_on,
                last_on=period.ends_on - timedelta(days=1),
                state=period.state,
                pay=pay,
                rank=words_of(run.plan_id, language).rank(rank) if rank else "",
                change=changed(pay, earlier),
            )
        )
    return rows


def posted_before(run: Run | None, member_id: int) -> dict[str, int]:
    """Give what a run posted for a member by bonus; nothing where there is no run."""
    if run is None:
        return {}
    return _posted(run, Total.objects.filter(run=run, member_id=member_id))


def _posted(run: Run, totals: Iterable[Total]) -> dict[str, int]:
    return {
        run.bonuses[total.bonus]: total.posted_minor for total in totals if total.run_id == run.pk
    }


def _bonuses(
    run: Run, totals: Sequence[Total], currency: str, words: Wording, earlier: dict[str, int] | None
) -> Iterator[BonusSum]:
    for total in totals:
        name = run.bonuses[total.bonus]
        yield BonusSum(
            bonus=name,
            title=words.bonus(name),
            amount=Money(total.posted_minor, currency),
            exact=Decimal(total.amount_units).scaleb(-run.places),
            before=None if earlier is None else Money(earlier.get(name, 0), currency),
        )


def _ranks(run: Run, every: Iterable[RankHeld], language: str) -> tuple[RankHeldNow, ...]:
    words = words_of(run.plan_id, language)
    return tuple(
        RankHeldNow(
            ladder=held.ladder,
            name=held.rank,
            title=words.rank(held.rank),
            kept_title=words.rank(held.title) if held.title not in ("", held.rank) else "",
        )
        for held in every
        if held.run_id == run.pk
    )


def _rate(run: Run, currency: str) -> Decimal | None:
    """Give how much of a currency one unit of the plan's was paid with."""
    if currency == run.currency:
        return None
    file = words_of(run.plan_id, "en").plan.file
    given = rates.read(frozen.kept(run.period, "pay_exchange"))
    exact = pay_rate(file, given, currency)
    return Decimal(exact.numerator) / Decimal(exact.denominator)
