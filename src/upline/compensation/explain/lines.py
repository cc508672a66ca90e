"""One pay line: its factors, from which its amount comes out again, and the way it went."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from upline.compensation.bonuses import pool
from upline.compensation.bonuses.award import ladder_of
from upline.compensation.bonuses.breakaway import LEFT_TO_UPLINE
from upline.compensation.bonuses.lines import Paid, Work
from upline.compensation.bonuses.stairstep import GroupSteps, group_steps
from upline.compensation.decimals import exact_text
from upline.compensation.explain.boards import on_board
from upline.compensation.explain.cuts import uncut, with_cuts
from upline.compensation.explain.facts import LineReason, Step
from upline.compensation.explain.legs import leg_line
from upline.compensation.explain.origins import Source, origins_of
from upline.compensation.explain.overrides import guarantee, passed_over
from upline.compensation.explain.parts import (
    instalment_of,
    part_of,
    rounded_once,
    share_of_fund,
    unrounded,
)
from upline.compensation.explain.paths import LevelPaths, SharePaths, steps_between
from upline.compensation.explain.view import View, money_text
from upline.compensation.measures.evaluate import numbers, value
from upline.compensation.measures.windows import carried_numbers
from upline.compensation.plan import schema


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A line as it was before all cuts but the cap."""

    view: View
    work: Work
    part: Paid
    row: int
    receiver: int
    buyer: int
    order: int
    level: int
    base: Fraction
    rate: Fraction
    amount: Fraction

    @property
    def point_value(self) -> Fraction | None:
        worth = self.view.once(("worth", self.work.name), self.work.point_value)
        return worth.at(self.receiver) if worth is not None else None


def line_at(view: View, work: Work, part: Paid, row: int) -> LineReason:
    """Explain the line of a row of a bonus."""
    lines = uncut(part, np.asarray([row]))
    receiver, buyer, order, level = (
        int(column[0]) for column in (lines.receiver, lines.buyer, lines.order, lines.level)
    )
    one = _Line(
        view=view,
        work=work,
        part=part,
        row=row,
        receiver=receiver,
        buyer=buyer,
        order=order,
        level=level,
        base=lines.base.at(0),
        rate=lines.rate.at(0),
        amount=Fraction(int(lines.amount[0]), 10**part.places),
    )
    line, whole = _KINDS.get(type(work.bonus), _plain)(one)
    if whole > one.amount:
        line = replace(line, uncut=money_text(whole, part.places))
    line = replace(line, unrounded=unrounded(line))
    source = Source(receiver=receiver, buyer=buyer, order=order, level=level)
    line = replace(line, origins=origins_of(view, work, line, source))
    return with_cuts(view, part, row, line)


def _of_base_and_rate(one: _Line) -> LineReason:
    """Give what every line has: where it comes from, base, rate, point value and path."""
    view, worth, rate = one.view, one.point_value, one.rate
    path, left_out = _path(one)
    return LineReason(
        order=None if one.order < 0 else view.order_id(one.order),
        buyer=None if one.buyer < 0 else view.world.id_of(one.buyer),
        level=None if one.level < 0 else one.level,
        base=exact_text(one.base),
        base_unit=_base_unit(view, one.work.bonus),
        rate=exact_text(rate / worth if worth else rate),
        point_value=exact_text(worth) if worth else "",
        rank="",
        amount=money_text(one.amount, one.part.places),
        path=path,
        path_left_out=left_out,
    )


# What each kind adds, and what a line comes to before the cap


def _own(one: _Line) -> tuple[LineReason, Fraction]:
    line, whole = _plain(one)
    if one.work.bonus.negative is None:
        return line, whole
    holder = one.receiver if one.buyer < 0 else one.buyer
    carried = carried_numbers(one.view.figures, f"{one.work.name} balance").at(holder)
    return replace(line, carried=exact_text(carried) if carried else ""), whole


def _plain(one: _Line) -> tuple[LineReason, Fraction]:
    return _of_base_and_rate(one), rounded_once(one.work, one.base * one.rate)


def _leg(one: _Line) -> tuple[LineReason, Fraction]:
    line = leg_line(one.view, one.work, one.part, one.row)
    return replace(line, amount=money_text(one.amount, one.part.places)), rounded_once(
        one.work, one.base * one.rate
    )


