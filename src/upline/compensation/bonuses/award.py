"""Bonus kind `award`: a sum to each member who meets the requirements."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from upline.compensation import columns
from upline.compensation.bonuses import lines as shared
from upline.compensation.bonuses.lines import NO_LEVEL, Lines, Paid, Work
from upline.compensation.columns import Codes, Flags, Numbers, constant
from upline.compensation.measures.evaluate import numbers, value
from upline.compensation.measures.scopes import AssumingScope
from upline.compensation.measures.windows import carried_numbers
from upline.compensation.plan import values as written
from upline.compensation.plan.formula import Name

Array = npt.NDArray[Any]
# Carried for whoever has held a rank but has not been awarded any.
_NOTHING_YET = "none"


def compute(work: Work) -> list[Paid]:
    """Pay the amount once a period, once ever, or once for each rank newly reached."""
    awards = _per_rank(work) if work.bonus.once == "per_rank" else [_single(work)]
    if work.bonus.instalments is None:
        parts = [_lines(award, award.amount, _whole(award, work)) for award in awards]
    else:
        parts = [line for award in awards for line in _in_parts(work, award)]
    return [work.paid(shared.joined(parts))]


@dataclass(frozen=True, slots=True)
class Award:
    """Who is awarded how much, in money; `level` numbers the ranks from 1, `rank` is its name."""

    rows: Array
    amount: Numbers
    worth: Numbers
    level: int = NO_LEVEL
    rank: str = ""


def _single(work: Work) -> Award:
    """Award those who meet the requirements for long enough, under `ever` only who never was."""
    bonus, figures = work.bonus, work.figures
    qualified = held_for(work, "", work.member_rule(bonus.requires)) >= bonus.hold
    amount = numbers(value(bonus.amount, figures.member_scope)).spread(len(qualified))
    paid = qualified & (amount.values != 0)
    if bonus.once == "ever":
        key = f"{work.name} awarded"
        before = np.zeros(len(qualified), np.bool_)
        before[list(figures.world.carried.get(key, {}))] = True
        figures.carries[key] = Flags(before | paid)
        paid &= ~before
    rows = np.flatnonzero(paid)
    return _award(work, rows, amount.taken(rows))


def _per_rank(work: Work) -> list[Award]:
    """Award every rank that was reached and not awarded yet, each by itself."""
    figures, bonus = work.figures, work.bonus
    named = ladder_of(bonus.amount, figures.world.plan.names.ranks)
    ladder = "rank" if named == "title" else named
    rank = figures.member_scope.named(ladder)
    assert isinstance(rank, Codes)
    before = awarded_before(work, ladder, rank)
    qualified = work.member_rule(bonus.requires)
    now = before
    for code, label in enumerate(rank.labels):
        held = held_for(work, label, qualified & (rank.values >= code))
        now = np.where(held >= bonus.hold, np.maximum(now, code), now)
    _carry_awarded(work, ladder, rank, now)
    awards = []
    for code, label in enumerate(rank.labels):
        rows = np.flatnonzero((before < code) & (now >= code))
        assumed = Codes(np.asarray(code), rank.labels, is_ranked=True)
        amount = numbers(value(bonus.amount, AssumingScope(figures, {named: assumed})))
        amount = amount.spread(len(qualified)).taken(rows)
        kept = np.flatnonzero(amount.values)
        awards.append(_award(work, rows[kept], amount.taken(kept), code + 1, label))
    return awards


def held_for(work: Work, rank: str, holds: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Say for how many periods in a row a condition has held, and carry it where that is asked."""
    if work.bonus.hold == 1:
        return holds.astype(np.int64)
    key = hold_key(work.name, rank)
    carried = columns.rounded(carried_numbers(work.figures, key), 0, "down")
    before = columns.as_int64(carried.values, key)
    # No more is counted than is asked for: the rows of years need no larger number.
    row = np.where(holds, np.minimum(before + 1, work.bonus.hold), 0)
    work.figures.carries[key] = Numbers(row, Fraction(1))
    return row


def hold_key(name: str, rank: str) -> str:
    """Give the name under which it is carried for how long a condition has held."""
    return f"{name} held {rank}".rstrip()


def instalment_key(name: str, paid: int, rank: str) -> str:
    """Give the name under which an award is carried of which so many parts are paid."""
    return f"{name} instalment {paid} {rank}".rstrip()


def _in_parts(work: Work, award: Award) -> Iterator[Lines]:
    """Pay the first part of new awards and the next of those that are running; carry them on."""
    spec, figures = work.bonus.instalments, work.figures
    count = len(figures.world)
    goes_on = np.ones(count, np.bool_)
    if spec.holds_while is not None:
        goes_on = work.member_rule(spec.holds_while)
    for paid in range(spec.count):
        running = award
        if paid:
            key = instalment_key(work.name, paid, award.rank)
            whole = carried_numbers(figures, key)
            rows = np.flatnonzero(goes_on & (whole.values != 0))
            running = replace(award, rows=rows, amount=whole.taken(rows), worth=constant(1))
        money = columns.multiplied(running.amount, running.worth)
        so_far, before = (_share(work, money, part, spec.count) for part in (paid + 1, paid))
        yield _lines(running, money, so_far - before, Fraction(1, spec.count))
        if paid + 1 < spec.count:
            left = np.zeros(count, money.values.dtype)
            left[running.rows] = money.values
            following = instalment_key(work.name, paid + 1, award.rank)
            figures.carries[following] = Numbers(left, money.unit)


def _share(work: Work, money: Numbers, part: int, count: int) -> Array:
    """Give the rounded part of an award that is paid with so many of its instalments."""
    share = columns.multiplied(money, constant(Fraction(part, count)))
    rounded = columns.rounded(share, work.rounding.places, work.rounding.mode)
    return columns.as_int64(rounded.values, "pay lines")


def _whole(award: Award, work: Work) -> Array:
    return shared.line_amounts(award.amount, award.worth, work.rounding)


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


def _award(
    work: Work, rows: Array, amount: Numbers, level: int = NO_LEVEL, rank: str = ""
) -> Award:
    worth = work.point_value()
    shared.check_point_values(work, worth, rows)
    return Award(rows, amount, constant(1) if worth is None else worth.taken(rows), level, rank)


def _lines(award: Award, base: Numbers, amount: Array, part: Fraction | None = None) -> Lines:
    rate = award.worth if part is None else constant(part)
    count = len(award.rows)
    return Lines(
        receiver=award.rows,
        buyer=np.full(count, -1, np.int64),
        order=np.full(count, -1, np.int64),
        level=np.full(count, award.level, np.int32),
        amount=amount,
        base=base,
        rate=columns.multiplied(rate, constant(1)).spread(count),
    )
