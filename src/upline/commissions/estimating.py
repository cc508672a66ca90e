"""Estimates: what an open period would give if it closed now, computed as a close computes it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pyarrow as pa
from django.db import transaction

from upline.commissions import adjusted, calendars, fingerprints, gathering, parts, summaries
from upline.commissions.computing import computed, digest_of, inputs_of
from upline.commissions.errors import EarlierPeriodOpen
from upline.commissions.models import Calendar, Estimate, EstimatePart, Period, State
from upline.commissions.queries.closes import late_facts
from upline.compensation import memory
from upline.foundation import clock, locking
from upline.foundation.errors import DomainError
from upline.foundation.progress import Say, silent

# Each open period takes what the one before would leave. Where nobody has closed for longer, the
# estimates say that an earlier period must be closed.
_MOST_OPEN = 14
# A day without approved rates takes those of the days before; a freeze takes those of its last day.
RATES_DAYS_BACK = 45
_UNTIL_APPROVED = (State.OPEN, State.FROZEN, State.CALCULATED)
# A large company computes for seconds: the worker has other work between two estimates.
_PAUSE = 4
_MOST_LATE = 1000


def refresh_estimates(*, say: Say = silent) -> int:
    """Compute the estimate of every open period whose inputs changed, and give how many there were.

    What cannot be computed keeps its refusal as data. Repeating it changes nothing where nothing
    changed; only one process does it at a time. Raises LockTaken.
    """
    count = 0
    with locking.held_for_long("job", "commissions.estimates"):
        for calendar in Calendar.objects.order_by("id"):
            for period in calendars.open_periods(calendar)[-_MOST_OPEN:]:
                count += _refresh(period, say)
        Estimate.objects.exclude(period__state__in=_UNTIL_APPROVED).delete()
    return count


def rest_is_over() -> bool:
    """Say whether the last estimate is old enough for the next, by how long it took."""
    last = Estimate.objects.order_by("-as_of").first()
    if last is None:
        return True
    pause = timedelta(milliseconds=_PAUSE * last.took_milliseconds)
    return clock.now() >= last.as_of + pause


def latest(period: Period) -> Estimate | None:
    """Give the estimate of a period, or None where there is none yet."""
    return Estimate.objects.filter(period=period).order_by("-id").first()


def tables_of(estimate_id: int, period: Period) -> dict[str, pa.Table]:
    """Give the tables that an estimate was computed from; none where a later one took its place."""
    # One statement, so that they are of one moment.
    rows = list(EstimatePart.objects.filter(estimate_id=estimate_id).order_by("table", "number"))
    found = {}
    for name in dict.fromkeys(row.table for row in rows):
        mine = [row for row in rows if row.table == name]
        found[name] = parts.joined(mine, name=name, period=period)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    """What an estimate keeps: tables, sums and a digest, or a refusal."""

    plan_id: int | None = None
    tables: dict[str, list[parts.Part]]
    summary: dict[str, object]
    digest: str = ""
    refusal: dict[str, object] | None = None


def _refresh(period: Period, say: Say) -> int:
    as_of, started = clock.now(), time.perf_counter()
    fingerprint = fingerprints.fingerprint_of(
        period, rates_on=_rates_on(period), rates_days_back=_rates_days_back(period)
    )
    before = latest(period)
    if before is not None and before.fingerprint == fingerprint:
        return 0
    say(f"Estimating {period}")
    try:
        outcome = _estimated(period)
    except DomainError as refused:
        outcome = _Outcome(tables={}, summary={}, refusal=refused.as_json())
    took = round((time.perf_counter() - started) * 1000)
    _keep(period, outcome, as_of=as_of, fingerprint=fingerprint, took=took)
    return 1


def _estimated(period: Period) -> _Outcome:
    version, plan = gathering.plan_of(period)
    tables = gathering.gathered(period, version, plan, _wanted(period))
    inputs = inputs_of(period, tables)
    result = computed(period, version, inputs)
    packed = {name: list(parts.split(table)) for name, table in tables.items()}
    digests = [part.digest for name in sorted(packed) for part in packed[name]]
    digest = digest_of(result.receipt(), digests)
    summary = summaries.summary_of(result, tables["members"], period, inputs.exchange)
    summary["late"] = len(late_facts(calendar=period.calendar.name, most=_MOST_LATE))
    packed["carries_out"] = list(parts.split(result.carries))
    memory.forget()
    return _Outcome(plan_id=version.pk, tables=packed, summary=summary, digest=digest)


def _wanted(period: Period) -> gathering.Wanted:
    """Ask for what a freeze would take now, with what is open for the time being."""
    first = calendars.open_periods(period.calendar)[0]
    return gathering.Wanted(
        rates_on=_rates_on(period),
        rates_days_back=_rates_days_back(period),
        open_since=first.starts_on,
        carries=_carries_into(period),
    )


def _rates_on(period: Period) -> date:
    """Give the day whose rates are taken: the last one, or today as long as it has not come."""
    last = period.ends_on - timedelta(days=1)
    return min(last, clock.today(period.calendar.time_zone))


def _rates_days_back(period: Period) -> int:
    is_over = clock.today(period.calendar.time_zone) >= period.ends_on
    return 0 if is_over else RATES_DAYS_BACK


def _carries_into(period: Period) -> pa.Table | None:
    """Give what the period before leaves, or would leave if it closed now.

    Raises EarlierPeriodOpen where that is not known.
    """
    earlier = calendars.period_before(period)
    if earlier is None:
        return None
    kept = adjusted.carries_out(earlier) if earlier.state != State.OPEN else None
    if kept is not None:
        return kept
    estimate = latest(earlier)
    if estimate is None or estimate.refusal is not None:
        raise EarlierPeriodOpen(period=period, earlier=earlier, state=earlier.state)
    return tables_of(estimate.pk, earlier)["carries_out"]


def _keep(
    period: Period, outcome: _Outcome, *, as_of: datetime, fingerprint: str, took: int
) -> None:
    with transaction.atomic():
        locking.take("period", str(period.pk))
        present = Period.objects.get(pk=period.pk)
        if (present.state, present.fence) != (State.OPEN, period.fence):
            # Frozen meanwhile: the last estimate before it stays until the period is approved.
            return
        kept = Estimate.objects.create(
            period=period,
            as_of=as_of,
            fingerprint=fingerprint,
            took_milliseconds=took,
            plan_id=outcome.plan_id,
            digest=outcome.digest,
            summary=outcome.summary,
            refusal=outcome.refusal,
        )
        for part in _rows(kept, outcome):
            part.save(force_insert=True)
        Estimate.objects.filter(period=period).exclude(pk=kept.pk).delete()


def _rows(estimate: Estimate, outcome: _Outcome) -> Iterator[EstimatePart]:
    for name, packed in outcome.tables.items():
        for part in packed:
            yield EstimatePart(
                estimate=estimate,
                table=name,
                number=part.number,
                rows=part.rows,
                digest=part.digest,
                body=part.body,
            )
