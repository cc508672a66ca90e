"""Formulas evaluated node by node."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from tests.reference import money, sums
from tests.reference.scope import Scope, Standing, is_empty, number
from tests.reference.world import NotCovered, WorldRefused
from upline.compensation.plan import formula
from upline.compensation.plan.formula import (
    Among,
    Call,
    Day,
    Name,
    Node,
    Number,
    Operation,
    Truth,
    Unary,
    Word,
)

if TYPE_CHECKING:
    from tests.reference.period import Period


def evaluate(period: Period, node: Node, scope: Scope) -> object:
    """Give the value of a formula: a Fraction, bool, text, date, id, None or Standing."""
    match node:
        case Number(value=value):
            return value
        case Word(text=text):
            return text
        case Truth(holds=holds):
            return holds
        case Day(day=day):
            return day
        case Name():
            return _name(period, node, scope)
        case Unary(operator="not", operand=operand):
            return not evaluate(period, operand, scope)
        case Unary(operand=operand):
            return -number(evaluate(period, operand, scope))
        case Operation(operator="and", left=left, right=right):
            return bool(evaluate(period, left, scope)) and bool(evaluate(period, right, scope))
        case Operation(operator="or", left=left, right=right):
            return bool(evaluate(period, left, scope)) or bool(evaluate(period, right, scope))
        case Operation(operator=operator, left=left, right=right):
            value = evaluate(period, left, scope)
            other = _beside(period, value, right, scope)
            if operator in formula.COMPARISONS:
                return compare(operator, value, other)
            return _reckon(operator, number(value), number(other))
        case Among(value=value_node, choices=choices):
            value = evaluate(period, value_node, scope)
            return any(
                compare("=", value, _beside(period, value, choice, scope)) for choice in choices
            )
        case Call():
            return _call(period, node, scope)
    raise AssertionError(node)


def _beside(period: Period, value: object, node: Node, scope: Scope) -> object:
    """Evaluate what stands beside `value`; beside a rank a rank's name may stand bare."""
    is_bare = isinstance(node, Name) and not node.prefix
    if isinstance(value, Standing) and is_bare and node.name in value.ladder:
        return node.name
    return evaluate(period, node, scope)


def _name(period: Period, node: Name, scope: Scope) -> object:
    if node.prefix == "order" or (scope.is_order and not node.prefix):
        if scope.summed is not None:
            return sum(
                (number(period.order_value(order, node.name)) for order in scope.summed),
                Fraction(0),
            )
        if scope.order is None:
            raise NotCovered(f"order.{node.name} where a line comes from no single order")
        return period.order_value(scope.order, node.name)
    prefixed = {"": scope.member, "buyer": scope.buyer, "receiver": scope.receiver}
    member = prefixed[node.prefix]
    if member is None:
        raise NotCovered(f"{node.prefix or 'a member'}.{node.name} where there is none")
    if node.name == "personal":
        if scope.asker is None:
            raise NotCovered("personal where nobody asks")
        return period.company.sponsor(member) == scope.asker
    if not node.prefix and scope.assumed is not None and scope.assumed[0] == node.name:
        return scope.assumed[1]
    return period.member_value(member, node.name)


def compare(operator: str, left: object, right: object) -> bool:
    """Compare two values of one kind; with an empty date nothing is earlier or later."""
    if isinstance(left, Standing):
        right = left.of(right) if isinstance(right, str) else right
        left, right = left.index, right.index  # type: ignore[attr-defined]
    if operator in ("=", "!="):
        same = left == right or (is_empty(left) and is_empty(right))
        return same == (operator == "=")
    if isinstance(left, date) or isinstance(right, date) or left is None or right is None:
        if is_empty(left) or is_empty(right):
            return False
    else:
        left, right = number(left), number(right)
    match operator:
        case "<":
            return left < right  # type: ignore[operator]
        case "<=":
            return left <= right  # type: ignore[operator]
        case ">":
            return left > right  # type: ignore[operator]
        case ">=":
            return left >= right  # type: ignore[operator]
    raise AssertionError(operator)


def _reckon(operator: str, left: Fraction, right: Fraction) -> Fraction:
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return left / right
    raise AssertionError(operator)


ARITHMETIC: dict[str, Callable[..., Fraction]] = {
    "min": min,
    "max": max,
    "abs": abs,
    "round": lambda amount, places: money.rounded(amount, int(places)),
    "floor": money.whole_down,
    "ceil": money.whole_up,
    "share": lambda part, whole, without=Fraction(0): part / whole if whole else without,
}


def _call(period: Period, node: Call, scope: Scope) -> object:
    name, arguments = node.function, node.arguments
    if name in sums.FUNCTIONS:
        return sums.evaluate(period, node, scope)
    if name in ("over", "best", "held", "lifetime", "previous"):
        return _window(period, node, scope)
    if name in ARITHMETIC:
        return ARITHMETIC[name](*(number(evaluate(period, one, scope)) for one in arguments))
    match name:
        case "given":
            return not is_empty(evaluate(period, arguments[0], scope))
        case "days_since":
            since = evaluate(period, arguments[0], scope)
            if not isinstance(since, date):
                raise WorldRefused("days_since asks for a date that is empty.")
            return Fraction((_day(period, scope) - since).days)
        case "within":
            days = int(number(evaluate(period, arguments[0], scope)))
            first = evaluate(period, arguments[1], scope)
            if not isinstance(first, date):
                return False
            return first <= _day(period, scope) < first + timedelta(days=days)
        case "sponsor_has":
            sponsor = period.company.sponsor(str(scope.member))
            return sponsor is not None and bool(
                evaluate(period, arguments[0], Scope(member=sponsor))
            )
        case "earned":
            names = _listed(arguments[0])
            return sum((period.earned(str(scope.member), one) for one in names), Fraction(0))
        case "paid_on":
            names = _listed(arguments[0])
            orders = scope.summed if scope.summed is not None else (scope.order or {},)
            return sum(
                (period.paid_on(str(order["id"]), one) for order in orders for one in names),
                Fraction(0),
            )
    raise NotCovered(f"the function {name}")


def _day(period: Period, scope: Scope) -> date:
    if scope.is_order and scope.order is not None:
        return scope.order["date"]  # type: ignore[return-value]
    return period.last_day


def _listed(node: Node) -> list[str]:
    nodes = node.arguments if isinstance(node, Call) else (node,)
    return [one.name for one in nodes if isinstance(one, Name)]


def _window(period: Period, node: Call, scope: Scope) -> object:
    """Evaluate the inner formula in this period and earlier ones."""
    inner = node.arguments[-1]
    if node.function == "previous":
        if period.previous is not None:
            return evaluate(period.previous, inner, scope)
        unit = period.company.typing.formula(inner, "member")
        if unit.startswith("rank:"):
            return Standing(period.company.ladder(unit[5:]), -1)
        return {"yes_no": False, "text": "", "date": None, "member": None}.get(unit, Fraction(0))
    seen = [period, *period.earlier()]
    if node.function != "lifetime":
        seen = seen[: int(number(evaluate(period, node.arguments[0], scope)))]
    values = [evaluate(one, inner, scope) for one in seen]
    if node.function == "held":
        return Fraction(sum(1 for value in values if value))
    if node.function == "best":
        wanted = int(number(evaluate(period, node.arguments[0], scope)))
        missing = [Fraction(0)] * (wanted - len(values))
        return max([*(number(value) for value in values), *missing])
    return sum((number(value) for value in values), Fraction(0))
