"""At most how much of each order field a formula comes to, where no order takes anything back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from upline.compensation.plan import formula, values
from upline.compensation.plan.calendars import calendars_of
from upline.compensation.plan.formula import Call, Name, Node, Number, Operation, Truth, Unary
from upline.compensation.plan.review.intervals import Interval, is_not_negative
from upline.compensation.plan.review.ranges import Ranges
from upline.compensation.plan.units import Typing

# What a sum is reckoned in besides the fields of orders.
AN_ORDER, A_MEMBER, A_PERIOD = "an order", "a member", "a period"
# The fewest days between the ends of two periods; those that are given may end every day.
_SHORTEST = {
    "day": 1,
    "week": 7,
    "four_weeks": 28,
    "month": 28,
    "quarter": 90,
    "year": 365,
    "given": 1,
}
# Share of each field of orders, and sums for each order, each member of a period and each period.
Sum = dict[str, Fraction]


class NoBound(Exception):
    """No bound follows: `why` names what adds up, `is_endless` where it has no end."""

    def __init__(self, why: str = "", *, is_endless: bool = False) -> None:
        self.why = why
        self.is_endless = is_endless
        super().__init__()


def added(parts: Iterable[Sum]) -> Sum:
    """Add bounds up."""
    total: Sum = {}
    for part in parts:
        for key, share in part.items():
            total[key] = total.get(key, Fraction(0)) + share
    return {key: share for key, share in total.items() if share}


def scaled(part: Sum, factor: Fraction) -> Sum:
    """Multiply a bound."""
    return {key: share * factor for key, share in part.items() if share * factor}


def greatest(parts: Iterable[Sum]) -> Sum:
    """Give a bound that is none of `parts` exceeds."""
    most: Sum = {}
    for part in parts:
        for key, share in part.items():
            most[key] = max(most.get(key, Fraction(0)), share)
    return most


@dataclass(frozen=True, slots=True)
class Linear:
    """Bounds formulas of one plan; `paid` gives the bound of a bonus that a formula asks for.

    With `is_event` what is taken once an order stands for a line of an event, which has one at least.
    """

    ranges: Ranges
    paid: Callable[[str], Sum]
    is_event: bool = False

    def value(self, value: values.Value, *, is_order: bool) -> Sum:
        """Bound a value of an order, or of all members together; raises NoBound."""
        if isinstance(value, values.Formula):
            return self.of(self.ranges.expanded(value.node), is_order=is_order)
        if isinstance(value, values.Scale) and value.is_marginal:
            highest = max(self.high(entry) for _, entry in value.steps)
            of = self.of(self.ranges.expanded(value.of.node), is_order=is_order)
            return scaled(of, max(highest, Fraction(0)))
        parts = self.ranges.entries(value) if isinstance(value, values.Table) else []
        if isinstance(value, values.Table) and value.otherwise is not None:
            parts = [*parts, value.otherwise]
        return greatest(
            self.value(part, is_order=is_order) for part in parts or values.parts_of(value)
        )

    def high(self, value: values.Value) -> Fraction:
        """Give the greatest that a value can be; raises NoBound."""
        high = self.ranges.value(value).high
        if high is None:
            raise NoBound
        return high

    def of(self, node: Node, *, is_order: bool) -> Sum:
        """Bound an expanded formula, taken once an order, or added over all members."""
        match node:
            case Number(value=number):
                return self._each(number, is_order=is_order)
            case Truth(holds=holds):
                return self._each(Fraction(holds), is_order=is_order)
            case Name():
                return self._name(node, is_order=is_order)
            case Unary(operator="-", operand=Operation(operator="-", left=left, right=right)):
                return self.of(Operation(operator="-", left=right, right=left), is_order=is_order)
            case Operation():
                return self._operation(node, is_order=is_order)
            case Call():
                return self._call(node, is_order=is_order)
        return self._constant(self.ranges.of(node), is_order=is_order)

    @staticmethod
    def _each(number: Fraction, *, is_order: bool) -> Sum:
        return {AN_ORDER if is_order else A_MEMBER: number} if number > 0 else {}

    def _constant(self, found: Interval, *, is_order: bool) -> Sum:
        """Bound what has a greatest number."""
        if found.high is None:
            raise NoBound
        return self._each(found.high, is_order=is_order)

    def _name(self, node: Name, *, is_order: bool) -> Sum:
        ranges = self.ranges
        if node.name == "order_count" and is_order:
            return {AN_ORDER: Fraction(1)}
        is_of_order = is_order and node.prefix in ("", "order")
        part = ranges.file.order_values.get(node.name) if is_of_order else None
        part = part or (ranges.file.measures.get(node.name) if not is_order else None)
        # What another calendar left may be asked for more than once.
        is_now = part is not None and part.calendar is None and not node.prefix
        if is_now and part is not None and not isinstance(part.value, values.Formula):
            return self.value(part.value, is_order=is_order)
        if is_of_order and node.name in ranges.file.orders:
            return {node.name: Fraction(1)}
        return self._constant(ranges.of(node), is_order=is_order)

    def _operation(self, node: Operation, *, is_order: bool) -> Sum:
        match node.operator:
            case "+":
                sides = (node.left, node.right)
                return added(self.of(side, is_order=is_order) for side in sides)
            case "-":
                most = self.of(node.left, is_order=is_order)
                if is_not_negative(self.ranges.of(node.right)):
                    return most
                return added(
                    [most, self.of(Unary(operator="-", operand=node.right), is_order=is_order)]
                )
            case "*":
                return self._product(node.left, node.right, is_order=is_order)
            case "/":
                by = self.ranges.of(node.right)
                if by.low is not None and by.low > 0:
                    return scaled(self.of(node.left, is_order=is_order), 1 / by.low)
                raise NoBound
        return self._each(Fraction(1), is_order=is_order)

    def _product(self, left: Node, right: Node, *, is_order: bool) -> Sum:
        for factor, other in ((left, right), (right, left)):
            found = self.ranges.of(factor)
            if found.high is not None and is_not_negative(found):
                return scaled(self.of(other, is_order=is_order), found.high)
            is_taken_off = found.high is not None and found.high <= 0
            if is_taken_off and is_not_negative(self.ranges.of(other)):
                return {}
        raise NoBound

    def _call(self, node: Call, *, is_order: bool) -> Sum:
        argument = node.arguments[0]
        if node.last_days and not is_order:
            now = self._call(replace(node, last_days=0), is_order=False)
            return scaled(now, self.periods_within(node.last_days))
        match node.function:
            case "max":
                return added(self.of(part, is_order=is_order) for part in node.arguments)
            case "min":
                return self._first_of(node.arguments, is_order=is_order)
            case "floor":
                return self.of(argument, is_order=is_order)
            case "round" | "ceil":
                return self._rounded(node, is_order=is_order)
            case "abs" if is_not_negative(self.ranges.of(argument)):
                return self.of(argument, is_order=is_order)
            case "paid_on" if is_order:
                return self._paid(node)
            case "event_sum" if is_order and self.is_event:
                return self.of(argument, is_order=True)
        return self._constant(self.ranges.of(node), is_order=True) if is_order else self._sum(node)

    def _sum(self, node: Call) -> Sum:
        """Bound what is summed over others, taken of all members together."""
        argument = node.arguments[0]
        match node.function:
            case "earned":
                return self._paid(node)
            case "own":
                return self.of(argument, is_order=True)
            case "recruits":
                return self.of(argument, is_order=self.is_of_orders(node))
            case "customers":
                return {AN_ORDER: Fraction(1)}
            case "team":
                levels = self.ranges.of(node.arguments[1]).high
                if levels is None:
                    raise NoBound
                most = self.of(argument, is_order=self.is_of_orders(node))
                return scaled(most, max(levels, Fraction(0)))
            case "group" | "downline" | "left" | "right" | "company":
                # Each order counts for everybody above, however many they are.
                if self.ranges.of(node).high != 0:
                    raise NoBound("above", is_endless=True)
        return self._constant(self.ranges.of(node), is_order=False)

    def _paid(self, node: Call) -> Sum:
        """Bound what bonuses pay that a formula names."""
        names = [part.name for part in formula.walk(node) if isinstance(part, Name)]
        return added(self.paid(name) for name in names)

    def _rounded(self, node: Call, *, is_order: bool) -> Sum:
        """Bound what is rounded: an order or member with nothing stays at nothing."""
        most = self.of(node.arguments[0], is_order=is_order)
        more = Fraction(1)
        if node.function == "round":
            more = Fraction(1, 2) / 10 ** int(self.ranges.of(node.arguments[1]).low or 0)
        return added([most, self._each(more, is_order=is_order)]) if most else most

    def periods_within(self, days: int) -> Fraction:
        """Give in how many periods an order can count where each looks so many days back."""
        shortest = min(_SHORTEST[calendar] for calendar in calendars_of(self.ranges.file))
        return Fraction(1 + (days - 1) // shortest)

    def is_of_orders(self, node: Call) -> bool:
        """Say whether what a function adds up belongs to orders."""
        return Typing(self.ranges.names).argument_context(node.arguments[0], node) == "order"

    def _first_of(self, parts: tuple[Node, ...], *, is_order: bool) -> Sum:
        """Bound the least of several by the one that best follows from sales."""
        found: list[Sum] = []
        refusal = NoBound()
        for part in parts:
            try:
                found.append(self.of(part, is_order=is_order))
            except NoBound as no_bound:
                refusal = refusal if refusal.is_endless else no_bound
        if not found:
            raise refusal
        return min(found, key=lambda part: (A_MEMBER in part, len(part)))
