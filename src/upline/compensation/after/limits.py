"""Limits: a ceiling on several bonuses together, of the company, a member or a person."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from upline.compensation import columns
from upline.compensation.after.cuts import Parts, finer, less, sums
from upline.compensation.bonuses.lines import Cut, Lines, Paid, sequence_keys
from upline.compensation.columns import Codes, Numbers
from upline.compensation.errors import InputRefused
from upline.compensation.measures.evaluate import is_named, numbers, value
from upline.compensation.measures.scopes import Figures
from upline.compensation.plan.parts import own_part
from upline.compensation.plan.schema import Limit, PlanFile

Array = npt.NDArray[Any]


def within_limits(paid: list[Paid], figures: Figures) -> list[Paid]:
    """Cut what passes a limit; each limit sees what the limits before it have left."""
    for name, limit in figures.world.plan.file.limits.items():
        if len(figures.world):
            paid = _Limited.of(name, limit, paid, figures).cut(paid)
    return paid


def lines_needed(file: PlanFile) -> set[str]:
    """Give the bonuses whose lines decide what a budget or a limit cuts."""
    if file.budget is not None:
        return set(file.bonuses)
    limits = [
        one for one in file.limits.values() if one.cut == "last_first" and one.per != "member"
    ]
    return {
        name
        for name, bonus in file.bonuses.items()
        for limit in limits
        if limit.bonuses == "all" or {name, own_part(bonus)} & set(limit.bonuses)
    }


@dataclass(frozen=True, slots=True)
class _Limited:
    """One limit at work: what its groups may have and what they have earned, in small units."""

    name: str
    limit: Limit
    figures: Figures
    places: int
    group: Array
    allowed: Array
    named: Array
    earned: Array

    @classmethod
    def of(cls, name: str, limit: Limit, paid: list[Paid], figures: Figures) -> _Limited:
        chosen = [part for part in paid if _holds_for(limit, part)]
        places = max((part.places for part in chosen), default=2)
        group = _groups(limit, figures)
        count = int(group.max()) + 1
        allowed, named = _ceilings(name, limit, figures, places, group)
        earned = np.zeros(count, np.int64)
        for part in chosen:
            earned += sums(finer(part.totals, 10 ** (places - part.places)), group, count)
        return cls(name, limit, figures, places, group, allowed, named, earned)

    def cut(self, paid: list[Paid]) -> list[Paid]:
        """Give what every bonus still pays."""
        if not (self.named & (self.earned > self.allowed)).any():
            return paid
        if self.limit.cut == "last_first":
            return self._last_first(paid)
        chosen = [k for k, part in enumerate(paid) if _holds_for(self.limit, part)]
        rows = [np.flatnonzero(paid[k].totals > 0) for k in chosen]
        number = numbers(self.figures.member_scope.named("number")).values
        member = np.concatenate(rows)
        factors = [10 ** (self.places - paid[k].places) for k in chosen]
        at = list(zip(chosen, rows, factors, strict=True))
        amount = np.concatenate([finer(paid[k].totals[some], factor) for k, some, factor in at])
        unit = np.concatenate([np.full(len(some), factor, np.int64) for _, some, factor in at])
        bonus = np.concatenate([np.full(len(some), k, np.int64) for k, some, _ in at])
        parts = Parts(amount, self.group[member], unit, (number[member], bonus))
        lost = (amount - parts.cut(self._room(parts), "in_proportion")) // unit
        found = list(paid)
        for k in chosen:
            totals = np.zeros(len(self.group), np.int64)
            totals[member[bonus == k]] = lost[bonus == k]
            found[k] = self._less(paid[k], totals)
        return found

    def _room(self, parts: Parts) -> Array:
        """Give what the positive parts may keep: what others owe leaves as much more room."""
        positive = sums(parts.amount, parts.group, len(self.earned))
        allowed = np.where(self.named, self.allowed + positive - self.earned, positive)
        return np.minimum(allowed, positive)

    def _last_first(self, paid: list[Paid]) -> list[Paid]:
        """Take from the bonus that stands last in the plan, in it from the line that comes last."""
        excess = np.where(self.named, np.maximum(self.earned - self.allowed, 0), 0)
        found = list(paid)
        for k in reversed(range(len(paid))):
            part = paid[k]
            if not _holds_for(self.limit, part) or not excess.any():
                continue
            unit = 10 ** (self.places - part.places)
            has = np.maximum(sums(part.totals, self.group, len(excess)), 0)
            take = np.minimum(-(-excess // unit), has)
            excess = np.maximum(excess - take * unit, 0)
            found[k] = self._taken(part, take)
        return found

    def _taken(self, part: Paid, take: Array) -> Paid:
        """Take from each group so much of one bonus."""
        if self.limit.per == "member":
            return self._less(part, take)
        assert part.lines is not None
        lost = _lost(part.lines, self.group[part.lines.receiver], take, "last_first", self.figures)
        totals = np.zeros_like(part.totals)
        np.add.at(totals, part.lines.receiver, lost)
        return less(part, self._cut(totals, lost))

    def _less(self, part: Paid, totals: Array) -> Paid:
        lines = None
        if part.lines is not None:
            how = self.limit.cut
            lines = _lost(part.lines, part.lines.receiver, totals, how, self.figures)
        return less(part, self._cut(totals, lines))

    def _cut(self, totals: Array, lines: Array | None) -> Cut:
        unit = Fraction(1, 10**self.places)
        return Cut(
            step="limit",
            name=self.name,
            totals=totals,
            lines=lines,
            most=Numbers(self.allowed[self.group], unit),
            earned=Numbers(self.earned[self.group], unit),
        )


def _holds_for(limit: Limit, part: Paid) -> bool:
    return limit.bonuses == "all" or part.bonus in limit.bonuses


def _lost(lines: Lines, group: Array, take: Array, how: str, figures: Figures) -> Array:
    """Share out what each group loses over its lines; negative lines stay as they are."""
    rows = np.flatnonzero((lines.amount > 0) & (take[group] > 0))
    amount = lines.amount[rows]
    number = numbers(figures.member_scope.named("number")).values
    keys = (number[lines.receiver[rows]], *sequence_keys(lines, rows, figures))
    parts = Parts(amount, group[rows].astype(np.int64), np.ones(len(rows), np.int64), keys)
    has = sums(amount, parts.group, len(take))
    lost = np.zeros(len(lines), np.int64)
    lost[rows] = amount - parts.cut(has - np.minimum(take, has), how)
    return lost


def _groups(limit: Limit, figures: Figures) -> Array:
    """Give each member's group, densely numbered."""
    count = len(figures.world)
    if limit.per == "company":
        return np.zeros(count, np.int64)
    everybody = np.arange(count)
    if limit.per == "member":
        return everybody
    person = figures.member_scope.named("person")
    assert isinstance(person, Codes)
    codes = person.spread(count).values.astype(np.int64)
    # Whose person is not known is a person of his own.
    distinct = np.where(codes < 0, len(person.labels) + everybody, codes)
    return np.asarray(np.unique(distinct, return_inverse=True)[1])


def _ceilings(
    name: str, limit: Limit, figures: Figures, places: int, group: Array
) -> tuple[Array, Array]:
    """Give what each group may have, the greatest of its members', and whether any is named."""
    scope = figures.member_scope
    most = columns.rounded(numbers(value(limit.most, scope)), places, "down").spread(scope.size)
    whole = np.maximum(columns.as_int64(most.values, f"the limit '{name}'"), 0)
    named = np.broadcast_to(is_named(limit.most, scope), (scope.size,))
    if limit.per == "company" and (len(np.unique(whole)) > 1 or len(np.unique(named)) > 1):
        problem = f"The limit '{name}' of the company differs from member to member."
        remedy = "Use company(...), or write per: member."
        raise InputRefused.because("limit.most", problem, remedy, limit.place)
    count = int(group.max()) + 1
    allowed, is_limited = np.zeros(count, np.int64), np.zeros(count, np.bool_)
    np.maximum.at(allowed, group, np.where(named, whole, 0))
    np.logical_or.at(is_limited, group, named)
    return allowed, is_limited
