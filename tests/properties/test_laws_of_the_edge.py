"""A newcomer without orders changes nobody's pay where a plan counts volume, and no heads."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.properties.agreement import run_all
from tests.properties.chance import Chance, Seeded
from tests.properties.companies import Company, random_company, wanted_by
from tests.properties.plans.whole import PARTS, whole_plan
from tests.properties.test_laws_of_all_kinds import pay
from upline.compensation import Plan, load_plan
from upline.compensation.plan.formula import Call, Name, walk
from upline.compensation.plan.parts import all_nodes
from upline.compensation.plan.schema import Bonus, Pool
from upline.compensation.plan.units import Typing
from upline.compensation.plan.values import formulas_of

# A matrix gives the newcomer somebody's place; boards, and shares of a pool, count who is there.
WITHOUT = ("grid", "board", "calendars")
COUNTING = ("recruits", "legs", "downline", "team", "left", "right", "person", "group")


def shares_equally(bonus: Bonus) -> bool:
    """Say whether a pool has shares that are no volume: everybody has them."""
    if not isinstance(bonus, Pool):
        return False
    written = [one.node for one in formulas_of(bonus.shares)]
    return not all(any(isinstance(node, Name) for node in walk(one)) for one in written)


def counts_heads(plan: Plan) -> bool:
    """Say whether a plan counts members or ranks them, or pays or shares by the head."""
    typing = Typing(plan.names)
    if any(shares_equally(bonus) for bonus in plan.file.bonuses.values()):
        return True
    for node in all_nodes(plan.file):
        if isinstance(node, Call):
            of_members = node.function in COUNTING and node.arguments
            if node.function == "position":
                return True
            if of_members and typing.formula(node.arguments[0], "member") == "yes_no":
                return True
    return False


def plan_of_volumes(chance: Chance) -> Plan:
    """Give a plan of any kinds that counts no heads."""
    parts = [part for part in PARTS if part not in WITHOUT]
    while True:
        plan = load_plan(whole_plan(chance, parts))
        if not counts_heads(plan):
            return plan


def without_negatives(company: Company) -> Company:
    """Leave out orders that take something: a leg of nothing stands above one below zero."""
    figures = ("pv", "cv", "price", "units")
    orders = [one for one in company.orders if not any(one[name][:1] == "-" for name in figures)]
    return replace(company, orders=orders)


def newcomer_of(chance: Chance, company: Company) -> dict[str, Any]:
    """Make a member at an edge of both trees who is nothing and has nothing."""
    taken = {(row["placement_parent"], row["side"]) for row in company.members}
    free = [
        (row["id"], side)
        for row in company.members
        for side in ("left", "right")
        if (row["id"], side) not in taken
    ]
    parent, side = chance.pick(free)
    nothing = {"country": "", "type": "", "flag": "no", "reach": "0", "goal": "0", "mentor": ""}
    return {
        **company.members[0],
        **nothing,
        "id": "edge",
        "number": "999",
        "person": "",
        "rank": "",
        "joined": str(date(2026, 5, 1)),
        "sponsor": chance.pick([row["id"] for row in company.members]),
        **(
            {"placement_parent": parent, "side": side}
            if any(one["side"] for one in company.members)
            else {}
        ),
    }


@pytest.mark.parametrize("first", range(0, 60, 10))
def test_a_newcomer_without_orders_changes_nobodys_pay_under_plans_of_volumes(first):
    for seed in range(first, first + 10):
        chance = Seeded(f"edge {seed}")
        plan = plan_of_volumes(chance)
        company = without_negatives(random_company(chance, wanted=wanted_by(plan.source)))
        members = [*company.members, newcomer_of(chance, company)]

        before = pay(run_all(plan, company))
        after = pay(run_all(plan, replace(company, members=members)))

        others = [
            {key: amount for key, amount in month.items() if key[0] != "edge"} for month in after
        ]
        is_paid = any(key[0] == "edge" for month in after for key in month)
        # A ceiling of the company that the newcomer shares in leaves less to others.
        if not (is_paid and plan.file.limits):
            assert others == before, (seed, plan.source)
