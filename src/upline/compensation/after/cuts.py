"""Cutting what was earned down to a ceiling, part by part, so that the parts add up to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from upline.compensation import columns
from upline.compensation.bonuses.lines import Cut, Paid
from upline.compensation.kernels import cuts as kernels
from upline.compensation.measures.sums import raise_out_of_range

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Parts:
    """What is to be cut: positive amounts, each in a group; all in units of one size.

    An amount is a whole multiple of its `unit`. `keys` put the parts in one sequence, the last key
    counting most.
    """

    amount: Array
    group: Array
    unit: Array
    keys: tuple[Array, ...]

    def cut(self, allowed: Array, how: str) -> Array:
        """Give what each part keeps so that no group has more than it is allowed.

        `in_proportion`: each keeps its share, cut down to whole units; units left go, one each, to
        the largest remainders, equal ones to the part that comes first. `last_first`: the part
        that comes last loses first.
        """
        whole = sums(self.amount, self.group, len(allowed))
        over = whole > allowed
        kept = self.amount.astype(np.int64)
        rows = np.flatnonzero(over[self.group])
        if not len(rows):
            return kept
        some = Parts(
            kept[rows], self.group[rows], self.unit[rows], tuple(key[rows] for key in self.keys)
        )
        if how == "last_first":
            kept[rows] = some._last_first(np.where(over, whole - allowed, 0))
        else:
            kept[rows] = some._in_proportion(whole, np.ascontiguousarray(allowed, np.int64))
        return kept

    def _in_proportion(self, whole: Array, allowed: Array) -> Array:
        kept, rest = np.zeros_like(self.amount), np.zeros_like(self.amount)
        greatest = columns.greatest(self.amount) * columns.greatest(allowed)
        is_wide = greatest >= columns.SAFE
        kernels.proportional(
            self.amount, self.group, self.unit, whole, allowed, is_wide, kept, rest
        )
        left = allowed - sums(kept, self.group, len(allowed))
        some = np.flatnonzero(rest)
        keys = tuple(key[some] for key in self.keys)
        sequence = some[np.lexsort((*keys, -rest[some], self.group[some]))]
        kernels.handed_out(sequence, self.group, self.unit, left, kept)
        return kept

    def _last_first(self, excess: Array) -> Array:
        kept = self.amount.copy()
        sequence = np.lexsort(self.keys)[::-1]
        kernels.taken_from(np.ascontiguousarray(sequence), self.group, self.unit, excess, kept)
        return kept


def sums(amounts: Array, groups: Array, count: int) -> Array:
    """Add up by group."""
    if columns.greatest(amounts) * max(len(amounts), 1) >= columns.SAFE:
        raise_out_of_range("What bonuses pay together")
    out = np.zeros(count, np.int64)
    np.add.at(out, groups, amounts)
    return out


def finer(amounts: Array, factor: int) -> Array:
    """Give amounts in units so many times as small."""
    return columns.as_int64(columns.scaled(amounts, factor), "what bonuses pay")


def less(part: Paid, cut: Cut) -> Paid:
    """Take a cut from what a bonus pays, and note it; a cut of nothing changes nothing."""
    if not cut.totals.any() and (cut.lines is None or not cut.lines.any()):
        return part
    lines = part.lines
    if lines is not None and cut.lines is not None:
        lines = replace(lines, amount=lines.amount - cut.lines)
    return replace(part, totals=part.totals - cut.totals, lines=lines, cuts=(*part.cuts, cut))
