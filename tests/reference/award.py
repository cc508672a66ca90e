"""The bonus kind award: a sum to each member for whom something holds."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from tests.reference import choices, ranks
from tests.reference.drafts import Draft, in_money, pays, unit_of
from tests.reference.scope import Scope, of_receiver
from tests.reference.world import NotCovered
from upline.compensation.plan import formula
from upline.compensation.plan.schema import Award

if TYPE_CHECKING:
    from tests.reference.period import Period


def drafts(period: Period, name: str, bonus: Award) -> list[Draft]:
    """Pay `amount` each period, once for good, or for each rank reached for the first time."""
    if bonus.hold > 1 or bonus.instalments is not None:
        raise NotCovered("hold and instalments of an award")
    if period.previous is not None:
        period.awarded |= {one for one in period.previous.awarded if one[1] == name}
        period.awarded_up_to |= {
            key: rank for key, rank in period.previous.awarded_up_to.items() if key[1] == name
        }
    found = []
    for member in period.company.members:
        if not pays(period, bonus, member):
            continue
        scope = of_receiver(member)
        if bonus.once == "per_rank":
            found += _for_new_ranks(period, name, bonus, scope)
            continue
        amount = _amount(period, bonus, scope)
        if bonus.once == "ever":
            if (member, name) in period.awarded:
                continue
            if amount:
                period.awarded.add((member, name))
        found.append(Draft(receiver=member, bonus=name, amount=amount))
    return found


def _amount(period: Period, bonus: Award, scope: Scope) -> Fraction:
    amount = period.amount(bonus.amount, scope)
    return in_money(period, bonus, amount, [unit_of(period, bonus.amount, "member")], scope)


def _for_new_ranks(period: Period, name: str, bonus: Award, scope: Scope) -> list[Draft]:
    """Give the sum for every rank above the highest one awarded before, up to the rank now."""
    member = str(scope.member)
    named = "rank"
    table = choices.by_rank(period, bonus.amount, scope)
    if table is not None and table.by is not None and isinstance(table.by.node, formula.Name):
        named = table.by.node.name
    ladder = "rank" if named == "title" else named
    now = ranks.standing(period, ladder, member)
    before = period.awarded_up_to.get((member, name), -1)
    period.awarded_up_to[member, name] = max(before, now.index)
    passed = [now.of(rank) for rank in now.ladder[before + 1 : now.index + 1]]
    return [
        Draft(
            receiver=member,
            bonus=name,
            level=rank.index + 1,
            amount=_amount(period, bonus, replace(scope, assumed=(named, rank))),
        )
        for rank in passed
    ]
