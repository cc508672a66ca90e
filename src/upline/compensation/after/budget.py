"""The budget of an order: what its lines may come to, after what was already spent of it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from upline.compensation import columns
from upline.compensation.after.cuts import Parts, finer, less, sums
from upline.compensation.bonuses.lines import Cut, Paid
from upline.compensation.columns import Numbers
from upline.compensation.measures.evaluate import is_named, numbers, value
from upline.compensation.measures.scopes import Figures
from upline.compensation.plan.schema import Budget

Array = npt.NDArray[Any]


def within_budget(paid: list[Paid], figures: Figures) -> list[Paid]:
    """Cut the lines of each order that come to more than its budget leaves.

    A refund mirrors the sale. Lines of the other sign than the order's stay as they are.
    """
    budget = figures.world.plan.file.budget
    if budget is None or not paid:
        return paid
    lines = _OrderLines.of(paid, figures)
    parts, count = lines.parts, len(figures.world.orders)
    sign, room, named = _ceilings(budget, figures, lines.places)
    earned = sums(parts.amount, parts.group, count)
    sign = np.where(sign == 0, np.sign(earned), sign)
    allowed = np.maximum(room * sign, 0)
    over = named & (earned * sign > allowed)
    mirrored = parts.amount * sign[parts.group]
    rows = np.flatnonzero(over[parts.group] & (mirrored > 0))
    keys = tuple(key[rows] for key in parts.keys)
    chosen = Parts(mirrored[rows], parts.group[rows], parts.unit[rows], keys)
    # What others give back leaves as much more room.
    given_back = sums(chosen.amount, chosen.group, count) - earned * sign
    kept = chosen.cut(allowed + given_back, budget.cut)
    taken = np.zeros(len(parts.amount), np.int64)
    taken[rows] = (chosen.amount - kept) * sign[chosen.group]
    unit = Fraction(1, 10**lines.places)
    return lines.less(taken, most=Numbers(allowed * sign, unit), earned=Numbers(earned, unit))


def _ceilings(budget: Budget, figures: Figures, places: int) -> tuple[Array, Array, Array]:
    """Give the sign of each order's budget, what is left of it, and whether the plan names one."""
    scope = figures.order_scope
    most = room = numbers(value(budget.most, scope))
    if budget.spent is not None:
        room = columns.added(most, numbers(value(budget.spent, scope)), -1)
    left = columns.rounded(room, places, "down").spread(scope.size).values
    named = np.broadcast_to(is_named(budget.most, scope), (scope.size,))
    sign = np.sign(most.spread(scope.size).values).astype(np.int64)
    return sign, columns.as_int64(left, "the budgets of orders"), named


@dataclass(frozen=True, slots=True)
class _OrderLines:
    """The lines of all bonuses that come from an order, behind each other."""

    paid: list[Paid]
    rows: list[Array]
    places: int
    parts: Parts

    @classmethod
    def of(cls, paid: list[Paid], figures: Figures) -> _OrderLines:
        """Put them in one sequence: by the bonus's place in the plan, level, joining, amount."""
        places = max(part.places for part in paid)
        number = numbers(figures.member_scope.named("number")).values
        every: list[tuple[Array, ...]] = []
        rows = []
        for index, part in enumerate(paid):
            assert part.lines is not None
            rows.append(np.flatnonzero(part.lines.order >= 0))
            some = part.lines.taken(rows[-1])
            factor = 10 ** (places - part.places)
            unit, bonus = np.full((2, len(some)), [[factor], [index]])
            amount = finer(some.amount, factor)
            every.append((amount, some.order, unit, number[some.receiver], some.level, bonus))
        amount, order, unit, joined, level, bonus = map(np.concatenate, zip(*every, strict=True))
        parts = Parts(amount, order.astype(np.int64), unit, (amount, joined, level, bonus))
        return cls(paid, rows, places, parts)

    def less(self, taken: Array, *, most: Numbers, earned: Numbers) -> list[Paid]:
        """Take from each bonus what was cut of its lines."""
        found = []
        ends = np.cumsum([len(rows) for rows in self.rows])
        lost = np.split(taken // self.parts.unit, ends[:-1])
        for part, rows, amounts in zip(self.paid, self.rows, lost, strict=True):
            assert part.lines is not None
            lines = np.zeros(len(part.lines), np.int64)
            lines[rows] = amounts
            totals = np.zeros_like(part.totals)
            np.add.at(totals, part.lines.receiver, lines)
            cut = Cut(step="budget", name="", totals=totals, lines=lines, most=most, earned=earned)
            found.append(less(part, cut))
        return found
