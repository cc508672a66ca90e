"""What comes after all bonuses: the budget of each order, then limits on several bonuses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING

from tests.reference.company import own_part
from tests.reference.scope import is_empty, number, of_member, of_order
from tests.reference.world import Line
from upline.compensation.plan.schema import Budget, Limit

if TYPE_CHECKING:
    from tests.reference.period import Period

NONE = Fraction(0)


def cut(period: Period, lines: list[Line]) -> list[Line]:
    """Give what the budget and then every limit, as they stand in the plan, leave of lines."""
    file = period.company.file
    if file.budget is not None:
        lines = _budget(period, file.budget, lines)
    for limit in file.limits.values():
        lines = _limit(period, limit, lines)
    return [line for line in lines if line.amount]


@dataclass(frozen=True, slots=True)
class Part:
    """Something that may be cut: an amount in money, and the unit that it comes in."""

    amount: Fraction
    unit: Fraction


def held_to(parts: Sequence[Part], ceiling: Fraction, how: str) -> list[Fraction]:
    """Give what a ceiling leaves of each part; negative parts stay and leave room to others."""
    amounts = [part.amount for part in parts]
    ceiling -= sum((amount for amount in amounts if amount < 0), NONE)
    whole = sum((amount for amount in amounts if amount > 0), NONE)
    if whole <= ceiling:
        return amounts
    positive = [place for place, amount in enumerate(amounts) if amount > 0]
    if how == "last_first":
        for place in reversed(positive):
            taken = min(amounts[place], whole - ceiling)
            amounts[place] -= taken
            whole -= taken
        return amounts
    exact = {place: amounts[place] * ceiling / whole for place in positive}
    for place in positive:
        amounts[place] = floor(exact[place] / parts[place].unit) * parts[place].unit
    left = ceiling - sum((amounts[place] for place in positive), NONE)
    # Each remainder is a part of the unit that it is cut down to.
    rest = {place: (exact[place] - amounts[place]) / parts[place].unit for place in positive}
    for place in sorted(positive, key=lambda place: -rest[place]):
        if rest[place] > 0 and parts[place].unit <= left:
            amounts[place] += parts[place].unit
            left -= parts[place].unit
    return amounts


# Orders


def _budget(period: Period, budget: Budget, lines: list[Line]) -> list[Line]:
    left = list(lines)
    for order in period.orders:
        places = [place for place, line in enumerate(lines) if line.order == order["id"]]
        places.sort(key=lambda place: _order_of_budget(period, lines[place]))
        scope = of_order(order)
        named = period.value(budget.most, scope)
        if named is None:
            continue
        most = number(named)
        earned = sum((period.worth(lines[place]) for place in places), NONE)
        mirrored = -1 if most < 0 or (most == 0 and earned < 0) else 1
        if budget.spent is not None:
            most -= period.amount(budget.spent, scope)
        parts = [
            Part(mirrored * period.worth(lines[place]), _unit(period, lines[place]))
            for place in places
        ]
        ceiling = _whole(period, mirrored * most, list(period.company.file.bonuses))
        amounts = held_to(parts, ceiling, budget.cut)
        period.hits[f"budget {budget.cut}"] += amounts != [part.amount for part in parts]
        for place, amount in zip(places, amounts, strict=True):
            left[place] = _with_amount(period, lines[place], mirrored * amount)
    return left


def _whole(period: Period, most: Fraction, bonuses: list[str]) -> Fraction:
    """Cut a ceiling down to whole units of the most decimals of these bonuses; never below 0."""
    unit = Fraction(1, 10 ** max((period.places(bonus) for bonus in bonuses), default=0))
    return max(NONE, floor(most / unit) * unit)


def _order_of_budget(period: Period, line: Line) -> tuple[object, ...]:
    level = -1 if line.level is None else line.level
    joined = period.company.number_of(line.receiver)
    return (_place(period, line), level, joined, period.worth(line))


def _place(period: Period, line: Line) -> int:
    """Give the place in the plan of a line's bonus; own parts stand behind all bonuses."""
    return period.company.plan.names.bonuses.index(line.bonus)


