"""Bonus kind `pool`: a fund shared out."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from upline.compensation import columns
from upline.compensation.bonuses.lines import NO_LEVEL, Lines, Paid, Work
from upline.compensation.bonuses.stairstep import parents
from upline.compensation.columns import Numbers, Quotients, constant
from upline.compensation.errors import Fault, InputRefused
from upline.compensation.measures.evaluate import numbers, value
from upline.compensation.measures.windows import carried_numbers
from upline.compensation.plan.schema import Rounding

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class _Funds:
    """What groups share, and whose fund each is; -1 where it is the company's."""

    amount: Numbers
    owner: Array


def compute(work: Work) -> list[Paid]:
    """Share the company's fund, or each member's fund among his recruits."""
    return [work.paid(lines_of(work))]


def lines_of(work: Work) -> Lines:
    """Give what each member's shares of a fund bring, before the cap."""
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
        return _company(work, fund.at(0), members, shares)
    return _among_recruits(work, fund.spread(count), takes_part, shares, number)


def _company(work: Work, fund: Fraction, members: Array, shares: Numbers) -> Lines:
    fund += carried_to(work)
    if not len(members):
        # What belongs to the company is carried under the member who stands first in the tree.
        values = np.zeros(len(work.figures.world), object)
        values[:1] = fund.numerator
        _carry(work, Numbers(values, Fraction(1, fund.denominator)))
    everybody = np.zeros(len(members), np.int64)
    return _lines(
        work, _Funds(constant(fund).spread(1), np.asarray([-1])), members, everybody, shares
    )


def carried_to(work: Work, owner: int = -1) -> Fraction:
    """Give what was carried to the fund of a member, or without one to the company's."""
    entries = work.figures.world.carried.get(f"{work.name} fund", {})
    if owner >= 0:
        return Fraction(entries.get(owner, "0"))
    return sum((Fraction(text) for text in entries.values()), Fraction(0))


def _carry(work: Work, left: Numbers) -> None:
    """Keep what nobody could share for the next period's fund."""
    if work.bonus.nobody == "carried" and left.values.any():
        work.figures.carries[f"{work.name} fund"] = left


def _among_recruits(
    work: Work, fund: Numbers, takes_part: Array, shares: Numbers, number: Array
) -> Lines:
    parent = parents(work)
    funds = columns.added(fund, carried_numbers(work.figures, f"{work.name} fund"))
    sharing = np.flatnonzero(takes_part & (parent >= 0))
    sharing = sharing[np.lexsort((number[sharing], parent[sharing]))]
    owners, group = np.unique(parent[sharing], return_inverse=True)
    left = funds.values.copy()
    left[owners] = 0
    _carry(work, Numbers(left, funds.unit))
    return _lines(work, _Funds(funds.taken(owners), owners), sharing, group, shares)


def share_out(
    funds: Numbers, group: Array, shares: Array, rounding: Rounding, residue: str
) -> Array:
    """Divide each group's fund by the shares of its parts, in units of the rounding's places.

    `shared` and `kept` cut a fund down to whole units first and then each part; under `shared`
    the units left go, one each, to the largest remainders, equal ones to the earlier share, under
    `kept` they stay with the company. `rounded` rounds each part by itself. A negative fund
    mirrors the positive one.

    >>> one_group = np.zeros(3, np.int64)
    >>> share_out(constant(1).spread(1), one_group, np.asarray([1, 1, 1]), Rounding(), "shared")
    array([34, 33, 33])
    """
    total = _added_up(shares, group, len(funds.values))
    if residue == "rounded":
        exact = columns.multiplied(funds.taken(group), Numbers(shares, Fraction(1)))
        parts = Quotients(exact, Numbers(total[group], Fraction(1)))
        return columns.as_int64(
            columns.rounded(parts, rounding.places, rounding.mode).values, "the parts of a pool"
        )
    magnitudes = Numbers(np.abs(funds.values), funds.unit)
    units = columns.rounded(magnitudes, rounding.places, "floor").values
    exact = columns.multiplied(Numbers(units[group], Fraction(1)), Numbers(shares, Fraction(1)))
    whole = exact.values // total[group]
    if residue == "shared":
        left = units - _added_up(whole, group, len(units))
        rest = exact.values - whole * total[group]
        whole = whole + _has_one_more(left, group, rest)
    return columns.as_int64(np.where(funds.values[group] < 0, -whole, whole), "the parts of a pool")


def _added_up(parts: Array, group: Array, count: int) -> Array:
    """Add up by group, in unbounded integers where 64 bits might not do."""
    is_safe = parts.dtype != object and columns.greatest(parts) * len(parts) < columns.SAFE
    sums = np.zeros(count, np.int64 if is_safe else object)
    np.add.at(sums, group, parts if is_safe else parts.astype(object))
    return sums


def _has_one_more(left: Array, group: Array, rest: Array) -> npt.NDArray[np.bool_]:
    """Say which parts get one of the units left: those of the largest remainders, earlier ones first."""
    if rest.dtype == object:
        rest = np.unique(rest, return_inverse=True)[1]
    order = np.lexsort((-rest, group))
    sorted_group = group[order]
    first = np.searchsorted(sorted_group, np.arange(len(left)))
    gets = np.zeros(len(rest), np.bool_)
    gets[order] = np.arange(len(rest)) - first[sorted_group] < left[sorted_group]
    return gets


def _lines(work: Work, funds: _Funds, receiver: Array, group: Array, shares: Numbers) -> Lines:
    """Give the line of every part that is not 0; each receiver takes part of one group's fund."""
    whole = shares.values[receiver]
    amount = share_out(funds.amount, group, whole, work.rounding, work.bonus.residue)
    rows = np.flatnonzero(amount)
    total = _added_up(whole, group, len(funds.owner))
    return Lines(
        receiver=receiver[rows],
        buyer=funds.owner[group[rows]],
        order=np.full(len(rows), -1, np.int64),
        level=np.full(len(rows), NO_LEVEL, np.int32),
        amount=amount[rows],
        base=funds.amount.taken(group[rows]),
        rate=_ratios(whole[rows], total[group[rows]]),
    )


def _ratios(above: Array, below: Array) -> Numbers:
    """Give above / below in one unit."""
    kinds = np.unique(below)
    unit = columns.common_unit([Fraction(1, int(one)) for one in kinds.tolist()])
    factors = np.asarray([int(Fraction(1, int(one)) / unit) for one in kinds.tolist()], object)
    return Numbers(above.astype(object) * factors[np.searchsorted(kinds, below)], unit)
