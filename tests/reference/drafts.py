"""Lines before rounding, where they come from, and points turned into money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from tests.reference.scope import (
    Order,
    Scope,
    is_empty,
    number,
    of_member,
    of_order,
    of_receiver,
)
from tests.reference.world import NotCovered, WorldRefused
from upline.compensation.plan.schema import Bonus, Sourced
from upline.compensation.plan.values import Value

if TYPE_CHECKING:
    from tests.reference.period import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A line before rounding, in the plan's money; `units` where it was rounded in a special way."""

    receiver: str
    bonus: str
    amount: Fraction
    buyer: str | None = None
    order: Order | None = None
    level: int | None = None
    units: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What lines come from: an order, a buyer's orders of the period, or a member."""

    buyer: str
    base: Fraction
    order: Order | None = None
    start: str | None = None


def is_of_members(period: Period, bonus: Sourced) -> bool:
    """Say whether a bonus is paid on members and not on orders."""
    if bonus.base is None:
        return False
    return period.company.typing.base_context(bonus.base) == "member"


def paid_orders(period: Period, bonus: Sourced) -> list[Order]:
    """List the orders that a bonus is paid on."""
    return [
        order
        for order in period.orders
        if (bonus.orders is None or period.rule(bonus.orders, of_order(order)))
        and is_source(period, bonus, str(order["member"]))
    ]


def is_source(period: Period, bonus: Sourced, member: str) -> bool:
    """Say whether lines may come from a member."""
    return bonus.sources is None or period.rule(bonus.sources, of_member(member))


def sources(period: Period, bonus: Sourced, *, starts: str = "parent") -> list[Source]:
    """List what a bonus is paid on; `starts` says who stands on level 1."""
    tree = period.company.tree(bonus.tree)

    def start(buyer: str, order: Order | None) -> str | None:
        if starts == "parent":
            return tree.parents[buyer]
        return buyer if starts == "buyer" else named_member(period, starts, buyer, order)

    if is_of_members(period, bonus):
        return [
            Source(
                buyer=member,
                base=period.amount(bonus.base, of_member(member)),
                start=start(member, None),
            )
            for member in period.company.members
            if is_source(period, bonus, member)
        ]
    found = [
        Source(
            buyer=str(order["member"]),
            base=period.amount(bonus.base, of_order(order)),
            order=order,
            start=start(str(order["member"]), order),
        )
        for order in paid_orders(period, bonus)
    ]
    return added_up(found) if bonus.lines == "per_buyer" else found


def added_up(found: Sequence[Source]) -> list[Source]:
    """Add up the bases of each buyer."""
    totals: dict[tuple[str, str | None], Fraction] = {}
    for source in found:
        key = (source.buyer, source.start)
        totals[key] = totals.get(key, Fraction(0)) + source.base
    return [Source(buyer=buyer, base=base, start=start) for (buyer, start), base in totals.items()]


def named_member(period: Period, path: str, buyer: str, order: Order | None) -> str | None:
    """Give the member that `order.affiliate`, `buyer.mentor` or a bare field names."""
    prefix, _, name = path.rpartition(".")
    if not prefix:
        prefix = "order" if name in period.company.plan.names.order else "buyer"
    if prefix == "order":
        if order is None:
            raise NotCovered(f"{path} where a line comes from no order")
        found = period.order_value(order, name)
    else:
        found = period.member_value(buyer, name)
    return None if is_empty(found) else str(found)


def in_money(
    period: Period, bonus: Bonus, amount: Fraction, units: Sequence[str], scope: Scope
) -> Fraction:
    """Turn an amount of a product of such units into money; points by the receiver's value."""
    if "money" in units:
        return amount
    if "points" not in units:
        raise NotCovered(f"{' times '.join(units)} as money")
    written = bonus.point_value or period.company.file.point_value
    worth = period.value(written, scope) if written is not None else None
    if not worth:
        raise WorldRefused(f"There is no point value for {scope.receiver}.")
    return amount * number(worth)


def unit_of(period: Period, value: Value | None, context: str) -> str:
    """Give the unit of a value; context is order, member, receiver or base."""
    if value is None:
        return "ratio"
    if context == "base":
        context = period.company.typing.base_context(value)
    return period.company.typing.value(value, context)


def pays(period: Period, bonus: Bonus, receiver: str) -> bool:
    """Say whether somebody meets what a receiver must meet."""
    key = ("requires", id(bonus), receiver)
    if key not in period.memo:
        period.memo[key] = period.rule(bonus.requires, of_member(receiver))
    return bool(period.memo[key])


def receiver_scope(receiver: str, source: Source) -> Scope:
    """Scope of a rate for a receiver and what the line comes from."""
    return of_receiver(receiver, order=source.order, buyer=source.buyer)
