"""The bonus kind award: a sum to each member for whom something holds, at once or in parts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from tests.reference import choices, money, ranks
from tests.reference.drafts import Draft, in_money, pays, unit_of
from tests.reference.scope import Scope, Standing, of_member, of_receiver
from upline.compensation.plan import formula
from upline.compensation.plan.schema import Award

if TYPE_CHECKING:
    from tests.reference.period import Period


@dataclass(frozen=True, slots=True)
class Running:
    """An award that is paid in parts: `paid` of them so far."""

    award: Draft
    paid: int


def drafts(period: Period, name: str, bonus: Award) -> list[Draft]:
    """Pay `amount` each period, once for good, or for each rank reached for the first time."""
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
        if not _held(period, bonus, member):
            period.hits["award waits: hold"] += 1
            continue
        amount = _amount(period, bonus, scope)
        if bonus.once == "ever":
            if (member, name) in period.awarded:
                continue
            if amount:
                period.awarded.add((member, name))
        found.append(Draft(receiver=member, bonus=name, amount=amount))
    return found if bonus.instalments is None else _in_parts(period, name, bonus, found)


def _held(period: Period, bonus: Award, member: str) -> bool:
    """Say whether `requires` holds now and held in so many periods before as `hold` asks."""
    row = [period, *period.earlier()][: bonus.hold]
    return len(row) == bonus.hold and all(pays(one, bonus, member) for one in row)


def _amount(period: Period, bonus: Award, scope: Scope) -> Fraction:
    amount = period.amount(bonus.amount, scope)
    return in_money(period, bonus, amount, [unit_of(period, bonus.amount, "member")], scope)


# Ranks


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
    passed = [now.of(rank) for rank in now.ladder[before + 1 : now.index + 1]]
    held = [rank for rank in passed if _rank_held(period, bonus, member, ladder, rank)]
    period.hits["award waits: hold"] += len(passed) - len(held)
    period.awarded_up_to[member, name] = max([before, *(rank.index for rank in held)])
    return [
        Draft(
            receiver=member,
            bonus=name,
            level=rank.index + 1,
            amount=_amount(period, bonus, replace(scope, assumed=(named, rank))),
        )
        for rank in held
    ]


def _rank_held(period: Period, bonus: Award, member: str, ladder: str, rank: Standing) -> bool:
    row = [period, *period.earlier()][: bonus.hold]
    return len(row) == bonus.hold and all(
        pays(one, bonus, member) and ranks.standing(one, ladder, member).index >= rank.index
        for one in row
    )


# Instalments


def _in_parts(period: Period, name: str, bonus: Award, awarded: list[Draft]) -> list[Draft]:
    """Give a part of each award made now, and of each that is still being paid."""
    assert bonus.instalments is not None
    before = [] if period.previous is None else period.previous.kept[name]
    running = [Running(award, 0) for award in awarded]
    for one in before:  # type: ignore[attr-defined]
        holds = bonus.instalments.holds_while
        if holds is None or period.rule(holds, of_member(one.award.receiver)):
            running.append(one)
        else:
            period.hits["award parts lost"] += 1
    period.hits["award parts"] += len(running)
    period.kept[name] = [
        Running(one.award, one.paid + 1)
        for one in running
        if one.paid + 1 < bonus.instalments.count
    ]
    return [_part(period, name, one, bonus.instalments.count) for one in running]


def _part(period: Period, name: str, one: Running, count: int) -> Draft:
    rounding = period.company.rounding(name)

    def units(parts: int) -> int:
        amount = one.award.amount * parts / count
        return money.to_units(amount, rounding.places, rounding.mode)

    return replace(one.award, units=units(one.paid + 1) - units(one.paid))
