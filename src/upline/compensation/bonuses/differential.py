"""Bonus kind `differential`: each upline takes what nobody nearer has taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from upline.compensation import columns
from upline.compensation.bonuses import lines as shared
from upline.compensation.bonuses.level import distances
from upline.compensation.bonuses.lines import Lines, Paid, Work
from upline.compensation.columns import Codes, Numbers, constant
from upline.compensation.errors import InputRefused
from upline.compensation.kernels import trees, walks
from upline.compensation.measures.evaluate import numbers, value
from upline.compensation.measures.scopes import AssumingScope
from upline.compensation.plan.schema import OwnPart

Array = npt.NDArray[Any]


def compute(work: Work) -> list[Paid]:
    """Go up from each buyer and pay what each share exceeds those already taken."""
    lines = shared.capped(_lines(work), work)
    part = work.bonus.own_part
    if part is None:
        return [work.added_up(lines)]
    is_own = lines.level == 0
    if isinstance(part, OwnPart) and part.recruits is not None:
        is_own |= (lines.level == 1) & work.member_rule(part.recruits)[lines.buyer]
    name = part.name if isinstance(part, OwnPart) else part
    own, other = lines.taken(np.flatnonzero(is_own)), lines.taken(np.flatnonzero(~is_own))
    return [work.added_up(other), work.added_up(own, bonus=name)]


def shares_of(work: Work) -> Numbers:
    """Give the share of each member, slots added up."""
    bonus, scope = work.bonus, work.figures.member_scope
    count = len(work.figures.world)
    if bonus.share is not None:
        return numbers(value(bonus.share, scope)).spread(count)
    by = bonus.slots.by.node
    rank = scope.name(by)
    assert isinstance(rank, Codes)
    total = constant(0)
    sums = [total]
    for code in range(len(rank.labels)):
        holding = Codes(np.asarray(code), rank.labels, is_ranked=True)
        slot = numbers(value(bonus.slots, AssumingScope(work.figures, {by.name: holding})))
        total = columns.added(total, slot)
        sums.append(total)
    unit = columns.common_unit([part.unit for part in sums])
    table = [int(part.values) * int(part.unit / unit) for part in sums]
    return Numbers(np.asarray(table)[rank.spread(count).values + 1], unit)


def _lines(work: Work) -> Lines:
    bonus, figures = work.bonus, work.figures
    count = len(figures.world)
    sources = shared.sources_of(work)
    share = shares_of(work)
    takes_rest = bonus.takes == "remaining"
    total = constant(0)
    if takes_rest:
        if bonus.total is None:
            problem = f"'{work.name}' shares out what remains, but names no total."
            raise InputRefused.because("differential.total", problem, "Write total: 8.")
        total = numbers(value(bonus.total, figures.member_scope))
    share_whole, total_whole, unit = columns.aligned(share, total)
    rate = constant(1) if bonus.rate is None else numbers(value(bonus.rate, figures.member_scope))
    worth_of_point = work.point_value()
    worth = rate
    if worth_of_point is not None:
        listed = np.where(worth_of_point.values == 0, 1, worth_of_point.values)
        worth = columns.multiplied(rate, Numbers(np.asarray(listed), worth_of_point.unit))
    worth = worth.spread(count)
    qualified = work.member_rule(bonus.requires)
    blocks = work.member_rule(bonus.blocks) if bonus.blocks is not None else qualified
    above, divisor = shared.fraction_of(sources.base.unit, unit * worth.unit, work.rounding.places)
    base = columns.as_int64(sources.base.values, "the base of a bonus")
    factors = columns.as_int64(columns.scaled(worth.values, above), "rates")
    shares = columns.as_int64(share_whole, "shares")
    whole_total = columns.as_int64(np.atleast_1d(total_whole), "the total")
    terms = _Terms(
        base=base,
        share=shares,
        total=np.broadcast_to(whole_total, (count,)),
        worth=factors,
        divisor=divisor,
        qualified=qualified,
        blocks=blocks,
    )
    receiver, source, level, taken, amount = _walk(work, sources.starts, terms)
    receiver = shared.from_tree(work, receiver)
    shared.check_point_values(work, worth_of_point, receiver)
    paid_at = columns.multiplied(Numbers(taken, unit), worth.taken(receiver))
    return Lines(
        receiver=receiver,
        buyer=sources.buyer[source],
        order=sources.order[source],
        level=level,
        amount=amount,
        base=Numbers(base[source], sources.base.unit),
        rate=paid_at,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Terms:
    """base x taken share x worth / divisor, rounded, is a line; columns of members and sources."""

    base: Array
    share: Array
    total: Array
    worth: Array
    divisor: int
    qualified: Array
    blocks: Array


def _walk(work: Work, starts: Array, terms: _Terms) -> tuple[Array, ...]:
    """Give receiver, source, distance, share taken and amount of every line."""
    bonus, base, divisor = work.bonus, terms.base, terms.divisor
    parent = work.forest.parent
    share, total, worth, qualified, blocks = (
        shared.in_tree(work, np.ascontiguousarray(column))
        for column in (terms.share, terms.total, terms.worth, terms.qualified, terms.blocks)
    )
    greatest = columns.greatest(base) * columns.greatest(share) * columns.greatest(worth)
    if columns.greatest(share) * columns.greatest(worth) >= columns.SAFE or divisor >= columns.SAFE:
        problem = f"Lines of '{work.name}' may pass 9.2 x 10^18 of their smallest unit."
        raise InputRefused.because("range.too_large", problem, "Declare fewer decimals.")
    holds = (qualified | blocks) & (share > 0)
    up = np.empty(len(parent), np.int32)
    trees.nearest_above(parent, holds, up)
    greater = up
    if bonus.takes == "difference":
        # Once a share is taken only a greater one counts: jump straight to it.
        greater = np.empty(len(parent), np.int32)
        walks.next_greater(up, share, greater)
    common = (
        0,
        len(parent),
        starts,
        base,
        up,
        greater,
        distances(parent),
        share,
        qualified,
        blocks,
        total,
        worth,
        bonus.takes == "remaining",
        bonus.buyer != "ignored",
        bonus.buyer == "paid",
        bonus.from_level,
        divisor,
        work.mode,
        greatest + divisor >= columns.SAFE,
        np.zeros(len(parent), np.int64),
        np.zeros(len(parent), np.int64),
    )
    kinds = (np.int32, np.int64, np.int32, np.int64, np.int64)
    counts = np.zeros(len(parent), np.int64)
    walks.differential(*common, walks.COUNT, counts, *shared.nowhere(kinds))
    (cursors,), count = shared.cursors_of([counts])
    out = tuple(np.empty(count, kind) for kind in kinds)
    walks.differential(*common, walks.WRITE, cursors, *out)
    return out
