"""A sale wholly refunded in its period gives what a world without it gives, under any plan."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.properties.agreement import run_all
from tests.properties.chance import Chance, Seeded
from tests.properties.companies import Company, random_company, wanted_by
from tests.properties.plans.mirrored import mirrored_plan
from tests.properties.test_laws_of_all_kinds import (
    FIGURES,
    all_but_lines,
    with_and_without_some_sales,
)
from upline.compensation import load_plan

# A long run takes another first seed and many more: UPLINE_SEED=1000000 UPLINE_WORLDS=10000.
FIRST = int(os.environ.get("UPLINE_SEED", "0"))
WORLDS = int(os.environ.get("UPLINE_WORLDS", "60"))
PARTS = 6


def company_of_sales(chance: Chance, source: str) -> Company:
    """Make a company in which no order takes anything back."""
    company = random_company(chance, wanted=wanted_by(source))
    return replace(company, orders=[order for order in company.orders if is_sale(order)])


def is_sale(order: dict[str, Any]) -> bool:
    figures = [order[name] for name in FIGURES]
    is_given = not any(text.startswith("-") for text in figures)
    return is_given and any(Decimal(text) for text in figures)


def traces(seeds: range) -> Iterator[tuple[int, list[str]]]:
    """Name what a refunded sale left in a world, where it left anything."""
    for seed in seeds:
        chance = Seeded(f"refund {seed}")
        source = mirrored_plan(chance)
        plan, company = load_plan(source), company_of_sales(chance, source)
        refunded, without = with_and_without_some_sales(chance, company)

        found = all_but_lines(run_all(plan, refunded))
        expected = all_but_lines(run_all(plan, without))

        left = {
            name
            for one, other in zip(found, expected, strict=True)
            for name in {*one, *other}
            if one.get(name) != other.get(name)
        }
        if left:
            yield seed, sorted(left)


@pytest.mark.parametrize("part", range(PARTS))
def test_a_sale_wholly_refunded_in_its_period_leaves_no_trace_under_any_plan(part):
    seeds = range(FIRST + part * WORLDS // PARTS, FIRST + (part + 1) * WORLDS // PARTS)

    assert list(traces(seeds)) == []
