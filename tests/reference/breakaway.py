"""The bonus kind breakaway: overrides on groups that have broken away, with a guarantee."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from tests.reference import money
from tests.reference.drafts import Draft, in_money, pays, unit_of
from tests.reference.scope import of_member, of_order, of_receiver
from upline.compensation.plan.schema import Breakaway

if TYPE_CHECKING:
    from tests.reference.period import Period


def drafts(period: Period, name: str, bonus: Breakaway) -> list[Draft]:
    """Pay the nearest qualified upline of each leg; its leader makes good what a guarantee lacks."""
    tree = period.company.tree(bonus.tree)
    heads = [one for one in tree.from_above if period.rule(bonus.head, of_member(one))]
    bases = _personal_groups(period, bonus, set(heads))
    got: dict[str, int] = {}
    found = []
    for leader in reversed(heads):
        above = list(tree.upwards(leader))[1:]
        receiver = next((one for one in above if pays(period, bonus, one)), None)
        if receiver is None:
            continue
        scope = of_receiver(receiver, buyer=leader)
        rate = period.amount(bonus.rate, scope)
        unit = unit_of(period, bonus.base, "base")
        worth = rate * bases[leader]
        due = _units(
            period, name, in_money(period, bonus, worth, [unit], scope) if worth else worth
        )
        least = 0
        if bonus.guarantee is not None:
            least = _units(period, name, period.amount(bonus.guarantee, scope))
        left = max(0, min(least - due, got.get(leader, 0)))
        got[receiver] = got.get(receiver, 0) + due + left
        found.append(_draft(name, receiver, leader, 1, due + left))
        if left:
            period.hits["breakaway guarantee"] += 1
            found.append(_draft(name, leader, leader, 0, -left))
    return found


def _draft(name: str, receiver: str, buyer: str, level: int, units: int) -> Draft:
    return Draft(
        receiver=receiver, bonus=name, amount=Fraction(0), buyer=buyer, level=level, units=units
    )


def _units(period: Period, name: str, amount: Fraction) -> int:
    rounding = period.company.rounding(name)
    return money.to_units(amount, rounding.places, rounding.mode)


def _personal_groups(period: Period, bonus: Breakaway, heads: set[str]) -> dict[str, Fraction]:
    """Add up the leader and all below him, without the groups of other heads."""
    tree = period.company.tree(bonus.tree)
    found = {}
    for leader in heads:
        group = {leader, *tree.below(leader, until=lambda one: one in heads)}
        found[leader] = sum(
            (
                period.amount(bonus.base, of_order(order))
                for order in period.orders
                if order["member"] in group
            ),
            Fraction(0),
        )
    return found
