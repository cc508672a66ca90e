"""Bonus kind `level`: up the line by levels or generations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from upline.compensation import columns, memory
from upline.compensation.bonuses import lines as shared
from upline.compensation.bonuses.classes import RateTable, rate_table
from upline.compensation.bonuses.heads import Heads, HeadTable, heads_of, mentions_receiver
from upline.compensation.bonuses.lines import Lines, Paid, Sources, Work
from upline.compensation.columns import Narrow, Numbers
from upline.compensation.errors import InputRefused
from upline.compensation.kernels import trees, walks
from upline.compensation.kernels.rounding import MODES
from upline.compensation.measures.evaluate import (
    greatest_level,
    numbers,
    settled_level,
    value,
)
from upline.compensation.parallel import bounds, in_parts, parts_of

Array = npt.NDArray[Any]
_MODES = {
    "none": walks.NONE,
    "count_between": walks.COUNT_BETWEEN,
    "remove": walks.REMOVE,
    "merge_up": walks.MERGE_UP,
    "roll_up": walks.ROLL_UP,
}
NO_END = 2**30
_KNOWN_DIVISOR = 10_000
_MANY = 200_000
# So many rates of so many generations are added up in sweeps over all members.
_MOST_SWEPT = 16


@dataclass(frozen=True, slots=True)
class Walk:
    """Everything that a walk needs, in the bonus's tree."""

    mode: int
    qualified: Array
    counted: Array
    depth: Array
    stops: Array
    deepest: int
    heads: Heads | HeadTable | None


def compute(work: Work) -> list[Paid]:
    """Pay every receiver on each source at the level on which he sees it."""
    bonus = work.bonus
    point_value = work.point_value()
    walk, table = settled(work, point_value)
    # Orders are still brought together: what needs none of them comes first.
    ways = [(one, _above(work, one)) for one in _by_receiver(walk)]
    sources = _sources(work)
    parts = [
        _Runner(work, one, above, some, rates)
        for some, rates in _by_buyer(work, sources, table)
        for one, above in ways
    ]
    if work.keeps_lines or bonus.lines == "per_head" or bonus.cap is not None:
        return [_with_lines(work, parts, point_value)]
    totals = np.asarray(sum(part.totals() for part in parts))
    totals = shared.to_members(work, totals)
    if point_value is not None and not point_value.values.all():
        shared.check_point_values(work, point_value, np.flatnonzero(totals))
    return [Paid(bonus=work.name, places=work.rounding.places, totals=totals, lines=None)]


def _by_receiver(walk: Walk) -> Iterator[Walk]:
    """Give the walk, or one for each class of receivers, each of whom sees heads of his own."""
    if not isinstance(walk.heads, HeadTable):
        yield walk
        return
    for receivers, heads in walk.heads.by_class():
        yield replace(walk, heads=None, qualified=walk.qualified & receivers, counted=heads)


def _by_buyer(
    work: Work, sources: Sources, table: RateTable
) -> Iterator[tuple[Sources, RateTable]]:
    """Give sources with the rates of their buyers.

    A walk takes the rates of the member from whom it starts; where that is another than the buyer,
    the sources of each class of buyers are walked by themselves.
    """
    classes = table.rates.shape[1]
    if work.bonus.starts in ("parent", "buyer") or classes == 1:
        yield sources, table
        return
    nobody = np.zeros_like(table.buyer)
    for buyers in range(classes):
        chosen = np.where(table.buyer[sources.buyer] == buyers, sources.base.values, 0)
        some = replace(sources, base=Numbers(chosen, sources.base.unit))
        rates = np.ascontiguousarray(table.rates[:, buyers : buyers + 1, :])
        yield some, replace(table, buyer=nobody, rates=rates)


