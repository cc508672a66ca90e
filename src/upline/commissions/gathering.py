"""Gathering what a period is computed from: for a freeze, and for an estimate in the same way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from upline.commissions import calendars, rates
from upline.commissions.errors import (
    FactsBeforeJoining,
    FiguresMissing,
    MemberFieldUnknown,
    PlanFitsNot,
)
from upline.commissions.models import Period
from upline.compensation.given import takes_legs
from upline.compensation.plan.asked import reach_days
from upline.compensation.plan.load import Plan
from upline.compensation.plan.schema import GivenRanks
from upline.foundation import copying
from upline.network import queries as network
from upline.plans import queries as plans
from upline.plans.models import PlanVersion

# Fields of orders that are columns of a fact; all others are figures.
_OWN_COLUMNS = ("kind", "customer", "currency")
_LISTED_AT_MOST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What counts besides the facts that a calendar's periods have counted.

    Facts of no period count from `open_since` on: none for a freeze, which has counted all that it
    takes. Rates are those of `rates_on`, or the last ones of so many days before.
    """

    rates_on: date
    rates_days_back: int = 0
    open_since: date | None = None
    carries: pa.Table | None = None


def plan_of(period: Period) -> tuple[PlanVersion, Plan]:
    """Give the plan that a period is closed under. Raises NoPlanInForce, PlanFitsNot."""
    version = plans.plan_in_force(every=period.calendar.every, on=period.starts_on)
    plan = plans.loaded(version)
    _refuse_other_plans(period, plan)
    return version, plan


def gathered(
    period: Period, version: PlanVersion, plan: Plan, wanted: Wanted
) -> dict[str, pa.Table]:
    """Give the tables of a period by name, in the sequence in which they are kept.

    Raises FactsBeforeJoining, FiguresMissing, MemberFieldUnknown, RateMissing.
    """
    figures = [name for name in plan.file.orders if name not in _OWN_COLUMNS]
    # Facts first: whoever is named in one is then among the members, also where nothing is locked.
    facts = _facts_of(period, figures, reach_days(plan.file), wanted)
    members = network.snapshot(on=period.ends_on - timedelta(days=1))
    orders = _orders(period, plan, facts, members)
    tables = {"members": _members(plan, members), "orders": orders}
    tables |= rates.wanted(
        period, plan, orders, on=wanted.rates_on, days_back=wanted.rates_days_back
    )
    if wanted.carries is not None:
        tables["carries"] = wanted.carries
    # Last: once it is there, the database takes no further part of a freeze.
    tables["plan"] = pa.table({"version": [version.pk]})
    return tables


def late_orders(
    period: Period, plan: Plan, *, frozen_orders: pa.Table, frozen_members: pa.Table
) -> pa.Table:
    """Give what adjustments count and the period looks at, as it reads orders that were frozen.

    Raises FactsBeforeJoining, FiguresMissing.
    """
    figures = [name for name in plan.file.orders if name not in _OWN_COLUMNS]
    facts = _read(period, figures, _settled(period, reach_days(plan.file)))
    is_new = pc.invert(pc.is_in(facts["fact_id"], frozen_orders["fact_id"].combine_chunks()))
    members = pa.table({"id": frozen_members["member_id"], "code": frozen_members["id"]})
    return _orders(period, plan, facts.filter(is_new), members)


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
    if takes_legs(file):
        faults.append("it takes leg volumes that are counted elsewhere")
    if faults:
        raise PlanFitsNot(period=period, plan=plan.id, fault="; ".join(faults))


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


def _orders(period: Period, plan: Plan, facts: pa.Table, members: pa.Table) -> pa.Table:
    """Give facts as the engine reads orders, a member's side by side."""
    _refuse_before_joining(period, facts, members)
    for name in (name for name in plan.file.orders if name not in _OWN_COLUMNS):
        spec = plan.file.orders[name]
        # An empty text, member or day says that there is none; all else must be known.
        needs = spec.unit not in ("text", "member", "date") and spec.default is None
        if needs and facts[name].null_count:
            _refuse_missing(period, name, facts)
    member = _codes(members, facts["member_id"])
    return facts.add_column(1, "member", member.dictionary_encode()).drop_columns(["member_id"])


def _facts_of(period: Period, figures: list[str], reach: int, wanted: Wanted) -> pa.Table:
    return _read(period, figures, _counted(period, reach, wanted.open_since))


def _read(period: Period, figures: list[str], chosen: str) -> pa.Table:
    selected = "".join(f", fact.figures ->> '{name}'" for name in figures)
    query = f"""
        SELECT fact.key, fact.member_id, fact.id,
               {_day(period)},
               fact.kind, fact.customer, fact.currency{selected}
        FROM commissions_volumefact AS fact {chosen}
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


def _counted(period: Period, reach: int, open_since: date | None) -> str:
    """Say which facts count: those of the period, and those that rolling sums look back at.

    The latter were counted by earlier periods or by their adjustments, or lie before the first
    one; what is late is in neither. As long as periods are open, nobody has counted what lies in
    them.
    """
    if not reach and open_since is None:
        return f"""JOIN commissions_frozenfact AS counted
            ON counted.fact_id = fact.id AND counted.period_id = {period.pk}"""
    first: date = calendars.first_day(period.calendar)
    day = _day(period)
    is_open = "" if open_since is None else f" OR {day} >= '{open_since}'"
    return f"""LEFT JOIN commissions_frozenfact AS counted
            ON counted.fact_id = fact.id AND counted.calendar_id = {period.calendar_id}
        LEFT JOIN commissions_adjustedfact AS settled
            ON settled.fact_id = fact.id AND settled.calendar_id = {period.calendar_id}
        WHERE {_looked_at(period, reach)}
          AND (counted.fact_id IS NOT NULL OR settled.fact_id IS NOT NULL
               OR {day} < '{first}'{is_open})"""


def _settled(period: Period, reach: int) -> str:
    """Say which facts that adjustments count a period looks at."""
    return f"""JOIN commissions_adjustedfact AS settled
            ON settled.fact_id = fact.id AND settled.calendar_id = {period.calendar_id}
        WHERE {_looked_at(period, reach)}"""


def _looked_at(period: Period, reach: int) -> str:
    """Say which days a period looks at: its own, and those of rolling sums."""
    zone, end, day = period.calendar.time_zone, period.ends_on, _day(period)
    since = min(end - timedelta(days=reach), period.starts_on)
    return f"""fact.occurred_at >= '{since}'::timestamp AT TIME ZONE '{zone}' - interval '1 day'
          AND fact.occurred_at < '{end}'::timestamp AT TIME ZONE '{zone}' + interval '1 day'
          AND {day} >= '{since}' AND {day} < '{end}'"""


def _day(period: Period) -> str:
    return f"(fact.occurred_at AT TIME ZONE '{period.calendar.time_zone}')::date"


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
