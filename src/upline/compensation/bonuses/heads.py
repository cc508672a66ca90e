"""Heads that are such only as some receivers see them: who bounds a generation, and for whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from upline.compensation import columns
from upline.compensation.bonuses import lines as shared
from upline.compensation.bonuses.classes import atoms_of_rule, combined
from upline.compensation.bonuses.lines import Work
from upline.compensation.columns import NO_DAY, Codes, Column, Days, Flags, Members
from upline.compensation.measures.evaluate import formula, not_computed, numbers, rule
from upline.compensation.measures.scopes import LineScope
from upline.compensation.plan import values as written
from upline.compensation.plan.formula import (
    COMPARISONS,
    Among,
    Call,
    Name,
    Node,
    Operation,
    Unary,
    walk,
)
from upline.compensation.plan.names import LEGS, OF_A_MEMBER, SUMS
from upline.compensation.plan.parts import nodes_of

Array = npt.NDArray[Any]
_OF_MEMBERS = (*SUMS, *LEGS, *OF_A_MEMBER)
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


@dataclass(frozen=True, slots=True)
class HeadTable:
    """A member with a code is a head for receivers of a class where table[class, code] says so.

    Any condition can be written so; a walk is made for each class of receivers.
    """

    code: Array
    receiver: Array
    table: Array

    def in_tree(self, work: Work) -> HeadTable:
        """Give the same in the preorder of the bonus's tree."""
        code, receiver = shared.in_tree(work, self.code), shared.in_tree(work, self.receiver)
        return replace(self, code=code, receiver=receiver)

    def holds(self, code: int, receiver: int) -> bool:
        """Say whether a member with a code is a head for a receiver."""
        return bool(self.table[self.receiver[receiver], code])

    def by_class(self) -> Iterator[tuple[Array, Array]]:
        """Give, for each class of receivers, who belongs to it and who is a head for it."""
        for receivers in range(len(self.table)):
            yield self.receiver == receivers, self.table[receivers][self.code]


def mentions_receiver(part: written.Rule) -> bool:
    """Say whether a condition compares with the receiver."""
    return any(_is_of_receiver(node) for node in nodes_of(part))


def _is_of_receiver(node: Node) -> bool:
    return isinstance(node, Name) and node.prefix == "receiver"


def heads_of(work: Work) -> Heads | HeadTable:
    """Settle who is a head for whom.

    One comparison with the receiver beside plain conditions is a range of codes, walked at once for
    all receivers; anything else is asked of each member and class of receivers.
    """
    plain: list[Node] = []
    relative: list[Node] = []
    for node in _conjuncts(work.bonus.head):
        (relative if any(map(_is_of_receiver, walk(node))) else plain).append(node)
    comparison = relative[0] if len(relative) == 1 else None
    if not isinstance(comparison, Operation) or not _has_one_side(comparison, work):
        return _table(work).in_tree(work)
    may = np.ones(len(work.figures.world), np.bool_)
    for node in plain:
        may = may & work.member_rule(written.Formula(node, ""))
    return _compared(work, comparison, may).in_tree(work)


def _has_one_side(node: Operation, work: Work) -> bool:
    """Say whether the receiver, and nobody else, stands on one side of a comparison."""
    sides = [any(map(_is_of_receiver, walk(side))) for side in (node.left, node.right)]
    if node.operator not in COMPARISONS or all(sides):
        return False
    return _speaks_of_receiver_alone(node.left if sides[0] else node.right, work)


def _speaks_of_receiver_alone(side: Node, work: Work) -> bool:
    constants = work.figures.world.plan.file.constants
    for node in walk(side):
        if isinstance(node, Name) and not node.prefix and node.name not in constants:
            return False
        if isinstance(node, Call) and node.function in _OF_MEMBERS:
            return False
    return True


# A walk for each class of receivers takes time, and the table takes room.
_MOST_ASKED = 1 << 25


def _table(work: Work) -> HeadTable:
    """Ask the condition of each class of members for each class of receivers."""
    head = _turned(work.bonus.head)
    count = len(work.figures.world)
    member_atoms, receiver_atoms = atoms_of_rule(head, work)
    code, members = combined(member_atoms, count)
    receiver, receivers = combined(receiver_atoms, count)
    if len(receivers) * max(count, 1) > _MOST_ASKED:
        what = "A head that 33,000,000 pairs of members and receivers would be asked for"
        raise not_computed(what, work.bonus.place)
    table = np.zeros((len(receivers), len(members)), np.bool_)
    for row, one in enumerate(receivers):
        scope = LineScope(work.figures, members, np.full(len(members), one))
        table[row] = rule(head, scope)
    return HeadTable(code=code, receiver=receiver, table=table)


def _turned(part: written.Rule) -> written.Rule:
    """Write a condition as one of lines, whose receiver is the head and whose buyer the receiver."""
    match part:
        case written.All(parts=parts):
            return written.All(tuple(map(_turned, parts)))
        case written.AnyOf(parts=parts):
            return written.AnyOf(tuple(map(_turned, parts)))
        case written.Formula(node=node, text=text):
            return written.Formula(_turned_node(node), text)


def _turned_node(node: Node) -> Node:
    match node:
        case Name(prefix="receiver"):
            return replace(node, prefix="buyer")
        case Operation(left=left, right=right):
            return replace(node, left=_turned_node(left), right=_turned_node(right))
        case Unary(operand=operand):
            return replace(node, operand=_turned_node(operand))
        case Among(value=value, choices=choices):
            turned = tuple(map(_turned_node, choices))
            return replace(node, value=_turned_node(value), choices=turned)
        case Call(function=function) if function not in _OF_MEMBERS:
            return replace(node, arguments=tuple(map(_turned_node, node.arguments)))
    return node


def _conjuncts(part: written.Rule) -> list[Node]:
    """Give the conditions that must all hold; none where they are no such list."""
    match part:
        case written.All(parts=parts):
            return [node for inner in parts for node in _conjuncts(inner)]
        case written.Formula(node=node):
            return _joined(node)
    # Two of them stand for a condition that is no single comparison.
    return [one.node for one in written.formulas_of(part)] * 2


def _joined(node: Node) -> list[Node]:
    if isinstance(node, Operation) and node.operator == "and":
        return [*_joined(node.left), *_joined(node.right)]
    return [node]


def _compared(work: Work, node: Operation, may: npt.NDArray[np.bool_]) -> Heads:
    sides = [any(map(_is_of_receiver, walk(side))) for side in (node.left, node.right)]
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
