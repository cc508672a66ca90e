"""The lines of all bonuses as whole numbers, in canonical order: for tables, digests and stores."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from upline.compensation import columns, memory
from upline.compensation.bonuses.lines import Lines, Paid
from upline.compensation.buckets import Buckets
from upline.compensation.columns import Numbers
from upline.compensation.decimals import NARROW_DIGITS, SHOWN_PLACES
from upline.compensation.inputs import World
from upline.compensation.kernels import divisors, sequences
from upline.compensation.own_ids import looked_up
from upline.compensation.parallel import in_parts, parts_of

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRows:
    """Lines by member, bonus, order, buyer and level, in the sequence of ids.

    `member`, `buyer` and `order` are rows of the inputs, -1 for none; `bonus` counts through
    `bonuses`; `amount` is in units of `places` decimals, `base` and `rate` in billionths.
    """

    bonuses: tuple[str, ...]
    places: int
    member: Array
    bonus: Array
    order: Array
    buyer: Array
    level: Array
    base: Array
    rate: Array
    amount: Array

    def __len__(self) -> int:
        return len(self.amount)


@dataclass(frozen=True, slots=True)
class _Kept:
    """The lines of one bonus: they are those from `at` on when all bonuses stand side by side."""

    index: int
    at: int
    lines: Lines
    base: Array
    base_factor: int
    rate: Array
    rate_factor: int
    amount_factor: int


class LineSequence:
    """The lines of all bonuses in canonical order; they are picked out part by part.

    Only the sequence is kept beside the lines as the bonuses gave them. `id_ranks` are the places
    of members' and of orders' ids in sorted order, by row; amounts get `places` decimals.
    """

    def __init__(
        self, paid: Sequence[Paid], world: World, places: int, id_ranks: tuple[Array, Array]
    ) -> None:
        self._world, self.places, self.id_ranks = world, places, id_ranks
        self.bonuses = tuple(part.bonus for part in paid)
        self._kept: list[_Kept] = []
        self._count = 0
        for index, part in enumerate(paid):
            if part.lines is not None and len(part.lines):
                self._kept.append(_kept(index, self._count, part, places))
                self._count += len(part.lines)
        self._sequence = self._sorted()

    def __len__(self) -> int:
        return self._count

    def parts(self, most: int) -> Iterator[LineRows]:
        """Give all lines in parts of at most so many."""
        for first in range(0, self._count, most):
            yield self.rows(first, min(first + most, self._count))

    def rows(self, first: int, last: int) -> LineRows:
        """Give the lines from the first-th to before the last-th."""
        return self._picked(self._sequence[first:last])

    def rows_at(self, places: Array) -> LineRows:
        """Give the lines at some places of the canonical order, in any sequence."""
        return self._picked(self._sequence[places])

    def counts(self) -> Array:
        """Give how many lines each member has, by position."""
        found = np.zeros(len(self._world), np.int64)
        for kept in self._kept:
            found += np.bincount(kept.lines.receiver, minlength=len(found))
        return found

    def _picked(self, sequence: Array) -> LineRows:
        world = self._world
        rows, orders = (
            world.forest.rows,
            world.orders.rows if self._count else np.zeros(0, np.int64),
        )
        picked, looked_up = sequences.picked, sequences.picked_rows

        def every(
            kernel: Callable[..., None], arguments: Callable[[_Kept], tuple[Any, ...]]
        ) -> Array:
            out = memory.empty(len(sequence), np.int64)
            for kept in self._kept:
                known = arguments(kept)
                in_parts(
                    parts_of(len(sequence)),
                    lambda _, *part: kernel(*known, sequence, kept.at, out, *part),  # noqa: B023
                )
            return out

        return LineRows(
            bonuses=self.bonuses,
            places=self.places,
            member=every(looked_up, lambda kept: (kept.lines.receiver, rows)),
            bonus=every(sequences.marked, lambda kept: (len(kept.lines), kept.index)),
            order=every(looked_up, lambda kept: (kept.lines.order, orders)),
            buyer=every(looked_up, lambda kept: (kept.lines.buyer, rows)),
            level=every(picked, lambda kept: (kept.lines.level, 1)),
            base=every(picked, lambda kept: (kept.base, kept.base_factor)),
            rate=every(picked, lambda kept: (kept.rate, kept.rate_factor)),
            amount=every(picked, lambda kept: (kept.lines.amount, kept.amount_factor)),
        )

    def bonuses_with_lines(self) -> Array:
        """Give the places in `bonuses` of those that have lines."""
        return np.asarray([kept.index for kept in self._kept], np.int64)

    def narrow(self) -> frozenset[str]:
        """Give which of base, rate and amount have no figure of more digits than 64 bits hold."""
        limit = 10**NARROW_DIGITS

        def fits(values: Array, factor: int) -> bool:
            return bool(columns.greatest(values) * factor < limit)

        all_fit = {
            "base": all(fits(kept.base, kept.base_factor) for kept in self._kept),
            "rate": all(fits(kept.rate, kept.rate_factor) for kept in self._kept),
            "amount": all(fits(kept.lines.amount, kept.amount_factor) for kept in self._kept),
        }
        return frozenset(name for name, does in all_fit.items() if does)

    def divisors(self) -> dict[str, int]:
        """Give what all figures of a column have in common; ids count by their place in order."""
        members, orders = self.id_ranks
        rank = members[self._world.forest.rows]
        order_rank = self._order_rank(orders).astype(np.int64)
        found = dict.fromkeys(("member", "order", "buyer", "level", "base", "rate", "amount"), 0)

        def count(name: str, kernel: Callable[..., int], *values: Array, factor: int = 1) -> None:
            found[name] = math.gcd(found[name], int(kernel(*values, 0)) * factor)

        for kept in self._kept:
            lines = kept.lines
            count("member", divisors.divisor_at, lines.receiver, rank)
            count("order", divisors.divisor_at, lines.order, order_rank)
            count("buyer", divisors.divisor_at, lines.buyer, rank)
            count("level", divisors.divisor_of, lines.level.astype(np.int64))
            count("base", divisors.divisor_of, kept.base, factor=kept.base_factor)
            count("rate", divisors.divisor_of, kept.rate, factor=kept.rate_factor)
            count("amount", divisors.divisor_of, lines.amount, factor=kept.amount_factor)
        return found

    def _order_rank(self, orders: Array) -> Array:
        """Give the place of each order's id, as they stand by member; none where no line asks."""
        if not any(int(kept.lines.order.max()) >= 0 for kept in self._kept):
            return np.zeros(0, np.int32)
        return np.ascontiguousarray(orders[self._world.orders.rows], np.int32)

    def _sorted(self) -> Array:
        """Give all lines in canonical order; equal ones keep the sequence in which they came."""
        members, orders = self.id_ranks
        rank = np.ascontiguousarray(members[self._world.forest.rows], np.int32)
        levels = max((int(kept.lines.level.max()) for kept in self._kept), default=0) + 2
        order_rank = self._order_rank(orders)
        # Orders outside the period have ranks, too.
        sources = len(rank) + 1 + len(orders)
        if len(self.bonuses) * sources * levels < columns.SAFE:
            groups = memory.empty(self._count, np.int32)
            keys = memory.empty(self._count, np.int64)
            if not self._fill_keys(rank, order_rank, (sources, levels), groups, keys):
                return _by_group(groups, keys, len(rank))
        return self._sorted_by_columns(rank, order_rank)

    def _fill_keys(
        self, rank: Array, order_rank: Array, spans: tuple[int, int], groups: Array, keys: Array
    ) -> int:
        buyers = self._world.orders.member if len(order_rank) else np.zeros(0, np.int32)
        strangers = 0
        for kept in self._kept:
            lines = kept.lines
            known = (
                lines.receiver,
                lines.buyer,
                lines.order,
                lines.level,
                rank,
                order_rank,
                buyers,
            )
            out = (kept.index, *spans, groups, keys, kept.at)
            found = in_parts(
                parts_of(len(lines)),
                lambda _, *part: sequences.line_keys(*known, *out, *part),  # noqa: B023
            )
            strangers += sum(int(count) for count in found)
        return strangers

    def _sorted_by_columns(self, rank: Array, order_rank: Array) -> Array:
        """Sort by each column: slow, for lines whose buyer is not that of their order."""

        def every(column: Callable[[_Kept], Array]) -> Array:
            return np.concatenate([column(kept) for kept in self._kept])

        keys = (
            every(lambda kept: kept.lines.level),
            every(lambda kept: looked_up(rank, kept.lines.buyer)),
            every(lambda kept: looked_up(order_rank, kept.lines.order)),
            every(lambda kept: np.full(len(kept.lines), kept.index)),
            every(lambda kept: rank[kept.lines.receiver]),
        )
        return np.lexsort(keys)


