"""Runs a plan and a company through both engines and names every difference."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import zip_longest
from typing import Any

import pyarrow as pa

from tests.properties.companies import Company
from tests.reference.engine import compute
from tests.reference.money import rounded
from tests.reference.world import Answer, NotCovered, World, WorldRefused
from upline.compensation import InputRefused, Inputs, Period, Plan, PlanRefused, Result, run
from upline.compensation.columns import Codes, Days, Members, Quotients
from upline.compensation.decimals import SHOWN_PLACES
from upline.compensation.plan.calendars import is_unknown
from upline.money import currency_places

EMPTY = (None, "")


@dataclass(slots=True)
class Verdict:
    """What came of a comparison: `agreed`, `refused` by both, or `waiting` for an engine."""

    outcome: str
    differences: list[str] = field(default_factory=list)
    hits: Counter[str] = field(default_factory=Counter)
    reason: str = ""


def compare(plan: Plan, company: Company) -> Verdict:
    """Compute every period by both engines and compare all that they answer."""
    try:
        expected = compute(plan, world_of(plan, company))
    except NotCovered as reason:
        return Verdict("waiting", reason=f"reference: {reason}")
    except WorldRefused as reason:
        return _refused_too(plan, company, str(reason))
    try:
        results = run_all(plan, company)
    except PlanRefused as refusal:
        if {fault.code for fault in refusal.faults} != {"plan.not_computed"}:
            raise
        return Verdict("waiting", reason=f"fast: {refusal}")
    except InputRefused as refusal:
        return Verdict("differs", [f"only the fast engine refuses: {refusal}"])
    verdict = Verdict("agreed")
    for answer, result in zip(expected, results, strict=True):
        verdict.hits.update(answer.hits)
        verdict.differences += [f"{answer.period}: {one}" for one in differences(answer, result)]
    if verdict.differences:
        verdict.outcome = "differs"
    return verdict


def _refused_too(plan: Plan, company: Company, reason: str) -> Verdict:
    try:
        run_all(plan, company)
    except (InputRefused, PlanRefused):
        return Verdict("refused", reason=reason)
    return Verdict("differs", [f"only the reference refuses: {reason}"])


# Into the two engines


def world_of(plan: Plan, company: Company) -> World:
    """Give the reference engine exact values."""
    periods = [Period.parse(text) for text in company.periods]
    return World(
        members=[_exact(row, plan.file.members) for row in company.members],
        orders=[_exact(row, plan.file.orders) for row in company.orders],
        periods=[(period.label, period.start, period.end) for period in periods],
        given_earnings=[
            {**row, "amount": Fraction(row["amount"])} for row in _given(plan, company)
        ],
        given_legs=[
            {**row, **{side: Fraction(row[side]) for side in ("left", "right")}}
            for row in company.given_legs
        ],
        calendars=company.calendars,
    )


def _given(plan: Plan, company: Company) -> list[dict[str, str]]:
    return [row for row in company.given_earnings if row["bonus"] in plan.file.given_earnings]


def _legs(plan: Plan, company: Company) -> list[dict[str, str]]:
    takes = any(getattr(bonus, "given_legs", None) for bonus in plan.file.bonuses.values())
    return company.given_legs if takes else []


def _exact(row: dict[str, Any], specs: dict[str, Any]) -> dict[str, object]:
    exact: dict[str, object] = {}
    for name, text in row.items():
        unit = specs[name].unit if name in specs else {"number": "count"}.get(name, "text")
        if name in ("date", "joined"):
            exact[name] = date.fromisoformat(text) if text else None
        elif text == "":
            exact[name] = None
        elif unit in ("points", "money", "count", "ratio"):
            exact[name] = Fraction(text)
        else:
            exact[name] = text == "yes" if unit == "yes_no" else text
    return exact


def table(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> pa.Table:
    """Give rows as columns of text."""
    names = list(rows[0]) if rows else list(columns)
    return pa.table({name: pa.array([row[name] for row in rows], pa.string()) for name in names})


ORDER_COLUMNS = (
    *("id", "member", "date", "pv", "cv", "price", "units", "kind", "customer"),
    *("event", "host", "affiliate", "promo"),
)


def run_all(
    plan: Plan, company: Company, *, carries: pa.Table | None = None, **options: Any
) -> list[Result]:
    """Run every period, the carries of each feeding the next."""
    results: list[Result] = []
    for text, calendar in zip_longest(company.periods, company.calendars, fillvalue=""):
        given = [row for row in _given(plan, company) if row["period"] == text]
        earnings = table(given, ("member", "bonus", "amount")) if given else None
        legs = [row for row in _legs(plan, company) if row["period"] == text]
        inputs = Inputs(
            members=table(company.members, ()),
            orders=table(company.orders, ORDER_COLUMNS),
            period=Period.parse(text),
            calendar=calendar,
            given_earnings=earnings,
            given_legs=table(legs, ("member", "left", "right")) if legs else None,
            carries=results[-1].carries if results else carries,
        )
        results.append(run(plan, inputs, **options))
    return results


# Differences


def differences(answer: Answer, result: Result) -> list[str]:
    """Name everything that the two engines answer differently about one period."""
    found: list[str] = []
    for what, expected, got in _pairs(answer, result):
        found += [
            f"{what} {key}: reference {expected.get(key)}, fast {got.get(key)}"
            for key in sorted({*expected, *got}, key=repr)
            if expected.get(key) != got.get(key)
        ]
    return found


def _pairs(answer: Answer, result: Result) -> list[tuple[str, dict[Any, Any], dict[Any, Any]]]:
    world, plan = result.world, result.world.plan
    ids = [str(one) for one in world.ids.to_pylist()]
    at = {one: int(world.forest.positions[row]) for row, one in enumerate(ids)}
    order_ids = [str(one) for one in world.order_ids.to_pylist()]
    order_at = {order_ids[int(row)]: place for place, row in enumerate(world.orders.rows)}
    units = {bonus: Fraction(1, 10**part.places) for part in result.paid for bonus in [part.bonus]}
    pairs: list[tuple[str, dict[Any, Any], dict[Any, Any]]] = []
    pairs.append(("line", _lines_expected(answer, units), _lines_found(result)))
    totals = {key: units[key[1]] * amount for key, amount in answer.totals.items() if amount}
    pairs.append(("total", totals, _totals_found(result)))
    ranks, titles = _ranks_found(result)
    expected_ranks = {("rank", one): rank for one, rank in answer.ranks.items()}
    expected_ranks |= {(ladder, one): rank for (one, ladder), rank in answer.ladders.items()}
    pairs.append(("rank", expected_ranks, ranks))
    if not isinstance(plan.file.ranks, list):
        titles = {}
        answer.titles.clear()
    pairs.append(("title", answer.titles, titles))
    measures = {
        (one, name): _value(result.figures.member_scope.named(name), at[one], result)
        for one, name in answer.measures
        if not is_unknown(name, plan.file, world.calendar)
    }
    expected_measures = {key: _plain(answer.measures[key]) for key in measures}
    pairs.append(("measure", expected_measures, measures))
    values = {
        (order, name): _value(result.figures.order_scope.named(name), order_at[order], result)
        for order, name in answer.order_values
    }
    expected_values = {key: _plain(one) for key, one in answer.order_values.items()}
    pairs.append(("order value", expected_values, values))
    legal = {(row["member"], row["gate"]): row["holds"] for row in result.legal.to_pylist()}
    pairs.append(("legal", answer.legal, legal))
    wallets = {
        (row["member"], row["wallet"]): Fraction(row["amount"])
        for row in result.wallets.to_pylist()
    }
    unit = Fraction(1, 10**result.places)
    expected_wallets = {key: amount * unit for key, amount in answer.wallets.items() if amount}
    pairs.append(("wallet", expected_wallets, wallets))
    pay = {
        row["member"]: (row["pay_currency"], row["pay_amount"]) for row in result.pay.to_pylist()
    }
    paid = {
        one: (code, int(amount.scaleb(currency_places(code))))
        for one, (code, amount) in pay.items()
        if amount
    }
    states = _states_expected(answer, plan)
    pairs.append(("state", states, _states_found(result, states)))
    pairs.append(("pay", {key: one for key, one in answer.pay.items() if one[1]}, paid))
    return pairs


def _states_expected(answer: Answer, plan: Plan) -> dict[Any, object]:
    """Give what is reported; what a tree has room for is a matter of its width alone."""
    granted = {
        (member, f"{bonus}.{name}"): count for (member, bonus, name), count in answer.grants.items()
    }
    others = {key: value for key, value in answer.states.items() if ".capacity_" not in key[1]}
    return {key: _shown(value) for key, value in {**granted, **others}.items() if value}


def _shown(value: object) -> object:
    if isinstance(value, bool):
        return "yes"
    return rounded(value, SHOWN_PLACES) if isinstance(value, Fraction) else value


def _states_found(result: Result, expected: dict[Any, object]) -> dict[Any, object]:
    """Give the listed states, and those expected ones that come only when asked for."""
    found = {
        (row["member"], row["name"]): _figure(row["value"])
        for row in result.states.to_pylist()
        # What is missing is said in words, which only one engine has.
        if ".capacity_" not in row["name"] and not row["name"].endswith(".missing")
    }
    for member, name in expected:
        if ".level_below." in name or name.endswith(".heads_board_with"):
            found[member, name] = _figure(result.asked_state(member, name) or "")
    return found


def _figure(text: str) -> object:
    """Read a number; ids of members and yes stay text."""
    return Fraction(text) if re.fullmatch(r"-?[0-9.]+", text) else text


def _lines_expected(answer: Answer, units: dict[str, Fraction]) -> dict[Any, int]:
    counted: Counter[Any] = Counter()
    for line in answer.lines:
        amount = units[line.bonus] * line.amount
        counted[line.receiver, line.bonus, line.buyer, line.order, line.level, amount] += 1
    return counted


def _lines_found(result: Result) -> dict[Any, int]:
    counted: Counter[Any] = Counter()
    for row in result.lines.to_pylist():
        if row["amount"]:
            amount = Fraction(row["amount"])
            key = (row["member"], row["bonus"], row["buyer"], row["order"], row["level"], amount)
            counted[key] += 1
    return counted


def _totals_found(result: Result) -> dict[Any, Fraction]:
    return {
        (row["member"], row["bonus"]): Fraction(row["amount"]) for row in result.totals.to_pylist()
    }


def _ranks_found(result: Result) -> tuple[dict[Any, Any], dict[Any, Any]]:
    rows = result.ranks.to_pylist()
    ranks = {(row["ladder"], row["member"]): row["rank"] for row in rows}
    return ranks, {row["member"]: row["title"] for row in rows if row["ladder"] == "rank"}


def _plain(value: object) -> object:
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return Fraction(value)
    return None if value in EMPTY else value


def _value(column: Any, place: int, result: Result) -> object:
    if isinstance(column, Members):
        position = column.at(place)
        return None if position < 0 else result.world.id_of(position)
    if isinstance(column, Days):
        text = column.at(place)
        return None if text is None else date.fromisoformat(text)
    if isinstance(column, Codes):
        return column.at(place) or None
    if isinstance(column, Quotients):
        return column.at(place)
    return column.at(place)
