"""Laws of explanations: they come to the pay, and what they say is missing is just what is missing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.properties.agreement import run_all
from tests.properties.chance import Chance, Seeded
from tests.properties.companies import random_company, wanted_by
from tests.properties.explained import faults_of, unfounded
from tests.properties.plans.whole import whole_plan
from upline.compensation import Inputs, Period, Plan, Result, load_plan, run
from upline.compensation.explain.conditions import Condition
from upline.compensation.explain.orders import order_reasons
from upline.compensation.explain.view import View
from upline.compensation.explain.ways import Way
from upline.compensation.explain.why import reasons, reasons_in

FEW = settings(
    max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
SEEDS = st.integers(0, 100_000)


def random_results(seed: int) -> Iterator[Result]:
    chance = Seeded(seed)
    source = whole_plan(chance)
    company = random_company(chance, wanted=wanted_by(source))
    yield from run_all(load_plan(source), company)


@FEW
@given(SEEDS)
def test_every_line_follows_from_its_factors_and_lines_come_to_the_pay(seed):
    for result in random_results(seed):
        view = View.of(result)
        paid = {(row["member"], row["bonus"]): row["amount"] for row in result.totals.to_pylist()}
        for position in range(len(result.world)):
            found = reasons_in(view, result.world.id_of(position))
            for bonus in found.bonuses:
                assert not faults_of(bonus)
                assert not unfounded(bonus)
                lines = sum((Fraction(line.amount) for line in bonus.lines), Fraction(0))
                assert lines == Fraction(bonus.amount)
                assert lines == Fraction(paid.get((found.member, bonus.bonus), 0))


@FEW
@given(SEEDS)
def test_the_lines_of_all_orders_are_the_lines_that_come_from_orders(seed):
    for result in random_results(seed):
        rows = [row for row in result.lines.to_pylist() if row["order"] is not None]
        for order in sorted({row["order"] for row in rows}):
            found = order_reasons(result, order)
            told = sorted(
                (one.member, bonus.bonus, Fraction(one.line.amount))
                for bonus in found.bonuses
                for one in bonus.lines
            )
            mine = [row for row in rows if row["order"] == order]
            assert told == sorted(
                (row["member"], row["bonus"], Fraction(row["amount"])) for row in mine
            )
            assert Fraction(found.total) == sum(Fraction(row["amount"]) for row in mine)


# What is missing. Each figure has a column of its own, so that bringing one moves no other.

HEAD = """
language: 1
plan: missing
version: 2026-01-01
currency: EUR
orders: {a: points, b: points, c: points, d: points, e: points, f: points, g: money}
measures:
  busy: own(e) >= 10
ladders:
  help: [{rank: Helper, needs: own(f) >= 10}]
