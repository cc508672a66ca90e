"""Freezing a period: from here on its facts, tree, plan and rates are fixed."""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection, transaction

from upline.commissions import facts, frozen, rates
from upline.commissions.calendars import calendar_named, period_labelled, period_of_day
from upline.commissions.errors import (
    EarlierPeriodOpen,
    FiguresMissing,
    MemberFieldUnknown,
    PeriodNot,
    PeriodNotOver,
)
from upline.commissions.models import Period, State
from upline.compensation import load_plan
from upline.compensation.inputs import reach_days
from upline.compensation.plan.load import Plan
from upline.foundation import audit, clock, copying, locking, outbox
from upline.network import queries as network
from upline.plans import queries as plans

# Fields of orders that are columns of a fact; all others are figures.
_OWN_COLUMNS = ("kind", "customer", "currency")
_LISTED_AT_MOST = 5


def freeze_period(*, calendar: str, label: str, reason: str = "closed on schedule") -> Period:
    """Fix what a period is computed from; a period that is frozen or further stays.

    What was told before is delivered first. Writers of facts hold a lock that the freeze takes
    alone, so every fact is in it or comes later, also one whose transaction is still open. Raises
    PeriodNotOver, EarlierPeriodOpen, NoPlanInForce, FiguresMissing, MemberFieldUnknown,
    RateMissing, OutboxBlocked; then nothing was frozen.
    """
    period = period_labelled(calendar_named(calendar), label)
    outbox.drain(until=outbox.horizon())
    with transaction.atomic():
        locking.take("period", str(period.pk))
        period = Period.objects.select_for_update(of=("self",)).get(pk=period.pk)
        if period.state != State.OPEN:
            return period
        _refuse_too_early(period)
        locking.take(*facts.LOCK)
        version = plans.plan_in_force(every=period.calendar.every, on=period.starts_on)
        period.fence += 1
        period.state = State.FROZEN
        period.changed_at = clock.now()
        period.save(update_fields=["fence", "state", "changed_at"])
        counted = _count_facts(period)
        plan = load_plan(version.text, file=f"{version.name}.yaml")
        _keep_tables(period, plan)
        frozen.keep(period, "plan", pa.table({"version": [version.pk]}))
        audit.record(
            act="commissions.freeze",
            subject=f"period:{period.pk}",
            reason=reason,
            before={"state": State.OPEN},
            after={"state": State.FROZEN, "fence": period.fence, "facts": counted},
        )
        return period


def reopen_period(*, calendar: str, label: str, reason: str) -> Period:
    """Take a freeze or a computation back; what it kept stays, with its number.

    Only before approval. Raises PeriodNot.
    """
    period = period_labelled(calendar_named(calendar), label)
    with transaction.atomic():
        locking.take("period", str(period.pk))
        period = Period.objects.select_for_update(of=("self",)).get(pk=period.pk)
        if period.state not in (State.FROZEN, State.CALCULATED):
            raise PeriodNot(
                period=period, state=period.state, act="reopened", wanted="frozen or calculated"
            )
        before = period.state
        period.state = State.OPEN
        period.changed_at = clock.now()
        period.save(update_fields=["state", "changed_at"])
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM commissions_frozenfact WHERE period_id = %s", [period.pk])
        audit.record(
            act="commissions.reopen",
            subject=f"period:{period.pk}",
            reason=reason,
            before={"state": str(before)},
            after={"state": State.OPEN},
        )
        return period


def previous(period: Period) -> Period | None:
    """Give the period before, or None where the calendar begins with this one."""
    if period.starts_on <= period.calendar.starts_on:
        return None
    return period_of_day(period.calendar, period.starts_on - timedelta(days=1))


def _refuse_too_early(period: Period) -> None:
    zone = period.calendar.time_zone
    if clock.today(zone) < period.ends_on:
        last = period.ends_on - timedelta(days=1)
        raise PeriodNotOver(period=period, ends_on=last, time_zone=zone)
    earlier = previous(period)
    if earlier is not None and earlier.state not in (State.POSTED, State.SEALED):
        raise EarlierPeriodOpen(period=period, earlier=earlier, state=earlier.state)


