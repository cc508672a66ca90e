"""Compiles every kernel by computing a small company with every rule kind."""

from __future__ import annotations

from upline.compensation import Inputs, Period, load_plan, run

_PLAN = """
language: 1
plan: warm
version: 2026-01-01
currency: EUR
point_value: 1 EUR
orders: {pv: points}
trees: {placement: {kind: binary}}
measures:
  own_pv: own(pv)
  active: own_pv >= 1
  legs_pv: legs_sum(pv, 10) + leg(1, pv)
  recruited: recruits(active)
ranks:
  - {rank: Low}
  - {rank: High, needs: [legs_pv >= 1, legs(rank >= 'Low') >= 1, group(pv until rank >= 'High') >= 1]}
bonuses:
  levels: {kind: level, base: pv, requires: active, compression: roll_up, levels: {1..3: 5 %}}
  heads:
    kind: level
    base: own_pv
    generations: {1: 5 %}
    head: rank >= receiver.rank
  steps: {kind: stairstep, base: pv, rate: {scale: group(pv), steps: {1: 5 %}}}
  pairs: {kind: binary, base: pv, cycle: {strong: 2, weak: 1}, rate: 10 %}
  difference: {kind: differential, base: pv, share: {by: rank, Low: 1 %, High: 2 %}}
"""


def warm_up() -> None:
    """Compile every kernel, or load it where it is kept already."""
    plan = load_plan(_PLAN, file="warm")
    members = {
        "id": ["a", "b", "c"],
        "sponsor": [None, "a", "b"],
        "placement_parent": [None, "a", "a"],
        "side": [None, "left", "right"],
    }
    orders = {
        "id": ["1", "2"],
        "member": ["c", "b"],
        "date": ["2026-01-05", "2026-01-06"],
        "pv": ["10", "20"],
    }
    inputs = Inputs(members=members, orders=orders, period=Period.parse("2026-01"))
    run(plan, inputs)
    run(plan, inputs, keep_lines=False)
