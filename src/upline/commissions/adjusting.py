"""Settling what came too late for closed periods: computed by one person, approved by another."""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection, transaction

from upline.commissions import adjusted, calendars, differences, facts, frozen, gathering, parts
from upline.commissions import adjusting_money as money
from upline.commissions.computing import (
    computed,
    digest_of,
    frozen_inputs,
    inputs_of,
    latest_run,
)
from upline.commissions.errors import CloseUnderWay, NothingLate
from upline.commissions.models import (
    AdjustedFact,
    AdjustedPart,
    Adjustment,
    Calendar,
    Period,
    State,
    VolumeFact,
)
from upline.compensation import memory
from upline.foundation import audit, clock, context, copying, locking, outbox
from upline.foundation.progress import Say, silent
from upline.plans import queries as plans

_CLOSED = (State.POSTED, State.SEALED)


def adjust_periods(*, calendar: str, reason: str, say: Say = silent) -> Adjustment:
    """Compute what late orders and refunds change in closed periods, line by line.

    Each affected period is computed again from its frozen inputs and what came too late, then those
    after it as far as what they begin with changes. Nothing sealed changes: what comes out are the
    differences to lines and adjustments before. Another person approves them. Raises NothingLate,
    AdjustmentWaits, CloseUnderWay, RunRefused, FactsBeforeJoining, FiguresMissing, OutboxBlocked;
    then nothing was written.
    """
    found = calendars.calendar_named(calendar)
    outbox.drain(until=outbox.horizon(), handlers=facts.news_handlers())
    with transaction.atomic():
        locking.take("adjustment", found.name)
        adjusted.refuse_waiting(found)
        closed = _closed(found)
        adjustment = _begun(found, closed[-1].ends_on, reason)
        new = _count(adjustment, closed)
        kept: dict[int, pa.Table] = {}
        digests = []
        for period in closed:
            say(f"Adjusting {period.label}")
            digests += _adjust(adjustment, period, new, kept)
        adjustment.digest = digest_of(adjustment.receipts, digests)
        adjustment.state = Adjustment.State.COMPUTED
        adjustment.save(update_fields=["digest", "state", "receipts"])
        audit.record(
            act="commissions.adjust",
            subject=f"adjustment:{adjustment.pk}",
            reason=reason,
            after={"digest": adjustment.digest, "facts": len(new)},
        )
        return adjustment


def _closed(calendar: Calendar) -> list[Period]:
    """Give the closed periods, the earliest first. Raises CloseUnderWay, NothingLate."""
    found = list(calendar.periods.exclude(state=State.OPEN).order_by("starts_on"))
    for period in found:
        if period.state not in _CLOSED:
            raise CloseUnderWay(period=period, state=period.state)
    if not found:
        raise NothingLate(calendar=calendar.name)
    return found


def _begun(calendar: Calendar, first_open_on: date, reason: str) -> Adjustment:
    period = calendars.period_with(calendar, first_open_on)
    last = period.ends_on - timedelta(days=1)
    today = clock.today(calendar.time_zone)
    return Adjustment.objects.create(
        calendar=calendar,
        posted_in=period,
        effective_on=min(max(today, period.starts_on), last),
        reason=reason.strip(),
        computed_by=context.present().actor,
    )


# By local date, as a freeze counts.
_COUNT = """
INSERT INTO commissions_adjustedfact (calendar_id, fact_id, period_id, adjustment_id)
SELECT %(calendar)s, fact.id, period.id, %(adjustment)s
FROM commissions_volumefact AS fact
JOIN commissions_period AS period ON period.calendar_id = %(calendar)s AND period.state <> 'open'
 AND (fact.occurred_at AT TIME ZONE %(zone)s)::date >= period.starts_on
 AND (fact.occurred_at AT TIME ZONE %(zone)s)::date < period.ends_on
WHERE fact.occurred_at >= %(first)s::timestamp AT TIME ZONE %(zone)s - interval '1 day'
  AND fact.occurred_at < %(end)s::timestamp AT TIME ZONE %(zone)s + interval '1 day'
  AND NOT EXISTS (
      SELECT FROM commissions_frozenfact AS counted
      WHERE counted.fact_id = fact.id AND counted.calendar_id = %(calendar)s
  )
  AND NOT EXISTS (
      SELECT FROM commissions_adjustedfact AS settled
      WHERE settled.fact_id = fact.id AND settled.calendar_id = %(calendar)s
  )
ORDER BY fact.id
"""


