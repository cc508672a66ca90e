"""The functions that add up orders and members."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from tests.reference.scope import Order, Scope, is_empty, number, of_member, of_order
from tests.reference.world import NotCovered
from upline.compensation.plan import formula
from upline.compensation.plan.formula import Call, Node, Operation, Unary
from upline.compensation.plan.names import LEGS, NUMERIC, SUMS

if TYPE_CHECKING:
    from tests.reference.period import Period

FUNCTIONS = (*SUMS, *LEGS, "customers", "event_sum", "position", "person")


def evaluate(period: Period, node: Call, scope: Scope) -> object:
    """Give what a sum over orders or members comes to."""
    match node.function:
        case "event_sum":
            if scope.event is None:
                raise NotCovered("event_sum outside lines of an event")
            return _over_orders(period, node.arguments[0], scope.event)
    key = ("sum", id(node), scope.member)
    if key not in period.memo:
        period.memo[key] = _of_member(period, node, scope)
    return period.memo[key]


def _of_member(period: Period, node: Call, scope: Scope) -> object:
    member = str(scope.member)
    if node.function == "customers":
        return _customers(period, node.arguments[0], member)
    if node.function == "position":
        return _position(period, node.arguments, member)
    if node.function == "person":
        return _total(period, node, _positions(period, member), member)
    if node.function == "company":
        # Whose formula it is does not matter: everybody is added up.
        if node.until is not None:
            raise NotCovered("company with until")
        return _total(period, node, period.company.members, member)
    if node.function in LEGS:
        return _legs(period, node, scope)
    if node.function in ("left", "right"):
        return _side(period, node, member)
    tree = period.company.tree(node.tree or "sponsor")
    until = _until(period, node, member)
    if node.function == "own":
        counted: Iterable[str] = [member]
    elif node.function == "group":
        counted = [member, *tree.below(member, until=until)]
    elif node.function == "downline":
        counted = tree.below(member, until=until)
    elif node.function == "recruits":
        counted = [one for one in tree.children[member] if until is None or not until(one)]
    else:
        reached = set(tree.below(member, until=until))
        deepest = int(number(period.formula(node.arguments[1], scope)))
        counted = [one for one in tree.levels(member, deepest) if one in reached]
    return _total(period, node, counted, member)


def _until(period: Period, node: Call, asker: str) -> Callable[[str], bool] | None:
    if node.until is None:
        return None
    rule = node.until
    return lambda member: bool(period.formula(rule, of_member(member, asker=asker)))


def _positions(period: Period, member: str) -> list[str]:
    """List all positions of a member's person; without a person he stands for himself."""
    person = period.member_value(member, "person")
    if is_empty(person):
        return [member]
    return [one for one in period.company.members if period.member_value(one, "person") == person]


def _side(period: Period, node: Call, member: str) -> Fraction:
    """Add up the leg that hangs on one side of a member."""
    company = period.company
    tree = company.tree(node.tree or company.binary_tree())
    until = _until(period, node, member)
    leg = []
    for child in tree.children[member]:
        if company.side(child) == node.function and (until is None or not until(child)):
            leg += [child, *tree.below(child, until=until)]
    return _total(period, node, leg, member)


def _total(
    period: Period, node: Call, members: Iterable[str], asker: str, place: int = 0
) -> Fraction:
    """Add up the argument at `place`: an order formula over orders, or a member formula."""
    argument = node.arguments[place]
    if not _is_of_orders(period, node, argument):
        return sum(
            (number(period.formula(argument, of_member(one, asker=asker))) for one in members),
            Fraction(0),
        )
    orders = (order for one in members for order in _orders(period, one, node.last_days))
    kept = [
        order
        for order in orders
        if node.where is None or period.formula(node.where, of_order(order))
    ]
    return _over_orders(period, argument, kept)


def _is_of_orders(period: Period, node: Call, argument: Node) -> bool:
    if node.function == "own" or node.where is not None or node.last_days:
        return True
    return period.company.typing.summed_context(argument) == "order"


def _orders(period: Period, member: str, last_days: int) -> Iterable[Order]:
    if not last_days:
        return period.orders_of(member)
    first = period.end - timedelta(days=last_days)
    return [
        order
        for order in period.company.orders
        if order["member"] == member and first <= order["date"] < period.end  # type: ignore[operator]
    ]


def _over_orders(period: Period, argument: Node, orders: Iterable[Order]) -> Fraction:
    return sum((number(period.formula(argument, of_order(order))) for order in orders), Fraction(0))


def _legs(period: Period, node: Call, scope: Scope) -> Fraction:
    member = str(scope.member)
    place = 1 if node.function in ("leg", "legs_from") else 0
    tree = period.company.tree(node.tree or "sponsor")
    until = _until(period, node, member)
    legs = []
    for recruit in tree.children[member]:
        leg = [recruit, *tree.below(recruit, until=until)]
        if until is not None and until(recruit):
            leg = []
        legs.append(_total(period, node, leg, member, place))
    legs.sort(reverse=True)
    if node.function == "legs":
        return Fraction(sum(1 for leg in legs if leg > 0))
    if node.function == "legs_sum":
        most = number(period.formula(node.arguments[1], scope))
        return sum((min(leg, most) for leg in legs), Fraction(0))
    nth = int(number(period.formula(node.arguments[0], scope)))
    if node.function == "leg":
        return legs[nth - 1] if nth <= len(legs) else Fraction(0)
    return sum(legs[nth - 1 :], Fraction(0))


def _customers(period: Period, condition: Node, member: str) -> Fraction:
    by_customer: dict[object, list[Order]] = {}
    for order in period.orders_of(member):
        if not is_empty(order.get("customer")):
            by_customer.setdefault(order["customer"], []).append(order)
    holding = [
        customer
        for customer, orders in by_customer.items()
        if _holds_for(period, condition, tuple(orders))
    ]
    return Fraction(len(holding))


def _holds_for(period: Period, node: Node, orders: tuple[Order, ...]) -> bool:
    """Hold a condition against a customer's sums; what no sum can answer, against each order."""
    match node:
        case Operation(operator="and", left=left, right=right):
            return _holds_for(period, left, orders) and _holds_for(period, right, orders)
        case Operation(operator="or", left=left, right=right):
            return _holds_for(period, left, orders) or _holds_for(period, right, orders)
        case Unary(operator="not", operand=operand):
            return not _holds_for(period, operand, orders)
    if all(_is_summed(period, one) for one in formula.walk(node) if one is not node):
        return bool(period.formula(node, Scope(is_order=True, summed=orders)))
    return any(period.formula(node, of_order(order)) for order in orders)


def _is_summed(period: Period, node: Node) -> bool:
    """Say whether a part of a condition is a number that can be added up."""
    if isinstance(node, Call) and node.function in ("within", "days_since"):
        return False
    return period.company.typing.formula(node, "order") in NUMERIC


def _position(period: Period, arguments: tuple[Node, ...], member: str) -> Fraction:
    """Give the place: greatest first argument, then smallest others, then the first to join."""

    def rank_key(one: str) -> tuple[object, ...]:
        greatest, *others = (period.formula(node, of_member(one)) for node in arguments)
        first = (greatest is None, -_sortable(greatest))
        return (first, *map(_sortable, others), period.company.number_of(one))

    order = sorted(period.company.members, key=rank_key)
    return Fraction(order.index(member) + 1)


def _sortable(value: object) -> Fraction:
    if isinstance(value, date):
        return Fraction(value.toordinal())
    if value is None:
        return Fraction(date.max.toordinal() + 1)
    return number(value)
