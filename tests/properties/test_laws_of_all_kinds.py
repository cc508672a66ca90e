"""Laws that hold for every kind of bonus, on companies that hypothesis makes up."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.properties.agreement import run_all
from tests.properties.calendars import closings
from tests.properties.chance import Chance, Seeded
from tests.properties.companies import Company, Wanted, random_company, wanted_by
from tests.properties.plans.whole import whole_plan
from tests.properties.worlds import outputs
from upline.compensation import Plan, Result, load_plan

FEW = settings(
    max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
SEEDS = st.integers(0, 100_000)
FIGURES = ("pv", "cv", "price", "units")
HEAD = """
language: 1
plan: laws
version: 2026-01-01
currency: EUR
point_value: 0.8 EUR
members: {flag: yes_no, reach: count}
orders: {pv: {unit: points, places: 2}, cv: points, price: money, units: count}
trees: {places: {kind: binary}}
measures:
  volume: group(pv)
  active: own(pv) >= 40
ranks:
  - {rank: Partner}
  - {rank: Silver, needs: "volume >= 100", kept: 1}
  - {rank: Gold, needs: ["volume >= 300", "legs(rank >= 'Silver') >= 1"]}
"""
# A line an order, each rounded by itself: a refund has the same lines below zero.
BY_ORDER = """
  retail: {kind: own, base: price, rate: 3.3 %}
  team: {kind: level, base: pv, levels: {1: 10 %, 2: 5 %, 3+: 0.7 %}, compression: roll_up, requires: active}
  heads: {kind: level, base: cv, head: rank >= 'Silver', generations: {1: 4 %, 2..3: 1 %}}
  share: {kind: differential, base: price, buyer: paid, share: {by: rank, Partner: 3 %, Silver+: 8 %}}
"""
# One line a member, or one for a whole group.
BY_SUM = """
  steps: {kind: stairstep, base: price, rate: {scale: volume, steps: {50: 3 %, 300: 7 %}}}
  pairs: {kind: binary, tree: places, base: cv, cycle: {strong: 60, weak: 30}, per_cycle: 4 EUR}
  whole: {kind: binary, tree: places, base: pv, cycle: whole, rate: 10 %, carry: {most: 200}}
  climb: {kind: binary, tree: places, base: units, max_ratio: 2, steps: [{sales: 2, pay: 5 EUR}, {sales: 4, pay: 9 EUR}]}
  broken: {kind: breakaway, base: price, head: rank >= 'Silver', rate: 6 %, guarantee: 12 EUR}
  pool: {kind: pool, fund: 2 % * company(price), shares: "max(0, own(pv))", nobody: carried}
  prize: {kind: award, requires: active, amount: 1 % * own(price), instalments: {count: 2}}
  match: {kind: level, base: earned(whole), levels: {1: 50 %, 2: 10 %}}
"""
AFTER = """
budget: {most: 30 % * price}
limits: {payout: {most: 40 % * company(price), cut: in_proportion}}
"""
ALL = f"{HEAD}bonuses:{BY_ORDER}{BY_SUM}"


def company_of(chance: Chance) -> Company:
    """Make a company of two trees in which every order gives something and takes nothing."""
    company = random_company(chance, wanted=Wanted(legs=True))
    columns = ("id", "member", "date", *FIGURES)
    orders = [{name: order[name] for name in columns} for order in company.orders]
    sales = [order for order in orders if _is_sale(order)]
    return replace(company, orders=sales, given_earnings=[], given_legs=[])


def _is_sale(order: dict[str, Any]) -> bool:
    figures = [Decimal(order[name]) for name in FIGURES]
    return min(figures) >= 0 and max(figures) > 0


def with_and_without_some_sales(chance: Chance, company: Company) -> tuple[Company, Company]:
    """Give a company in which some sales are wholly refunded, and one that never had them."""
    taken_back = chance.some(company.orders, 3)
    refunds = [
        {**order, "id": f"{order['id']}r", **{name: f"-{order[name]}" for name in FIGURES}}
        for order in taken_back
    ]
    left = [order for order in company.orders if order not in taken_back]
    return (
        replace(company, orders=[*company.orders, *refunds]),
        replace(company, orders=left),
    )


def all_but_lines(results: list[Result]) -> list[dict[str, str]]:
    """Give the digests of all that came out, the lines left aside."""
    return [
        {name: digest for name, digest in found.items() if not name.startswith("lines.")}
        for found in outputs(results)
    ]


def pay(results: list[Result]) -> list[dict[tuple[str, str], Decimal]]:
    """Give what each member is paid by each bonus, in each period."""
    return [
        {(row["member"], row["bonus"]): row["amount"] for row in result.totals.to_pylist()}
        for result in results
    ]


@FEW
@given(SEEDS)
def test_a_sale_wholly_refunded_in_its_period_leaves_no_trace(seed):
    chance = Seeded(seed)
    company = company_of(chance)
    plan = load_plan(
        f"{ALL}  board: {{kind: board, width: 2, depth: 1, pay: 7 EUR}}\n"
        "  one: {kind: award, amount: 0.2 % * group(price)}\n"
        "  other: {kind: own, base: cv, rate: 4 %, lines: per_period}\n"
        "  better: {kind: best_of, of: [one, other]}\n"
        "  second: {kind: award, requires: own(order_count where nth = 2) > 0, amount: 3 EUR}\n"
        f"{AFTER}"
    )
    refunded, without = with_and_without_some_sales(chance, company)

    assert all_but_lines(run_all(plan, refunded)) == all_but_lines(run_all(plan, without))


@FEW
@given(SEEDS)
def test_a_cap_is_reached_to_the_cent_and_never_passed(seed):
    chance = Seeded(seed)
    company = company_of(chance)
    capped = ALL.replace("base: ", "cap: 7.77 EUR, base: ").replace(
        "requires: active, amount", "requires: active, cap: 7.77 EUR, amount"
    )

    uncapped_pay = pay(run_all(_without_match(ALL), company))
    capped_pay = pay(run_all(_without_match(capped), company))

    for free, cut in zip(uncapped_pay, capped_pay, strict=True):
        expected = {
            key: amount if key[1] == "pool" else min(amount, Decimal("7.77"))
            for key, amount in free.items()
        }
        assert cut == {key: amount for key, amount in expected.items() if amount}


# Bonuses that four weeks pay, beside those of months that look at ranks or match what weeks earned.
OF_WEEKS = ("retail", "pairs", "whole", "pool", "steps", "prize")


@FEW
@given(SEEDS)
def test_a_sale_refunded_on_its_day_leaves_no_trace_in_any_calendar(seed):
    chance = Seeded(seed)
    company = company_of(chance)
    source = ALL
    for name in OF_WEEKS:
        kind = f"  {name}: {{kind: "
        own = "calendar: {every: four_weeks, starts: 2026-01-01}, kind: "
        source = source.replace(kind, kind.replace("kind: ", own))
    plan = load_plan(f"{source}limits: {{months: {{most: 40 EUR, bonuses: [team, heads]}}}}\n")
    both = closings(chance, company.periods, "four_weeks")
    company = replace(
        company,
        periods=[label for label, _ in both],
        calendars=[calendar for _, calendar in both],
    )
    refunded, without = with_and_without_some_sales(chance, company)

    assert all_but_lines(run_all(plan, refunded)) == all_but_lines(run_all(plan, without))


def _without_match(source: str) -> Plan:
    """Leave out what is paid on another bonus: its base changes with that one's cap."""
    lines = [line for line in source.splitlines() if not line.startswith("  match")]
    return load_plan("\n".join(lines))


