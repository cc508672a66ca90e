"""Conditions and ranks of an explanation as screens show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction
from math import ceil, floor

from upline.commissions.queries.facts import Gap, NearMember, RankNow, WayPart
from upline.compensation.explain.conditions import Condition
from upline.compensation.explain.facts import RankReason
from upline.compensation.explain.nearest import Near
from upline.compensation.explain.ways import Way
from upline.compensation.explain.wording import SIGNS, Wording

_MOST_DECIMALS = 2


def gap_of(condition: Condition, words: Wording) -> Gap:
    """Give a condition with its parts; a group of one part is that part."""
    if len(condition.parts) == 1 and not condition.name:
        return gap_of(condition.parts[0], words)
    if condition.parts:
        parts = tuple(gap_of(part, words) for part in condition.parts)
        return Gap(
            text=words.group(condition),
            is_met=condition.holds,
            percent=_of_parts(parts, condition),
            how=condition.how,
            parts=parts,
        )
    return Gap(
        text=words.phrase(condition.name) if condition.text else words.inline(condition),
        have=words.figure(short(condition.have), condition.unit) if condition.text else "",
        need=_need(condition, words) if condition.text else "",
        missing=_missing(condition, words),
        is_met=condition.holds,
        percent=_percent(condition),
    )


def rank_of(reason: RankReason, words: Wording) -> RankNow:
    """Give a rank with the conditions of the next one."""
    conditions: tuple[Gap, ...] = ()
    if reason.condition is not None:
        whole = gap_of(reason.condition, words)
        conditions = whole.parts if whole.how == "all" and whole.parts else (whole,)
    known = [gap.percent for gap in conditions if gap.percent is not None]
    return RankNow(
        ladder=reason.ladder,
        name=reason.rank or "",
        title=words.rank(reason.rank or ""),
        next_title=words.rank(reason.next_rank) if reason.next_rank else "",
        is_kept=reason.is_kept,
        is_given=reason.is_given,
        conditions=conditions,
        percent=sum(known) // len(known) if known else 0,
        ways=ways_of(reason.ways, words),
    )


def ways_of(ways: tuple[Way, ...], words: Wording) -> tuple[tuple[WayPart, ...], ...]:
    """Give the ways that there are to choose from, none where there is no choice."""
    if len(ways) < 2:
        return ()
    return tuple(tuple(_way_part(leaf, words) for leaf in way.missing) for way in ways)


def near_of(
    near: Sequence[Near], names: Mapping[str, str], words: Wording
) -> tuple[NearMember, ...]:
    """Give who is nearest to count, of those whose name the reader sees."""
    return tuple(
        NearMember(
            code=one.member,
            name=names[one.member],
            leg=names.get(one.leg, "") if one.leg != one.member else "",
            parts=tuple(_way_part(leaf, words) for leaf in one.way.missing),
        )
        for one in near
        if one.member in names
    )


def _way_part(leaf: Condition, words: Wording) -> WayPart:
    if leaf.missing and leaf.operator in (">=", ">"):
        return WayPart(text=words.phrase(leaf.name), missing=_missing(leaf, words))
    return WayPart(text=words.inline(leaf))


def short(text: str, rounding: str = ROUND_FLOOR) -> str:
    """Cut a figure to the decimals that a screen has room for; other texts stay.

    >>> short("5754.601881"), short("3245.398119", ROUND_CEILING), short("Leader")
    ('5754.60', '3245.40', 'Leader')
    >>> short("1/3"), short("1/3", ROUND_CEILING)
    ('0.33', '0.34')
    """
    try:
        exact = Fraction(text)
    except ValueError:
        return text
    if (exact * 10**_MOST_DECIMALS).denominator == 1:
        return text
    units = exact * 10**_MOST_DECIMALS
    whole = ceil(units) if rounding == ROUND_CEILING else floor(units)
    return format(Decimal(whole).scaleb(-_MOST_DECIMALS), "f")


def _missing(condition: Condition, words: Wording) -> str:
    """Say what is missing, rounded up: who brings that much has enough."""
    if not condition.missing:
        return ""
    return words.figure(short(condition.missing, ROUND_CEILING), condition.unit)


def _need(condition: Condition, words: Wording) -> str:
    return SIGNS.get(condition.operator, "") + words.figure(condition.need, condition.unit)


def _of_parts(parts: tuple[Gap, ...], condition: Condition) -> int | None:
    known = [part.percent for part in parts if part.percent is not None]
    if condition.holds:
        return 100
    if not known:
        return None
    return max(known) if condition.how == "any" else sum(known) // len(known)


def _percent(condition: Condition) -> int | None:
    """Say how far a condition is met, in whole percent, 100 only where it holds."""
    if condition.holds:
        return 100
    if not condition.missing or condition.operator not in (">=", ">"):
        return 0 if condition.unit == "yes_no" else None
    have, need = Fraction(condition.have), Fraction(condition.need)
    if need <= 0 or have <= 0:
        return 0
    return min(int(100 * have / need), 99)
