"""What came too late for a period that was computed: the part of an order that a refund takes back."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from upline.compensation.columns import Numbers
from upline.compensation.inputs import World
from upline.compensation.measures.evaluate import numbers, value
from upline.compensation.plan import schema
from upline.compensation.plan.parts import own_part
from upline.compensation.plan.units import Typing
from upline.compensation.result import Result


def rule_after_close(plan: schema.PlanFile, bonus: str) -> str:
    """Give what a late order or refund does to a bonus, by the name under which it is reported."""
    return _written(plan, bonus).after_close


def rounding_of(plan: schema.PlanFile, bonus: str) -> schema.Rounding:
    """Give how a bonus rounds its lines, by the name under which it is reported."""
    return _written(plan, bonus).rounding or plan.rounding


def bases_of(result: Result, bonus: str, rows: Sequence[int]) -> dict[int, Fraction]:
    """Give what a bonus counts of orders, by their rows in the input.

    A bonus that pays a fixed amount counts the first figure of orders that the plan names. Empty
    where a bonus is not paid on single orders.
    """
    world = result.world
    content = getattr(_written(world.plan.file, bonus), "base", None)
    if content is None:
        name = next((name for name in world.plan.file.orders if _is_figure(world, name)), None)
        column = None if name is None else result.figures.order_scope.named(name)
        assert column is None or isinstance(column, Numbers)
    elif Typing(world.plan.names).base_context(content) == "member":
        return {}
    else:
        column = numbers(value(content, result.figures.order_scope))
    if column is None or not len(rows):
        return {}
    spread = column.spread(len(world.orders))
    places = np.empty(len(world.orders), np.int64)
    places[world.orders.rows] = np.arange(len(world.orders))
    return {row: spread.at(int(places[row])) for row in rows}


def _is_figure(world: World, name: str) -> bool:
    return world.plan.file.orders[name].unit in ("points", "money", "count")


def _written(plan: schema.PlanFile, bonus: str) -> schema.Bonus:
    """Find a bonus by its name, or by that of the part of it that goes to the buyer himself."""
    found = plan.bonuses.get(bonus)
    if found is None:
        found = next(one for one in plan.bonuses.values() if own_part(one) == bonus)
    return found