def _group(one: _Line) -> tuple[LineReason, Fraction]:
    view, work = one.view, one.work
    steps: GroupSteps = view.once(("steps", work.name), lambda: group_steps(work))
    taken = steps.taken.at(one.buyer) if one.level == 1 else Fraction(0)
    base = one.base
    if steps.low_rate.at(one.receiver):
        base = (steps.low_group if one.level == 1 else steps.low_own).at(one.buyer)
    line = replace(
        _of_base_and_rate(one),
        base=exact_text(base),
        rate=exact_text(one.rate),
        taken_below=exact_text(taken) if taken else "",
    )
    return line, rounded_once(work, (base * one.rate - taken) * (one.point_value or 1))


def _override(one: _Line) -> tuple[LineReason, Fraction]:
    added, above = guarantee(one.view, one.work, one.buyer)
    line = replace(_of_base_and_rate(one), level=None)
    if one.level == LEFT_TO_UPLINE:
        left = replace(line, base=exact_text(one.base), base_unit="money", rate="1")
        return replace(left, point_value="", path=(), path_left_out=0, left_to=above), one.base
    line = replace(line, guaranteed=exact_text(added) if added else "")
    return line, rounded_once(one.work, one.base * one.rate) + added


def _award(one: _Line) -> tuple[LineReason, Fraction]:
    work = one.work
    line = replace(_of_base_and_rate(one), rank=_award_rank(one), level=None)
    if work.bonus.instalments is None:
        return line, rounded_once(work, one.base * one.rate)
    number = instalment_of(one.view, one.part, work, one.row)
    line = replace(
        line,
        base_unit="money",
        rate=exact_text(one.rate),
        point_value="",
        instalments=work.bonus.instalments.count,
        instalment=number,
    )
    return line, part_of(work, one.base, number)


def _share(one: _Line) -> tuple[LineReason, Fraction]:
    view, work = one.view, one.work
    shares = numbers(value(work.bonus.shares, view.figures.member_scope)).at(one.receiver)
    whole, residue = share_of_fund(view, work, one.receiver)
    carried = pool.carried_to(work, one.buyer)
    line = replace(
        _of_base_and_rate(one),
        shares=exact_text(shares),
        shares_in_all=exact_text(shares / one.rate),
        residue=exact_text(residue) if residue else "",
        carried=exact_text(carried) if carried else "",
    )
    return line, whole


def _board(one: _Line) -> tuple[LineReason, Fraction]:
    line, whole = _plain(one)
    return replace(line, on_board=on_board(one.view, one.work, one.receiver, one.order)), whole


_KINDS: dict[type[schema.Bonus], Callable[[_Line], tuple[LineReason, Fraction]]] = {
    schema.Own: _own,
    schema.Binary: _leg,
    schema.Stairstep: _group,
    schema.Breakaway: _override,
    schema.Award: _award,
    schema.Pool: _share,
    schema.Board: _board,
}


def _award_rank(one: _Line) -> str:
    """Give the rank that an award is for; per-rank lines number the ranks from 1."""
    if one.level <= 0:
        return ""
    ranks = one.view.world.plan.names.ranks
    return ranks[ladder_of(one.work.bonus.amount, ranks)][one.level - 1]


def _base_unit(view: View, bonus: Any) -> str:
    if isinstance(bonus, schema.Award):
        return view.typing.value(bonus.amount, "member")
    if isinstance(bonus, schema.Own) and bonus.amount is not None:
        return view.typing.value(bonus.amount, "receiver")
    base = getattr(bonus, "base", None)
    if base is None:
        return "money"
    return view.typing.value(base, view.typing.base_context(base))


def _path(one: _Line) -> tuple[tuple[Step, ...], int]:
    """Give everybody between buyer and receiver; where lines are one for each head, nobody."""
    view, work, buyer, receiver = one.view, one.work, one.buyer, one.receiver
    bonus = work.bonus
    if isinstance(bonus, schema.Breakaway):
        return passed_over(view, work, buyer, receiver)
    if buyer < 0 or not isinstance(bonus, schema.Level | schema.Differential):
        return (), 0
    if bonus.lines == "per_head":
        return (), 0
    start = view.place(work, buyer)
    paths: LevelPaths | SharePaths
    if isinstance(bonus, schema.Level):
        paths = LevelPaths.of(view, work)
        start = paths.start_of(buyer, one.order)
        if start < 0:
            return (), 0
    else:
        paths = SharePaths.of(view, work)
    found: tuple[tuple[Step, ...], int] = view.once(
        ("path", work.name, start, buyer, receiver),
        lambda: steps_between(view, work, paths.uplines(start, buyer), receiver),
    )
    return found
