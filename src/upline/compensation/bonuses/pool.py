"""Bonus kind `pool`: a fund shared out."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from upline.compensation import columns
from upline.compensation.bonuses.lines import NO_LEVEL, Lines, Paid, Work
from upline.compensation.bonuses.stairstep import parents
from upline.compensation.columns import Numbers
from upline.compensation.errors import Fault, InputRefused
from upline.compensation.measures.evaluate import numbers, value
from upline.compensation.plan.schema import Rounding

Array = npt.NDArray[Any]


def compute(work: Work) -> list[Paid]:
    """Share the company's fund, or each member's fund among his recruits."""
    bonus, figures = work.bonus, work.figures
    count = len(figures.world)
    fund = numbers(value(bonus.fund, figures.member_scope))
    shares = numbers(value(bonus.shares, figures.member_scope)).spread(count)
    if (shares.values < 0).any():
        who = figures.world.id_of(int(np.flatnonzero(shares.values < 0)[0]))
        problem = f"'{work.name}' has a negative share, for {who} for one."
        remedy = "Write max(0, ...) where shares may be negative."
        raise InputRefused([Fault(bonus.place, "pool.shares", problem, remedy)])
    takes_part = work.member_rule(bonus.requires) & (shares.values > 0)
    number = numbers(figures.member_scope.named("number")).values
    if bonus.among == "company":
        if fund.values.ndim:
            problem = f"The fund of '{work.name}' differs from member to member."
            remedy = "Use company(...), or among: recruits."
            raise InputRefused([Fault(bonus.place, "pool.fund", problem, remedy)])
        everybody = np.flatnonzero(takes_part)
        members = everybody[np.argsort(number[everybody])]
        return [work.paid(_company(work, fund.at(0), members, shares))]
    return [work.paid(_among_recruits(work, fund.spread(count), takes_part, shares, number))]


def _company(work: Work, fund: Fraction, members: Array, shares: Numbers) -> Lines:
    fund += sum(_carried(work).values(), Fraction(0))
    if not len(members):
        # What belongs to the company is carried under the member who stands first in the tree.
        _carry(work, {0: fund} if len(work.figures.world) else {})
        return _lines(members, members, [], [], [])
    amounts = share_out(
        fund, [int(whole) for whole in shares.values[members]], work.rounding, work.bonus.residue
    )
    total = int(shares.values[members].astype(object).sum())
    rates = [Fraction(int(whole), total) for whole in shares.values[members]]
    buyers = np.full(len(members), -1, np.int64)
    return _lines(members, buyers, amounts, [fund] * len(members), rates)


def _carried(work: Work) -> dict[int, Fraction]:
    entries = work.figures.world.carried.get(f"{work.name} fund", {})
    return {position: Fraction(text) for position, text in entries.items()}


def _carry(work: Work, funds: dict[int, Fraction]) -> None:
    """Keep what nobody could share for the next period's fund."""
    left = {position: fund for position, fund in funds.items() if fund}
    if work.bonus.nobody != "carried" or not left:
        return
    unit = columns.common_unit(list(left.values()))
    values = np.zeros(len(work.figures.world), object)
    for position, fund in left.items():
        values[position] = int(fund / unit)
    work.figures.carries[f"{work.name} fund"] = Numbers(values, unit)


def _among_recruits(
    work: Work, fund: Numbers, takes_part: Array, shares: Numbers, number: Array
) -> Lines:
    parent = parents(work)
    carried = _carried(work)
    sharing = np.flatnonzero(takes_part & (parent >= 0))
    sharing = sharing[np.lexsort((number[sharing], parent[sharing]))]
    sponsors = parent[sharing]
    alone = np.setdiff1d(np.arange(len(parent)), sponsors).tolist()
    _carry(work, {one: fund.at(one) + carried.get(one, Fraction(0)) for one in alone})
    cuts = np.flatnonzero(np.diff(sponsors)) + 1
    amounts: list[int] = []
    funds: list[Fraction] = []
    rates: list[Fraction] = []
    for group in np.split(sharing, cuts) if len(sharing) else []:
        owner = int(parent[group[0]])
        exact = fund.at(owner) + carried.get(owner, Fraction(0))
        whole = [int(share) for share in shares.values[group]]
        amounts += share_out(exact, whole, work.rounding, work.bonus.residue)
        funds += [exact] * len(group)
        rates += [Fraction(share, sum(whole)) for share in whole]
    return _lines(sharing, sponsors, amounts, funds, rates)


def share_out(fund: Fraction, shares: list[int], rounding: Rounding, residue: str) -> list[int]:
    """Divide a fund by shares, in units of the rounding's places.

    `shared` and `kept` cut the fund down to whole units first and then each part; under `shared`
    the units left go, one each, to the largest remainders, equal ones to the earlier share, under
    `kept` they stay with the company. `rounded` rounds each part by itself. A negative fund
    mirrors the positive one.

    >>> share_out(Fraction(1), [1, 1, 1], Rounding(), "shared")
    [34, 33, 33]
    """
    if fund < 0:
        return [-part for part in share_out(-fund, shares, rounding, residue)]
    units = fund * 10**rounding.places
    total = sum(shares)
    if residue == "rounded":
        return [_rounded(units * share / total, rounding.mode) for share in shares]
    whole = int(units)
    exact = [Fraction(whole * share, total) for share in shares]
    parts = [int(part) for part in exact]
    if residue == "shared":
        by_remainder = sorted(range(len(parts)), key=lambda k: (parts[k] - exact[k], k))
        for k in by_remainder[: whole - sum(parts)]:
            parts[k] += 1
    return parts


def _rounded(exact: Fraction, mode: str) -> int:
    column = Numbers(np.asarray([exact.numerator], object), Fraction(1, exact.denominator))
    return int(columns.rounded(column, 0, mode).values[0])


def _lines(
    receiver: Array, buyer: Array, amounts: list[int], funds: list[Fraction], rates: list[Fraction]
) -> Lines:
    amount = np.asarray(amounts, np.int64)
    lines = Lines(
        receiver=receiver,
        buyer=buyer,
        order=np.full(len(receiver), -1, np.int64),
        level=np.full(len(receiver), NO_LEVEL, np.int32),
        amount=amount,
        base=_column(funds),
        rate=_column(rates),
    )
    return lines.taken(np.flatnonzero(amount))


def _column(exact: list[Fraction]) -> Numbers:
    unit = columns.common_unit(exact) if exact and any(exact) else Fraction(1)
    return Numbers(np.asarray([int(part / unit) for part in exact], object), unit)
