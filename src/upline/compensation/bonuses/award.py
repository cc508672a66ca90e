"""Bonus kind `award`: a sum to each member who meets the requirements."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from upline.compensation import columns
from upline.compensation.bonuses import lines as shared
from upline.compensation.bonuses.differential import Holding
from upline.compensation.bonuses.lines import NO_LEVEL, Lines, Paid, Work
from upline.compensation.columns import Codes, Flags, Numbers, constant
from upline.compensation.measures.evaluate import not_computed, numbers, value

Array = npt.NDArray[Any]


def compute(work: Work) -> list[Paid]:
    """Pay the amount once a period, once ever, or once for each rank newly reached."""
    bonus = work.bonus
    if bonus.hold > 1 or bonus.instalments is not None:
        raise not_computed("An award with a holding time or instalments", bonus.place)
    qualified = work.member_rule(bonus.requires)
    if bonus.once == "per_rank":
        return [work.paid(_per_rank(work, qualified))]
    if bonus.once == "ever":
        key = f"{work.name} awarded"
        before = np.zeros(len(qualified), np.bool_)
        before[list(work.figures.world.carried.get(key, {}))] = True
        work.figures.carries[key] = Flags(before | qualified)
        qualified &= ~before
    amount = numbers(value(bonus.amount, work.figures.member_scope)).spread(len(qualified))
    rows = np.flatnonzero(qualified & (amount.values != 0))
    return [work.paid(_lines(work, rows, amount.taken(rows), np.full(len(rows), NO_LEVEL)))]


def _per_rank(work: Work, qualified: npt.NDArray[np.bool_]) -> Lines:
    """Pay every rank that is passed for the first time, each by itself."""
    figures = work.figures
    rank = figures.member_scope.named("rank")
    if not isinstance(rank, Codes) or "title" not in figures.members:
        raise not_computed("An award per rank where ranks are given", work.bonus.place)
    before = np.full(len(qualified), -1, np.int32)
    for position, label in figures.world.carried.get("title of rank", {}).items():
        before[position] = rank.labels.index(label)
    parts = []
    for code in range(len(rank.labels)):
        rows = np.flatnonzero(qualified & (before < code) & (rank.values >= code))
        amount = numbers(value(work.bonus.amount, Holding(figures, code, rank)))
        amount = amount.spread(len(qualified)).taken(rows)
        kept = np.flatnonzero(amount.values)
        levels = np.full(len(kept), code + 1, np.int32)
        parts.append(_lines(work, rows[kept], amount.taken(kept), levels))
    return shared.joined(parts)


def _lines(work: Work, rows: Array, amount: Numbers, level: Array) -> Lines:
    worth = work.point_value()
    shared.check_point_values(work, worth, rows)
    rate = constant(1) if worth is None else worth.taken(rows)
    return Lines(
        receiver=rows,
        buyer=np.full(len(rows), -1, np.int64),
        order=np.full(len(rows), -1, np.int64),
        level=level.astype(np.int32),
        amount=shared.line_amounts(amount, rate, work.rounding),
        base=amount,
        rate=columns.multiplied(rate, constant(1)).spread(len(rows)),
    )
