"""Ranks: the highest whose needs hold, titles, and ranks kept from before."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from upline.compensation import columns
from upline.compensation.columns import Codes, Flags, Numbers
from upline.compensation.kernels import ladders
from upline.compensation.measures.evaluate import formula, not_computed, numbers, rule
from upline.compensation.measures.scopes import AssumingScope, Figures
from upline.compensation.measures.sums import summed_column
from upline.compensation.plan import parts, schema, stages
from upline.compensation.plan import values as written
from upline.compensation.plan.formula import COMPARISONS, Call, Node, Operation, Unary

_KINDS = {
    "recruits": ladders.RECRUITS,
    "legs": ladders.LEGS,
    "downline": ladders.DOWNLINE,
    "group": ladders.GROUP,
}
_HOW = {">=": 0, ">": 1, "<=": 2, "<": 3, "=": 4, "!=": 5}


@dataclass(frozen=True, slots=True)
class Ranked:
    """The outcome of one ladder; `kept` marks ranks that stand only because they are kept."""

    rank: npt.NDArray[np.int32]
    title: npt.NDArray[np.int32]
    kept: npt.NDArray[np.bool_]


def rank_members(name: str, ranks: list[schema.Rank], figures: Figures) -> Ranked:
    """Give every member's rank on one ladder and write its carries.

    A rank reached by its needs is kept for as long as it says: for life, or so many periods after
    the last one in which its needs held.
    """
    file = figures.world.plan.file
    spec = file.rank_calendar
    if spec is not None and spec.every != file.calendar.every:
        raise not_computed("A calendar of its own for ranks", spec.place)
    program = _Program(name, ranks, figures)
    for rank in ranks:
        program.add(stages.expanded(rank.needs, name, file))
    count = len(figures.world)
    title_before = _carried_rank(figures, f"title of {name}", ranks, count)
    kept = _kept(name, ranks, figures, count)
    reached = program.run(np.full(count, -1, np.int32) if program.is_flat else kept)
    held = np.maximum(reached, kept)
    title = np.maximum(title_before, held)
    labels = tuple(one.rank for one in ranks)
    figures.members[name] = Codes(held, labels, is_ranked=True)
    if name == "rank":
        figures.members["title"] = Codes(title, labels, is_ranked=True)
    figures.carries[f"title of {name}"] = Codes(title, labels)
    _write_kept(name, ranks, figures, program, held)
    return Ranked(held, title, program.only_kept(held))


def _carried_rank(
    figures: Figures, key: str, ranks: list[schema.Rank], count: int
) -> npt.NDArray[np.int32]:
    codes = np.full(count, -1, np.int32)
    labels = [rank.rank for rank in ranks]
    for position, label in figures.world.carried.get(key, {}).items():
        codes[position] = labels.index(label) if label in labels else -1
    return codes


def _kept(
    name: str, ranks: list[schema.Rank], figures: Figures, count: int
) -> npt.NDArray[np.int32]:
    """Give the highest rank that each member keeps from before."""
    kept = np.full(count, -1, np.int32)
    for code, rank in enumerate(ranks):
        left = figures.world.carried.get(f"kept {name} {rank.rank}", {})
        for position, periods in left.items():
            if periods == "for_life" or int(periods) > 0:
                kept[position] = max(kept[position], code)
    return kept


def _write_kept(
    name: str,
    ranks: list[schema.Rank],
    figures: Figures,
    program: _Program,
    rank: npt.NDArray[np.int32],
) -> None:
    for code, one in enumerate(ranks):
        if one.kept == "this_period":
            continue
        key = f"kept {name} {one.rank}"
        fresh = program.holds(code, rank)
        labels = ["for_life"] if one.kept == "for_life" else [str(n) for n in range(one.kept + 1)]
        codes = np.full(len(rank), -1, np.int32)
        for position, periods in figures.world.carried.get(key, {}).items():
            if periods == "for_life":
                codes[position] = labels.index(periods) if periods in labels else -1
            elif int(periods) > 1:
                codes[position] = min(int(periods) - 1, len(labels) - 1)
        codes[fresh] = len(labels) - 1
        figures.carries[key] = Codes(codes, tuple(labels))


@dataclass(slots=True)
class _Counter:
    call: Call
    kind: int
    unit: Fraction
    values: npt.NDArray[np.int64]
    stops: npt.NDArray[np.int8]


@dataclass(slots=True)
class _Program:
    """The needs of all ranks of a ladder as known columns, counters and small postfix programs."""

    name: str
    ranks: list[schema.Rank]
    figures: Figures
    known: list[npt.NDArray[np.bool_]] = field(default_factory=list)
    counters: list[_Counter] = field(default_factory=list)
    comparisons: list[tuple[int, int]] = field(default_factory=list)
    thresholds: list[int] = field(default_factory=list)
    words: list[int] = field(default_factory=list)
    operands: list[int] = field(default_factory=list)
    starts: list[int] = field(default_factory=lambda: [0])
    counts: npt.NDArray[np.int64] | None = None

    @property
    def is_flat(self) -> bool:
        """No rank asks for ranks below."""
        return not self.counters

    def add(self, needs: written.Rule) -> None:
        """Compile the needs of the next rank."""
        self._rule(needs)
        self.starts.append(len(self.words))

    def _emit(self, word: int, operand: int = 0) -> None:
        self.words.append(word)
        self.operands.append(operand)

    def _known(self, column: npt.NDArray[np.bool_]) -> None:
        spread = np.broadcast_to(column, (len(self.figures.world),))
        self.known.append(np.ascontiguousarray(spread))
        self._emit(ladders.PUSH_KNOWN, len(self.known) - 1)

    def _rule(self, part: written.Rule) -> None:
        if not _asks_below(part, self.name):
            self._known(rule(part, self.figures.member_scope))
            return
        match part:
            case written.Formula(node=node):
                self._node(node)
            case written.All(parts=parts) | written.AnyOf(parts=parts):
                word = ladders.AND if isinstance(part, written.All) else ladders.OR
                for index, inner in enumerate(parts):
                    self._rule(inner)
                    if index:
                        self._emit(word)

    def _node(self, node: Node) -> None:
        if not _asks_below(written.Formula(node, ""), self.name):
            column = formula(node, self.figures.member_scope)
            assert isinstance(column, Flags)
            self._known(column.values)
        elif isinstance(node, Operation) and node.operator in ("and", "or"):
            self._node(node.left)
            self._node(node.right)
            self._emit(ladders.AND if node.operator == "and" else ladders.OR)
        elif isinstance(node, Unary) and node.operator == "not":
            self._node(node.operand)
            self._emit(ladders.NOT)
        else:
            self._comparison(node)

    def _comparison(self, node: Node) -> None:
        """Compile `count of ranks below >= number`."""
        is_one = isinstance(node, Operation) and node.operator in COMPARISONS
        if not is_one or not isinstance(node.left, Call) or node.left.function not in _KINDS:  # type: ignore[attr-defined]
            raise not_computed(
                "A need that mixes ranks below with other figures in one comparison", node.place
            )
        assert isinstance(node, Operation)
        assert isinstance(node.left, Call)
        wanted = numbers(formula(node.right, self.figures.member_scope))
        if wanted.values.ndim:
            raise not_computed("Comparing ranks below with a figure of the member", node.place)
        counter = self._counter(node.left)
        exact = wanted.at(0) / self.counters[counter].unit
        operator = node.operator
        if exact.denominator != 1:
            # Between two whole counts: the next lower one decides, and none is equal.
            floor = Fraction(exact // 1)
            decides = {">": ">", ">=": ">", "<": "<=", "<=": "<="}.get(operator)
            exact, operator = (floor, decides) if decides else (Fraction(-columns.SAFE), operator)
        self.comparisons.append((counter, _HOW[operator]))
        self.thresholds.append(int(exact))
        self._emit(ladders.PUSH_COUNTER, len(self.thresholds) - 1)

    def _counter(self, call: Call) -> int:
        for index, counter in enumerate(self.counters):
            if counter.call == call:
                return index
        if call.tree not in ("", "sponsor"):
            raise not_computed("Ranks below in another tree", call.place)
        count, ranks = len(self.figures.world), len(self.ranks)
        parts = [self._values_at(call, code) for code in range(-1, ranks)]
        unit = columns.common_unit([part.unit for part, _ in parts])
        values = np.empty((ranks + 1, count), np.int64)
        stops = np.zeros((ranks + 1, count), np.int8)
        for index, (part, stop) in enumerate(parts):
            whole = columns.scaled(part.spread(count).values, int(part.unit / unit))
            values[index] = columns.as_int64(whole, "figures of ranks below")
            stops[index] = stop
        self.counters.append(_Counter(call, _KINDS[call.function], unit, values, stops))
        return len(self.counters) - 1

    def _values_at(self, call: Call, code: int) -> tuple[Numbers, npt.NDArray[np.bool_]]:
        """Give what the counter adds, and where it stops, if everybody held rank `code`."""
        scope = self._as_if_all_held(code)
        if _asks_below(written.Formula(call.arguments[0], ""), self.name):
            column = numbers(formula(call.arguments[0], scope))
        else:
            column = summed_column(call, self.figures.member_scope)
        stop = np.zeros(len(self.figures.world), np.bool_)
        if call.until is not None:
            holds = formula(call.until, scope)
            assert isinstance(holds, Flags)
            stop = np.broadcast_to(holds.values, stop.shape)
        return column, stop

    def _as_if_all_held(self, code: int) -> AssumingScope:
        labels = tuple(rank.rank for rank in self.ranks)
        count = len(self.figures.world)
        held = {self.name: Codes(np.full(count, code, np.int32), labels, is_ranked=True)}
        if self.name == "rank":
            before = _carried_rank(self.figures, "title of rank", self.ranks, count)
            held["title"] = Codes(np.maximum(before, code), labels, is_ranked=True)
        return AssumingScope(self.figures, held)

    def run(self, kept: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
        count = len(self.figures.world)
        known = (
            np.stack(self.known).astype(np.int8) if self.known else np.zeros((1, count), np.int8)
        )
        empty = np.zeros((1, len(self.ranks) + 1, count), np.int64)
        values = np.stack([c.values for c in self.counters]) if self.counters else empty[:0]
        stops = (
            np.stack([c.stops for c in self.counters])
            if self.counters
            else empty[:0].astype(np.int8)
        )
        self.counts = np.zeros((len(self.counters), count), np.int64)
        rank = np.full(count, -1, np.int32)
        ladders.climb(
            self.figures.world.forest.parent,
            np.asarray([c.kind for c in self.counters], np.int64),
            values,
            stops,
            known,
            np.asarray(self.thresholds, np.int64),
            np.asarray(self.comparisons, np.int64).reshape(-1, 2),
            np.asarray(self.words, np.int64),
            np.asarray(self.operands, np.int64),
            np.asarray(self.starts, np.int64),
            kept,
            self.counts,
            np.zeros((len(self.counters), count), np.int8),
            rank,
        )
        return rank

    def holds(self, code: int, rank: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
        """Say for whom the needs of one rank hold, given the ranks that were found."""
        self.figures.members[self.name] = Codes(
            rank, tuple(one.rank for one in self.ranks), is_ranked=True
        )
        file = self.figures.world.plan.file
        needs = stages.expanded(self.ranks[code].needs, self.name, file)
        return np.broadcast_to(rule(needs, self.figures.member_scope), rank.shape)

    def only_kept(self, rank: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
        """Say who holds a rank whose needs do not hold now."""
        result = np.zeros(len(rank), np.bool_)
        for code, one in enumerate(self.ranks):
            if one.kept != "this_period":
                result |= (rank == code) & ~self.holds(code, rank)
        return result


def _asks_below(part: written.Rule, ladder: str) -> bool:
    names = ("rank", "title") if ladder == "rank" else (ladder,)
    return any(getattr(node, "name", None) in names for node in parts.nodes_of_now(part))