def settled(work: Work, point_value: Numbers | None) -> tuple[Walk, RateTable]:
    """Settle who takes part in the walks of a bonus, and at which rates."""
    bonus = work.bonus
    rates = bonus.levels if bonus.levels is not None else bonus.generations
    deepest = greatest_level(rates)
    listed = max(settled_level(rates) if deepest is None else deepest, 1)
    table = rate_table(work, rates, list(range(listed + 1)), point_value)
    if bonus.levels is not None:
        table.rates[:, :, 0] = 0
    return _prepared(work, table, deepest if deepest is not None else NO_END), table


def _sources(work: Work) -> Sources:
    """Collect the sources; where the start is not the parent, `remove` looks at buyers here."""
    bonus = work.bonus
    sources = shared.sources_of(work, start=bonus.starts)
    if bonus.starts == "parent" or bonus.compression != "remove":
        return sources
    counted = work.member_rule(bonus.requires if bonus.counts is None else bonus.counts)
    base = np.where(counted[sources.buyer], sources.base.values, 0)
    return replace(sources, base=Numbers(base, sources.base.unit))


def _prepared(work: Work, table: RateTable, deepest: int) -> Walk:
    bonus = work.bonus
    qualified = work.member_rule(bonus.requires)
    nobody = np.zeros(len(qualified), np.bool_)
    counted = work.member_rule(bonus.counts) if bonus.counts is not None else qualified
    mode = _MODES[bonus.compression]
    if bonus.starts != "parent" and mode in (walks.REMOVE, walks.MERGE_UP):
        mode = walks.COUNT_BETWEEN
    heads = None
    if bonus.generations is not None:
        below = bonus.head_belongs_to == "generation_below"
        mode = walks.BELOW if below else walks.COUNT_BETWEEN
        if mentions_receiver(bonus.head):
            heads = heads_of(work)
        else:
            counted = work.member_rule(bonus.head)
    if mode != walks.ROLL_UP and bonus.counts is not None:
        qualified = qualified & work.member_rule(bonus.counts)
    if bonus.generations is None and mode in (walks.NONE, walks.ROLL_UP):
        counted = nobody
    depth = _depth(work, table, deepest)
    stops = work.member_rule(bonus.stop_above) if bonus.stop_above is not None else nobody
    return Walk(
        mode=mode,
        qualified=shared.in_tree(work, qualified),
        counted=shared.in_tree(work, counted),
        depth=shared.in_tree(work, depth),
        stops=shared.in_tree(work, stops),
        deepest=deepest,
        heads=heads,
    )


def _depth(work: Work, table: RateTable, deepest: int) -> Array:
    """Give how deep each member is paid."""
    bonus = work.bonus
    count = len(work.figures.world)
    if bonus.depth is None:
        return np.full(count, NO_END, np.int32)
    if bonus.depth == "as_listed":
        paid = (table.rates != 0).any(axis=1)
        last = np.where(paid.any(axis=1), paid.shape[1] - 1 - paid[:, ::-1].argmax(axis=1), 0)
        if deepest == NO_END:
            last = np.where(paid[:, -1], NO_END, last)
        return last.astype(np.int32)[table.receiver]
    whole = columns.rounded(numbers(value(bonus.depth, work.figures.member_scope)), 0, "floor")
    return np.clip(whole.spread(count).values, -1, NO_END).astype(np.int32)


