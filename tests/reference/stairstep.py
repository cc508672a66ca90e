"""The bonus kind stairstep: rate of the whole group, less what the groups below have taken."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from tests.reference.company import own_part
from tests.reference.drafts import (
    Draft,
    in_money,
    is_of_members,
    is_source,
    paid_orders,
    pays,
    unit_of,
)
from tests.reference.scope import of_member, of_order, of_receiver
from upline.compensation.plan.schema import Stairstep

if TYPE_CHECKING:
    from tests.reference.period import Period


@dataclass(frozen=True, slots=True)
class Bases:
    """Own and group bases of one kind."""

    own: dict[str, Fraction]
    group: dict[str, Fraction]


def drafts(period: Period, name: str, bonus: Stairstep) -> list[Draft]:
    """Pay each member on his own orders and on the group of each direct recruit."""
    tree = period.company.tree(bonus.tree)
    all_bases = _bases(period, bonus, is_below=False)
    few_bases = _bases(period, bonus, is_below=True)
    taken: dict[str, Fraction] = {}
    found = []
    for member in reversed(tree.from_above):
        scope = of_receiver(member)
        rate, bases = period.amount(bonus.rate, scope), all_bases
        if rate == 0 and bonus.below_first_step is not None:
            rate, bases = period.amount(bonus.below_first_step.rate, scope), few_bases
            period.hits["stairstep below_first_step"] += 1
        recruits = tree.children[member]
        taken_below = sum((taken[recruit] for recruit in recruits), Fraction(0))
        taken[member] = rate * bases.group[member] if rate else taken_below
        if not pays(period, bonus, member):
            period.hits[f"stairstep unpaid {bonus.unpaid}"] += 1
            if bonus.unpaid == "passed_up":
                taken[member] = taken_below
            continue
        if rate == 0:
            continue
        parts = [(member, rate * bases.own[member])]
        parts += [(one, rate * bases.group[one] - taken[one]) for one in recruits]
        units = [unit_of(period, bonus.base, "base"), "ratio"]
        for buyer, amount in parts:
            reported = own_part(bonus) if buyer == member else None
            paid = in_money(period, bonus, amount, units, scope)
            level = 0 if buyer == member else 1
            found.append(
                Draft(
                    receiver=member,
                    bonus=reported or name,
                    buyer=buyer,
                    level=level,
                    amount=paid,
                )
            )
    return found


def _bases(period: Period, bonus: Stairstep, *, is_below: bool) -> Bases:
    """Add up what is paid on; `is_below` for groups under the first step."""
    own = dict.fromkeys(period.company.members, Fraction(0))
    if is_of_members(period, bonus):
        for member in own:
            if is_source(period, bonus, member):
                own[member] = period.amount(bonus.base, of_member(member))
    else:
        only = bonus.below_first_step.orders if is_below and bonus.below_first_step else None
        for order in paid_orders(period, bonus):
            scope = of_order(order)
            if only is None or period.rule(only, scope):
                own[str(order["member"])] += period.amount(bonus.base, scope)
    tree = period.company.tree(bonus.tree)
    group = dict(own)
    for member in reversed(tree.from_above):
        parent = tree.parents[member]
        if parent is not None:
            group[parent] += group[member]
    return Bases(own, group)
