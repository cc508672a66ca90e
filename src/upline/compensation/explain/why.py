"""Why a member earned what he did, and why not more: reasons as data.

Nothing is stored for this: reasons are found in a result by the same rules and columns that the
result was computed with.
"""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from upline.compensation.bonuses.award import ladder_of
from upline.compensation.bonuses.breakaway import LEFT_TO_UPLINE
from upline.compensation.bonuses.lines import Lines, Paid, Work
from upline.compensation.bonuses.stairstep import GroupSteps, group_steps
from upline.compensation.columns import Codes, Numbers, rounded
from upline.compensation.decimals import decimal_text
from upline.compensation.errors import InputRefused
from upline.compensation.explain.boards import on_board
from upline.compensation.explain.choices import compared
from upline.compensation.explain.cuts import cuts_of, uncut, with_cuts
from upline.compensation.explain.facts import (
    BonusReason,
    LineReason,
    MemberReasons,
    RankReason,
    Step,
)
from upline.compensation.explain.legs import leg_line, leg_reasons
from upline.compensation.explain.nothing import why_nothing
from upline.compensation.explain.overrides import guarantee, passed_over
from upline.compensation.explain.paths import LevelPaths, SharePaths, steps_between
from upline.compensation.explain.view import View, money_text
from upline.compensation.measures.evaluate import numbers, value
from upline.compensation.plan import schema
from upline.compensation.plan.calendars import is_elsewhere
from upline.compensation.result import Result


def reasons(
    result: Result, member: str, *, bonus: str | None = None, most_lines: int | None = None
) -> MemberReasons:
    """Explain one member, all bonuses or one, with at most so many lines of each bonus.

    Raises InputRefused for an unknown member or bonus.
    """
    return reasons_in(View.of(result), member, bonus=bonus, most_lines=most_lines)


def reasons_in(
    view: View, member: str, *, bonus: str | None = None, most_lines: int | None = None
) -> MemberReasons:
    """As `reasons`, in a view that is kept for many members of one result."""
    result = view.result
    position = position_of(result, member)
    known = [part.bonus for part in result.paid]
    if bonus is not None and bonus not in known:
        remedy = f"Bonuses of this plan: {', '.join(known)}."
        raise InputRefused.because("explain.bonus", f"There is no bonus '{bonus}'.", remedy)
    chosen = [part for part in result.paid if bonus in (None, part.bonus)]
    amounts = (Fraction(int(part.totals[position]), 10**part.places) for part in chosen)
    period = result.world.period
    return MemberReasons(
        member=member,
        plan=result.world.plan.id,
        bonus=bonus or "",
        first_day=period.start.isoformat(),
        last_day=(period.end - timedelta(days=1)).isoformat(),
        currency=result.world.plan.file.currency,
        total=money_text(sum(amounts, Fraction(0)), result.places),
        bonuses=tuple(_bonus(view, part, position, most_lines) for part in chosen),
        ranks=() if bonus else rank_reasons(view, position),
    )


def position_of(result: Result, member: str) -> int:
    """Give a member's position. Raises InputRefused for an unknown one."""
    ids = result.world.ids
    row = pc.index(ids, _as_id(member, ids)).as_py()
    if row < 0:
        remedy = "Give an id from the members file, exactly as it is written there."
        raise InputRefused.because("explain.member", f"There is no member '{member}'.", remedy)
    return int(result.world.forest.positions[row])


def _as_id(member: str, ids: Any) -> Any:
    try:
        return pa.scalar(member, pa.string()).cast(ids.type)
    except pa.ArrowInvalid:
        return pa.scalar(None, ids.type)


# Bonuses


