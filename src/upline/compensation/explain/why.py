"""Why a member earned what he did, and why not more: reasons as data.

Nothing is stored for this: reasons are found in a result by the same rules and columns that the
result was computed with.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from upline.compensation.bonuses.best_of import names_of
from upline.compensation.bonuses.lines import Paid, Work
from upline.compensation.columns import Codes
from upline.compensation.decimals import exact_text
from upline.compensation.errors import InputRefused
from upline.compensation.explain.choices import compared
from upline.compensation.explain.cuts import cuts_of
from upline.compensation.explain.facts import (
    BonusReason,
    LineReason,
    MemberReasons,
    RankReason,
    WalletReason,
    WalletShare,
)
from upline.compensation.explain.legs import leg_reasons
from upline.compensation.explain.lines import line_at
from upline.compensation.explain.nearest import nearest_to
from upline.compensation.explain.nothing import why_nothing
from upline.compensation.explain.origins import wallet_origin
from upline.compensation.explain.view import View, money_text, row_with_id
from upline.compensation.explain.ways import ways_to
from upline.compensation.measures.evaluate import is_named, numbers, value
from upline.compensation.plan import schema
from upline.compensation.plan import values as written
from upline.compensation.plan.calendars import is_elsewhere
from upline.compensation.result import Result
from upline.compensation.wallets import Payable


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
        last_day=period.last_day.isoformat(),
        currency=result.world.plan.file.currency,
        total=money_text(sum(amounts, Fraction(0)), result.places),
        bonuses=tuple(_bonus(view, part, position, most_lines) for part in chosen),
        ranks=() if bonus else _with_nearest(view, position),
        wallets=() if bonus else wallet_reasons(view, position),
        shares=() if bonus else wallet_shares(view, position),
    )


def position_of(result: Result, member: str) -> int:
    """Give a member's position. Raises InputRefused for an unknown one."""
    ids = result.world.ids
    row = row_with_id(ids, member)
    if row < 0:
        remedy = "Give an id from the members file, exactly as it is written there."
        raise InputRefused.because("explain.member", f"There is no member '{member}'.", remedy)
    return int(result.world.forest.positions[row])


# Bonuses


def _bonus(view: View, part: Paid, position: int, most_lines: int | None) -> BonusReason:
    work = view.work(part.bonus)
    name, bonus = work.name, work.bonus
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
        lines = tuple(line_at(view, work, part, row) for row in shown.tolist())
        rest = Fraction(int(found.amount[rows[len(shown) :]].sum()), 10**part.places)
    is_cut = any(line.uncut for line in lines)
    nothing = None
    cuts = cuts_of(view, part, position)
    if not count and not amount and all(cut.step == "legal" for cut in cuts):
        nothing = why_nothing(view, work, part.bonus, position)
        nothing = replace(nothing, ways=ways_to(nothing.condition))
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
        places=part.places,
        rounding=work.rounding.mode,
        residue=getattr(work.bonus, "residue", ""),
    )


def line_reason(view: View, bonus: str, line: int) -> BonusReason:
    """Explain one line of a bonus, by its place among the bonus's lines, as if it were the only one."""
    part = next(part for part in view.result.paid if part.bonus == bonus)
    assert part.lines is not None
    work = view.work(bonus)
    name, kind = work.name, work.bonus
    found = line_at(view, work, part, line)
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
        places=part.places,
        rounding=work.rounding.mode,
        residue=getattr(work.bonus, "residue", ""),
    )


def rank_reasons(view: View, position: int) -> tuple[RankReason, ...]:
    """Give a member's rank on each ladder that this run finds, with each condition of the next."""
    ladders = [
        name
        for name in view.world.plan.names.ranks
        if name != "title" and not is_elsewhere(name, view.file, view.world.calendar)
    ]
    return tuple(_rank(view, name, position) for name in ladders)


def _with_nearest(view: View, position: int) -> tuple[RankReason, ...]:
    """Add to each rank who below is nearest to count for the next one."""
    return tuple(
        replace(one, near=nearest_to(view, one.ways, position))
        for one in rank_reasons(view, position)
    )


def wallet_reasons(view: View, position: int) -> tuple[WalletReason, ...]:
    """Give what is in a member's wallets that have a gate, and what the gate asks for."""
    return tuple(
        _wallet(view, name, wallet.withdraw, position)
        for name, wallet in view.file.wallets.items()
        if wallet.withdraw is not None and f"{name}.balance" in view.figures.states
    )


def wallet_shares(view: View, position: int) -> tuple[WalletShare, ...]:
    """Give what of a member's pay goes into each wallet; the last one takes what rounding leaves."""
    result = view.result

    def split() -> dict[str, Any]:
        return Payable(result.figures, result.paid, result.gates).by_wallet(result.places)

    by_wallet = view.once("wallets", split) if view.file.wallets else {}
    return tuple(
        WalletShare(
            wallet=name,
            amount=money_text(Fraction(int(units[position]), 10**result.places), result.places),
            origin=wallet_origin(view, name, position),
        )
        for name, units in by_wallet.items()
        if units[position]
    )


def _wallet(view: View, name: str, gate: written.Rule, position: int) -> WalletReason:
    balance, open_part = (
        numbers(view.figures.states[f"{name}.{state}"]).at(position)
        for state in ("balance", "withdrawable")
    )
    condition = view.held(gate, position)
    return WalletReason(
        wallet=name,
        balance=exact_text(balance),
        withdrawable=exact_text(open_part),
        condition=condition,
        ways=ways_to(condition) if balance != open_part else (),
    )


def _cap(view: View, work: Work, position: int) -> str:
    """Give the least cap: the bonus's own, or that of a choice among whole bonuses."""
    scope = view.figures.member_scope
    choices = [
        view.file.bonuses[best]
        for best in view.figures.choices
        if work.name in names_of(best, view.file)
    ]
    caps = [one.cap for one in (work.bonus, *choices) if one.cap is not None]
    named = [
        numbers(value(cap, scope)).at(position)
        for cap in caps
        if np.broadcast_to(is_named(cap, scope), (scope.size,))[position]
    ]
    return exact_text(max(min(named), Fraction(0)))


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
    found = RankReason(
        ladder=ladder,
        rank=held,
        is_kept=is_kept,
        kept_for=_kept_for(view, ladder, held or "", position) if is_kept else "",
        title=_title(view, ladder, held, position),
    )
    if code + 1 >= len(ranks):
        return found
    following = ranks[code + 1]
    condition = view.held(following.needs, position)
    return replace(found, next_rank=following.rank, condition=condition, ways=ways_to(condition))


def _kept_for(view: View, ladder: str, rank: str, position: int) -> str:
    """Say for how long a rank is still kept after this period, '0' where it ends with it."""
    carried = view.figures.carries.get(f"kept {ladder} {rank}")
    left = carried.at(position) if isinstance(carried, Codes) else None
    return left or "0"


def _title(view: View, ladder: str, held: str | None, position: int) -> str:
    """Give the highest rank ever held, '' where it is the one that is held now."""
    carried = view.figures.carries.get(f"title of {ladder}")
    title = carried.at(position) if isinstance(carried, Codes) else None
    return title if title is not None and title != held else ""
