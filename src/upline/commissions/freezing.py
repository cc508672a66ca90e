"""Freezing a period: from here on its facts, tree, plan and rates are fixed."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection, transaction

from upline.commissions import adjusted, calendars, facts, frozen, gathering
from upline.commissions.errors import EarlierPeriodOpen, PeriodNotOver
from upline.commissions.models import Period, State
from upline.foundation import audit, clock, locking, outbox


def freeze_period(*, calendar: str, label: str, reason: str = "closed on schedule") -> Period:
    """Fix what a period is computed from; a period that is frozen or further stays.

    What was told of orders before is delivered first. Writers of facts hold a lock that the freeze
    takes alone, so every fact is in it or comes later, also one whose transaction is still open.
    Raises PeriodNotOver, EarlierPeriodOpen, NoPlanInForce, PlanFitsNot, FactsBeforeJoining,
    FiguresMissing, MemberFieldUnknown, RateMissing, AdjustmentWaits, OutboxBlocked; then nothing
    was frozen.
    """
    period = calendars.period_labelled(calendars.calendar_named(calendar), label)
    if period.state != State.OPEN:
        return period
    # Of no other handlers: a letter that cannot be delivered must not hold up pay.
    outbox.drain(until=outbox.horizon(), handlers=facts.news_handlers())
    with transaction.atomic():
        # Whoever changes a period holds its lock, so the row needs none.
        locking.take("period", str(period.pk))
        period.refresh_from_db()
        if period.state != State.OPEN:
            return period
        _refuse_too_early(period)
        locking.take("adjustment", period.calendar.name)
        adjusted.refuse_waiting(period.calendar)
        locking.take(*facts.LOCK)
        version, plan = gathering.plan_of(period)
        period.fence += 1
        period.state = State.FROZEN
        period.changed_at = clock.now()
        period.save(update_fields=["fence", "state", "changed_at"])
        counted = _count_facts(period)
        tables = gathering.gathered(period, version, plan, _wanted(period))
        for name, table in tables.items():
            frozen.keep(period, name, table)
        audit.record(
            act="commissions.freeze",
            subject=f"period:{period.pk}",
            reason=reason,
            before={"state": State.OPEN},
            after={"state": State.FROZEN, "fence": period.fence, "facts": counted},
        )
        return period


def _refuse_too_early(period: Period) -> None:
    zone = period.calendar.time_zone
    if clock.today(zone) < period.ends_on:
        last = period.ends_on - timedelta(days=1)
        raise PeriodNotOver(period=period, ends_on=last, time_zone=zone)
    earlier = calendars.period_before(period)
    if earlier is not None and earlier.state not in (State.POSTED, State.SEALED):
        raise EarlierPeriodOpen(period=period, earlier=earlier, state=earlier.state)


# Days are told by local date, never by the moment of midnight: where clocks go back over midnight
# there are two of these, and a fact between them would lie in no period. The moments narrow the
# search down for the index.
_COUNT_FACTS = """
INSERT INTO commissions_frozenfact (calendar_id, fact_id, period_id)
SELECT %(calendar)s, fact.id, %(period)s
FROM commissions_volumefact AS fact
WHERE fact.occurred_at >= %(first)s::timestamp AT TIME ZONE %(zone)s - interval '1 day'
  AND fact.occurred_at < %(end)s::timestamp AT TIME ZONE %(zone)s + interval '1 day'
  AND (fact.occurred_at AT TIME ZONE %(zone)s)::date >= %(first)s
  AND (fact.occurred_at AT TIME ZONE %(zone)s)::date < %(end)s
  AND NOT EXISTS (
      SELECT FROM commissions_frozenfact AS counted
      WHERE counted.fact_id = fact.id AND counted.calendar_id = %(calendar)s
  )
ORDER BY fact.id
"""


def _count_facts(period: Period) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNT_FACTS,
            {
                "calendar": period.calendar_id,
                "period": period.pk,
                "first": period.starts_on,
                "end": period.ends_on,
                "zone": period.calendar.time_zone,
            },
        )
        return int(cursor.rowcount)


def _wanted(period: Period) -> gathering.Wanted:
    earlier = calendars.period_before(period)
    return gathering.Wanted(
        rates_on=period.ends_on - timedelta(days=1),
        carries=None if earlier is None else adjusted.carries_out(earlier),
    )
