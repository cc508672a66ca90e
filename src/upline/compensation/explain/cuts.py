"""What budgets, limits and legal gates took from a member, by how much and why."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from upline.compensation.bonuses.lines import Cut, Lines, Paid
from upline.compensation.decimals import exact_text
from upline.compensation.explain.facts import CutReason, LineReason
from upline.compensation.explain.view import View, money_text
from upline.compensation.plan.schema import Part


def cuts_of(view: View, part: Paid, position: int) -> tuple[CutReason, ...]:
    """Give what each step took from a bonus of a member; a gate tells only what was lost by it."""
    taken = [(cut, int(cut.totals[position])) for cut in part.cuts]
    found = [
        _reason(view, cut, amount, part.places, _place(cut, position))
        for cut, amount in taken
        if amount
    ]
    return tuple(found)


def uncut(part: Paid, rows: npt.NDArray[Any]) -> Lines:
    """Give lines of a bonus as they were before all cuts."""
    assert part.lines is not None
    lines = part.lines.taken(rows)
    lost = sum((cut.lines[rows] for cut in part.cuts if cut.lines is not None), np.int64(0))
    return replace(lines, amount=lines.amount + lost)


def with_cuts(view: View, part: Paid, row: int, line: LineReason) -> LineReason:
    """Add to a line what each step took from it, and what is left."""
    assert part.lines is not None
    at = {"budget": int(part.lines.order[row]), "limit": int(part.lines.receiver[row])}
    found = tuple(
        _reason(view, cut, int(cut.lines[row]), part.places, at.get(cut.step, -1))
        for cut in part.cuts
        if cut.lines is not None and cut.lines[row]
    )
    if not found:
        return line
    left = Fraction(int(part.lines.amount[row]), 10**part.places)
    return replace(line, amount=money_text(left, part.places), before=line.amount, cuts=found)


def _place(cut: Cut, position: int) -> int:
    """Say where a cut tells what it was held against; a budget tells it of orders only."""
    return position if cut.step == "limit" else -1


def _reason(view: View, cut: Cut, amount: int, places: int, place: int) -> CutReason:
    rule: Part | None = {
        "budget": view.file.budget,
        "limit": view.file.limits.get(cut.name),
        "legal": view.file.legal.get(cut.name),
    }[cut.step]
    assert rule is not None
    has_ceiling = place >= 0 and cut.most is not None and cut.earned is not None
    return CutReason(
        step=cut.step,
        name=cut.name,
        title=rule.title,
        clause=rule.clause,
        amount=money_text(Fraction(amount, 10**places), places),
        most=exact_text(cut.most.at(place)) if has_ceiling and cut.most else "",
        earned=exact_text(cut.earned.at(place)) if has_ceiling and cut.earned else "",
    )
