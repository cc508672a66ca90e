"""The needs of a ladder's ranks as small programs, worked out at each member from the bottom up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from upline.compensation import columns, memory
from upline.compensation.columns import Codes, Column, Flags, Numbers, Quotients
from upline.compensation.genealogy.forest import Forest
from upline.compensation.kernels import ladders
from upline.compensation.measures import sums
from upline.compensation.measures.evaluate import formula, not_computed, numbers, rule
from upline.compensation.measures.figures import OrderValues
from upline.compensation.measures.scopes import AssumingScope, Figures
from upline.compensation.measures.sums import raise_out_of_range, summed_column
from upline.compensation.parallel import in_parts, parts_of
from upline.compensation.plan import formula as formulas
from upline.compensation.plan import schema
from upline.compensation.plan import values as written
from upline.compensation.plan.formula import COMPARISONS, Call, Name, Node, Number, Operation, Unary
from upline.compensation.plan.names import LEGS, SUMS
from upline.compensation.plan.ranking import asks, asks_in, is_reckoned, needs_of, swept_tree

_KINDS = {
    "recruits": ladders.RECRUITS,
    "legs": ladders.LEGS,
    "downline": ladders.DOWNLINE,
    "group": ladders.GROUP,
}
_HOW = {">=": 0, ">": 1, "<=": 2, "<": 3, "=": 4, "!=": 5}
_ARITHMETIC = {
    "+": ladders.ADD,
    "-": ladders.SUBTRACT,
    "min": ladders.LEAST,
    "max": ladders.GREATEST,
}
_Word = tuple[int, int]


@dataclass(frozen=True, slots=True)
class RankedScope(AssumingScope):
    """As if some ranks were held: sums that ask for them are taken anew, all else is as computed."""

    @property
    def of_orders(self) -> OrderValues:
        return self.figures.order_scope

    def named(self, name: str) -> Column:
        return self.name(Name(name=name))

    def assuming(self, named: Mapping[str, Column]) -> RankedScope:
        return RankedScope(self.figures, {**self.assumed, **named})

    def call(self, node: Call) -> Column:
        is_sum = node.function in (*SUMS, *LEGS)
        names = (getattr(inner, "name", None) for inner in formulas.walk(node))
        if is_sum and not self.assumed.keys().isdisjoint(names):
            return sums.summed(node, self)
        return self.figures.member_scope.call(node)


@dataclass(frozen=True, slots=True)
class _Number:
    """Words that leave a number on the stack, the unit it is in and the greatest it can be."""

    words: tuple[_Word, ...]
    unit: Fraction
    most: int


@dataclass(slots=True)
class _Counter:
    """What a counter adds, and where it stops, by rank: one entry where neither hangs on the rank.

    An entry has one value for each member, or one for all.
    """

    call: Call
    unit: Fraction
    most: int
    values: list[npt.NDArray[Any]]
    stops: list[npt.NDArray[Any]]


@dataclass(slots=True)
class Program:
    """The needs of all ranks of a ladder as known columns, counters, figures and postfix words.

    Counts in `tree` are found in a sweep from its bottom. What else asks for ranks below is in
    `rounds`: conditions that are computed from the ranks of the round before, by their places
    among the known columns. They only rise, so the rounds end with the least ranks that fit.
    `leads` are the places of what each rank needs first, -1 where that asks for ranks below.
    """

    name: str
    ranks: list[schema.Rank]
    figures: Figures
    tree: str = "sponsor"
    needs: list[written.Rule] = field(default_factory=list)
    known: list[npt.NDArray[np.bool_]] = field(default_factory=list)
    rounds: dict[int, Node] = field(default_factory=dict)
    counters: list[_Counter] = field(default_factory=list)
    numbers: list[npt.NDArray[np.int64]] = field(default_factory=list)
    words: list[_Word] = field(default_factory=list)
    starts: list[int] = field(default_factory=lambda: [0])
    leads: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, name: str, ranks: list[schema.Rank], figures: Figures) -> Program:
        """Compile the needs of a ladder."""
        file = figures.world.plan.file
        needs = needs_of(name, ranks, file)
        made = cls(name, ranks, figures, swept_tree(name, needs, file), needs)
        for rank_needs in needs:
            made._require(rank_needs)
            made.starts.append(len(made.words))
        return made

    @property
    def is_flat(self) -> bool:
        """No rank asks for ranks below."""
        return not self.counters and not self.rounds

    # Compiling

    def _require(self, needs: written.Rule) -> None:
        """Compile what a rank needs: first, as one condition, all that asks for no rank below."""
        parts = needs.parts if isinstance(needs, written.All) else (needs,)
        known = tuple(part for part in parts if not asks_in(part, self.name))
        holds = rule(written.All(known), self.figures.member_scope)
        self.leads.append(-1)
        if holds.ndim or not holds:
            self.leads[-1] = len(self.known)
            self._known(holds)
            self.words.append((ladders.REQUIRE, 0))
        for part in parts:
            if part not in known:
                self._rule(part)
                self.words.append((ladders.REQUIRE, 0))

    def _rule(self, part: written.Rule) -> None:
        if not asks_in(part, self.name):
            self._known(rule(part, self.figures.member_scope))
            return
        match part:
            case written.Formula(node=node):
                self._condition(node)
            case written.All(parts=parts) | written.AnyOf(parts=parts):
                word = ladders.AND if isinstance(part, written.All) else ladders.OR
                for index, inner in enumerate(parts):
                    self._rule(inner)
                    if index:
                        self.words.append((word, 0))

    def _known(self, column: npt.NDArray[np.bool_]) -> None:
        spread = np.broadcast_to(column, (len(self.figures.world),))
        self.words.append((ladders.PUSH_KNOWN, len(self.known)))
        self.known.append(np.ascontiguousarray(spread))

    def _condition(self, node: Node) -> None:
        if not asks(node, self.name):
            column = formula(node, self.figures.member_scope)
            assert isinstance(column, Flags)
            self._known(column.values)
        elif isinstance(node, Operation) and node.operator in ("and", "or"):
            self._condition(node.left)
            self._condition(node.right)
            self.words.append((ladders.AND if node.operator == "and" else ladders.OR, 0))
        elif isinstance(node, Unary) and node.operator == "not":
            self._condition(node.operand)
            self.words.append((ladders.NOT, 0))
        elif isinstance(node, Operation) and node.operator in COMPARISONS and self._reckons(node):
            left, right = self._aligned(self._number(node.left), self._number(node.right))
            self.words += [*left.words, *right.words, (ladders.COMPARE, _HOW[node.operator])]
        else:
            self.rounds[len(self.known)] = node
            self._known(np.asarray(0, np.bool_))

    def _reckons(self, node: Operation) -> bool:
        file = self.figures.world.plan.file
        return all(
            is_reckoned(side, self.name, self.tree, file) for side in (node.left, node.right)
        )

    def _number(self, node: Node) -> _Number:
        """Compile a number of counts and figures."""
        if not asks(node, self.name):
            return self._figure(formula(node, self.figures.member_scope), node)
        match node:
            case Call(function="min" | "max", arguments=arguments):
                first, *others = (self._number(part) for part in arguments)
                for other in others:
                    first = self._both(_ARITHMETIC[node.function], first, other)
                return first
            case Call():
                index = self._counter(node)
                counter = self.counters[index]
                return _Number(((ladders.PUSH_COUNT, index),), counter.unit, counter.most)
            case Unary(operand=operand):
                return self._scaled(self._number(operand), -1)
            case Operation(operator="/", left=left, right=Number(value=exact)):
                part = self._number(left)
                turned = self._scaled(part, -1 if exact < 0 else 1)
                return _Number(turned.words, part.unit / abs(exact), part.most)
            case Operation(operator="*", left=left, right=right):
                a, b = self._number(left), self._number(right)
                words = (*a.words, *b.words, (ladders.TIMES, 0))
                return _in_range(_Number(words, a.unit * b.unit, a.most * b.most))
            case Operation(operator=operator, left=left, right=right):
                return self._both(_ARITHMETIC[operator], self._number(left), self._number(right))
        raise AssertionError(node)

    def _figure(self, column: Column, node: Node) -> _Number:
        if isinstance(column, Quotients):
            raise not_computed("A quotient beside a count of ranks below", node.place)
        part = numbers(column)
        most = columns.greatest(part.values)
        if not part.values.ndim:
            return _in_range(_Number(((ladders.PUSH_NUMBER, int(part.values)),), part.unit, most))
        self.numbers.append(columns.as_int64(part.values, "figures that ranks ask for"))
        return _Number(((ladders.PUSH_FIGURE, len(self.numbers) - 1),), part.unit, most)

    def _both(self, word: int, first: _Number, second: _Number) -> _Number:
        a, b = self._aligned(first, second)
        return _in_range(_Number((*a.words, *b.words, (word, 0)), a.unit, a.most + b.most))

    def _aligned(self, first: _Number, second: _Number) -> tuple[_Number, _Number]:
        unit = columns.common_unit([first.unit, second.unit])
        a, b = (self._scaled(part, int(part.unit / unit)) for part in (first, second))
        return _Number(a.words, unit, a.most), _Number(b.words, unit, b.most)

    def _scaled(self, part: _Number, factor: int) -> _Number:
        if factor == 1:
            return part
        words = (*part.words, (ladders.PUSH_NUMBER, factor), (ladders.TIMES, 0))
        return _in_range(_Number(words, part.unit, part.most * abs(factor)))

    def _counter(self, call: Call) -> int:
        for index, counter in enumerate(self.counters):
            if counter.call == call:
                return index
        codes = range(-1, len(self.ranks))
        parts = [self._values_at(call, code) for code in codes]
        if not asks(call.arguments[0], self.name):
            parts = parts[:1]
        unit = columns.common_unit([part.unit for part in parts])
        scaled = (columns.scaled(part.values, int(part.unit / unit)) for part in parts)
        what = "figures of ranks below"
        values = [columns.as_int64(whole, what).reshape(whole.shape) for whole in scaled]
        most = max(map(columns.greatest, values)) * max(len(self.figures.world), 1)
        if most >= columns.SAFE:
            raise_out_of_range(what)
        stops = [self._stops_at(call, code) for code in codes]
        self.counters.append(_Counter(call, unit, most, values, stops))
        return len(self.counters) - 1

    def _values_at(self, call: Call, code: int) -> Numbers:
        """Give what the counter adds if everybody held rank `code`."""
        if asks(call.arguments[0], self.name):
            return numbers(formula(call.arguments[0], self._as_all_held(code)))
        return summed_column(call, self.figures.member_scope)

    def _stops_at(self, call: Call, code: int) -> npt.NDArray[np.bool_]:
        """Say where the counter stops if everybody held rank `code`."""
        if call.until is None:
            return np.asarray(0, np.bool_)
        holds = formula(call.until, self._as_all_held(code))
        assert isinstance(holds, Flags)
        return holds.values

    # Running

    def _as_all_held(self, code: int) -> RankedScope:
        """Give a scope in which all hold one rank; titles are at least what they were."""
        return self.as_held(np.asarray(code, np.int32))

    def as_held(self, rank: npt.NDArray[np.int32]) -> RankedScope:
        """Give a scope in which everybody holds a rank; titles are at least what they were."""
        labels = tuple(one.rank for one in self.ranks)
        held = {self.name: Codes(rank, labels, is_ranked=True)}
        if self.name == "rank":
            before = title_before(self.figures, self.name, self.ranks)
            held["title"] = Codes(np.maximum(before, rank), labels, is_ranked=True)
        return RankedScope(self.figures, held)

    def run(self, kept: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
        """Give the rank of every member; with rounds, the least ranks that fit each other."""
        found = kept
        while True:
            scope = self.as_held(found)
            for place, node in self.rounds.items():
                column = formula(node, scope)
                assert isinstance(column, Flags)
                self.known[place] = column.spread(len(kept)).values
            rank = self._swept(kept)
            if not self.rounds or np.array_equal(rank, found):
                return rank
            found = rank

    def _swept(self, kept: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
        world = self.figures.world
        forest: Forest = world.forest if self.tree == "sponsor" else world.trees[self.tree]
        order = None if forest is world.forest else world.forest.positions[forest.rows]
        count, counters = len(world), len(self.counters)
        cells, cell_at = _packed([one.values for one in self.counters], order, np.int64, count)
        stop_cells, stop_at = _packed([one.stops for one in self.counters], order, np.int8, count)
        known = np.empty((max(len(self.known), 1), count), np.int8)
        for index, column in enumerate(self.known):
            known[index] = _placed(column, order)
        figures = np.empty((max(len(self.numbers), 1), count), np.int64)
        for index, number in enumerate(self.numbers):
            figures[index] = _placed(number, order)
        highest = np.empty(count, np.int32)
        leads = np.asarray(self.leads, np.int64)
        in_parts(parts_of(count), lambda _, *part: ladders.plausible(known, leads, highest, *part))
        rank = np.full(count, -1, np.int32)
        words = np.asarray(self.words, np.int64).reshape(-1, 2)
        ladders.climb(
            forest.parent,
            np.asarray([_KINDS[counter.call.function] for counter in self.counters], np.int64),
            cells,
            cell_at,
            stop_cells,
            stop_at,
            known,
            figures,
            np.ascontiguousarray(words[:, 0]),
            np.ascontiguousarray(words[:, 1]),
            np.asarray(self.starts, np.int64),
            highest,
            np.ascontiguousarray(_placed(kept, order)),
            np.zeros(len(self.words) + 1, np.int64),
            memory.zeros(counters * count, np.int64).reshape(counters, count),
            np.zeros((counters, count), np.int8),
            rank,
        )
        if order is None:
            return rank
        back = np.empty_like(rank)
        back[order] = rank
        return back

    def holds(self, code: int, rank: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
        """Say for whom the needs of one rank hold, given the ranks that were found."""
        self.figures.members[self.name] = Codes(
            rank, tuple(one.rank for one in self.ranks), is_ranked=True
        )
        return np.broadcast_to(rule(self.needs[code], self.figures.member_scope), rank.shape)

    def only_kept(self, rank: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
        """Say who holds a rank whose needs do not hold now."""
        result = np.zeros(len(rank), np.bool_)
        for code, one in enumerate(self.ranks):
            if one.kept != "this_period":
                result |= (rank == code) & ~self.holds(code, rank)
        return result


def _placed(
    column: npt.NDArray[np.generic], order: npt.NDArray[np.int32] | None
) -> npt.NDArray[np.generic]:
    """Bring a column, or rows of columns, into the order of the tree that is swept."""
    return column if order is None else column[..., order]


def _packed(
    by_counter: list[list[npt.NDArray[Any]]],
    order: npt.NDArray[np.int32] | None,
    kind: Any,
    count: int,
) -> tuple[npt.NDArray[Any], npt.NDArray[np.int64]]:
    """Lay what counters ask for end to end: where each begins, its step by rank, and by member."""
    cells: list[npt.NDArray[Any]] = []
    places = np.zeros((len(by_counter), 3), np.int64)
    begin = 0
    for index, by_rank in enumerate(by_counter):
        differs = any(entry.ndim for entry in by_rank)
        width = count if differs else 1
        places[index] = begin, width if len(by_rank) > 1 else 0, int(differs)
        for entry in by_rank:
            placed = _placed(entry, order) if entry.ndim else np.broadcast_to(entry, (width,))
            cells.append(np.asarray(placed, kind))
        begin += width * len(by_rank)
    return np.concatenate([np.zeros(0, kind), *cells]), places


def _in_range(part: _Number) -> _Number:
    if part.most >= columns.SAFE:
        raise_out_of_range("a figure that ranks ask for")
    return part


def title_before(figures: Figures, ladder: str, ranks: list[schema.Rank]) -> npt.NDArray[np.int32]:
    """Give the title that each member brought along: -1 for none, one for all where nobody has any."""
    brought = figures.world.carried.get(f"title of {ladder}", {})
    if not brought:
        return np.asarray(-1, np.int32)
    codes = np.full(len(figures.world), -1, np.int32)
    labels = [rank.rank for rank in ranks]
    for position, label in brought.items():
        codes[position] = labels.index(label) if label in labels else -1
    return codes
