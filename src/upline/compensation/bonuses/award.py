"""Bonus kind `award`: a sum to each member who meets the requirements."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from upline.compensation import columns
from upline.compensation.bonuses import lines as shared
from upline.compensation.bonuses.lines import NO_LEVEL, Lines, Paid, Work
from upline.compensation.columns import Codes, Flags, Numbers, constant
from upline.compensation.measures.evaluate import not_computed, numbers, value
from upline.compensation.measures.scopes import AssumingScope
from upline.compensation.plan import values as written
from upline.compensation.plan.formula import Name

Array = npt.NDArray[Any]
# Carried for whoever has held a rank but has not been awarded any.
_NOTHING_YET = "none"


def compute(work: Work) -> list[Paid]:
    """Pay the amount once a period, once ever, or once for each rank newly reached."""
    bonus = work.bonus
    if bonus.hold > 1 or bonus.instalments is not None:
        raise not_computed("An award with a holding time or instalments", bonus.place)
    qualified = work.member_rule(bonus.requires)
    if bonus.once == "per_rank":
        return [work.paid(_per_rank(work, qualified))]
    amount = numbers(value(bonus.amount, work.figures.member_scope)).spread(len(qualified))
    paid = qualified & (amount.values != 0)
    if bonus.once == "ever":
        key = f"{work.name} awarded"
        before = np.zeros(len(qualified), np.bool_)
        before[list(work.figures.world.carried.get(key, {}))] = True
        work.figures.carries[key] = Flags(before | paid)
        paid &= ~before
    rows = np.flatnonzero(paid)
    return [work.paid(_lines(work, rows, amount.taken(rows), np.full(len(rows), NO_LEVEL)))]


def _per_rank(work: Work, qualified: npt.NDArray[np.bool_]) -> Lines:
    """Pay every rank that was reached and not awarded yet, each by itself."""
    figures = work.figures
    named = ladder_of(work.bonus.amount, figures.world.plan.names.ranks)
    ladder = "rank" if named == "title" else named
    rank = figures.member_scope.named(ladder)
    assert isinstance(rank, Codes)
    before = awarded_before(work, ladder, rank)
    now = np.where(qualified, np.maximum(before, rank.values), before)
    _carry_awarded(work, ladder, rank, now)
    parts = []
    for code in range(len(rank.labels)):
        rows = np.flatnonzero((before < code) & (now >= code))
        held = Codes(np.asarray(code), rank.labels, is_ranked=True)
        amount = numbers(value(work.bonus.amount, AssumingScope(figures, {named: held})))
        amount = amount.spread(len(qualified)).taken(rows)
        kept = np.flatnonzero(amount.values)
        levels = np.full(len(kept), code + 1, np.int32)
        parts.append(_lines(work, rows[kept], amount.taken(kept), levels))
    return shared.joined(parts)


def ladder_of(amount: written.Value, ladders: dict[str, tuple[str, ...]]) -> str:
    """Give the name by which the first table by a rank goes; `rank` where there is none."""
    if isinstance(amount, written.Table) and amount.by is not None:
        node = amount.by.node
        if isinstance(node, Name) and node.name in ladders:
            return node.name
    for inner in written.parts_of(amount):
        found = ladder_of(inner, ladders)
        if found != "rank":
            return found
    return "rank"


def awarded_before(work: Work, ladder: str, rank: Codes) -> npt.NDArray[np.int32]:
    """Give the rank up to which each was awarded; without such a carry his title before."""
    carried = work.figures.world.carried
    before = np.full(len(rank.values), -1, np.int32)
    for position, label in carried.get(f"title of {ladder}", {}).items():
        before[position] = _code(rank, label)
    for position, label in carried.get(f"{work.name} awarded", {}).items():
        before[position] = _code(rank, label)
    return before


def _code(rank: Codes, label: str) -> int:
    return rank.labels.index(label) if label in rank.labels else -1


def _carry_awarded(work: Work, ladder: str, rank: Codes, now: npt.NDArray[np.int32]) -> None:
    """Carry the rank awarded, and that there was none for those who have a title without it."""
    title = work.figures.carries[f"title of {ladder}"]
    assert isinstance(title, Codes)
    codes = np.where((now < 0) & (title.values < 0), -1, now + 1)
    work.figures.carries[f"{work.name} awarded"] = Codes(codes, (_NOTHING_YET, *rank.labels))


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