def _bonus(view: View, part: Paid, position: int, most_lines: int | None) -> BonusReason:
    name = _main_name(view, part.bonus)
    bonus = view.file.bonuses[name]
    work = Work(name, bonus, view.figures, keeps_lines=True, threads=1)
    amount = Fraction(int(part.totals[position]), 10**part.places)
    lines: tuple[LineReason, ...] = ()
    count, rest = 0, Fraction(0)
    if part.lines is not None:
        rows = np.flatnonzero(part.lines.receiver == position)
        found = part.lines
        order = np.lexsort((found.order[rows], found.buyer[rows], found.level[rows]))
        rows = rows[order]
        count = len(rows)
        shown = rows if most_lines is None else rows[:most_lines]
        mine = uncut(part, shown)
        lines = tuple(
            with_cuts(view, part, row, _line(view, mine, index, part, work))
            for index, row in enumerate(shown.tolist())
        )
        rest = Fraction(int(found.amount[rows[len(shown) :]].sum()), 10**part.places)
    is_cut = any(line.uncut for line in lines)
    nothing = None
    cuts = cuts_of(view, part, position)
    if not count and not amount and all(cut.step == "legal" for cut in cuts):
        nothing = why_nothing(view, work, part.bonus, position)
    return BonusReason(
        bonus=part.bonus,
        kind=bonus.kind,
        title=bonus.title,
        is_own_part=part.bonus != name,
        clause=bonus.clause,
        amount=money_text(amount, part.places),
        cuts=cuts,
        lines=lines,
        further_lines=count - len(lines),
        further_amount=money_text(rest, part.places),
        cap=_cap(view, work, position) if is_cut else "",
        nothing=nothing,
        legs=leg_reasons(view, work, position) if isinstance(bonus, schema.Binary) else (),
        compared=compared(view, part.bonus, position),
    )


def line_reason(view: View, bonus: str, line: int) -> BonusReason:
    """Explain one line of a bonus, by its place among the bonus's lines, as if it were the only one."""
    part = next(part for part in view.result.paid if part.bonus == bonus)
    assert part.lines is not None
    name = _main_name(view, bonus)
    kind = view.file.bonuses[name]
    work = Work(name, kind, view.figures, keeps_lines=True, threads=1)
    found = _line(view, uncut(part, np.asarray([line])), 0, part, work)
    found = with_cuts(view, part, line, found)
    position = int(part.lines.receiver[line])
    return BonusReason(
        bonus=bonus,
        kind=kind.kind,
        title=kind.title,
        is_own_part=bonus != name,
        clause=kind.clause,
        amount=found.amount,
        cuts=found.cuts,
        lines=(found,),
        cap=_cap(view, work, position) if found.uncut else "",
    )


def rank_reasons(view: View, position: int) -> tuple[RankReason, ...]:
    """Give a member's rank on each ladder that this run finds, with each condition of the next."""
    ladders = [
        name
        for name in view.world.plan.names.ranks
        if name != "title" and not is_elsewhere(name, view.file, view.world.calendar)
    ]
    return tuple(_rank(view, name, position) for name in ladders)


def _main_name(view: View, name: str) -> str:
    """Give the bonus under which a part of it is reported."""
    if name in view.file.bonuses:
        return name
    for main, bonus in view.file.bonuses.items():
        part = getattr(bonus, "own_part", None)
        if part == name or getattr(part, "name", None) == name:
            return main
    raise KeyError(name)


def _cap(view: View, work: Work, position: int) -> str:
    cap = numbers(value(work.bonus.cap, view.figures.member_scope)).at(position)
    return decimal_text(cap)


