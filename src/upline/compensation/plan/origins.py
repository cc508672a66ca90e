"""What a value comes from: a company's fund from no single member, pay on an order from its lines."""

from __future__ import annotations

from collections.abc import Iterator

from upline.compensation.plan import formula, schema, values
from upline.compensation.plan.formula import Call, Name, Node
from upline.compensation.plan.names import LEGS, OF_A_MEMBER, SUMS
from upline.compensation.plan.parts import all_nodes
from upline.compensation.plan.units import Typing


def check_origins(file: schema.PlanFile, typing: Typing) -> None:
    """Report what the company has but differs by member, and paid_on(...) without lines on orders."""
    for name, bonus in file.bonuses.items():
        if isinstance(bonus, schema.Pool) and bonus.among == "company":
            found = next(_of_a_member(bonus.fund, file, frozenset()), None)
            if found is not None:
                problem = f"The fund of '{name}' differs by member: '{formula.text_of(found)}'."
                remedy = "Use company(...), or among: recruits."
                typing.fault(found.place, "pool.fund", problem, remedy)
    for name, limit in file.limits.items():
        found = next(_of_a_member(limit.most, file, frozenset()), None)
        if limit.per == "company" and found is not None:
            text = formula.text_of(found)
            problem = f"The limit '{name}' of the company differs by member: '{text}'."
            remedy = "Use company(...), or write per: member."
            typing.fault(found.place, "limit.most", problem, remedy)
    on_orders = {
        reported
        for name, bonus in file.bonuses.items()
        for reported in _paid_on(name, bonus, typing)
    }
    for node in all_nodes(file):
        if isinstance(node, Call) and node.function == "paid_on":
            _check_paid_on(node, on_orders, typing)


def _of_a_member(
    value: values.Value, file: schema.PlanFile, seen: frozenset[str]
) -> Iterator[Node]:
    """Give what differs by member in a value, also in the measures that it uses."""
    for written in values.formulas_of(value):
        yield from _differing(written.node, file, seen)


def _differing(node: Node, file: schema.PlanFile, seen: frozenset[str]) -> Iterator[Node]:
    if isinstance(node, Name) and node.name not in file.constants:
        measure = file.measures.get(node.name)
        if measure is None:
            yield node
        elif node.name not in seen:
            inner = _of_a_member(measure.value, file, seen | {node.name})
            if next(inner, None) is not None:
                yield node
    elif isinstance(node, Call) and node.function in (*SUMS, *LEGS, *OF_A_MEMBER):
        if node.function != "company":
            yield node
    else:
        for child in formula.children(node):
            yield from _differing(child, file, seen)


def _paid_on(name: str, bonus: schema.Bonus, typing: Typing) -> Iterator[str]:
    """Give the names under which a bonus reports lines that come from one order each."""
    if not isinstance(bonus, schema.Own | schema.Level | schema.Differential):
        return
    base: values.Value | None = bonus.base
    if bonus.lines == "per_order" and (base is None or typing.base_context(base) == "order"):
        yield name
        part = getattr(bonus, "own_part", None)
        if part is not None:
            yield part if isinstance(part, str) else part.name


def _check_paid_on(node: Call, on_orders: set[str], typing: Typing) -> None:
    argument = node.arguments[0] if node.arguments else node
    for bonus in argument.arguments if isinstance(argument, Call) else (argument,):
        if not isinstance(bonus, Name) or bonus.name not in typing.names.bonuses:
            continue  # the units say so already
        if bonus.name not in on_orders:
            problem = f"'{bonus.name}' has no lines that come from one order each."
            remedy = "Ask for a bonus on orders with lines: per_order; earned(...) is of members."
            typing.fault(bonus.place, "function.paid_on", problem, remedy)