@dataclass(frozen=True, slots=True)
class _Terms:
    """base x factor / divisor, rounded, is a line."""

    column: Numbers
    lying: Array
    factors: Array
    divisor: int
    is_wide: bool
    is_narrow: bool
    has_negative: bool

    @classmethod
    def of(cls, work: Work, sources: Sources, table: RateTable) -> _Terms:
        above, divisor = shared.fraction_of(sources.base.unit, table.unit, work.rounding.places)
        lying = columns.as_they_lie(sources.base, "the base of a bonus")
        factors = columns.as_int64(columns.scaled(table.rates, above), "rates")
        least, most = bounds(lying)
        greatest = max(most, -least) * columns.greatest(factors)
        lines = max(len(lying), 1) * min(max(factors.shape[2], 1), 1000)
        if divisor >= columns.SAFE or (greatest // divisor + 1) * lines >= columns.SAFE:
            problem = f"Lines of '{work.name}' may pass 9.2 x 10^18 of their smallest unit."
            remedy = "Declare fewer decimals, or round(...) the base in the plan."
            raise InputRefused.because("range.too_large", problem, remedy, work.bonus.place)
        is_wide = greatest + divisor >= columns.SAFE
        # Machine code divides by a number that it knows without a division; so 10,000 stands for all
        # of its divisors.
        times, rest = divmod(_KNOWN_DIVISOR, divisor)
        if rest == 0 and times > 1 and greatest * times < columns.SAFE // 2:
            factors, divisor, greatest = factors * times, _KNOWN_DIVISOR, greatest * times
        is_narrow = divisor == _KNOWN_DIVISOR and greatest + divisor // 2 < 2**32
        return cls(sources.base, lying, factors, divisor, is_wide, is_narrow, least < 0)

    @property
    def base(self) -> Array:
        """The base in 64 bits."""
        return self.column.values if isinstance(self.column, Narrow) else self.lying


def _chunks(starts: Array, threads: int) -> list[tuple[int, int]]:
    """Cut positions so that each part has about as many sources."""
    count = len(starts) - 1
    if threads < 2 or int(starts[-1]) < _MANY:
        return [(0, count)]
    goals = [int(starts[-1]) * k // threads for k in range(1, threads)]
    cuts = [0, *np.searchsorted(starts, goals).tolist(), count]
    return [(low, high) for low, high in pairwise(cuts) if low < high]


_LINE_COLUMNS = (np.int32, np.int64, np.int32, np.int32, np.int64)


_Above = tuple[Any, ...]


def _above(work: Work, walk: Walk) -> _Above:
    """Give whom a walk meets above each, and what it must know of them."""
    parent = work.forest.parent
    if isinstance(walk.heads, Heads):
        heads = walk.heads
        return parent, heads.code, heads.low, heads.high, heads.is_outside, heads.count
    reach = 1
    if walk.mode == walks.ROLL_UP and work.bonus.depth is not None and not walk.stops.any():
        reach = min(walk.deepest, 64)
    up = memory.empty(reach * len(parent), np.int32).reshape(reach, len(parent))
    for k in range(reach):
        holds = walk.qualified | walk.counted | walk.stops
        if reach > 1:
            holds = walk.qualified & (walk.depth > k)
        trees.nearest_above(parent, holds, up[k])
    measures = walk.mode == walks.NONE or work.bonus.from_level > 1
    return up, distances(parent) if measures else parent


class _Runner:
    """Walks all sources, in parts that threads take."""

    def __init__(
        self, work: Work, walk: Walk, above: _Above, sources: Sources, table: RateTable
    ) -> None:
        terms = _Terms.of(work, sources, table)
        self._work, self._all, self._table, self._terms = work, sources, table, terms
        self._walk_of = walk
        self._count = len(work.forest)
        self._parts = _chunks(sources.starts, work.threads)
        heads = walk.heads
        assert not isinstance(heads, HeadTable)
        self._kernel = walks.levels if heads is None else walks.relative_generations
        receiver = shared.in_tree(work, table.receiver)
        buyer = shared.in_tree(work, table.buyer)
        self._before = above
        self._starts = sources.starts
        at_start = int(work.bonus.starts != "parent")
        kind = int(work.bonus.head_belongs_to == "generation_below")
        shape = (walk.mode if heads is None else kind, work.bonus.from_level, at_start)
        self._after = (
            walk.qualified,
            *((walk.counted,) if heads is None else ()),
            walk.depth,
            walk.stops,
            receiver,
            buyer,
            terms.factors,
            walk.deepest,
            *shape,
            terms.divisor,
            work.mode,
            terms.is_wide,
            *(self._looks(work, walk) if heads is None else ()),
        )

    def _looks(self, work: Work, walk: Walk) -> tuple[bool, bool]:
        """Say what the walk must look at: depths, stops."""
        return work.bonus.depth is not None, bool(walk.stops.any())

    def _walk(self, task: int, cursors: list[Array], out: tuple[Array, ...]) -> list[Array]:
        def one(index: int, low: int, high: int) -> Array:
            totals = memory.zeros(self._count, np.int64)
            self._kernel(
                low,
                high,
                self._starts,
                self._terms.base,
                *self._before,
                *self._after,
                totals,
                task,
                cursors[index],
                *out,
            )
            return totals

        return in_parts(self._parts, one)

    def _is_plain(self) -> bool:
        """Say whether levels simply follow the chain of qualified uplines, all lines alike."""
        bonus, walk, terms = self._work.bonus, self._walk_of, self._terms
        return (
            walk.mode in (walks.ROLL_UP, walks.COUNT_BETWEEN, walks.REMOVE)
            and bonus.levels is not None
            and bonus.counts is None
            and bonus.depth is None
            and bonus.stop_above is None
            and bonus.starts == "parent"
            and bonus.from_level == 1
            and self._work.mode == MODES["half_up"]
            and not terms.is_wide
            and terms.factors.shape[1] == 1
            and int(terms.factors.min(initial=0)) >= 0
            and not terms.has_negative
        )

    def _chain_totals(self) -> Array:
        walk, terms = self._walk_of, self._terms
        up, _ = self._before
        chain = memory.empty(self._count, np.int64)
        walks.chained(up[0], shared.in_tree(self._work, self._table.receiver), chain)
        pays = walk.qualified if walk.mode == walks.REMOVE else np.ones(self._count, np.bool_)
        factors = np.ascontiguousarray(terms.factors[:, 0, :])

        base = terms.lying if terms.is_narrow else terms.base
        walked = (self._starts, base, chain, pays, factors, walk.deepest)

        def one(_: int, *part: int) -> Array:
            totals = memory.zeros(self._count, np.int64)
            if terms.is_narrow:
                walks.narrow_chain_totals(*part, *walked, totals)
            else:
                walks.chain_totals(*part, *walked, terms.divisor, totals)
            return totals

        return _summed(in_parts(self._parts, one))

    def _rates_swept(self) -> list[int]:
        """Give the factors of generations that may be added up each in a sweep; none if they may not."""
        bonus, walk, terms = self._work.bonus, self._walk_of, self._terms
        is_simple = (
            walk.mode in (walks.COUNT_BETWEEN, walks.BELOW)
            and walk.heads is None
            and bonus.depth is None
            and bonus.stop_above is None
            and bonus.starts == "parent"
            and bonus.from_level == 1
            and not terms.is_wide
            and terms.factors.shape[1] == 1
            and terms.factors.shape[2] <= _MOST_SWEPT
        )
        if not is_simple:
            return []
        factors = np.unique(terms.factors[:, 0, self._first_generation() :])
        found = [int(factor) for factor in factors.tolist() if factor]
        return found if len(found) <= _MOST_SWEPT else []

    def _first_generation(self) -> int:
        return 0 if self._walk_of.mode == walks.BELOW else 1

    def _swept_totals(self, rates: list[int]) -> Array:
        walk, terms, work = self._walk_of, self._terms, self._work
        by_generation = terms.factors[:, 0, self._first_generation() :]
        receiver = shared.in_tree(work, self._table.receiver)

        def one(_: int, *chosen: int) -> Array:
            totals = memory.zeros(self._count, np.int64)
            for factor in rates[slice(*chosen)]:
                pays = by_generation == factor
                goes_on = walk.deepest >= terms.factors.shape[2]
                # What is deeper than the last that pays at this rate is not passed on.
                width = (
                    pays.shape[1] if goes_on else int(np.flatnonzero(pays.any(axis=0)).max()) + 1
                )
                passing = memory.zeros(self._count * width, np.int64).reshape(self._count, width)
                walks.generation_totals(
                    work.forest.parent,
                    self._starts,
                    terms.base,
                    walk.qualified,
                    walk.counted,
                    receiver,
                    np.ascontiguousarray(pays),
                    factor,
                    terms.divisor,
                    work.mode,
                    walk.mode == walks.BELOW,
                    goes_on,
                    passing,
                    totals,
                )
            return totals

        return _summed(in_parts(parts_of(len(rates), workers=len(self._parts)), one))

    def totals(self) -> Array:
        """Give what each position earns, without keeping lines."""
        if self._is_plain():
            return self._chain_totals()
        if rates := self._rates_swept():
            return self._swept_totals(rates)
        nothing = [np.zeros(0, np.int64)] * len(self._parts)
        return _summed(self._walk(walks.TOTALS, nothing, shared.nowhere(_LINE_COLUMNS)))

    def lines(self) -> tuple[Array, ...]:
        """Give receiver, source, level, head and amount of every line, by receiver, then by buyer."""
        counts = [memory.zeros(self._count, np.int64) for _ in self._parts]
        self._walk(walks.COUNT, counts, shared.nowhere(_LINE_COLUMNS))
        cursors, count = shared.cursors_of(counts)
        out = tuple(np.empty(count, kind) for kind in _LINE_COLUMNS)
        self._walk(walks.WRITE, cursors, out)
        return out

    def pay_lines(self) -> tuple[Lines, Array]:
        """Give the lines, and for each the head nearest to its source, else the receiver."""
        work, table, sources = self._work, self._table, self._all
        receiver, source, level, head, amount = self.lines()
        receiver_class = shared.in_tree(work, table.receiver)[receiver]
        receiver = shared.from_tree(work, receiver)
        buyer = sources.buyer[source]
        listed = table.rates.shape[2] - 1
        rate = table.rates[receiver_class, table.buyer[buyer], np.minimum(level, listed)]
        lines = Lines(
            receiver=receiver,
            buyer=buyer,
            order=sources.order[source],
            level=level,
            amount=amount,
            base=Numbers(self._terms.base[source], sources.base.unit),
            rate=Numbers(rate, table.unit),
        )
        nearest = shared.from_tree(work, np.maximum(head, 0))
        return lines, np.where(head < 0, receiver, nearest)


def _summed(parts: list[Array]) -> Array:
    """Add up into the first, which needs no fresh memory."""
    for part in parts[1:]:
        np.add(parts[0], part, out=parts[0])
    return parts[0]


def distances(parent: Array) -> Array:
    """Give how many stand above each position."""
    out = np.zeros(len(parent), np.int32)
    trees.count_above(parent, out)
    return out


def _with_lines(work: Work, parts: list[_Runner], point_value: Numbers | None) -> Paid:
    found = [part.pay_lines() for part in parts]
    lines = shared.joined([lines for lines, _ in found])
    shared.check_point_values(work, point_value, lines.receiver)
    if work.bonus.lines == "per_head":
        lines = _by_head(work, lines, np.concatenate([head for _, head in found]))
    return work.paid(lines)


def _by_head(work: Work, lines: Lines, head: Array) -> Lines:
    """Add up the base below one head, at one rate, before rounding."""
    keys = np.stack([lines.receiver, head, lines.level, lines.rate.values])
    distinct, where = np.unique(keys, axis=1, return_inverse=True)
    base = np.zeros(distinct.shape[1], np.int64)
    np.add.at(base, where.ravel(), lines.base.values)
    summed, rate = Numbers(base, lines.base.unit), Numbers(distinct[3], lines.rate.unit)
    return Lines(
        receiver=distinct[0],
        buyer=distinct[1],
        order=np.full(len(base), -1, np.int64),
        level=distinct[2],
        amount=shared.line_amounts(summed, rate, work.rounding),
        base=summed,
        rate=rate,
    )
