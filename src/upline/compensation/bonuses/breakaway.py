"""Bonus kind `breakaway`: overrides on groups that have broken away, with a guaranteed minimum."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from upline.compensation import columns
from upline.compensation.bonuses import lines as shared
from upline.compensation.bonuses.lines import Lines, Paid, Work
from upline.compensation.columns import Numbers, constant
from upline.compensation.kernels import overrides, trees
from upline.compensation.measures.evaluate import numbers, value
from upline.compensation.measures.scopes import LineScope
from upline.compensation.measures.sums import per_member, raise_out_of_range

Array = npt.NDArray[Any]
# The levels by which its lines are told apart.
LEFT_TO_UPLINE, OVERRIDE = 0, 1


def compute(work: Work) -> list[Paid]:
    """Pay the nearest qualified upline of each head on the head's personal group."""
    return [work.paid(shared.joined([*_lines(legs_of(work), work)]))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Legs:
    """Broken-away legs: the head, who is paid on it, and for what.

    `due` is the override, rounded, `added` what the head leaves to the one above him so that the
    guarantee is kept; both in units of the bonus's places.
    """

    head: Array
    receiver: Array
    base: Numbers
    rate: Numbers
    due: Array
    added: Array


def legs_of(work: Work) -> Legs:
    """Compute every leg's override and what guarantees add to it, from the bottom up."""
    forest = work.forest
    is_head = shared.in_tree(work, work.member_rule(work.bonus.head))
    qualified = shared.in_tree(work, work.member_rule(work.bonus.requires))
    group = _personal_groups(work, is_head)
    up = np.empty(len(forest), np.int32)
    trees.nearest_above(forest.parent, qualified, up)
    places = np.flatnonzero(is_head & (up >= 0))
    head, receiver = (shared.from_tree(work, at) for at in (places, up[places]))
    base, scope = group.taken(places), LineScope(work.figures, receiver, head)
    rate = _rate(work, scope, receiver)
    due = shared.line_amounts(base, rate, work.rounding)
    least = _guarantee(work, scope)
    if columns.greatest(due) * max(len(due), 1) >= columns.SAFE:
        raise_out_of_range(f"What '{work.name}' pays")
    added = np.zeros(len(places), np.int64)
    gained = np.zeros(len(forest), np.int64)
    overrides.guaranteed(places, up[places].astype(np.int64), due, least, gained, added)
    return Legs(head=head, receiver=receiver, base=base, rate=rate, due=due, added=added)


def _personal_groups(work: Work, is_head: Array) -> Numbers:
    """Add up the base of each member's group without the groups of heads below, in the tree."""
    figures = work.figures
    base = numbers(value(work.bonus.base, figures.order_scope))
    own = per_member(figures, base, figures.world.orders.in_period)
    sums = shared.in_tree(work, shared.summable(own, "the base of a bonus")).copy()
    trees.add_up_until(work.forest.parent, sums, is_head)
    return Numbers(sums, own.unit)


def _rate(work: Work, scope: LineScope, receiver: Array) -> Numbers:
    rate = numbers(value(work.bonus.rate, scope))
    worth = work.point_value()
    if worth is not None:
        shared.check_point_values(work, worth, receiver)
        rate = columns.multiplied(rate, worth.taken(receiver))
    return rate.spread(scope.size)


def _guarantee(work: Work, scope: LineScope) -> npt.NDArray[np.int64]:
    part = constant(0)
    if work.bonus.guarantee is not None:
        part = numbers(value(work.bonus.guarantee, scope))
    whole = columns.rounded(part.spread(scope.size), work.rounding.places, work.rounding.mode)
    return columns.as_int64(whole.values, "guarantees")


def _lines(legs: Legs, work: Work) -> tuple[Lines, Lines]:
    """Give a line for each leg, and one for each head who leaves something to the one above."""
    paid = np.flatnonzero(legs.due + legs.added)
    gave = np.flatnonzero(legs.added)
    given = Numbers(-legs.added[gave], Fraction(1, 10**work.rounding.places))
    return (
        Lines(
            receiver=legs.receiver[paid],
            buyer=legs.head[paid],
            order=np.full(len(paid), -1, np.int64),
            level=np.full(len(paid), OVERRIDE, np.int32),
            amount=(legs.due + legs.added)[paid],
            base=legs.base.taken(paid),
            rate=legs.rate.taken(paid),
        ),
        Lines(
            receiver=legs.head[gave],
            buyer=legs.head[gave],
            order=np.full(len(gave), -1, np.int64),
            level=np.full(len(gave), LEFT_TO_UPLINE, np.int32),
            amount=-legs.added[gave],
            base=given,
            rate=constant(1).spread(len(gave)),
        ),
    )
