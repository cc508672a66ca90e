"""Limits and budgets let through exactly what they say, whoever they hold for and however they cut."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given

from tests.properties.agreement import run_all
from tests.properties.chance import Seeded
from tests.properties.companies import Company
from tests.properties.test_laws_of_all_kinds import BY_ORDER, FEW, HEAD, SEEDS, company_of, pay
from upline.compensation import Result, load_plan

# None of these has a line below zero while no order has, so nothing leaves room to others.
POSITIVE = f"""{HEAD}bonuses:{BY_ORDER}
  whole: {{kind: binary, tree: places, base: pv, cycle: whole, rate: 10 %}}
  here: {{kind: level, tree: places, base: pv, levels: {{1..3: 2 %}}}}
  pool: {{kind: pool, fund: 2 % * company(price), shares: "max(0, own(pv))"}}
"""
MOST = Decimal("9.37")


def person_of(company: Company, member: str) -> str:
    """Give whose position a member is."""
    persons = {row["id"]: row["person"] for row in company.members}
    return persons[member] or member


def grouped(
    company: Company, found: dict[tuple[str, str], Decimal], per: str
) -> dict[str, Decimal]:
    """Add up what each member, person or the company is paid."""
    sums: dict[str, Decimal] = {}
    for (member, _), amount in found.items():
        key = {"company": "", "member": member, "person": person_of(company, member)}[per]
        sums[key] = sums.get(key, Decimal(0)) + amount
    return sums


@pytest.mark.parametrize("per", ["company", "member", "person"])
@pytest.mark.parametrize("cut", ["in_proportion", "last_first"])
@FEW
@given(seed=SEEDS)
def test_a_limit_is_reached_to_the_cent_and_never_passed(per, cut, seed):
    company = company_of(Seeded(seed))
    limit = f"limits: {{it: {{most: {MOST} EUR, per: {per}, cut: {cut}}}}}\n"

    free = pay(run_all(load_plan(POSITIVE), company))
    limited = pay(run_all(load_plan(POSITIVE + limit), company))

    for before, after in zip(free, limited, strict=True):
        expected = {key: min(amount, MOST) for key, amount in grouped(company, before, per).items()}
        assert grouped(company, after, per) == expected
        assert all(amount <= before[key] for key, amount in after.items())


@pytest.mark.parametrize("cut", ["in_proportion", "last_first"])
@FEW
@given(seed=SEEDS)
def test_the_lines_of_an_order_come_to_its_budget_and_never_pass_it(cut, seed):
    company = company_of(Seeded(seed))
    budget = f"budget: {{most: 15 % * price, spent: 0.50 EUR, cut: {cut}}}\n"

    free = run_all(load_plan(POSITIVE), company)
    held = run_all(load_plan(POSITIVE + budget), company)

    price = {order["id"]: Fraction(order["price"]) for order in company.orders}
    for before, after in zip(free, held, strict=True):
        kept = by_order(after)
        for order, amount in by_order(before).items():
            ceiling = max(price[order] * 15 / 100 - Fraction(1, 2), Fraction(0))
            if price[order] == 0:
                ceiling = Fraction(0)
            assert kept.get(order, 0) == min(amount, ceiling * 100 // 1 / Fraction(100))


def by_order(result: Result) -> dict[str, Fraction]:
    """Add up the lines of each order."""
    sums: dict[str, Fraction] = {}
    for line in result.lines.to_pylist():
        if line["order"] is not None:
            so_far = sums.get(line["order"], Fraction(0))
            sums[line["order"]] = so_far + Fraction(line["amount"])
    return sums
