"""Rates that depend on receiver, buyer and level, brought into one small table.

Members who agree in everything that a rate asks of them form a class; the rate is then computed
once for each pair of classes and level, by the same formulas as everywhere, on one representative.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from upline.compensation import columns
from upline.compensation.bonuses.lines import Work
from upline.compensation.columns import Codes, Column, Flags, Numbers, constant
from upline.compensation.kernels import grouping
from upline.compensation.measures.evaluate import (
    at_level,
    formula,
    not_computed,
    numbers,
    rule,
    value,
)
from upline.compensation.measures.scopes import LineScope
from upline.compensation.plan import values as written
from upline.compensation.plan.formula import Call, Name, Node, children

Array = npt.NDArray[Any]
# Two gigabytes of rates; a plan that comes to more has no table but a formula of both sides.
_MOST_RATES = 1 << 28
_MOST_CODES = 1 << 20
# So few classes are cheaper to keep than to thin out; one without members has any representative.
_FEW_CODES = 1 << 10
# Functions that ask nothing of a member by themselves, only what stands in their brackets.
_OF_EITHER = (
    "min",
    "max",
    "abs",
    "round",
    "floor",
    "ceil",
    "share",
    "given",
    "within",
    "days_since",
)


@dataclass(frozen=True, slots=True)
class RateTable:
    """`rates[receiver class, buyer class, k]` times `unit` is the rate at levels[k]."""

    receiver: Array
    buyer: Array
    rates: Array
    unit: Fraction


def rate_table(
    work: Work, part: written.Value, levels: list[int], point_value: Numbers | None
) -> RateTable:
    """Compute a rate for every class of receivers and buyers at each level."""
    receiver_atoms, buyer_atoms = _atoms(_asked(part), work)
    if point_value is not None and point_value.values.ndim:
        receiver_atoms.append(_small(point_value))
    count = len(work.figures.world)
    receiver, receivers = combined(receiver_atoms, count)
    buyer, buyers = combined(buyer_atoms, count)
    if len(receivers) * len(buyers) * len(levels) > _MOST_RATES:
        raise not_computed("A rate with more than 268,000,000 different values", work.bonus.place)
    grid_receiver = np.repeat(receivers, len(buyers))
    grid_buyer = np.tile(buyers, len(receivers))
    scope = LineScope(work.figures, grid_receiver, grid_buyer)
    worth = constant(1) if point_value is None else _listed(point_value.taken(grid_receiver))
    by_level = []
    for level in levels:
        chosen = at_level(part, level)
        rate = numbers(value(chosen, scope)) if chosen is not None else constant(0)
        by_level.append(columns.multiplied(rate, worth))
    unit = columns.common_unit([rate.unit for rate in by_level])
    shape = (len(receivers), len(buyers), len(levels))
    rates = np.zeros(shape, np.int64)
    for index, rate in enumerate(by_level):
        whole = columns.scaled(rate.spread(scope.size).values, int(rate.unit / unit))
        rates[:, :, index] = columns.as_int64(whole, "rates").reshape(shape[:2])
    return RateTable(receiver, buyer, rates, unit)


def _listed(worth: Numbers) -> Numbers:
    """Let a missing point value count one unit here: whoever it would pay is refused afterwards."""
    return Numbers(np.asarray(np.where(worth.values == 0, 1, worth.values)), worth.unit)


def _sides(node: Node) -> set[str]:
    """Say whether a formula asks something of the receiver ('r') or of the buyer ('b')."""
    if isinstance(node, Name):
        return {"b" if node.prefix == "buyer" else "r"}
    if isinstance(node, Call) and node.function not in _OF_EITHER:
        return {"r"}
    return set().union(*(_sides(child) for child in children(node)))


def atoms_of_rule(part: written.Rule, work: Work) -> tuple[list[Array], list[Array]]:
    """Give what a condition asks of receivers and of buyers, each as small whole numbers."""
    return _atoms(_asked_rule(part), work)


def _atoms(
    every: Iterator[tuple[Any, set[str], Any]], work: Work
) -> tuple[list[Array], list[Array]]:
    receiver: list[Array] = []
    buyer: list[Array] = []
    scope = LineScope(work.figures, None, None)
    for asked, sides, make in every:
        if sides == {"r"}:
            receiver.append(make(asked, scope))
        elif sides == {"b"}:
            buyer.append(make(asked, scope))
    return receiver, buyer


def _asked(part: Any) -> Iterator[tuple[Any, set[str], Any]]:
    match part:
        case written.Formula(node=node):
            yield from _asked_node(node)
        case written.Table(by=by, entries=entries, otherwise=otherwise):
            if by is not None:
                yield from _asked_node(by.node)
            for _, entry in entries:
                yield from _asked(entry)
            if otherwise is not None:
                yield from _asked(otherwise)
        case written.Scale(of=of, steps=steps):
            sides = _sides(of.node)
            if len(sides) == 1:
                yield part, sides, _step
            else:
                yield from _asked_node(of.node)
            for _, entry in steps:
                yield from _asked(entry)
        case written.Cases(cases=cases, otherwise=otherwise):
            for when, then in cases:
                yield from _asked_rule(when)
                yield from _asked(then)
            if otherwise is not None:
                yield from _asked(otherwise)
        case written.Versions(versions=versions):
            for _, entry, _ in versions:
                yield from _asked(entry)


def _asked_rule(part: written.Rule) -> Iterator[tuple[Any, set[str], Any]]:
    sides = set().union(*(_sides(one.node) for one in written.formulas_of(part)))
    if len(sides) == 1:
        yield part, sides, lambda asked, scope: _small(Flags(rule(asked, scope)))
        return
    for one in written.formulas_of(part):
        yield from _asked_node(one.node)


def _asked_node(node: Node) -> Iterator[tuple[Any, set[str], Any]]:
    sides = _sides(node)
    if len(sides) == 1:
        yield node, sides, lambda asked, scope: _small(formula(asked, scope))
    elif sides:
        for child in children(node):
            yield from _asked_node(child)


def _step(part: written.Scale, scope: Any) -> Array:
    of = formula(part.of.node, scope)
    reached = np.asarray(0)
    for start, _ in part.steps:
        wanted = constant(written.constant(start.node))
        exact = of if isinstance(of, columns.Quotients) else numbers(of)
        reached = reached + columns.compared(">=", exact, wanted)
    return np.asarray(reached)


def _small(column: Column) -> Array:
    if isinstance(column, Codes):
        return np.asarray(column.values + 1)
    if isinstance(column, Flags):
        return column.values.astype(np.int32)
    assert not isinstance(column, columns.Quotients)
    if column.values.ndim == 0:
        return np.asarray(0)
    return np.unique(column.values, return_inverse=True)[1]


def combined(atoms: list[Array], count: int) -> tuple[Array, Array]:
    """Give each member's class and one member of each class."""
    codes: Array | None = None
    spread = 1
    for atom in atoms:
        if atom.ndim == 0:
            continue
        width = int(atom.max()) + 1 if count else 1
        if codes is None:
            codes, spread = atom, width
            continue
        if spread * width > _MOST_CODES:
            codes, spread = _compressed(codes)
        codes = codes * np.int64(width) + atom
        spread *= width
    if codes is None:
        return np.zeros(count, np.int32), np.zeros(1, np.int64)
    if spread > _FEW_CODES:
        codes, spread = _compressed(codes)
    representative = np.zeros(max(spread, 1), np.int64)
    classes = codes.astype(np.int32, copy=False)
    grouping.representatives(classes, representative)
    return classes, representative


def _compressed(codes: Array) -> tuple[Array, int]:
    if not len(codes):
        return codes, 1
    top = int(codes.max()) + 1
    if top <= 4 * _MOST_CODES:
        present = np.zeros(top, np.bool_)
        present[codes] = True
        table = np.cumsum(present) - 1
        return table[codes], int(table[-1]) + 1
    distinct, where = np.unique(codes, return_inverse=True)
    return where, len(distinct)
