"""Freezing a period: from here on its facts, tree, plan and rates are fixed."""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection, transaction

from upline.commissions import calendars, facts, frozen, rates
from upline.commissions.errors import (
    EarlierPeriodOpen,
    FactsBeforeJoining,
    FiguresMissing,
    MemberFieldUnknown,
    PeriodNotOver,
    PlanFitsNot,
)
from upline.commissions.models import Period, State
from upline.compensation import load_plan
from upline.compensation.plan.load import Plan
from upline.compensation.plan.schema import GivenRanks
from upline.compensation.preparation import reach_days
from upline.foundation import audit, clock, copying, locking, outbox
from upline.network import queries as network
from upline.plans import queries as plans
from upline.plans.models import PlanVersion

# Fields of orders that are columns of a fact; all others are figures.
_OWN_COLUMNS = ("kind", "customer", "currency")
_LISTED_AT_MOST = 5


def freeze_period(*, calendar: str, label: str, reason: str = "closed on schedule") -> Period:
    """Fix what a period is computed from; a period that is frozen or further stays.

    What was told of orders before is delivered first. Writers of facts hold a lock that the freeze
    takes alone, so every fact is in it or comes later, also one whose transaction is still open.
    Raises PeriodNotOver, EarlierPeriodOpen, NoPlanInForce, PlanFitsNot, FactsBeforeJoining,
    FiguresMissing, MemberFieldUnknown, RateMissing, OutboxBlocked; then nothing was frozen.
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
        locking.take(*facts.LOCK)
        version = plans.plan_in_force(every=period.calendar.every, on=period.starts_on)
        plan = load_plan(version.text, file=f"{version.name}.yaml")
        _refuse_other_plans(period, plan)
        period.fence += 1
        period.state = State.FROZEN
        period.changed_at = clock.now()
        period.save(update_fields=["fence", "state", "changed_at"])
        counted = _count_facts(period)
        _keep_tables(period, plan, version)
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


def _refuse_other_plans(period: Period, plan: Plan) -> None:
    """Refuse a plan that counts days otherwise, or takes what a close does not give."""
    file, calendar = plan.file, period.calendar
    faults = []
    if "time_zone" in file.model_fields_set and file.time_zone != calendar.time_zone:
        faults.append(f"its days are those of {file.time_zone}, not of {calendar.time_zone}")
    starts = file.calendar.starts
    if starts is not None and not calendars.begins_on(calendar, starts):
        faults.append(f"no period of the calendar '{calendar}' begins on {starts}")
    if file.given_earnings:
        named = ", ".join(file.given_earnings)
        faults.append(f"it takes earnings that are computed elsewhere ({named})")
    if faults:
        raise PlanFitsNot(period=period, plan=plan.id, fault="; ".join(faults))


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


def _keep_tables(period: Period, plan: Plan, version: PlanVersion) -> None:
    members = network.snapshot(on=period.ends_on - timedelta(days=1))
    orders = _orders(period, plan, members)
    frozen.keep(period, "members", _members(plan, members))
    frozen.keep(period, "orders", orders)
    for name, table in rates.wanted(period, plan, orders).items():
        frozen.keep(period, name, table)
    earlier = calendars.period_before(period)
    carries = None if earlier is None else frozen.kept(earlier, "carries_out")
    if carries is not None:
        frozen.keep(period, "carries", carries)
    # Last: once it is there, the database takes no further part of the freeze.
    frozen.keep(period, "plan", pa.table({"version": [version.pk]}))


def _members(plan: Plan, members: pa.Table) -> pa.Table:
    """Give members under the names that the engine reads, with codes for ids."""
    given = {"rank"} if isinstance(plan.file.ranks, GivenRanks) else set()
    if given:
        # Ranks that people give, not the plan.
        members = members.append_column("rank", members["rank_grant"])
    lacking = (set(plan.file.members) | given) - set(members.column_names)
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
    """Give codes for ids; null stays null. Who is named must be among the members."""
    rows = pc.index_in(ids, members["id"].combine_chunks())
    assert rows.null_count == ids.null_count, "the network names somebody who is no member"
    return members["code"].combine_chunks().take(rows)


def _orders(period: Period, plan: Plan, members: pa.Table) -> pa.Table:
    """Give the frozen facts as the engine reads orders, a member's side by side."""
    figures = [name for name in plan.file.orders if name not in _OWN_COLUMNS]
    table = _facts_of(period, figures, reach_days(plan))
    _refuse_before_joining(period, table, members)
    for name in figures:
        spec = plan.file.orders[name]
        # An empty text, member or day says that there is none; all else must be known.
        needs = spec.unit not in ("text", "member", "date") and spec.default is None
        if needs and table[name].null_count:
            _refuse_missing(period, name, table)
    member = _codes(members, table["member_id"])
    return table.add_column(1, "member", member.dictionary_encode()).drop_columns(["member_id"])


def _facts_of(period: Period, figures: list[str], reach: int) -> pa.Table:
    selected = "".join(f", fact.figures ->> '{name}'" for name in figures)
    zone = period.calendar.time_zone
    query = f"""
        SELECT fact.key, fact.member_id, fact.id,
               (fact.occurred_at AT TIME ZONE '{zone}')::date,
               fact.kind, fact.customer, fact.currency{selected}
        FROM commissions_volumefact AS fact {_counted(period, reach)}
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


def _counted(period: Period, reach: int) -> str:
    """Say which facts are frozen: those of the period, and those that rolling sums look back at.

    These were counted by earlier periods, or lie before the first one; what is late is in neither.
    """
    if not reach:
        return f"""JOIN commissions_frozenfact AS counted
            ON counted.fact_id = fact.id AND counted.period_id = {period.pk}"""
    zone, end = period.calendar.time_zone, period.ends_on
    since = min(end - timedelta(days=reach), period.starts_on)
    first: date = calendars.first_day(period.calendar)
    day = f"(fact.occurred_at AT TIME ZONE '{zone}')::date"
    return f"""LEFT JOIN commissions_frozenfact AS counted
            ON counted.fact_id = fact.id AND counted.calendar_id = {period.calendar_id}
        WHERE fact.occurred_at >= '{since}'::timestamp AT TIME ZONE '{zone}' - interval '1 day'
          AND fact.occurred_at < '{end}'::timestamp AT TIME ZONE '{zone}' + interval '1 day'
          AND {day} >= '{since}' AND {day} < '{end}'
          AND (counted.fact_id IS NOT NULL OR {day} < '{first}')"""


def _refuse_before_joining(period: Period, table: pa.Table, members: pa.Table) -> None:
    known = pc.is_in(table["member_id"], members["id"].combine_chunks())
    if not pc.all(known).as_py() and table.num_rows:
        count, listed = _listed(table.filter(pc.invert(known)))
        raise FactsBeforeJoining(period=period, count=count, orders=listed)


def _refuse_missing(period: Period, name: str, table: pa.Table) -> None:
    count, listed = _listed(table.filter(table[name].is_null()))
    raise FiguresMissing(period=period, field=name, count=count, orders=listed)


def _listed(table: pa.Table) -> tuple[int, str]:
    """Count orders and name the first of them."""
    listed = ", ".join(table["id"].slice(0, _LISTED_AT_MOST).to_pylist())
    more = ", ..." if table.num_rows > _LISTED_AT_MOST else ""
    return table.num_rows, f"{listed}{more}"
