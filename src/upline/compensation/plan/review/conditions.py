"""Whether conditions can hold together: never a no where some member could meet them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from upline.compensation.plan import formula, values
from upline.compensation.plan.formula import Among, Name, Node, Operation, Truth, Unary, Word
from upline.compensation.plan.review.intervals import ANY, Interval

if TYPE_CHECKING:
    from upline.compensation.plan.review.ranges import Ranges

Asked = list[tuple[values.Rule | Node, bool]]

# Beyond so many ways in which an `or` can be met nothing is claimed.
_MOST_WAYS = 400
_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "!=", "!=": "="}
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}


@dataclass(slots=True)
class _Facts:
    """What must be so for all that has been looked at to hold."""

    ranges: dict[str, Interval] = field(default_factory=dict)
    truths: dict[str, bool] = field(default_factory=dict)
    words: dict[str, set[str]] = field(default_factory=dict)
    not_words: dict[str, set[str]] = field(default_factory=dict)
    ranks: dict[str, set[str | None]] = field(default_factory=dict)
    comparisons: list[tuple[str, Node, Node]] = field(default_factory=list)

    def copy(self) -> _Facts:
        return _Facts(
            dict(self.ranges),
            dict(self.truths),
            {name: set(words) for name, words in self.words.items()},
            {name: set(words) for name, words in self.not_words.items()},
            {name: set(ranks) for name, ranks in self.ranks.items()},
            list(self.comparisons),
        )


def can_hold(ranges: Ranges, asked: Asked) -> bool:
    """Say whether some member can meet all of `asked` at once, each to hold (True) or to fail.

    No is proven; yes only says that nothing speaks against it.
    """
    waiting: list[tuple[Asked, _Facts]] = [(list(asked), _Facts())]
    for _ in range(_MOST_WAYS):
        if not waiting:
            return False
        todo, facts = waiting.pop()
        ways = _step(ranges, todo, facts)
        if ways is None:
            return True
        waiting.extend(ways)
    return True


def _step(ranges: Ranges, todo: Asked, facts: _Facts) -> list[tuple[Asked, _Facts]] | None:
    """Look at what is asked until it forks; None where all of it can hold."""
    while todo:
        part, must_hold = todo.pop()
        parts, is_and = _parts(ranges, part)
        if parts is None:
            if not _take(ranges, part, facts, must_hold=must_hold):  # type: ignore[arg-type]
                return []
        elif is_and == must_hold:
            todo.extend((inner, must_hold) for inner in parts)
        else:
            return [([*todo, (inner, must_hold)], facts.copy()) for inner in parts]
    return None if _agree(ranges, facts) else []


def _parts(
    ranges: Ranges, part: values.Rule | Node
) -> tuple[tuple[values.Rule | Node, ...] | None, bool]:
    """Give the parts that must all hold (True) or of which one must (False); None for a leaf."""
    match part:
        case values.All(parts=parts):
            return parts, True
        case values.AnyOf(parts=parts):
            return parts, False
        case values.Formula(node=node):
            return (ranges.expanded(node),), True
        case Operation(operator="and" | "or" as operator, left=left, right=right):
            return (left, right), operator == "and"
    return None, True


def _take(ranges: Ranges, node: Node, facts: _Facts, *, must_hold: bool) -> bool:
    """Note a single condition; False where it cannot be so beside what is noted."""
    node = ranges.expanded(node)
    match node:
        case Truth(holds=holds):
            return holds == must_hold
        case Unary(operator="not", operand=operand):
            return _take_whole(ranges, operand, facts, must_hold=not must_hold)
        case Operation(operator="and" | "or"):
            return _take_whole(ranges, node, facts, must_hold=must_hold)
        case Operation(operator=operator) if operator in formula.COMPARISONS:
            operator = operator if must_hold else _OPPOSITE[operator]
            return _compare(ranges, operator, node.left, node.right, facts)
        case Among(value=value, choices=choices) if all(isinstance(c, Word) for c in choices):
            words = {choice.text for choice in choices if isinstance(choice, Word)}
            return _word(formula.text_of(value), words, facts, is_one=must_hold)
    if not must_hold:
        return _truth(node, facts, holds=False)
    high = ranges.of(node).high
    return (high is None or high > 0) and _truth(node, facts, holds=True)


def _take_whole(ranges: Ranges, node: Node, facts: _Facts, *, must_hold: bool) -> bool:
    """Note what lies under a `not`; where it forks, each way is tried on its own."""
    parts, is_and = _parts(ranges, node)
    if parts is None:
        return _take(ranges, node, facts, must_hold=must_hold)
    inner = [part for part in parts if not isinstance(part, values.All | values.AnyOf)]
    if is_and == must_hold:
        return all(
            _take(ranges, part, facts, must_hold=must_hold)  # type: ignore[arg-type]
            for part in inner
        )
    return any(
        _take(ranges, part, facts.copy(), must_hold=must_hold)  # type: ignore[arg-type]
        for part in inner
    )


def _truth(node: Node, facts: _Facts, *, holds: bool) -> bool:
    return facts.truths.setdefault(formula.text_of(node), holds) == holds


def _word(name: str, words: set[str], facts: _Facts, *, is_one: bool) -> bool:
    if is_one:
        facts.words[name] = facts.words[name] & words if name in facts.words else set(words)
    else:
        facts.not_words.setdefault(name, set()).update(words)
    return name not in facts.words or bool(facts.words[name] - facts.not_words.get(name, set()))


def _compare(ranges: Ranges, operator: str, left: Node, right: Node, facts: _Facts) -> bool:
    if isinstance(left, Word):
        operator, left, right = _TURNED[operator], right, left
    if (ladder := ranges.ladder_of(left)) is not None:
        return _rank(ranges, ladder, Operation(operator=operator, left=left, right=right), facts)
    if isinstance(right, Word):
        return operator not in ("=", "!=") or _word(
            formula.text_of(left), {right.text}, facts, is_one=operator == "="
        )
    if _is_unordered(ranges, left) or _is_unordered(ranges, right):
        return True
    facts.comparisons.append((operator, left, right))
    for sign, one, other in ((operator, left, right), (_TURNED[operator], right, left)):
        bound = ranges.of(other)
        if sign != "!=" and bound.is_point and not ranges.of(one).is_point:
            name = formula.text_of(one)
            facts.ranges[name] = facts.ranges.get(name, ANY).within(_beside(sign, bound))
            if facts.ranges[name].is_empty:
                return False
    return True


def _is_unordered(ranges: Ranges, node: Node) -> bool:
    """Say whether a side is a text, a day or another member, of which no range speaks."""
    if isinstance(node, formula.Day | Word):
        return True
    units = (ranges.names.order, ranges.names.member)
    return isinstance(node, Name) and any(
        table.get(node.name) in ("text", "date", "member", "") for table in units
    )


def _rank(ranges: Ranges, ladder: str, asked: Operation, facts: _Facts) -> bool:
    operator, left, right = asked.operator, asked.left, asked.right
    written = getattr(right, "text", getattr(right, "name", ""))
    ranks = ranges.names.ranks[ladder]
    if written not in ranks:
        return True
    border = ranks.index(written)
    reachable = ranges.held_ranks(left, ladder)
    held: set[str | None] = {
        rank
        for place, rank in enumerate(ranks)
        if rank in reachable and _fits(operator, place, border)
    }
    if _fits(operator, -1, border):
        held.add(None)
    name = formula.text_of(left)
    facts.ranks[name] = facts.ranks[name] & held if name in facts.ranks else held
    return bool(facts.ranks[name])


def _fits(operator: str, left: int, right: int) -> bool:
    return {
        "<": left < right,
        "<=": left <= right,
        ">": left > right,
        ">=": left >= right,
        "=": left == right,
        "!=": left != right,
    }[operator]


def _agree(ranges: Ranges, facts: _Facts) -> bool:
    """Say whether every comparison can hold with all that is known of its parts."""
    for operator, left, right in facts.comparisons:
        one = ranges.of(left, facts.ranges)
        other = ranges.of(right, facts.ranges)
        if operator == "!=":
            if one.is_point and other.is_point and one.low == other.low:
                return False
        elif one.is_empty or other.is_empty or one.within(_beside(operator, other)).is_empty:
            return False
    return True


def _beside(operator: str, bound: Interval) -> Interval:
    """Give the numbers that can stand left of an operator beside some number in `bound`."""
    match operator:
        case ">=":
            return Interval(low=bound.low, is_low_open=bound.is_low_open)
        case ">":
            return Interval(low=bound.low, is_low_open=True)
        case "<=":
            return Interval(high=bound.high, is_high_open=bound.is_high_open)
        case "<":
            return Interval(high=bound.high, is_high_open=True)
    return bound
