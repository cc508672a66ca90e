"""Heads that are such only as some receivers see them: who bounds a generation, and for whom."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from upline.compensation import columns
from upline.compensation.bonuses import lines as shared
from upline.compensation.bonuses.lines import Work
from upline.compensation.columns import NO_DAY, Codes, Column, Days, Flags, Members
from upline.compensation.measures.evaluate import formula, not_computed, numbers
from upline.compensation.plan import values as written
from upline.compensation.plan.formula import COMPARISONS, Call, Name, Node, Operation, walk
from upline.compensation.plan.names import LEGS, OF_A_MEMBER, SUMS
from upline.compensation.plan.parts import nodes_of

Array = npt.NDArray[Any]
_TURNED = {">=": "<=", "<=": ">=", ">": "<", "<": ">", "=": "=", "!=": "!="}


@dataclass(frozen=True, slots=True)
class Heads:
    """A member with a code (-1: never) is a head for whom low <= code < high.

    Where `is_outside`, he is one for whom that is not so. `count` is the number of codes.
    """

    code: Array
    low: Array
    high: Array
    is_outside: bool
    count: int

    def in_tree(self, work: Work) -> Heads:
        """Give the same in the preorder of the bonus's tree."""
        code, low, high = (
            shared.in_tree(work, column) for column in (self.code, self.low, self.high)
        )
        return replace(self, code=code, low=low, high=high)

    def holds(self, code: int, receiver: int) -> bool:
        """Say whether a member with a code is a head for a receiver."""
        is_inside = bool(self.low[receiver] <= code < self.high[receiver])
        return code >= 0 and is_inside != self.is_outside


def mentions_receiver(part: written.Rule) -> bool:
    """Say whether a condition compares with the receiver."""
    return any(_is_of_receiver(node) for node in nodes_of(part))


def _is_of_receiver(node: Node) -> bool:
    return isinstance(node, Name) and node.prefix == "receiver"


def heads_of(work: Work) -> Heads:
    """Settle who is a head for whom: one comparison with the receiver, beside plain conditions."""
    plain: list[Node] = []
    relative: list[Node] = []
    for node in _conjuncts(work.bonus.head, work):
        (relative if any(map(_is_of_receiver, walk(node))) else plain).append(node)
    comparison = relative[0]
    if len(relative) > 1 or not isinstance(comparison, Operation):
        raise _too_entangled(work)
    may = np.ones(len(work.figures.world), np.bool_)
    for node in plain:
        may = may & work.member_rule(written.Formula(node, ""))
    return _compared(work, comparison, may).in_tree(work)


def _speaks_of_receiver_alone(side: Node, work: Work) -> bool:
    constants = work.figures.world.plan.file.constants
    for node in walk(side):
        if isinstance(node, Name) and not node.prefix and node.name not in constants:
            return False
        if isinstance(node, Call) and node.function in (*SUMS, *LEGS, *OF_A_MEMBER):
            return False
    return True


def _too_entangled(work: Work) -> Exception:
    what = "A head with more than one comparison with the receiver, or one inside 'or' or 'not',"
    return not_computed(what, work.bonus.place)


def _conjuncts(part: written.Rule, work: Work) -> list[Node]:
    """Give the conditions that must all hold."""
    if isinstance(part, written.All):
        return [node for inner in part.parts for node in _conjuncts(inner, work)]
    if isinstance(part, written.Formula):
        return _joined(part.node)
    raise _too_entangled(work)


def _joined(node: Node) -> list[Node]:
    if isinstance(node, Operation) and node.operator == "and":
        return [*_joined(node.left), *_joined(node.right)]
    return [node]


def _compared(work: Work, node: Operation, may: npt.NDArray[np.bool_]) -> Heads:
    sides = [any(map(_is_of_receiver, walk(side))) for side in (node.left, node.right)]
    if node.operator not in COMPARISONS or all(sides):
        raise _too_entangled(work)
    if not _speaks_of_receiver_alone(node.left if sides[0] else node.right, work):
        raise _too_entangled(work)
    theirs, his, operator = node.left, node.right, node.operator
    if sides[0]:
        theirs, his, operator = node.right, node.left, _TURNED[operator]
    scope = work.figures.member_scope
    head = formula(theirs, scope).spread(scope.size)
    receiver = formula(his, scope).spread(scope.size)
    a, b = _comparable(head, receiver)
    distinct, codes = np.unique(np.concatenate([a, b]), return_inverse=True)
    code, wanted = codes[: scope.size], codes[scope.size :]
    count = len(distinct)
    low, high = {
        ">=": (wanted, np.full_like(wanted, count)),
        ">": (wanted + 1, np.full_like(wanted, count)),
        "<=": (np.zeros_like(wanted), wanted + 1),
        "<": (np.zeros_like(wanted), wanted),
    }.get(operator, (wanted, wanted + 1))
    if isinstance(head, Days) and isinstance(receiver, Days) and operator not in ("=", "!="):
        # Nothing is earlier or later than a day that is not known.
        may = may & (head.values != NO_DAY)
        high = np.where(receiver.values == NO_DAY, low, high)
    code = np.where(may, code, -1)
    return Heads(
        code=code.astype(np.int64),
        low=low.astype(np.int64),
        high=high.astype(np.int64),
        is_outside=operator == "!=",
        count=max(count, 1),
    )


def _comparable(head: Column, receiver: Column) -> tuple[Array, Array]:
    """Give whole numbers that compare as the two columns do."""
    if isinstance(head, Codes) and isinstance(receiver, Codes):
        if head.is_ranked:
            return head.values, receiver.values
        places = {"": -1} | {label: code for code, label in enumerate(head.labels)}
        unknown = len(places)
        table = [places.get(label, unknown + k) for k, label in enumerate(receiver.labels)]
        return head.values, np.asarray([*table, -1])[receiver.values]
    same = Days | Members
    if isinstance(head, same) and isinstance(receiver, same):
        return head.values, receiver.values
    if isinstance(head, Flags) and isinstance(receiver, Flags):
        return head.values.astype(np.int64), receiver.values.astype(np.int64)
    a, b, _ = columns.aligned(numbers(head), numbers(receiver))
    return a, b
