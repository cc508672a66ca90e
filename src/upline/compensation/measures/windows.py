"""Values that look back over periods: they read the last run's carries and write their own."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from upline.compensation import columns
from upline.compensation.columns import (
    NO_DAY,
    Codes,
    Column,
    Days,
    Flags,
    Members,
    Numbers,
    aligned,
    common_unit,
)
from upline.compensation.decimals import fraction_texts
from upline.compensation.inputs import World
from upline.compensation.measures.evaluate import formula, numbers
from upline.compensation.measures.figures import Computed, MemberValues
from upline.compensation.plan import parts
from upline.compensation.plan.calendars import contents_of
from upline.compensation.plan.formula import Call, Number, text_of
from upline.compensation.plan.units import Typing

# How a run writes what it carries: a whole number, or two.
_AS_WRITTEN = "^-?[0-9]+(/[1-9][0-9]*)?$"
WINDOWED = ("over", "best", "held", "lifetime", "previous")


def windowed(node: Call, scope: MemberValues) -> Column:
    """Compute over, best, held, lifetime or previous."""
    if node.function == "previous":
        return _previous(node, scope)
    if node.function == "lifetime":
        now = numbers(formula(node.arguments[0], scope)).spread(scope.size)
        key = f"lifetime {text_of(node.arguments[0])}"
        total = columns.added(now, carried_numbers(scope.figures, key))
        scope.figures.carries[key] = total
        return total
    count, measured = node.arguments
    assert isinstance(count, Number)
    now = numbers(formula(measured, scope)).spread(scope.size)
    text = text_of(measured)
    result = now
    earlier = now
    for ago in range(1, int(count.value)):
        scope.figures.carries[f"{text} @{ago}"] = earlier
        earlier = carried_numbers(scope.figures, f"{text} @{ago}")
        if node.function == "best":
            a, b, unit = aligned(result, earlier)
            result = Numbers(np.maximum(a, b), unit)
        else:
            result = columns.added(result, earlier)
    return result


def _previous(node: Call, scope: MemberValues) -> Column:
    text = text_of(node.arguments[0])
    names = scope.figures.world.plan.names
    scope.figures.carried_later[f"{text} @1"] = node.arguments[0]
    before = scope.figures.world.carried.get(f"{text} @1", {})
    return column_of(before, Typing(names).formula(node.arguments[0], "member"), scope.figures)


def column_of(before: Mapping[int, str], unit: str, figures: Computed) -> Column:
    """Give carried texts as a column of a unit; a rank that there is no more is none."""
    size = len(figures.world)
    if unit.startswith("rank:"):
        labels = figures.world.plan.names.ranks[unit[5:]]
        codes = np.full(size, -1, np.int32)
        for position, label in before.items():
            codes[position] = labels.index(label) if label in labels else -1
        return Codes(codes, labels, is_ranked=True)
    if unit == "text":
        known = sorted(set(before.values()))
        codes = np.full(size, -1, np.int32)
        for position, label in before.items():
            codes[position] = known.index(label)
        return Codes(codes, tuple(known))
    if unit == "date":
        days = np.full(size, NO_DAY, np.int32)
        for position, day in before.items():
            days[position] = np.datetime64(day, "D").astype(np.int32)
        return Days(days)
    if unit == "member":
        return _members_before(before, figures)
    column = numbers_of(before, size)
    return Flags(np.asarray(column.values != 0)) if unit == "yes_no" else column


def _members_before(before: Mapping[int, str], figures: Computed) -> Members:
    """Give the members that were carried; whoever is listed no more is nobody."""
    found = dict.fromkeys(before.values(), -1)
    world = figures.world
    if found:
        ids = world.ids.cast(pa.string())
        rows = pc.index_in(pa.array(list(found), pa.string()), value_set=ids)
        for member, row in zip(found, rows.to_pylist(), strict=True):
            found[member] = -1 if row is None else int(world.forest.positions[row])
    positions = np.full(len(world), -1, np.int32)
    for position, member in before.items():
        positions[position] = found[member]
    return Members(positions)


def resolve_carries(scope: MemberValues) -> dict[str, Column]:
    """Give every carry of this run with its value, also of windows that nothing asked for yet."""
    figures = scope.figures
    for node in _windows_of(figures.world):
        scope.call(node)
    later = {
        name: formula(node, scope).spread(scope.size)
        for name, node in figures.carried_later.items()
        if name not in figures.carries
    }
    return {**figures.carries, **later}


def _windows_of(world: World) -> Iterator[Call]:
    """Give every window of the run's calendar: a dated value may need it only later."""
    for content in contents_of(world.plan.file, world.calendar):
        for node in parts.nodes_of(content):
            if isinstance(node, Call) and node.function in WINDOWED:
                yield node


def carried_numbers(figures: Computed, key: str) -> Numbers:
    """Give the numbers that the period before left under a key; nothing is 0."""
    return numbers_of(figures.world.carried.get(key, {}), len(figures.world))


def numbers_of(entries: Mapping[int, str], count: int) -> Numbers:
    """Give carried texts as numbers; nothing is 0."""
    if not entries:
        return Numbers(np.zeros(count, np.int64), Fraction(1))
    exact = _fractions_of(list(entries.values()))
    out = np.zeros(count, exact.values.dtype)
    out[np.fromiter(entries, np.int64, len(entries))] = exact.values
    return Numbers(out, exact.unit)


def _fractions_of(texts: list[str]) -> Numbers:
    """Read texts as exact numbers; in whole columns where they stand as runs write them."""
    listed = pa.array(texts, pa.string())
    if not pc.all(pc.match_substring_regex(listed, _AS_WRITTEN)).as_py():
        return _fractions_one_by_one(texts)
    parts = pc.split_pattern(pc.binary_join_element_wise(listed, "1", "/"), "/")
    try:
        above, below = (
            np.asarray(pc.list_element(parts, index).cast(pa.int64())) for index in (0, 1)
        )
    except pa.ArrowInvalid:
        return _fractions_one_by_one(texts)
    kinds, where = np.unique(below, return_inverse=True)
    finest = math.lcm(*kinds.tolist())
    if columns.greatest(above) * finest >= columns.SAFE:
        return _fractions_one_by_one(texts)
    values = above * (finest // kinds)[where]
    step = int(np.gcd.reduce(values)) or finest
    return Numbers(values // step, Fraction(step, finest))


def _fractions_one_by_one(texts: list[str]) -> Numbers:
    exact = {text: Fraction(text) for text in set(texts)}
    unit = common_unit([value for value in exact.values() if value] or [Fraction(1)])
    whole = [int(exact[text] / unit) for text in texts]
    fits = all(abs(value) < columns.SAFE for value in whole)
    return Numbers(np.asarray(whole, np.int64 if fits else object), unit)


def carry_texts(column: Column, positions: npt.NDArray[Any], world: World) -> pa.Array:
    """Write the carried values of some positions as text; null where there is nothing to carry."""
    if isinstance(column, Codes):
        codes = column.values[positions]
        return pa.array(column.labels, pa.string()).take(pa.array(codes, mask=codes < 0))
    if isinstance(column, Flags):
        held = column.values[positions]
        return pa.array(np.full(len(held), "1"), pa.string(), mask=~held)
    if isinstance(column, Numbers):
        return fraction_texts(column.values[positions], column.unit)
    if isinstance(column, Days):
        return pa.array(column.values[positions].astype("datetime64[D]")).cast(pa.string())
    assert isinstance(column, Members)
    rows = world.forest.rows[column.values[positions]]
    return world.id_texts().take(pa.array(rows))