@FEW
@given(SEEDS)
def test_other_names_with_the_same_numbers_of_joining_change_nothing(seed):
    chance = Seeded(seed)
    source = whole_plan(chance)
    plan, company = load_plan(source), random_company(chance, wanted=wanted_by(source))
    ids = sorted(row["id"] for row in company.members)
    names = {one: f"Z{len(ids) - place:03}" for place, one in enumerate(ids)} | {"": ""}
    named = ("id", "sponsor", "placement_parent", "mentor", "member", "host", "affiliate")

    def renamed(rows: list[dict[str, Any]], *columns: str) -> list[dict[str, Any]]:
        return [
            {key: names[value] if key in columns else value for key, value in row.items()}
            for row in rows
        ]

    other = replace(
        company,
        members=renamed(company.members, *named),
        orders=renamed(company.orders, *named[1:]),
        given_earnings=renamed(company.given_earnings, "member"),
        given_legs=renamed(company.given_legs, "member"),
    )

    expected = [
        {(names[member], bonus): amount for (member, bonus), amount in found.items()}
        for found in pay(run_all(plan, company))
    ]
    assert pay(run_all(plan, other)) == expected


@FEW
@given(SEEDS)
def test_an_inactive_member_at_the_edge_changes_nobodys_pay(seed):
    chance = Seeded(seed)
    company = company_of(chance)
    taken = {(row["placement_parent"], row["side"]) for row in company.members}
    free = [
        (row["id"], side)
        for row in company.members
        for side in ("left", "right")
        if (row["id"], side) not in taken
    ]
    parent, side = chance.pick(free)
    newcomer = {
        **company.members[0],
        "id": "edge",
        "number": "999",
        "flag": "no",
        "placement_parent": parent,
        "side": side,
        "sponsor": chance.pick([row["id"] for row in company.members]),
    }
    # Everybody has the lowest rank; the newcomer has no order, so no bonus has a line for him.
    plan = load_plan(f"{ALL}{AFTER}")

    with_newcomer = run_all(plan, replace(company, members=[*company.members, newcomer]))

    assert pay(with_newcomer) == pay(run_all(plan, company))


@FEW
@given(SEEDS)
def test_what_a_member_is_paid_adds_up_from_his_bonuses(seed):
    chance = Seeded(seed)
    source = whole_plan(chance)
    company = random_company(chance, wanted=wanted_by(source))
    company = replace(company, given_earnings=[])

    for result in run_all(load_plan(source), company):
        by_member: dict[str, Fraction] = {}
        for row in result.totals.to_pylist():
            so_far = by_member.get(row["member"], Fraction(0))
            by_member[row["member"]] = so_far + Fraction(row["amount"])
        payable = {row["member"]: Fraction(row["amount"]) for row in result.pay.to_pylist()}

        assert {one: paid for one, paid in by_member.items() if paid} == {
            one: paid for one, paid in payable.items() if paid
        }
