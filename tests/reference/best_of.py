"""The bonus kind best_of: of several whole bonuses each member keeps the one that pays most."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from tests.reference import money
from tests.reference.drafts import pays
from tests.reference.scope import number, of_receiver
from tests.reference.world import Line
from upline.compensation.plan.schema import BestOf

if TYPE_CHECKING:
    from tests.reference.period import Period


def left_by_choice(period: Period, name: str) -> list[Line]:
    """Give the lines that a bonus keeps after all choices, in the order of the plan."""
    return _after(period, name, len(_choices(period)))


def paid_by(period: Period, name: str) -> list[Line]:
    """Give what is paid through a `best_of`: the lines of whatever was chosen."""
    bonus = period.company.file.bonuses[name]
    assert isinstance(bonus, BestOf)
    return [line for one in _compared(period, bonus) for line in period.lines(one)]


def _choices(period: Period) -> list[BestOf]:
    bonuses = period.company.file.bonuses.values()
    return [bonus for bonus in bonuses if isinstance(bonus, BestOf)]


def _after(period: Period, name: str, count: int) -> list[Line]:
    """Give a bonus's lines after the first so many choices."""
    key = ("after choices", name, count)
    if key not in period.memo:
        if count == 0:
            period.memo[key] = period.capped_lines(name)
        else:
            period.memo[key] = _left(period, name, count)
    return period.memo[key]  # type: ignore[return-value]


def _left(period: Period, name: str, count: int) -> list[Line]:
    bonus = _choices(period)[count - 1]
    lines = _after(period, name, count - 1)
    if name not in _compared(period, bonus):
        return lines
    kept = [
        line
        for line in lines
        if pays(period, bonus, line.receiver)
        and name in _named(period, _chosen(period, bonus, line.receiver, count - 1))
    ]
    period.hits["best_of left out"] += len(lines) - len(kept)
    return kept if bonus.cap is None else _cut(period, bonus, kept)


def _compared(period: Period, bonus: BestOf) -> list[str]:
    return [one for option in bonus.of for one in _named(period, option)]


def _named(period: Period, option: str) -> list[str]:
    """List the bonus itself, or those that a choice among the options holds."""
    bonus = period.company.file.bonuses[option]
    return _compared(period, bonus) if isinstance(bonus, BestOf) else [option]


def _chosen(period: Period, bonus: BestOf, member: str, count: int) -> str:
    """Name what pays a member most; of equal ones the first that is named."""

    def total(option: str) -> Fraction:
        lines = [line for one in _named(period, option) for line in _after(period, one, count)]
        return sum((period.worth(line) for line in lines if line.receiver == member), Fraction(0))

    return max(bonus.of, key=total)


def _cut(period: Period, bonus: BestOf, lines: list[Line]) -> list[Line]:
    """Cut what was chosen by the cap of the choice."""
    earned: dict[str, int] = {}
    found = []
    for line in sorted(lines, key=period.order_of_cutting):
        assert bonus.cap is not None
        amount = line.amount
        named = period.value(bonus.cap, of_receiver(line.receiver))
        if named is not None:
            most = money.to_units(number(named), period.places(line.owner), "down")
            amount = money.held(line.amount, earned.get(line.receiver, 0), most)
            earned[line.receiver] = earned.get(line.receiver, 0) + line.amount
            period.hits["best_of cap cut"] += amount != line.amount
        if amount:
            found.append(replace(line, amount=amount))
    return found
