"""Golden cases worked by hand for the reference engine."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from tests.reference.engine import compute
from tests.reference.world import World
from upline.compensation.plan.load import load

HEAD = """
language: 1
plan: golden
version: 2026-01-01
currency: EUR
point_value: 1 EUR
"""


def test_a_line_of_an_order_goes_to_the_two_above():
    plan = load(
        HEAD
        + """
orders: {pv: points}
bonuses:
  unilevel: {kind: level, base: pv, levels: {1: 10 %, 2: 5 %}}
"""
    )
    world = World(
        members=[
            {"id": "top", "sponsor": None},
            {"id": "middle", "sponsor": "top"},
            {"id": "low", "sponsor": "middle"},
        ],
        orders=[{"id": "o1", "member": "low", "date": date(2026, 1, 5), "pv": Fraction(30)}],
        periods=[("1", date(2026, 1, 1), date(2026, 2, 1))],
    )

    (answer,) = compute(plan, world)

    # 10 % of 30 and 5 % of 30
    assert answer.totals == {("middle", "unilevel"): 300, ("top", "unilevel"): 150}
