"""Tables, scales, cases, dated values, level maps and rules."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from tests.reference.scope import Scope, Standing, is_empty, number
from upline.compensation.plan import values
from upline.compensation.plan.values import (
    All,
    AnyOf,
    Cases,
    Formula,
    Rule,
    Scale,
    Table,
    Value,
    Versions,
)

if TYPE_CHECKING:
    from tests.reference.period import Period

ENDLESS = 1 << 62


def evaluate(period: Period, value: Value, scope: Scope) -> object:
    """Give a value; None where a table, scale or list of cases names nothing."""
    match value:
        case Formula(node=node):
            return period.formula(node, scope)
        case Scale(is_marginal=True):
            return _marginal(period, value, scope)
        case Table(by=None):
            raise ValueError("A map of levels stands where one value is needed.")
    chosen = _chosen(period, value, scope)
    return None if chosen is None else evaluate(period, chosen, scope)


def _chosen(period: Period, value: Value, scope: Scope) -> Value | None:
    """Give the entry that holds."""
    match value:
        case Table(by=by):
            assert by is not None
            return entry_for(value, period.formula(by.node, scope))
        case Scale(of=of, steps=steps):
            measured = number(period.formula(of.node, scope))
            reached = [entry for start, entry in steps if values.constant(start.node) <= measured]
            return reached[-1] if reached else None
        case Cases(cases=cases, otherwise=otherwise):
            for rule, entry in cases:
                if holds(period, rule, scope):
                    return entry
            return otherwise
        case Versions(versions=versions):
            day = period.start
            if scope.is_order and scope.order is not None:
                day = scope.order["date"]  # type: ignore[assignment]
            in_force = [entry for begins, entry, _ in versions if begins <= day]
            return in_force[-1] if in_force else None
    raise AssertionError(value)


def entry_for(table: Table, value: object) -> Value | None:
    """Look a value up in a table; `Gold+` stands for Gold and higher ranks not listed."""
    if isinstance(value, Standing):
        return _entry_for_rank(table, value)
    if isinstance(value, bool):
        value = "yes" if value else "no"
    for key, entry in table.entries:
        if isinstance(value, Fraction):
            if key.holds(value):  # type: ignore[arg-type]
                return entry
        elif not is_empty(value) and key.text == value:
            return entry
    return table.otherwise


def _entry_for_rank(table: Table, standing: Standing) -> Value | None:
    listed = {key.text: entry for key, entry in table.entries}
    if standing.name in listed:
        return listed[standing.name]
    for index in range(standing.index, -1, -1):
        if f"{standing.ladder[index]}+" in listed:
            return listed[f"{standing.ladder[index]}+"]
    return table.otherwise


def _marginal(period: Period, scale: Scale, scope: Scope) -> Fraction:
    """Add up the slices, each at its own rate; nothing below the first step or below zero."""
    measured = number(period.formula(scale.of.node, scope))
    starts = [values.constant(start.node) for start, _ in scale.steps]
    total = Fraction(0)
    for place, (_, entry) in enumerate(scale.steps):
        low = max(starts[place], Fraction(0))
        high = min([measured, *starts[place + 1 : place + 2]])
        if high > low:
            rate = evaluate(period, entry, scope)
            total += (high - low) * number(rate if rate is not None else 0)
    return total


def at_level(period: Period, value: Value, level: int, scope: Scope) -> object:
    """Give what a level map, however nested, names for a level; None where it is not listed."""
    match value:
        case Formula() | Scale(is_marginal=True):
            return evaluate(period, value, scope)
        case Table(by=None):
            chosen: Value | None = entry_for(value, Fraction(level))
        case _:
            chosen = _chosen(period, value, scope)
    return None if chosen is None else at_level(period, chosen, level, scope)


def deepest_listed(period: Period, value: Value, scope: Scope) -> int:
    """Give the greatest level that a level map lists in this scope."""
    match value:
        case Formula() | Scale(is_marginal=True):
            return ENDLESS if evaluate(period, value, scope) else 0
        case Table(by=None):
            deepest = 0
            for key, entry in value.entries:
                last = ENDLESS if key.last is None else key.last
                if evaluate(period, entry, scope):
                    deepest = max(deepest, last)
            rest = value.otherwise
            return ENDLESS if rest is not None and evaluate(period, rest, scope) else deepest
    chosen = _chosen(period, value, scope)
    return 0 if chosen is None else deepest_listed(period, chosen, scope)


def by_rank(period: Period, value: Value, scope: Scope) -> Table | None:
    """Find the table by a rank that decides here, through cases and versions."""
    match value:
        case Table(by=by) if by is not None:
            if isinstance(period.formula(by.node, scope), Standing):
                return value
        case Formula():
            return None
    chosen = _chosen(period, value, scope)
    return None if chosen is None else by_rank(period, chosen, scope)


def word(period: Period, value: Value, scope: Scope) -> str | None:
    """Give a word such as `carried` or `PLN`, which may stand bare."""
    match value:
        case Formula(node=node):
            return str(period.formula(node, scope))
    chosen = _chosen(period, value, scope)
    return None if chosen is None else word(period, chosen, scope)


def holds(period: Period, rule: Rule, scope: Scope) -> bool:
    """Say whether a rule holds."""
    match rule:
        case All(parts=parts):
            return all(holds(period, part, scope) for part in parts)
        case AnyOf(parts=parts):
            return any(holds(period, part, scope) for part in parts)
        case Formula(node=node):
            return bool(period.formula(node, scope))
