"""What goes together in a binary bonus."""

from __future__ import annotations

from collections.abc import Iterator

from upline.compensation.plan import formula, schema
from upline.compensation.plan.parts import nodes_of, parts_of, slots_of
from upline.compensation.plan.units import Typing

_ONE_OF = "Write one of them."
# Of orders, or refused by themselves.
_ELSEWHERE = ("base", "orders", "cap", "point_value")


def check_binaries(file: schema.PlanFile, typing: Typing) -> None:
    """Report fields of binary bonuses that are lacking, contradict each other or mean nothing."""
    for name, bonus in file.bonuses.items():
        if isinstance(bonus, schema.Binary):
            for problem, remedy in _faults(name, bonus, file, typing):
                typing.fault(bonus.place, "binary.fields", problem, remedy)
            _refuse_sources(name, bonus, typing)


def unit_of(bonus: schema.Binary, typing: Typing) -> str:
    """Give the unit of what goes up into the legs."""
    if bonus.base is None:
        return bonus.given_legs or ""
    return typing.value(bonus.base, typing.base_context(bonus.base))


def _faults(
    name: str, bonus: schema.Binary, file: schema.PlanFile, typing: Typing
) -> Iterator[tuple[str, str]]:
    yield from _volume(name, bonus, file, typing)
    if (bonus.cycle is None) == (bonus.steps is None):
        yield f"'{name}' needs either a cycle or steps.", _ONE_OF
    elif bonus.steps is None:
        yield from _cycle(name, bonus)
        yield from _money(name, bonus, file, typing)
    else:
        yield from _steps(name, bonus)


def _volume(
    name: str, bonus: schema.Binary, file: schema.PlanFile, typing: Typing
) -> Iterator[tuple[str, str]]:
    if (bonus.base is None) == (bonus.given_legs is None):
        yield f"'{name}' needs either a base or given_legs.", _ONE_OF
        return
    if bonus.given_legs is not None:
        if bonus.orders is not None or bonus.own_volume != "none":
            problem = f"The legs of '{name}' come in, so orders and own_volume say nothing."
            yield problem, "Leave them out, or write a base."
        return
    tree = file.trees.get(bonus.tree)
    if tree is not None and tree.kind != "binary":
        yield f"'{name}' needs a binary tree; '{bonus.tree}' is none.", "Name a binary tree."
    assert bonus.base is not None
    silent = Typing(typing.names)
    if bonus.orders is not None and silent.base_context(bonus.base) == "member":
        problem = f"'{name}' is paid on members, so 'orders' filters nothing."
        yield problem, "Put the condition into the measure: own(pv where ...)."


def _cycle(name: str, bonus: schema.Binary) -> Iterator[tuple[str, str]]:
    cycle = bonus.cycle
    if bonus.max_ratio is not None:
        yield f"In '{name}' max_ratio belongs to steps.", "Leave it out."
    if (bonus.rate is None) == (bonus.per_cycle is None):
        yield f"'{name}' needs either a rate or per_cycle.", _ONE_OF
    if not isinstance(cycle, schema.Cycle):
        if bonus.per_cycle is not None:
            yield f"'{name}' matches the whole legs, so there are no cycles.", "Write a rate."
        return
    by_side = (cycle.left, cycle.right)
    by_strength = (cycle.strong, cycle.weak)
    wanted = by_strength if cycle.strong is not None or cycle.weak is not None else by_side
    if None in wanted or (wanted is by_strength and by_side != (None, None)):
        problem = f"A cycle of '{name}' takes from two legs."
        yield problem, "Write {left: 200, right: 200} or {strong: 200, weak: 100}."
    elif not all(units is not None and units > 0 for units in wanted):
        yield f"A cycle of '{name}' takes more than 0 from each leg.", "Write both above 0."
    if bonus.two_to_one is not None and (wanted is by_strength or cycle.left != cycle.right):
        problem = f"In '{name}' two_to_one needs one unit for both legs."
        yield problem, "Write {left: 200, right: 200}, or whole."


def _steps(name: str, bonus: schema.Binary) -> Iterator[tuple[str, str]]:
    if bonus.rate is not None or bonus.per_cycle is not None or bonus.two_to_one is not None:
        problem = f"In '{name}' each step says what it pays; rate, per_cycle and two_to_one do not."
        yield problem, "Leave them out."
    if bonus.max_ratio is not None and bonus.max_ratio <= 0:
        yield f"max_ratio of '{name}' is above 0.", "Write max_ratio: 2."
    if not bonus.steps or any(step.sales <= 0 for step in bonus.steps):
        yield f"Each step of '{name}' needs sales above 0.", "Write {sales: 3, pay: ...}."


def _money(
    name: str, bonus: schema.Binary, file: schema.PlanFile, typing: Typing
) -> Iterator[tuple[str, str]]:
    """Report a rate that does not give money."""
    if bonus.rate is None and bonus.two_to_one is None:
        return
    unit = unit_of(bonus, Typing(typing.names))
    has_point_value = bonus.point_value is not None or file.point_value is not None
    if unit == "points" and not has_point_value:
        problem = f"'{name}' pays a share of points, which are no money."
        yield problem, "Give the plan a point_value, as in 'point_value: 1 EUR'."
    elif unit not in ("points", "money", ""):
        problem = f"'{name}' pays a share of a count, which is no money."
        yield problem, "Write per_cycle, with so much money for each."


def _refuse_sources(name: str, bonus: schema.Binary, typing: Typing) -> None:
    for part in parts_of(bonus):
        for field, content, _ in slots_of(part):
            for node in nodes_of(content) if field not in _ELSEWHERE else ():
                if isinstance(node, formula.Name) and node.prefix in ("order", "buyer"):
                    problem = f"'{node.prefix}.{node.name}' has no meaning in '{name}'."
                    remedy = "What is matched comes from no single order: speak of the receiver."
                    typing.fault(node.place, "bonus.no_order", problem, remedy)