def _unit(period: Period, line: Line) -> Fraction:
    return Fraction(1, 10 ** period.places(line.owner))


def _with_amount(period: Period, line: Line, amount: Fraction) -> Line:
    return replace(line, amount=int(amount / _unit(period, line)))


# Members, persons, the company


def _limit(period: Period, limit: Limit, lines: list[Line]) -> list[Line]:
    left = list(lines)
    named = [
        bonus
        for bonus, spec in period.company.file.bonuses.items()
        if limit.bonuses == "all" or {bonus, own_part(spec)} & {*limit.bonuses}
    ]
    for members, asked in _ceilings(period, limit):
        most = _whole(period, asked, named)
        places = [
            place
            for place, line in enumerate(lines)
            if line.receiver in members and (limit.bonuses == "all" or line.bonus in limit.bonuses)
        ]
        places.sort(key=lambda place: _order_of_limits(period, lines[place]))
        limited = [lines[place] for place in places]
        amounts = _of_lines(period, limited, most, limit.cut)
        is_cut = amounts != [period.worth(line) for line in limited]
        period.hits[f"limit per {limit.per} {limit.cut}"] += is_cut
        for place, amount in zip(places, amounts, strict=True):
            left[place] = _with_amount(period, lines[place], amount)
    return left


def _of_lines(period: Period, lines: list[Line], most: Fraction, how: str) -> list[Fraction]:
    """Cut whole bonuses, or what each member earned by each, then the lines in them."""
    earned: dict[tuple[str, str], list[int]] = {}
    for place, line in enumerate(lines):
        receiver = "" if how == "last_first" else line.receiver
        earned.setdefault((line.bonus, receiver), []).append(place)
    keys = sorted(earned, key=lambda key: _order_of_parts(period, lines[earned[key][0]]))
    parts = [
        Part(
            sum((period.worth(lines[place]) for place in earned[key]), NONE),
            _unit(period, lines[earned[key][0]]),
        )
        for key in keys
    ]
    amounts = [NONE] * len(lines)
    for key, whole in zip(keys, held_to(parts, most, how), strict=True):
        own = [
            Part(period.worth(lines[place]), _unit(period, lines[place])) for place in earned[key]
        ]
        for place, amount in zip(earned[key], held_to(own, whole, how), strict=True):
            amounts[place] = amount
    return amounts


def _order_of_parts(period: Period, line: Line) -> tuple[object, ...]:
    return (_place(period, line), period.company.number_of(line.receiver))


def _order_of_limits(period: Period, line: Line) -> tuple[object, ...]:
    """Sort as the plan lists bonuses, and within one as a cap cuts."""
    return (
        _place(period, line),
        *period.order_of_cutting(line),
        period.company.number_of(line.receiver),
    )


def _ceilings(period: Period, limit: Limit) -> list[tuple[list[str], Fraction]]:
    """Give whose lines together stay under which sum; a person has the greatest of his positions."""
    found = []
    for group in _groups(period, limit):
        asked = group[:1] if limit.per == "company" else group
        mosts = [period.value(limit.most, of_member(member)) for member in asked]
        named = [number(most) for most in mosts if most is not None]
        if named:
            found.append((group, max(named)))
    return found


def _groups(period: Period, limit: Limit) -> list[list[str]]:
    members = list(period.company.members)
    if limit.per == "company":
        return [members]
    if limit.per == "member":
        return [[member] for member in members]
    by_person: dict[object, list[str]] = {}
    for member in members:
        person = period.member_value(member, "person")
        key = ("alone", member) if is_empty(person) else ("person", person)
        by_person.setdefault(key, []).append(member)
    return list(by_person.values())
