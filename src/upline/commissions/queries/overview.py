"""What staff see of periods: the list, one with its checks and sums, and how far the worker is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from babel import Locale
from django.utils.translation import gettext, gettext_lazy

from upline.commissions import calendars as calendar_acts
from upline.commissions import models
from upline.commissions.errors import StatementUnknown
from upline.commissions.models import (
    Calendar,
    Estimate,
    Judgement,
    Period,
    Remark,
    Reopening,
    Run,
    State,
)
from upline.commissions.queries.checks import Check, checks_before_close
from upline.commissions.queries.facts import Refusal
from upline.commissions.queries.judged import Limited, limited
from upline.commissions.queries.seeing import has_days_until, refusal_of, words_of
from upline.commissions.queries.steps import NextStep, steps_of
from upline.commissions.summaries import run_before
from upline.compensation.explain.wording import Wording
from upline.money import Money
from upline.plans.models import PlanVersion

_REMARKS_SHOWN = 100
_STEPS = {
    "close": (
        gettext_lazy("Freezing what the period is computed from"),
        gettext_lazy("Reading what was frozen"),
        gettext_lazy("Computing"),
        gettext_lazy("Writing statements and totals"),
        gettext_lazy("Writing ranks"),
        gettext_lazy("Writing lines"),
        gettext_lazy("Keeping what the next period needs"),
    ),
    "post": (gettext_lazy("Posting to the ledger"),),
    "adjust": (gettext_lazy("Computing closed periods again"),),
    "settle": (gettext_lazy("Posting to the ledger"),),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodRow:
    """A period in the list of staff."""

    calendar: str
    label: str
    first_on: date
    last_on: date
    state: str
    paid: Money | None
    members: int
    is_over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """A part of what a period pays: by a bonus, at a rank, in a country; and in the one before."""

    name: str
    title: str
    amount: Money
    members: int
    before: Money | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A member whose pay changed most, in the plan's currency."""

    member: str
    now: Money
    before: Money
    change: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodFigures:
    """What a period pays, or would pay; each part is rounded by itself.

    Turnover is without tax; the ratio is what is paid of it, in percent.
    """

    is_estimate: bool
    as_of: datetime
    total: Money
    before: Money | None
    members: int
    by_bonus: tuple[Slice, ...]
    by_rank: tuple[Slice, ...]
    by_country: tuple[Slice, ...]
    turnover: Money | None
    ratio_percent: Decimal | None
    largest: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the worker is; `step` is in the language of the request."""

    act: str
    state: str
    step: str
    done: int
    out_of: int
    asked_by: str
    started_at: datetime
    changed_at: datetime
    refusal: Refusal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodOverview:
    """A period for those who close it; persons are actors as `login:7`."""

    calendar: str
    label: str
    first_on: date
    last_on: date
    state: str
    checks: tuple[Check, ...]
    figures: PeriodFigures | None
    refusal: Refusal | None
    progress: Progress | None
    steps: tuple[NextStep, ...]
    plan: str
    plan_id: int | None
    digest: str
    computed_by: str
    computed_at: datetime | None
    approved_by: str
    approved_at: datetime | None
    reopening: Reopening | None
    judgement: Judgement | None
    limits: tuple[Limited, ...]
    remarks: tuple[Remark, ...]


def period_list(*, viewer: Any, calendar: str | None = None) -> tuple[PeriodRow, ...]:
    """Give all periods that began, the latest first. Raises StatementUnknown for who is no staff."""
    _require_staff(viewer, calendar or "", "")
    chosen = Calendar.objects.order_by("id")
    chosen = chosen.filter(name=calendar) if calendar else chosen
    for one in chosen:
        # Whoever looks in a new month sees it also before the worker wrote it down.
        calendar_acts.period_of_today(one)
    periods = Period.objects.filter(calendar__in=chosen).select_related("calendar")
    runs = {
        (run.period_id, run.fence): run
        for run in Run.objects.filter(period__in=periods).defer("receipt")
    }
    return tuple(
        _row(period, runs.get((period.pk, period.fence)))
        for period in periods.order_by("-starts_on", "calendar_id")
    )


def period_overview(*, viewer: Any, calendar: str, label: str, language: str) -> PeriodOverview:
    """Give a period with its checks, sums, progress and what may be done next.

    Raises CalendarUnknown, PeriodUnknown, StatementUnknown for who is no staff.
    """
    _require_staff(viewer, calendar, label)
    period = calendar_acts.begun_period(calendar_acts.calendar_named(calendar), label)
    run = _run(period)
    estimate = _estimate(period) if run is None else None
    checks = checks_before_close(period, estimate) if period.state == State.OPEN else ()
    progress = period_progress(calendar=calendar, label=label)
    reopening = Reopening.objects.filter(period=period, fence=period.fence, agreed_by="").first()
    version = None if run is None and estimate is None else (run or estimate).plan  # type: ignore[union-attr]
    judgement = None if run is None else getattr(run, "judgement", None)
    return PeriodOverview(
        calendar=period.calendar.name,
        label=period.label,
        first_on=period.starts_on,
        last_on=period.ends_on - timedelta(days=1),
        state=period.state,
        checks=checks,
        figures=_figures(period, run, estimate, language),
        refusal=None if estimate is None else refusal_of(estimate.refusal),
        progress=progress,
        steps=steps_of(viewer, period, run, checks, _busy(progress)),
        plan="" if version is None else str(version),
        plan_id=None if version is None else version.pk,
        digest="" if run is None else run.digest,
        computed_by="" if run is None else run.computed_by,
        computed_at=None if run is None else run.computed_at,
        approved_by="" if run is None else run.approved_by,
        approved_at=None if run is None else run.approved_at,
        reopening=reopening,
        judgement=judgement,
        limits=limited(judgement, None if version is None else words_of(version.pk, language)),
        remarks=tuple(Remark.objects.filter(period=period).order_by("-id")[:_REMARKS_SHOWN]),
    )


def period_progress(*, calendar: str, label: str) -> Progress | None:
    """Give how far the worker is with what was last asked for, or None. One query."""
    found = models.Progress.objects.filter(
        period__calendar__name=calendar, period__label=label
    ).order_by("-id")
    last = found.first()
    if last is None:
        return None
    steps = _STEPS[last.act]
    return Progress(
        act=last.act,
        state=last.state,
        step=str(steps[min(last.done, len(steps) - 1)]),
        done=last.done,
        out_of=last.out_of,
        asked_by=last.asked_by,
        started_at=last.started_at,
        changed_at=last.changed_at,
        refusal=refusal_of(last.refusal),
    )


def _require_staff(viewer: Any, calendar: str, label: str) -> None:
    if not viewer.has_perm("periods.see"):
        raise StatementUnknown(calendar=calendar, label=label)


def _row(period: Period, run: Run | None) -> PeriodRow:
    summary = {} if run is None or period.state == State.FROZEN else run.summary
    return PeriodRow(
        calendar=period.calendar.name,
        label=period.label,
        first_on=period.starts_on,
        last_on=period.ends_on - timedelta(days=1),
        state=period.state,
        paid=Money(summary["total"], summary["currency"]) if summary else None,
        members=summary.get("members", 0),
        is_over=not has_days_until(period),
    )


def _run(period: Period) -> Run | None:
    if period.state in (State.OPEN, State.FROZEN):
        return None
    found = Run.objects.filter(period=period, fence=period.fence)
    return found.select_related("plan", "judgement__standing").defer("receipt").first()


def _estimate(period: Period) -> Estimate | None:
    return Estimate.objects.filter(period=period).select_related("plan").order_by("-id").first()


def _busy(progress: Progress | None) -> str:
    is_at_work = progress is not None and progress.state in ("waiting", "running")
    return gettext("The worker is at it.") if is_at_work else ""


def _figures(
    period: Period, run: Run | None, estimate: Estimate | None, language: str
) -> PeriodFigures | None:
    source: Run | Estimate | None = run or estimate
    if source is None or source.plan is None or not source.summary:
        return None
    summary = source.summary
    before = run_before(period)
    earlier = before.summary if before and before.currency == summary["currency"] else {}
    turnover, total = summary["turnover"], summary["total"]
    currency = summary["currency"]
    return PeriodFigures(
        is_estimate=run is None,
        as_of=source.computed_at if isinstance(source, Run) else source.as_of,
        total=Money(total, currency),
        before=Money(earlier["total"], currency) if earlier else None,
        members=summary["members"],
        by_bonus=_slices("by_bonus", summary, earlier, source.plan, language),
        by_rank=_slices("by_rank", summary, earlier, source.plan, language),
        by_country=_slices("by_country", summary, earlier, source.plan, language),
        turnover=None if turnover is None else Money(turnover, currency),
        ratio_percent=_ratio(total, turnover),
        largest=tuple(
            Change(
                member=member,
                now=Money(now, currency),
                before=Money(then, currency),
                change=Money(now - then, currency),
            )
            for member, now, then in summary["largest"]
        ),
    )


def _ratio(total: int, turnover: int | None) -> Decimal | None:
    """Give what is paid of turnover in percent, with one decimal."""
    if not turnover:
        return None
    return (Decimal(100 * total) / Decimal(turnover)).quantize(Decimal("0.1"))


def _slices(
    kind: str, summary: dict[str, Any], earlier: dict[str, Any], plan: PlanVersion, language: str
) -> tuple[Slice, ...]:
    currency = summary["currency"]
    before = {name: amount for name, amount, _ in earlier.get(kind, ())}
    words = words_of(plan.pk, language)
    return tuple(
        Slice(
            name=name,
            title=_title(kind, name, words, language),
            amount=Money(amount, currency),
            members=members,
            before=Money(before.get(name, 0), currency) if earlier else None,
        )
        for name, amount, members in summary[kind]
    )


def _title(kind: str, name: str, words: Wording, language: str) -> str:
    if kind == "by_bonus":
        return words.bonus(name)
    if kind == "by_rank":
        return words.rank(name)
    return str(Locale.parse(language).territories.get(name, name))