_COUNT_FACTS = """
INSERT INTO commissions_frozenfact (calendar_id, fact_id, period_id)
SELECT %(calendar)s, fact.id, %(period)s
FROM commissions_volumefact AS fact
WHERE fact.occurred_at >= (%(first)s::timestamp AT TIME ZONE %(zone)s)
  AND fact.occurred_at < (%(end)s::timestamp AT TIME ZONE %(zone)s)
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


def _keep_tables(period: Period, plan: Plan) -> None:
    members = network.snapshot(on=period.ends_on - timedelta(days=1))
    orders = _orders(period, plan, members)
    frozen.keep(period, "members", _members(plan, members))
    frozen.keep(period, "orders", orders)
    for name, table in rates.wanted(period, plan, orders).items():
        frozen.keep(period, name, table)
    earlier = previous(period)
    carries = None if earlier is None else frozen.kept(earlier, "carries_out")
    if carries is not None:
        frozen.keep(period, "carries", carries)


def _members(plan: Plan, members: pa.Table) -> pa.Table:
    """Give members under the names that the engine reads, with codes for ids."""
    lacking = set(plan.file.members) - set(members.column_names)
    if lacking:
        kept = ", ".join(sorted(members.column_names))
        raise MemberFieldUnknown(fields=", ".join(sorted(lacking)), kept=kept)
    named = {"member_id": members["id"], "id": members["code"]}
    for name in members.column_names:
        if name in ("id", "code"):
            continue
        column = members[name]
        named[name] = _codes(members, column) if name == "sponsor" else column
    for tree in plan.file.trees:
        if f"{tree}_parent" in members.column_names:
            named["placement_parent"] = _codes(members, members[f"{tree}_parent"])
            named["side"] = members[f"{tree}_side"]
    return pa.table(named)


def _codes(members: pa.Table, ids: pa.ChunkedArray) -> pa.ChunkedArray:
    return members["code"].combine_chunks().take(pc.index_in(ids, members["id"].combine_chunks()))


def _orders(period: Period, plan: Plan, members: pa.Table) -> pa.Table:
    """Give the frozen facts as the engine reads orders, a member's side by side."""
    figures = [name for name in plan.file.orders if name not in _OWN_COLUMNS]
    table = _facts_of(period, figures, reach_days(plan))
    for name in figures:
        spec = plan.file.orders[name]
        needs = spec.unit not in ("text", "member", "date", "yes_no") and spec.default is None
        if needs and table[name].null_count:
            _refuse_missing(period, name, table)
    member = _codes(members, table["member_id"])
    return table.add_column(1, "member", member.dictionary_encode()).drop_columns(["member_id"])


def _facts_of(period: Period, figures: list[str], reach: int) -> pa.Table:
    zone = period.calendar.time_zone
    selected = "".join(f", fact.figures ->> '{name}'" for name in figures)
    # What rolling sums look back at was frozen by earlier periods.
    since: date = period.ends_on - timedelta(days=reach) if reach else period.starts_on
    query = f"""
        SELECT fact.key, fact.member_id, fact.id,
               (fact.occurred_at AT TIME ZONE '{zone}')::date,
               fact.kind, fact.customer, fact.currency{selected}
        FROM commissions_frozenfact AS counted
        JOIN commissions_volumefact AS fact ON fact.id = counted.fact_id
        WHERE counted.calendar_id = {period.calendar_id}
          AND (counted.period_id = {period.pk}
               OR fact.occurred_at >= ('{since}'::timestamp AT TIME ZONE '{zone}'))
        ORDER BY fact.member_id, fact.id
    """  # noqa: S608 - names of the plan are words, the rest is ours
    types = {
        "id": pa.string(),
        "member_id": pa.int64(),
        "fact_id": pa.int64(),
        "date": pa.date32(),
        "kind": pa.string(),
        "customer": pa.string(),
        "currency": pa.string(),
    }
    return copying.copy_out(query, types | dict.fromkeys(figures, pa.string()))


def _refuse_missing(period: Period, name: str, table: pa.Table) -> None:
    lacking = table.filter(table[name].is_null())
    listed = ", ".join(lacking["id"].slice(0, _LISTED_AT_MOST).to_pylist())
    more = ", ..." if lacking.num_rows > _LISTED_AT_MOST else ""
    raise FiguresMissing(
        period=period, field=name, count=lacking.num_rows, orders=f"{listed}{more}"
    )