def _kept(index: int, at: int, part: Paid, places: int) -> _Kept:
    assert part.lines is not None
    base, base_factor = _billionths(part.lines.base, len(part.lines))
    rate, rate_factor = _billionths(part.lines.rate, len(part.lines))
    factor = 10 ** (places - part.places)
    # One type for each, so that each loop is compiled once.
    lines = replace(
        part.lines,
        receiver=np.ascontiguousarray(part.lines.receiver, np.int32),
        buyer=np.ascontiguousarray(part.lines.buyer, np.int32),
        order=np.ascontiguousarray(part.lines.order, np.int32),
        level=np.ascontiguousarray(part.lines.level, np.int32),
        amount=np.ascontiguousarray(part.lines.amount, np.int64),
    )
    return _Kept(index, at, lines, base, base_factor, rate, rate_factor, factor)


def _billionths(column: Numbers, count: int) -> tuple[Array, int]:
    """Give whole numbers and a factor whose products are the figures in billionths, rounded."""
    spread = column.spread(count)
    factor = spread.unit * 10**SHOWN_PLACES
    is_whole = factor.denominator == 1 and spread.values.dtype != object
    if is_whole and columns.greatest(spread.values) * factor < columns.SAFE:
        return np.ascontiguousarray(spread.values, np.int64), int(factor)
    rounded = columns.rounded(spread, SHOWN_PLACES, "half_up").values
    return columns.as_int64(rounded, "figures to be shown"), 1


def _by_group(groups: Array, keys: Array, count: int) -> Array:
    """Give the rows by group, those of one by key."""
    buckets = Buckets(groups, 0, count)
    starts = buckets.starts.astype(np.int64)
    sequence = buckets.ordered_rows()
    _sort_groups(sequence, starts, keys, len(parts_of(len(groups))))
    return sequence


def _sort_groups(sequence: Array, starts: Array, keys: Array, workers: int) -> None:
    goals = np.arange(1, workers) * (len(sequence) // workers)
    cuts = [0, *np.searchsorted(starts[:-1], goals).tolist(), len(starts) - 1]
    in_parts(
        list(pairwise(cuts)),
        lambda _, *part: sequences.sort_groups(sequence, starts, keys, *part),
    )
