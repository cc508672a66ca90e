"""Some random worlds that other laws are held against."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.properties.chance import Seeded
from tests.properties.companies import Company, random_company, wanted_by
from tests.properties.plans.whole import random_plan, whole_plan
from upline.compensation import Plan, Result, load_plan


def world(seed: int) -> tuple[Plan, Company]:
    """Give the plan and company of a seed; where it is odd, of any kinds, trees and calendars."""
    chance = Seeded(seed)
    source = whole_plan(chance) if seed % 2 else random_plan(chance)
    return load_plan(source), random_company(chance, wanted=wanted_by(source))


def outputs(results: list[Result]) -> list[dict[str, str]]:
    """Give the digests of what each period came to."""
    return [result.receipt()["outputs"] for result in results]


def receipts(results: list[Result]) -> list[dict[str, Any]]:
    """Give the whole receipt of each period."""
    return [result.receipt() for result in results]


def turned_round(company: Company) -> Company:
    """Let all rows come in the opposite order."""
    return replace(company, members=company.members[::-1], orders=company.orders[::-1])
