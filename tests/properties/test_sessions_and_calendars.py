"""Orders appended to a session, and weeks closed among months, give what one run gives."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pyarrow as pa
from hypothesis import given

from tests.properties.agreement import ORDER_COLUMNS as ALL_ORDER_COLUMNS
from tests.properties.agreement import table
from tests.properties.chance import Seeded
from tests.properties.companies import MONTHS, Company, random_company, wanted_by
from tests.properties.plans.whole import PARTS, whole_plan
from tests.properties.test_laws_of_all_kinds import (
    AFTER,
    ALL,
    FEW,
    FIGURES,
    HEAD,
    SEEDS,
    company_of,
)
from upline.compensation import Inputs, Period, Plan, Result, Session, load_plan, run

# What the retail bonus pays comes in weeks, and each month matches all of it.
WEEKLY = f"""{HEAD}bonuses:
  retail: {{kind: own, calendar: week, base: price, rate: 3.3 %}}
  whole: {{kind: binary, calendar: week, tree: places, base: pv, cycle: whole, rate: 10 %}}
  again: {{kind: award, amount: "earned([retail, whole])"}}
"""
ORDER_COLUMNS = ("id", "member", "date", *FIGURES)
FIRST_MONDAY, LAST_DAY = date(2025, 12, 1), date(2026, 4, 30)


def inputs_of(company: Company, period: str, carries: pa.Table | None = None) -> Inputs:
    return Inputs(
        members=table(company.members, ()),
        orders=table(company.orders, ORDER_COLUMNS),
        period=Period.parse(period),
        carries=carries,
    )


@FEW
@given(SEEDS)
def test_a_session_gives_the_receipt_of_a_fresh_run_after_every_append(seed: int) -> None:
    chance = Seeded(seed)
    company = company_of(chance)
    plan = load_plan(ALL + AFTER)
    cut = chance.number(0, len(company.orders))
    first = replace(company, orders=company.orders[:cut])
    session = Session(plan, inputs_of(first, company.periods[0]))
    assert session.result().receipt() == run(plan, inputs_of(first, company.periods[0])).receipt()

    middle = chance.number(cut, len(company.orders))
    for start, end in ((cut, middle), (middle, len(company.orders))):
        session.append(table(company.orders[start:end], ORDER_COLUMNS))
        fresh = replace(company, orders=company.orders[:end])
        found = session.result()
        assert found.receipt() == run(plan, inputs_of(fresh, company.periods[0])).receipt()


@FEW
@given(SEEDS)
def test_facts_given_in_parts_come_to_one_run_under_any_plan(seed: int) -> None:
    chance = Seeded(seed)
    plan = load_plan(whole_plan(chance, [one for one in PARTS if one != "calendars"]))
    company = random_company(chance, wanted=wanted_by(plan.source))
    orders = table(company.orders, ALL_ORDER_COLUMNS)
    inputs = replace(inputs_of(company, company.periods[0]), orders=orders)
    cuts = sorted(chance.number(0, orders.num_rows) for _ in range(3))
    session = Session(plan, replace(inputs, orders=orders.slice(0, cuts[0])))

    for start, end in pairwise([*cuts, orders.num_rows]):
        session.append(orders.slice(start, end - start))
        fresh = run(plan, replace(inputs, orders=orders.slice(0, end)))
        assert session.result().receipt() == fresh.receipt()


def closings(chance: Seeded) -> list[tuple[str, str]]:
    """Give all weeks and months in an order in which each month comes after the weeks in it."""
    weeks = [
        Period.with_day(FIRST_MONDAY + timedelta(days=7 * number), "week")
        for number in range((LAST_DAY - FIRST_MONDAY).days // 7 + 1)
    ]
    months = [Period.with_day(date(2025, 12, 1), "month")]
    months += [Period.parse(f"2026-{month:02}") for month, _ in (*MONTHS, (4, 30))]
    found: list[tuple[str, str]] = []
    for week in weeks:
        while months and months[0].end < week.end and chance.one_in(2):
            found.append((months.pop(0).label, ""))
        found.append((week.label, "week"))
    return found + [(month.label, "") for month in months]


def all_closed(plan: Plan, company: Company, chance: Seeded) -> list[Result]:
    results: list[Result] = []
    for label, calendar in closings(chance):
        carries = results[-1].carries if results else None
        inputs = replace(inputs_of(company, label, carries), calendar=calendar)
        results.append(run(plan, inputs))
    return results


def earned(results: list[Result], *bonuses: str) -> Fraction:
    rows = [row for result in results for row in result.totals.to_pylist()]
    return sum((Fraction(row["amount"]) for row in rows if row["bonus"] in bonuses), Fraction(0))


@FEW
@given(SEEDS)
def test_each_week_is_counted_in_one_month_in_whatever_order_they_are_closed(seed: int) -> None:
    chance = Seeded(seed)
    company = company_of(chance)
    plan = load_plan(WEEKLY)
    results = all_closed(plan, company, chance)
    left = sum(
        (
            Fraction(row["value"])
            for row in results[-1].carries.to_pylist()
            if row["name"].startswith("earned ")
        ),
        Fraction(0),
    )

    assert earned(results, "retail", "whole") == earned(results, "again") + left
    assert all(result.lost_carries.num_rows == 0 for result in results)
