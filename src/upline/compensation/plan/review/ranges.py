"""In which range every value of a plan lies, whatever members and orders come in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from upline.compensation.plan import formula, schema, values
from upline.compensation.plan.formula import (
    Among,
    Call,
    Name,
    Node,
    Number,
    Operation,
    Truth,
    Unary,
)
from upline.compensation.plan.names import LEGS, NUMERIC, SUMS, Names
from upline.compensation.plan.review import intervals
from upline.compensation.plan.review.intervals import ANY, NOT_NEGATIVE, NOTHING, TRUTH, Interval
from upline.compensation.plan.units import Typing

Known = Mapping[str, Interval]
# Functions of figures of the same member and period; all others look elsewhere or back.
_HERE = ("min", "max", "abs", "floor", "ceil", "round", "share")


@dataclass(slots=True)
class Ranges:
    """Ranges of one plan; `reachable` are the ranks that somebody can hold, by ladder.

    Without `has_sales` no order is or ever was in the world: what then is still above 0 comes from
    members alone, whose own figures are not below 0. `unpaid` are bonuses that pay nothing there.
    Without `has_refunds` no figure of any order is below 0.
    """

    file: schema.PlanFile
    names: Names
    reachable: dict[str, set[str]]
    has_sales: bool = True
    has_refunds: bool = True
    unpaid: set[str] = field(default_factory=set)
    _sums: dict[Node, Interval] = field(default_factory=dict)
    _written: dict[Node, Node] = field(default_factory=dict)
    _open: set[str] = field(default_factory=set)

    def reach(self, ladder: str, rank: str) -> None:
        """Note that somebody can hold a rank."""
        self.reachable[ladder].add(rank)
        self._sums.clear()

    # Formulas

    def expanded(self, node: Node) -> Node:
        """Write constants, order values and measures out where they are plain formulas."""
        if node not in self._written:
            self._written[node] = self._expanded(node)
        return self._written[node]

    def _expanded(self, node: Node) -> Node:
        match node:
            case Name(name=name, prefix=""):
                return self._written_out(name, node)
            case Call(function="previous"):
                # What it names may be reckoned on the very value that asks.
                return node
            case Call():
                return replace(
                    node,
                    arguments=tuple(self.expanded(part) for part in node.arguments),
                    where=None if node.where is None else self.expanded(node.where),
                    until=None if node.until is None else self.expanded(node.until),
                )
            case Operation():
                return replace(node, left=self.expanded(node.left), right=self.expanded(node.right))
            case Unary():
                return replace(node, operand=self.expanded(node.operand))
        return node

    def _written_out(self, name: str, node: Node) -> Node:
        part = self.file.measures.get(name) or self.file.order_values.get(name)
        value = part.value if part is not None else self.file.constants.get(name)
        if isinstance(value, values.Formula) and (part is None or part.calendar is None):
            return self.expanded(value.node)
        return node

    def of(self, node: Node, known: Known | None = None) -> Interval:
        """Give the range of an expanded formula, with what is known of its parts."""
        known = known or {}
        found = self._of(node, known)
        more = known.get(formula.text_of(node)) if known else None
        return found if more is None else found.within(more)

    def _of(self, node: Node, known: Known) -> Interval:
        match node:
            case Number(value=value):
                return intervals.point(value)
            case Truth(holds=holds):
                return intervals.point(Fraction(holds))
            case Name():
                return self._name(node, known)
            case Unary(operator="-", operand=operand):
                return intervals.negative(self.of(operand, known))
            case Unary() | Among():
                return TRUTH
            case Operation():
                return self._operation(node, known)
            case Call():
                return self._call(node, known)
        return ANY

    def _name(self, node: Name, known: Known) -> Interval:
        if not node.prefix or node.prefix in ("buyer", "receiver"):
            part = self.file.measures.get(node.name) or self.file.order_values.get(node.name)
            if part is not None:
                return self._named(node.name, part.value, {} if node.prefix else known)
        units = self.names.order if node.prefix == "order" else self.names.member
        unit = units.get(node.name) or self.names.order.get(node.name, "")
        if unit == "yes_no":
            return TRUTH
        if node.name == "order_count":
            return intervals.point(Fraction(1))
        return NOT_NEGATIVE if self._is_never_below_0(node) else ANY

    def _named(self, name: str, value: values.Value, known: Known) -> Interval:
        """Give the range of a measure or order value; any where it asks for its own past."""
        if name in self._open:
            return ANY
        self._open.add(name)
        try:
            return self.value(value, known)
        finally:
            self._open.discard(name)

    def _is_never_below_0(self, node: Name) -> bool:
        """Say whether a column holds nothing below 0 in the world that is asked about."""
        is_of_order = node.name in self.file.orders and node.prefix in ("", "order")
        if is_of_order:
            return not self.has_refunds and self.file.orders[node.name].unit in NUMERIC
        field = self.file.members.get(node.name)
        return not self.has_sales and field is not None and field.unit in NUMERIC

    def _operation(self, node: Operation, known: Known) -> Interval:
        if node.operator in ("and", "or", *formula.COMPARISONS):
            return TRUTH
        left, right = self.of(node.left, known), self.of(node.right, known)
        match node.operator:
            case "+":
                return intervals.plus(left, right)
            case "-":
                return intervals.plus(left, intervals.negative(right))
            case "*":
                return intervals.times(left, right)
        return intervals.divided(left, right)

    def _call(self, node: Call, known: Known) -> Interval:
        if node.function in (*SUMS, *LEGS):
            return self._sum(node)
        known = known if node.function in _HERE else {}
        parts = [self.of(self.expanded(part), known) for part in node.arguments]
        match node.function:
            case "min":
                return intervals.least(parts)
            case "max":
                return intervals.greatest(parts)
            case "abs":
                return NOTHING if parts[0] == NOTHING else NOT_NEGATIVE
            case "floor":
                return intervals.widened(parts[0], Fraction(1), Fraction(0))
            case "ceil":
                return intervals.widened(parts[0], Fraction(0), Fraction(1))
            case "round":
                half = Fraction(1, 2) / 10 ** int(parts[1].low or 0)
                return parts[0] if parts[0] == NOTHING else intervals.widened(parts[0], half, half)
            case "share":
                otherwise = parts[2] if len(parts) > 2 else NOTHING
                return intervals.union([intervals.divided(parts[0], parts[1]), otherwise])
            case "earned" | "paid_on":
                return NOTHING if self._listed(node) <= self.unpaid else ANY
        return self._other(node, parts)

    def _other(self, node: Call, parts: list[Interval]) -> Interval:
        match node.function:
            case "sponsor_has" | "given" | "within":
                return TRUTH
            case "position":
                return Interval(Fraction(1))
            case "customers":
                return NOT_NEGATIVE if self.has_sales else NOTHING
            case "event_sum":
                return intervals.summed(parts[0]) if self.has_sales else NOTHING
            case "held":
                can_hold = self.is_possible([(node.arguments[1], True)])
                return Interval(Fraction(0), parts[0].high if can_hold else Fraction(0))
            case "over" | "lifetime" | "person":
                return intervals.summed(parts[-1])
            case "best" | "previous":
                return intervals.union([parts[-1], NOTHING])
        return ANY

    def _sum(self, node: Call) -> Interval:
        if node not in self._sums:
            self._sums[node] = self._summed(node)
        return self._sums[node]

    def _summed(self, node: Call) -> Interval:
        argument = node.arguments[1 if node.function in ("leg", "legs_from") else 0]
        is_of_orders = Typing(self.names).argument_context(argument, node) == "order"
        if is_of_orders and not self.has_sales:
            return NOTHING
        if node.where is not None and not self.is_possible([(node.where, True)]):
            return NOTHING
        if self.is_condition(argument) and not self.is_possible([(argument, True)]):
            return NOTHING
        if node.function == "legs":
            return NOT_NEGATIVE
        found = intervals.summed(self.of(argument))
        if node.function == "legs_sum":
            most = self.of(node.arguments[1])
            is_cut_below = most.low is None or most.low < 0
            found = replace(found, low=None) if is_cut_below else found
        return found

    def is_condition(self, node: Node) -> bool:
        """Say whether a formula is a yes_no."""
        return Typing(self.names).formula(node, "order") == "yes_no" or (
            Typing(self.names).formula(node, "member") == "yes_no"
        )

    def is_possible(self, asked: list[tuple[values.Rule | Node, bool]]) -> bool:
        """Say whether conditions can hold, or fail, together."""
        # Conditions are judged by ranges, and ranges by which conditions can hold.
        from upline.compensation.plan.review.conditions import can_hold  # noqa: PLC0415

        return can_hold(self, asked)

    @staticmethod
    def _listed(node: Call) -> set[str]:
        return {part.name for part in formula.walk(node) if isinstance(part, Name)}

    # Values

    def value(self, value: values.Value, known: Known | None = None) -> Interval:
        """Give the range of a value in any form; what no key, step or case covers is 0."""
        match value:
            case values.Formula(node=node):
                return self.of(self.expanded(node), known)
            case values.Table():
                return self._table(value, known)
            case values.Scale():
                return self._scale(value, known)
            case values.Cases(cases=cases, otherwise=otherwise):
                parts = [
                    self.value(then, known)
                    for when, then in cases
                    if self.is_possible([(when, True)])
                ]
                return intervals.union(
                    [*parts, NOTHING if otherwise is None else self.value(otherwise, known)]
                )
            case values.Versions(versions=versions):
                return intervals.union([self.value(then, known) for _, then, _ in versions])

    def _table(self, table: values.Table, known: Known | None) -> Interval:
        parts = [self.value(entry, known) for entry in self.entries(table)]
        rest = NOTHING if table.otherwise is None else self.value(table.otherwise, known)
        return intervals.union([*parts, rest])

    def entries(self, table: values.Table) -> list[values.Value]:
        """Give the entries whose key somebody can have."""
        ladder = None if table.by is None else self.ladder_of(table.by.node)
        if table.by is None or ladder is None:
            return [entry for _, entry in table.entries]
        ranks = self.names.ranks[ladder]
        held = self.held_ranks(table.by.node, ladder)
        found = []
        for key, entry in table.entries:
            rank = key.text.removesuffix("+") if key.text not in ranks else key.text
            covered = ranks[ranks.index(rank) :] if rank != key.text else (rank,)
            if held.intersection(covered):
                found.append(entry)
        return found

    def held_ranks(self, node: Node, ladder: str) -> set[str]:
        """Give the ranks that a name can stand for: a title may come from before this plan."""
        is_title = isinstance(node, Name) and node.name == "title"
        ranks = set(self.names.ranks[ladder])
        return ranks if is_title and self.has_sales else self.reachable.get(ladder, ranks)

    def ladder_of(self, node: Node) -> str | None:
        """Give the ladder whose ranks a name stands for."""
        unit = self.names.member.get(node.name, "") if isinstance(node, Name) else ""
        return unit.removeprefix("rank:") if unit.startswith("rank:") else None

    def _scale(self, scale: values.Scale, known: Known | None) -> Interval:
        of = self.of(self.expanded(scale.of.node), known)
        starts = [self.of(self.expanded(start.node)) for start, _ in scale.steps]
        parts = []
        for place, (_, entry) in enumerate(scale.steps):
            following = starts[place + 1] if place + 1 < len(starts) else None
            start = starts[place].low
            is_reached = of.high is None or start is None or of.high >= start
            end = None if following is None else following.high
            is_passed = end is not None and of.low is not None and of.low >= end
            if is_reached and not is_passed:
                parts.append(self.value(entry, known))
        first = starts[0].high
        if of.low is None or first is None or of.low < first:
            parts.append(NOTHING)
        found = intervals.union(parts)
        return intervals.times(found, NOT_NEGATIVE) if scale.is_marginal else found
