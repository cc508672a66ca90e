"""What a plan asks of the orders that come in."""

from __future__ import annotations

from upline.compensation.plan.formula import Call, Name
from upline.compensation.plan.once import once_a_plan
from upline.compensation.plan.parts import all_nodes
from upline.compensation.plan.schema import PlanFile


@once_a_plan
def order_fields_named(file: PlanFile) -> frozenset[str]:
    """Give the fields of orders that some rule of the plan names."""
    named = (node.name for node in all_nodes(file) if isinstance(node, Name))
    return frozenset(name for name in named if name in file.orders)


@once_a_plan
def reach_days(file: PlanFile) -> int:
    """Give how many days before the end of the period the plan's rolling sums look back."""
    calls = (node for node in all_nodes(file) if isinstance(node, Call))
    return max((call.last_days for call in calls), default=0)
