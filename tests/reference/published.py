"""The published case files, read plainly and held against the reference engine's answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

from tests.reference import money
from tests.reference.scope import number
from tests.reference.world import Answer, World
from upline.compensation.plan.load import Plan, load_file
from upline.compensation.plan.schema import FieldSpec

CASES = Path(__file__).parents[1] / "published" / "cases"
Row = Mapping[str, str]


def read(name: str) -> tuple[Plan, World, dict[str, Any]]:
    """Read a case: its plan, its world and the case as written."""
    path = CASES / f"{name}.yaml"
    case = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506
    plan = load_file((path.parent / case["plan"]).resolve())
    spans = case.get("periods") or [{"id": "1", **case["period"]}]
    given = case.get("given", {}).get("earnings", [])
    world = World(
        members=[
            {
                **_columns(row, plan.file.members),
                "id": row["id"],
                "sponsor": row.get("sponsor") or None,
                "placement_parent": row.get("placement_parent") or None,
                "joined": _day(row.get("joined")),
                "rank": row.get("rank"),
            }
            for row in case["members"]
        ],
        orders=[
            {
                **_columns(row, plan.file.orders),
                **{key: row[key] for key in ("period", "kind", "customer") if key in row},
                "id": row["id"],
                "member": row["member"],
                "date": date.fromisoformat(row["date"]),
            }
            for row in case.get("orders", [])
        ],
        periods=[
            (
                span["id"],
                date.fromisoformat(span["start"]),
                date.fromisoformat(span["end"]) + timedelta(days=1),
            )
            for span in spans
        ],
        given_earnings=[{**row, "amount": Fraction(row["amount"])} for row in given],
        given_legs=[
            {**row, **{side: Fraction(row[side]) for side in ("left", "right")}}
            for row in case.get("given", {}).get("legs", [])
        ],
    )
    return plan, world, case


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _columns(row: Row, specs: Mapping[str, FieldSpec]) -> dict[str, object]:
    return {
        name: _value(row[name], spec.unit)
        for name, spec in specs.items()
        if row.get(name, "") != ""
    }


def _value(text: str, unit: str) -> object:
    if unit == "yes_no":
        return text == "yes"
    if unit == "date":
        return date.fromisoformat(text)
    return text if unit in ("text", "member") else Fraction(text)


def differences(plan: Plan, world: World, case: dict[str, Any], found: list[Answer]) -> list[str]:
    """Name every expected figure that was not found, with what was found instead."""
    by_period = {answer.period: answer for answer in found}
    unlike = []
    for expected, got in _pairs(plan, world, case, by_period):
        if got != expected[1]:
            unlike.append(f"{expected[0]}: {got} and not {expected[1]}")
    return unlike


def _pairs(
    plan: Plan, world: World, case: dict[str, Any], by_period: dict[str, Answer]
) -> Iterator[tuple[tuple[Row, object], object]]:
    """Give each expectation, the value that it asks for, and the value found."""
    last = list(by_period)[-1]

    def answer(row: Row) -> Answer:
        return by_period[row.get("period", last)]

    for row in case.get("expect", []):
        asked = [answer(row)] if "period" in row else list(by_period.values())
        yield (row, Fraction(row["amount"])), _paid(plan, world, row, asked)
    for row in case.get("expect_ranks", []):
        rank = None if row["rank"] == "none" else row["rank"]
        yield (row, rank), answer(row).ranks[row["member"]]
    for row in case.get("expect_wallets", []):
        units = answer(row).wallets[row["member"], row["wallet"]]
        yield (row, Fraction(row["amount"])), Fraction(units, 10**plan.file.rounding.places)
    for row in case.get("expect_legal", []):
        yield (row, row["holds"] == "yes"), answer(row).legal[row["member"], row["gate"]]
    for row in case.get("expect_measures", []):
        value = Fraction(row["value"])
        yield (row, value), _measure(plan, world, row, answer(row))
    for row in case.get("expect_states", []):
        value = Fraction(row["value"])
        yield (row, value), _state(plan, row, answer(row))


def _paid(plan: Plan, world: World, row: Row, asked: list[Answer]) -> Fraction:
    total = Fraction(0)
    if row["bonus"] == "total":
        total += sum(
            (
                number(given["amount"])
                for given in world.given_earnings
                if row.get("member", given["member"]) == given["member"] and given["bonus"] == "all"
            ),
            Fraction(0),
        )
    for answer in asked:
        for line in answer.lines:
            if _is_asked(row, line):
                bonus = plan.file.bonuses.get(line.bonus)
                rounding = (bonus and bonus.rounding) or plan.file.rounding
                total += Fraction(line.amount, 10**rounding.places)
    return total


def _is_asked(row: Row, line: Any) -> bool:
    return (
        row.get("member", line.receiver) == line.receiver
        and row["bonus"] in ("total", line.bonus)
        and row.get("from", line.buyer) == line.buyer
        and row.get("order", line.order) == line.order
    )


def _state(plan: Plan, row: Row, answer: Answer) -> object:
    bonus, _, state = row["state"].partition(".")
    if state in getattr(plan.file.bonuses.get(bonus), "grants", {}):
        return answer.grants.get((row["member"], bonus, state))
    return answer.states.get((row["member"], row["state"]))


def _measure(plan: Plan, world: World, row: Row, answer: Answer) -> Fraction:
    """Give a member's measure, or an order value summed over a customer's orders."""
    name = row["measure"]
    if "customer" in row:
        value = sum(
            (
                number(answer.order_values[str(order["id"]), name])
                for order in world.orders
                if order.get("customer") == row["customer"]
            ),
            Fraction(0),
        )
        unit = plan.names.order[name]
    else:
        value = number(answer.measures[row["member"], name])
        unit = plan.names.member[name]
    return money.rounded(value, plan.file.rounding.places) if unit == "money" else value