"""
COLUMNS = "abcdefg"
# Root has five recruits, each with one below.
SPONSORS = {"Root": ""} | {f"A{k}": "Root" for k in range(5)} | {f"B{k}": f"A{k}" for k in range(5)}
LEAVES = {
    "own(a)": ("50", "100", "0.5"),
    "group(b)": ("300", "120.5"),
    "downline(g)": ("200 EUR", "99.99 EUR"),
    "leg(1, c)": ("80", "200"),
    "team(d, 1)": ("60", "10"),
    "recruits(busy)": ("1", "2", "4"),
    "legs(help >= 'Helper')": ("1", "3", "2.5"),
}
UNITS = {"points": Fraction(1, 10_000), "money": Fraction(1, 100), "count": Fraction(1)}


def leaf(chance: Chance) -> str:
    name = chance.pick(tuple(LEAVES))
    return f"{name} {chance.pick(('>=', '>=', '>'))} {chance.pick(LEAVES[name])}"


def needs(chance: Chance) -> list[Any]:
    made: list[Any] = []
    for _ in range(chance.number(1, 3)):
        how = chance.number(0, 3)
        if how == 0:
            made.append(leaf(chance))
        elif how == 1:
            made.append(f"{leaf(chance)} or {leaf(chance)} and {leaf(chance)}")
        else:
            made.append({"any": [leaf(chance), {"all": [leaf(chance), leaf(chance)]}]})
    return made


def plan_of(chance: Chance) -> Plan:
    wanted = needs(chance)
    file = yaml.safe_load(HEAD) | {
        "ranks": [{"rank": "Partner"}, {"rank": "Silver", "needs": wanted}],
        "bonuses": {"prize": {"kind": "award", "requires": wanted, "amount": "5 EUR"}},
    }
    return load_plan(json.dumps(file, default=str))


def result_of(plan: Plan, rows: list[dict[str, str]]) -> Result:
    members = {"id": list(SPONSORS), "sponsor": list(SPONSORS.values())}
    orders: dict[str, list[str]] = {
        "id": [f"o{place}" for place in range(len(rows))],
        "member": [row["member"] for row in rows],
        "date": ["2026-10-05"] * len(rows),
    }
    for name in COLUMNS:
        orders[name] = [row.get(name, "0") for row in rows]
    return run(plan, Inputs(members=members, orders=orders, period=Period.parse("2026-10")))


def some_orders(chance: Chance) -> list[dict[str, str]]:
    return [
        {
            "member": chance.pick(tuple(SPONSORS)),
            chance.pick(COLUMNS): chance.pick(("5", "10", "40.25", "100")),
        }
        for _ in range(chance.number(0, 8))
    ]


def brought(lacking: Condition, less: Fraction, rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Give orders that bring what is missing of one figure, or so much less of it."""
    figure = Fraction(lacking.missing) - less
    column = {"recruits(busy)": "e", "legs(help >= 'Helper')": "f"}.get(lacking.name)
    if column is not None:
        has = {row["member"] for row in rows if Fraction(row.get(column, 0)) >= 10}
        sums = {
            k: sum(Fraction(row.get(column, 0)) for row in rows if row["member"] == f"A{k}")
            for k in range(5)
        }
        inside = {k for k in range(5) if f"B{k}" in has or legs_sum(rows, f"B{k}", column) >= 10}
        is_met = {k for k in range(5) if sums[k] >= 10 or (column == "f" and k in inside)}
        free = [k for k in range(5) if k not in is_met]
        assert figure <= len(free)
        return [{"member": f"A{k}", column: "10"} for k in free[: int(figure)]]
    named = {"own(a)": "a", "group(b)": "b", "leg(1, c)": "c", "team(d, 1)": "d"}
    name = named.get(lacking.name, "g")
    who = {"own(a)": "Root", "leg(1, c)": f"B{strongest(rows)}", "team(d, 1)": "A2"}
    amount = f"{float(figure):.4f}" if name != "g" else f"{float(figure):.2f}"
    return [{"member": who.get(lacking.name, "B3"), name: amount}]


def legs_sum(rows: list[dict[str, str]], member: str, column: str) -> Fraction:
    return sum(
        (Fraction(row.get(column, 0)) for row in rows if row["member"] == member), Fraction(0)
    )


def strongest(rows: list[dict[str, str]]) -> int:
    return max(range(5), key=lambda k: legs_sum(rows, f"A{k}", "c") + legs_sum(rows, f"B{k}", "c"))


def with_way(
    way: Way, rows: list[dict[str, str]], less_of: Condition | None = None
) -> list[dict[str, str]]:
    given = list(rows)
    for lacking in way.missing:
        less = UNITS[lacking.unit] if lacking is less_of else Fraction(0)
        given += brought(lacking, less, rows)
    return given


def has_prize(result: Result) -> bool:
    (bonus,) = reasons(result, "Root", bonus="prize").bonuses
    return Fraction(bonus.amount) == 5


def rank_of_root(result: Result) -> str | None:
    return next(row["rank"] for row in result.ranks.to_pylist() if row["member"] == "Root")


@FEW
@given(SEEDS)
def test_bringing_just_what_is_missing_is_enough_and_one_unit_less_is_not(seed):
    chance = Seeded(seed)
    plan, rows = plan_of(chance), some_orders(chance)
    found = reasons(result_of(plan, rows), "Root")
    rank = next(one for one in found.ranks if one.ladder == "rank")
    if rank.rank == "Silver":
        assert not rank.ways
        return
    nothing = found.bonuses[0].nothing
    assert nothing is not None
    assert nothing.ways == rank.ways
    assert rank.ways

    for way in rank.ways:
        enough = result_of(plan, with_way(way, rows))
        assert rank_of_root(enough) == "Silver", way
        assert has_prize(enough)
        for lacking in way.missing:
            less = result_of(plan, with_way(way, rows, lacking))
            assert rank_of_root(less) == "Partner", (way, lacking)
            assert not has_prize(less)


@FEW
@given(SEEDS)
def test_ways_are_told_with_the_least_missing_first(seed):
    chance = Seeded(seed)
    found = reasons(result_of(plan_of(chance), some_orders(chance)), "Root")

    for rank in found.ranks:
        measures = [(way.others, Fraction(way.volume), Fraction(way.count)) for way in rank.ways]
        assert measures == sorted(measures)
