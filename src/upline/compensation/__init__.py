"""The compensation engine: a plan, members and orders in; explained pay out.

>>> from upline.compensation import Inputs, Period, load_plan, run
>>> plan = load_plan('''
... language: 1
... plan: two-levels
... version: 2026-10-01
... currency: EUR
... orders: {price: money}
... bonuses:
...   team: {kind: level, base: price, levels: {1: 10 %, 2: 5 %}}
... ''')
>>> members = {"id": ["Aiman", "Boris", "Celina"], "sponsor": [None, "Aiman", "Boris"]}
>>> orders = {"id": ["1"], "member": ["Celina"], "date": ["2026-10-05"], "price": ["200.00"]}
>>> result = run(plan, Inputs(members=members, orders=orders, period=Period.parse("2026-10")))
>>> [(line["member"], str(line["amount"])) for line in result.lines.to_pylist()]
[('Aiman', '10.00'), ('Boris', '20.00')]
"""

from upline.compensation.errors import Fault, InputRefused, Place, PlanRefused, Refused
from upline.compensation.inputs import Inputs
from upline.compensation.periods import Period
from upline.compensation.plan.load import Plan
from upline.compensation.plan.load import load as load_plan
from upline.compensation.plan.load import load_file as load_plan_file
from upline.compensation.plan.review import refuse_blocked
from upline.compensation.result import Result
from upline.compensation.run import run
from upline.compensation.session import Session

__all__ = [
    "Fault",
    "InputRefused",
    "Inputs",
    "Period",
    "Place",
    "Plan",
    "PlanRefused",
    "Refused",
    "Result",
    "Session",
    "load_plan",
    "load_plan_file",
    "refuse_blocked",
    "run",
]