def _count(adjustment: Adjustment, closed: list[Period]) -> frozenset[int]:
    """Count every late fact for the period in which it lies, and give them. Raises NothingLate."""
    parameters = {
        "calendar": adjustment.calendar_id,
        "adjustment": adjustment.pk,
        "zone": adjustment.calendar.time_zone,
        "first": closed[0].starts_on,
        "end": closed[-1].ends_on,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, parameters)
    found = AdjustedFact.objects.filter(adjustment=adjustment).values_list("fact_id", flat=True)
    if not found:
        raise NothingLate(calendar=adjustment.calendar.name)
    return frozenset(found)


def _adjust(
    adjustment: Adjustment, period: Period, new: frozenset[int], kept: dict[int, pa.Table]
) -> list[str]:
    """Adjust one period, if anything it is computed from changes, and give the digests of that."""
    earlier = calendars.period_before(period)
    brought = None if earlier is None else kept.get(earlier.pk)
    version, members, frozen_orders, _ = frozen_inputs(period)
    plan = plans.loaded(version)
    late = gathering.late_orders(period, plan, frozen_orders=frozen_orders, frozen_members=members)
    mine = new & frozenset(late["fact_id"].to_pylist())
    if not mine and brought is None:
        return []
    names = ("exchange", "pay_exchange")
    tables = {name: frozen.kept(period, name) for name in names}
    orders = pa.concat_tables([frozen_orders, late.cast(frozen_orders.schema)])
    tables |= {"members": members, "orders": orders.unify_dictionaries()}
    if earlier is not None:
        tables["carries"] = adjusted.carries_out(earlier) if brought is None else brought
    result = computed(period, version, inputs_of(period, tables))
    run = latest_run(period)
    again = differences.Again(
        result=result,
        members=members,
        orders=tables["orders"],
        before=adjusted.lines_of(run),
        places=run.places,
        new=mine,
        roots=_roots(mine),
    )
    lines = differences.changed_lines(again)
    left_before = adjusted.carries_out(period)
    left = differences.carries_after(again, left_before)
    if not adjusted.equal(left, left_before):
        kept[period.pk] = left
    adjustment.receipts[period.label] = result.receipt()
    digests = [*_keep_carries(adjustment, period, kept), *_keep_lines(adjustment, period, lines)]
    digests += money.keep(adjustment, period, again, lines)
    memory.forget()
    return digests


def _roots(new: frozenset[int]) -> dict[int, int]:
    """Give the orders that new facts belong to: for each fact of them, the order's own."""
    chosen = VolumeFact.objects.filter(pk__in=new).values_list("pk", "opposite_of_id")
    roots = {opposite or fact for fact, opposite in chosen}
    family = VolumeFact.objects.filter(opposite_of__in=roots).values_list("pk", "opposite_of_id")
    return {**{root: root for root in roots}, **dict(family)}


def _keep_carries(adjustment: Adjustment, period: Period, kept: dict[int, pa.Table]) -> list[str]:
    if period.pk not in kept:
        return []
    digests = []
    for part in parts.split(kept[period.pk]):
        AdjustedPart.objects.create(
            adjustment=adjustment,
            period=period,
            table="carries_out",
            number=part.number,
            rows=part.rows,
            digest=part.digest,
            body=part.body,
        )
        digests.append(part.digest)
    return digests


def _keep_lines(adjustment: Adjustment, period: Period, lines: pa.Table) -> list[str]:
    first = adjustment.lines.count()
    if not lines.num_rows:
        return []
    numbers = pa.array(range(first, first + lines.num_rows), pa.int64())
    columns = {"number": numbers}
    for name in lines.column_names:
        column = lines[name]
        is_none = pc.equal(column, -1) if name in ("level", "fact_id", "buyer_id") else None
        columns[name] = column if is_none is None else pc.if_else(is_none, None, column)
    for name, value in (("adjustment_id", adjustment.pk), ("period_id", period.pk)):
        columns[name] = pa.repeat(pa.scalar(value, pa.int64()), lines.num_rows)
    copying.copy_in("commissions_adjustedline", pa.table(columns))
    return [part.digest for part in parts.split(lines)]


__all__ = ["adjust_periods"]
