"""Input that must never pass as a silent zero, and runs that must not start."""

from __future__ import annotations

import pytest

from upline.compensation import InputRefused, Inputs, Period, load_plan, run

PLAN = """
language: 1
plan: own
version: 2026-10-01
currency: EUR
point_value: 1 EUR
orders: {pv: points}
bonuses:
  own: {kind: own, base: pv, rate: 10 %}
"""
MEMBERS = {"id": ["1", "2"], "sponsor": [None, "1"]}


def orders(*volumes: str) -> dict[str, list[str]]:
    count = len(volumes)
    return {
        "id": [str(row) for row in range(count)],
        "member": ["2"] * count,
        "date": ["2026-10-05"] * count,
        "pv": list(volumes),
    }


def computed(volumes: list[str], period: str = "2026-10", plan: str = PLAN):
    inputs = Inputs(members=MEMBERS, orders=orders(*volumes), period=Period.parse(period))
    return run(load_plan(plan), inputs)


@pytest.mark.parametrize("odd", ["1_000", "١٢", "１２", "1,000", "NaN", "12 000", "0x10"])
def test_one_odd_number_is_refused_and_never_empties_its_column(odd):
    with pytest.raises(InputRefused, match=r"orders:1:4: '.+' in 'pv' is not a number"):
        computed([odd, "100"])


def test_a_number_far_too_large_is_refused_by_name():
    with pytest.raises(InputRefused, match=r"range\.too_large"):
        computed(["12345678901234567890123", "100"])


def test_a_tree_that_is_used_needs_its_column():
    plan = (
        PLAN
        + "  up: {kind: level, base: pv, tree: line, levels: {1: 5 %}}\ntrees: {line: {kind: given}}\n"
    )

    with pytest.raises(InputRefused, match="There is no column 'placement_parent'"):
        computed(["100"], plan=plan)
