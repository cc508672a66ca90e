"""Conditions of a plan held against one member: what was there, what was needed, what is missing."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from upline.compensation import columns
from upline.compensation.columns import Codes, Column, Days, Flags, Numbers
from upline.compensation.decimals import exact_text
from upline.compensation.measures.evaluate import Scope, formula
from upline.compensation.plan import values as written
from upline.compensation.plan.formula import (
    COMPARISONS,
    Name,
    Node,
    Operation,
    Unary,
    Word,
    text_of,
)
from upline.compensation.plan.schema import PlanFile, Words
from upline.compensation.plan.units import Typing


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One condition and how it came out.

    `how` is '' for a single condition, 'all' or 'any' for a group of `parts`. `name` is the
    formula or measure that was looked at; `have` is what it came to, `operator` and `need` what
    the plan asks of it, `missing` what is lacking, or of `<` and `<=` what is too much: the least
    that is enough, in whole steps of the figure.
    """

    text: str
    holds: bool
    how: str = ""
    name: str = ""
    title: Words = ""
    have: str = ""
    operator: str = ""
    need: str = ""
    missing: str = ""
    unit: str = ""
    parts: tuple[Condition, ...] = ()

    def failed(self) -> tuple[Condition, ...]:
        """Give what fails and so decides the outcome; of alternatives all, as one group."""
        if self.holds:
            return ()
        if self.how != "all":
            return (self,)
        return tuple(leaf for part in self.parts for leaf in part.failed())


@dataclass(slots=True)
class Conditions:
    """Holds conditions against rows of one scope; every formula is computed once."""

    scope: Scope
    file: PlanFile
    typing: Typing
    context: str = "member"
    _known: dict[Node, Column] = field(default_factory=dict)

    def held(self, part: written.Rule, row: int) -> Condition:
        """Hold a rule against one row."""
        if isinstance(part, written.Formula):
            return self._node(part.node, row)
        how = "all" if isinstance(part, written.All) else "any"
        inner = tuple(self.held(one, row) for one in part.parts)
        return inner[0] if len(inner) == 1 else _group(how, inner)

    def of_node(self, node: Node, row: int) -> Condition:
        """Hold a part of a formula against one row."""
        return self._node(node, row)

    def _column(self, node: Node) -> Column:
        if node not in self._known:
            self._known[node] = formula(node, self.scope)
        return self._known[node]

    def _node(self, node: Node, row: int) -> Condition:
        if isinstance(node, Operation) and node.operator in ("and", "or"):
            how = "all" if node.operator == "and" else "any"
            sides = (self._node(side, row) for side in (node.left, node.right))
            return _group(how, _flattened(how, tuple(sides)))
        if isinstance(node, Name) and not node.prefix and node.name in self.file.measures:
            return self._measure(node, row)
        if isinstance(node, Operation) and node.operator in COMPARISONS:
            return self._comparison(node, row)
        is_negated = isinstance(node, Unary)
        inner = node.operand if isinstance(node, Unary) else node
        column = self._column(node)
        assert isinstance(column, Flags)
        holds = column.at(row)
        return Condition(
            text=text_of(node),
            holds=holds,
            name=text_of(inner),
            title=self._title(inner),
            have="yes" if holds != is_negated else "no",
            need="no" if is_negated else "yes",
            operator="=",
            unit="yes_no",
        )

    def _measure(self, node: Name, row: int) -> Condition:
        """Look into a measure that is a condition, under the measure's name and title."""
        measure = self.file.measures[node.name]
        if not isinstance(measure.value, written.Formula) or self.scope.is_closed(node.name):
            return self._plain(node, row)
        inner = self._node(measure.value.node, row)
        return Condition(
            text=inner.text,
            holds=inner.holds,
            how=inner.how or "all",
            name=node.name,
            title=measure.title,
            parts=inner.parts or (inner,),
        )

    def _plain(self, node: Name, row: int) -> Condition:
        column = self._column(node)
        assert isinstance(column, Flags)
        holds = column.at(row)
        return Condition(
            text=node.name,
            holds=holds,
            name=node.name,
            title=self._title(node),
            have="yes" if holds else "no",
            need="yes",
            operator="=",
            unit="yes_no",
        )

    def _comparison(self, node: Operation, row: int) -> Condition:
        outcome = self._column(node)
        assert isinstance(outcome, Flags)
        holds = outcome.at(row)
        left = self._column(node.left)
        unit = self.typing.formula(node.left, self.context)
        need = _rank_named(node.right, left)
        if need:
            unit = "rank"
        elif isinstance(left, Codes) and isinstance(node.right, Word):
            unit, need = "rank" if left.is_ranked else "text", node.right.text
        else:
            need = shown(self._column(node.right), row)
        return Condition(
            text=text_of(node),
            holds=holds,
            name=text_of(node.left),
            title=self._title(node.left),
            have=shown(left, row),
            operator=node.operator,
            need=need,
            missing="" if holds else self._missing(node, row),
            unit=unit.partition(":")[0],
        )

    def _missing(self, node: Operation, row: int) -> str:
        numeric = Numbers | columns.Quotients
        left = self._column(node.left)
        right = self._column(node.right) if isinstance(left, numeric) else left
        if not isinstance(left, numeric) or not isinstance(right, numeric):
            return ""
        gap: Fraction = right.at(row) - left.at(row)
        if node.operator in ("<=", "<"):
            gap = -gap
        if node.operator == "!=" or gap < 0:
            return ""
        if isinstance(left, Numbers):
            # A count grows by whole ones, and a volume by its least unit.
            steps = -(-gap // left.unit)
            is_strict = node.operator in (">", "<")
            gap = (steps + (is_strict and steps * left.unit == gap)) * left.unit
        return exact_text(gap) if gap else ""

    def _title(self, node: Node) -> Words:
        if not isinstance(node, Name):
            return ""
        part = self.file.measures.get(node.name) or self.file.order_values.get(node.name)
        return part.title if part is not None else ""


def _rank_named(node: Node, of: Column) -> str:
    """Give the rank that a name without quotes stands for where ranks are compared, or ''."""
    if not isinstance(of, Codes) or not of.is_ranked or not isinstance(node, Name) or node.prefix:
        return ""
    return node.name if node.name in of.labels else ""


def _group(how: str, parts: tuple[Condition, ...]) -> Condition:
    holds = all(part.holds for part in parts) if how == "all" else any(part.holds for part in parts)
    joint = " and " if how == "all" else " or "
    return Condition(
        text=joint.join(part.text for part in parts), holds=holds, how=how, parts=parts
    )


def _flattened(how: str, parts: tuple[Condition, ...]) -> tuple[Condition, ...]:
    flat: list[Condition] = []
    for part in parts:
        flat.extend(part.parts if part.how == how and not part.name else (part,))
    return tuple(flat)


def shown(column: Column, row: int) -> str:
    """Write one value of a column as text; '' where there is none."""
    if isinstance(column, Flags):
        return "yes" if column.at(row) else "no"
    if isinstance(column, Numbers | columns.Quotients):
        return exact_text(column.at(row))
    if isinstance(column, Codes | Days):
        return str(column.at(row) or "")
    return "yes" if column.at(row) >= 0 else "no"
