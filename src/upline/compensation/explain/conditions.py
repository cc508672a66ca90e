"""Conditions of a plan held against one member: what was there, what was needed, what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from upline.compensation import columns
from upline.compensation.columns import Codes, Column, Flags, Numbers
from upline.compensation.measures.evaluate import Scope, formula, rule
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
from upline.compensation.plan.names import Typing
from upline.compensation.plan.schema import PlanFile, Words
from upline.compensation.result import decimal_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One condition and how it came out.

    `how` is '' for a single condition, 'all' or 'any' for a group of `parts`. For a comparison of
    figures `have` and `need` are both sides and `missing` what the left one lacks.
    """

    text: str
    holds: bool
    how: str = ""
    name: str = ""
    title: Words = ""
    have: str = ""
    need: str = ""
    missing: str = ""
    unit: str = ""
    parts: tuple[Condition, ...] = ()

    def failed(self) -> tuple[Condition, ...]:
        """Give the innermost conditions that fail and so decide the outcome."""
        if self.holds:
            return ()
        if not self.parts:
            return (self,)
        return tuple(leaf for part in self.parts for leaf in part.failed())


def held_against(part: written.Rule, scope: Scope, row: int, typing: Typing, file: PlanFile) -> Condition:
    """Hold a rule against the member (or line) in one row of a scope."""
    match part:
        case written.Formula(node=node):
            return _node(node, scope, row, typing, file)
        case written.All(parts=parts) | written.AnyOf(parts=parts):
            how = "all" if isinstance(part, written.All) else "any"
            inner = tuple(held_against(one, scope, row, typing, file) for one in parts)
            return _group(how, inner)
    raise AssertionError(part)


def _group(how: str, parts: tuple[Condition, ...]) -> Condition:
    holds = all(part.holds for part in parts) if how == "all" else any(part.holds for part in parts)
    joint = " and " if how == "all" else " or "
    return Condition(text=joint.join(part.text for part in parts), holds=holds, how=how, parts=parts)


def _node(node: Node, scope: Scope, row: int, typing: Typing, file: PlanFile) -> Condition:
    if isinstance(node, Operation) and node.operator in ("and", "or"):
        parts = tuple(_node(side, scope, row, typing, file) for side in (node.left, node.right))
        return _group("all" if node.operator == "and" else "any", _flattened(node, parts))
    if isinstance(node, Name) and node.name in file.measures:
        measured = file.measures[node.name].value
        if isinstance(measured, written.Formula):
            inner = _node(measured.node, scope, row, typing, file)
            return Condition(
                text=inner.text,
                holds=inner.holds,
                how=inner.how,
                name=node.name,
                title=file.measures[node.name].title,
                have=inner.have,
                need=inner.need,
                missing=inner.missing,
                unit=inner.unit,
                parts=inner.parts,
            )
    if isinstance(node, Operation) and node.operator in COMPARISONS:
        return _comparison(node, scope, row, typing, file)
    holds = _truth(formula(node, scope), row)
    inner_text = text_of(node.operand) if isinstance(node, Unary) else text_of(node)
    have = "no" if isinstance(node, Unary) == holds else "yes"
    return Condition(
        text=text_of(node),
        holds=holds,
        have=have,
        need="no" if isinstance(node, Unary) else "yes",
        name=inner_text if isinstance(node, Name) else "",
    )


def _flattened(node: Operation, parts: tuple[Condition, ...]) -> tuple[Condition, ...]:
    how = "all" if node.operator == "and" else "any"
    flat: list[Condition] = []
    for part in parts:
        flat.extend(part.parts if part.how == how and not part.name else (part,))
    return tuple(flat)


def _truth(column: Column, row: int) -> bool:
    assert isinstance(column, Flags)
    return column.at(row)


def _comparison(
    node: Operation, scope: Scope, row: int, typing: Typing, file: PlanFile
) -> Condition:
    holds = bool(_at(rule(written.Formula(node, ""), scope), row))
    left = formula(node.left, scope)
    have = shown(left, row)
    if isinstance(left, Codes) and isinstance(node.right, Word | Name):
        is_rank = left.is_ranked
        wanted = node.right.text if isinstance(node.right, Word) else node.right.name
        unit = "rank" if is_rank else "text"
        return Condition(
            text=text_of(node),
            holds=holds,
            have=have,
            need=wanted,
            unit=unit,
            name=text_of(node.left),
        )
    right = formula(node.right, scope)
    unit = typing.formula(node.left, "member")
    missing = ""
    numeric = Numbers | columns.Quotients
    if not holds and isinstance(left, numeric) and isinstance(right, numeric):
        missing = _missing(node.operator, left.at(row), right.at(row))
    return Condition(
        text=text_of(node),
        holds=holds,
        name=text_of(node.left),
        title=_title(node.left, file),
        have=have,
        need=shown(right, row),
        missing=missing,
        unit=unit,
    )


def _missing(operator: str, have: Fraction, need: Fraction) -> str:
    if operator in (">=", ">"):
        return decimal_text(need - have)
    if operator in ("<=", "<"):
        return decimal_text(have - need)
    return ""


def _title(node: Node, file: PlanFile) -> Words:
    measure = file.measures.get(node.name) if isinstance(node, Name) else None
    return measure.title if measure is not None else ""


def _at(values: object, row: int) -> object:
    import numpy as np

    array = np.asarray(values)
    return array if array.ndim == 0 else array[row]


def shown(column: Column, row: int) -> str:
    """Write one value of a column as text."""
    if isinstance(column, Flags):
        return "yes" if column.at(row) else "no"
    if isinstance(column, Numbers | columns.Quotients):
        return decimal_text(column.at(row))
    return str(column.at(row) or "")