def _line(view: View, lines: Lines, index: int, part: Paid, work: Work) -> LineReason:
    buyer, order, level = (int(column[index]) for column in (lines.buyer, lines.order, lines.level))
    receiver = int(lines.receiver[index])
    bonus = work.bonus
    base, rate = lines.base.at(index), lines.rate.at(index)
    exact = base * rate
    if isinstance(bonus, schema.Binary):
        return leg_line(view, work, lines, index, _uncut(work, exact, int(lines.amount[index])))
    worth = view.once(("worth", work.name), work.point_value)
    point_value = worth.at(receiver) if worth else None
    taken = Fraction(0)
    if isinstance(bonus, schema.Stairstep):
        steps: GroupSteps = view.once(("steps", work.name), lambda: group_steps(work))
        taken = steps.taken.at(buyer) if level == 1 else Fraction(0)
        if steps.low_rate.at(receiver):
            base = (steps.low_group if level == 1 else steps.low_own).at(buyer)
        exact = (base * rate - taken) * (point_value or 1)
    elif point_value:
        rate /= point_value
    path, left_out = _path(view, work, receiver, buyer, order)
    rank, shares, instalments = "", Fraction(0), 0
    guaranteed, left_to = Fraction(0), ""
    if isinstance(bonus, schema.Breakaway):
        guaranteed, above = guarantee(view, work, buyer)
        exact += guaranteed
        if level == LEFT_TO_UPLINE:
            base, rate, point_value, left_to = lines.base.at(index), Fraction(1), None, above
            guaranteed, path, exact = Fraction(0), (), base
        level = -1
    if isinstance(bonus, schema.Award):
        rank = _award_rank(view, work, level)
        level = -1
        if bonus.instalments is not None:
            # The base is money; a part of it is no rounded share, for all parts add up to it.
            instalments, point_value = bonus.instalments.count, None
            base, rate, exact = lines.base.at(index), lines.rate.at(index), Fraction(0)
    if isinstance(bonus, schema.Pool):
        shares = numbers(value(bonus.shares, view.figures.member_scope)).at(receiver)
    return LineReason(
        order=None if order < 0 else view.order_id(order),
        buyer=None if buyer < 0 else view.world.id_of(buyer),
        level=None if level < 0 else level,
        base=decimal_text(base),
        base_unit="money" if left_to or instalments else _base_unit(view, bonus),
        rate=decimal_text(rate),
        point_value=decimal_text(point_value) if point_value else "",
        rank=rank,
        instalments=instalments,
        amount=money_text(Fraction(int(lines.amount[index]), 10**part.places), part.places),
        uncut=_uncut(work, exact, int(lines.amount[index])),
        path=path,
        path_left_out=left_out,
        taken_below=decimal_text(taken) if taken else "",
        shares=decimal_text(shares) if shares else "",
        shares_in_all=decimal_text(shares / rate) if shares else "",
        guaranteed=decimal_text(guaranteed) if guaranteed else "",
        left_to=left_to,
        on_board=on_board(view, work, receiver, order) if isinstance(bonus, schema.Board) else (),
    )


def _uncut(work: Work, exact: Fraction, amount: int) -> str:
    """Give what a line would have been without the cap, '' where it was not cut."""
    if work.bonus.cap is None:
        return ""
    places = work.rounding.places
    mode = "down" if isinstance(work.bonus, schema.Pool) else work.rounding.mode
    single = Numbers(np.asarray([exact.numerator], object), Fraction(1, exact.denominator))
    whole = int(rounded(single, places, mode).values[0])
    return money_text(Fraction(whole, 10**places), places) if whole > amount else ""


def _award_rank(view: View, work: Work, level: int) -> str:
    """Give the rank that an award is for; per-rank lines number the ranks from 1."""
    if level <= 0:
        return ""
    ranks = view.world.plan.names.ranks
    return ranks[ladder_of(work.bonus.amount, ranks)][level - 1]


def _base_unit(view: View, bonus: Any) -> str:
    if isinstance(bonus, schema.Award):
        return view.typing.value(bonus.amount, "member")
    if isinstance(bonus, schema.Own) and bonus.amount is not None:
        return view.typing.value(bonus.amount, "receiver")
    base = getattr(bonus, "base", None)
    if base is None:
        return "money"
    return view.typing.value(base, view.typing.base_context(base))


def _path(
    view: View, work: Work, receiver: int, buyer: int, order: int
) -> tuple[tuple[Step, ...], int]:
    """Give everybody between buyer and receiver; where lines are one for each head, nobody."""
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
        start = paths.start_of(buyer, order)
        if start < 0:
            return (), 0
    else:
        paths = SharePaths.of(view, work)
    found: tuple[tuple[Step, ...], int] = view.once(
        ("path", work.name, start, buyer, receiver),
        lambda: steps_between(view, work, paths.uplines(start, buyer), receiver),
    )
    return found


# Ranks


def _rank(view: View, ladder: str, position: int) -> RankReason:
    column = view.figures.member_scope.named(ladder)
    assert isinstance(column, Codes)
    code = int(column.spread(len(view.world)).values[position])
    held = column.labels[code] if code >= 0 else None
    ranks = view.file.ladders.get(ladder, view.file.ranks)
    if not isinstance(ranks, list):
        return RankReason(ladder=ladder, rank=held, is_given=True)
    is_kept = code >= 0 and not view.held(ranks[code].needs, position).holds
    if code + 1 >= len(ranks):
        return RankReason(ladder=ladder, rank=held, is_kept=is_kept)
    following = ranks[code + 1]
    return RankReason(
        ladder=ladder,
        rank=held,
        next_rank=following.rank,
        condition=view.held(following.needs, position),
        is_kept=is_kept,
    )
