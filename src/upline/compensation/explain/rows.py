"""Which row of a table, step of a scale, case or dated version of a plan gave one value."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from upline.compensation.explain.conditions import shown
from upline.compensation.measures.evaluate import Scope, choices, formula
from upline.compensation.measures.scopes import LineScope, OrderScope
from upline.compensation.plan import schema
from upline.compensation.plan import values as written
from upline.compensation.plan.formula import Name, Node, Number, text_of
from upline.compensation.plan.units import Typing

# How a plan comes from a field to what stands there.
HOW = (
    *("key", "level", "generation", "step", "slices", "case", "otherwise"),
    *("measure", "order_value", "constant"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One choice on the way from a field of the plan to what stands there.

    `of` is the formula that was looked at and `have` what it came to, `key` what was chosen by it:
    the key of a table, a level, the start of a step, the condition of a case; or the name that a
    formula led to.
    """

    how: str
    of: str = ""
    have: str = ""
    key: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Spot:
    """One row of a scope, and on which level or generation a line is paid."""

    scope: Scope
    row: int
    level: int = -1
    level_word: str = "level"


@dataclass(slots=True)
class Followed:
    """What was found: the rows on the way, what stands at its end, from when on and by which clause."""

    rows: list[Row] = field(default_factory=list)
    formula: str = ""
    since: str = ""
    clause: str = ""
    line: int = 0


def followed(part: written.Value, spot: Spot, file: schema.PlanFile, typing: Typing) -> Followed:
    """Go from a value of the plan to the place that holds for one row of a scope."""
    found = Followed(line=written.place_of_value(part).line)
    end = _end(part, spot, file, typing, found)
    if end is not None:
        found.formula = end.text
        found.line = end.node.place.line or found.line
    return found


def _end(
    part: written.Value, spot: Spot, file: schema.PlanFile, typing: Typing, found: Followed
) -> written.Formula | None:
    """Give the formula at which the way ends; None where nothing is named."""
    while not isinstance(part, written.Formula):
        step = _step(part, spot, typing, found)
        if step is None:
            return None
        part = step
    inner = _named(part.node, spot, file)
    if inner is None:
        return part
    row, value, there, clause = inner
    found.rows.append(row)
    found.clause = clause or found.clause
    return _end(value, there, file, typing, found)


def _step(part: written.Value, spot: Spot, typing: Typing, found: Followed) -> written.Value | None:
    """Choose an entry, and note by what."""
    if isinstance(part, written.Scale) and part.is_marginal:
        found.rows.append(_looked_at("slices", part.of.node, "", spot, typing))
        return None
    if isinstance(part, written.Table) and part.by is None:
        return _of_level(part, spot, found)
    listed, otherwise = choices(part, spot.scope)
    for index, (holds, entry) in enumerate(listed):
        if np.broadcast_to(holds, (spot.scope.size,))[spot.row]:
            _note(part, index, spot, typing, found)
            return entry
    if otherwise is not None:
        found.rows.append(_otherwise(part, spot, typing))
    return otherwise


def _of_level(part: written.Table, spot: Spot, found: Followed) -> written.Value | None:
    for key, entry in part.entries:
        if key.holds(spot.level):
            found.rows.append(Row(how=spot.level_word, have=str(spot.level), key=key.text))
            return entry
    found.rows.append(Row(how="otherwise", have=str(spot.level)))
    return part.otherwise


def _note(part: written.Value, index: int, spot: Spot, typing: Typing, found: Followed) -> None:
    match part:
        case written.Table(by=by, entries=entries):
            assert by is not None
            found.rows.append(_looked_at("key", by.node, entries[index][0].text, spot, typing))
        case written.Scale(of=of, steps=steps):
            start = steps[len(steps) - 1 - index][0]
            found.rows.append(_looked_at("step", of.node, start.text, spot, typing))
        case written.Cases(cases=cases):
            texts = " and ".join(one.text for one in written.formulas_of(cases[index][0]))
            found.rows.append(Row(how="case", key=texts))
        case written.Versions(versions=versions):
            day, _, clause = versions[len(versions) - 1 - index]
            found.since = day.isoformat()
            found.clause = clause or found.clause


def _otherwise(part: written.Value, spot: Spot, typing: Typing) -> Row:
    if isinstance(part, written.Table) and part.by is not None:
        return _looked_at("otherwise", part.by.node, "", spot, typing)
    return Row(how="otherwise")


def _looked_at(how: str, node: Node, key: str, spot: Spot, typing: Typing) -> Row:
    have = shown(formula(node, spot.scope), spot.row)
    context = "order" if isinstance(spot.scope, OrderScope) else "receiver"
    unit = typing.formula(node, context).partition(":")[0]
    return Row(how=how, of=text_of(node), have=have, key=key, unit=unit)


def _named(
    node: Node, spot: Spot, file: schema.PlanFile
) -> tuple[Row, written.Value, Spot, str] | None:
    """Give what a name leads to: a measure, a value of orders, a constant; None for all else."""
    if not isinstance(node, Name):
        return None
    there = _spot_of(node, spot)
    is_of_order = isinstance(there.scope, OrderScope)
    part = (file.order_values if is_of_order else file.measures).get(node.name)
    if part is not None and not (not is_of_order and there.scope.is_closed(node.name)):
        how = "order_value" if is_of_order else "measure"
        return Row(how=how, key=node.name), part.value, there, part.clause
    constant = file.constants.get(node.name)
    if isinstance(constant, written.Formula) and isinstance(constant.node, Number):
        return Row(how="constant", key=node.name), constant, there, ""
    return None


def _spot_of(name: Name, spot: Spot) -> Spot:
    """Give the row of the buyer or of the order where a name is one of theirs."""
    scope = spot.scope
    if not isinstance(scope, LineScope):
        return spot
    if name.prefix == "buyer" and scope.buyer is not None:
        return replace(spot, scope=LineScope(scope.figures, scope.buyer, scope.buyer))
    if name.prefix == "order" and scope.order is not None:
        return Spot(OrderScope(scope.figures), int(scope.order[spot.row]))
    return spot
