"""Computes formulas on whole columns, exactly.

A scope says what a bare name means: `MemberScope` a member's values, `OrderScope` an order's,
`LineScope` those of a line's receiver, with its buyer and order. Sums over orders and members are
always of members; a line scope then takes the values of its receivers.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from upline.compensation import columns
from upline.compensation.columns import (
    NO_DAY,
    Codes,
    Column,
    Days,
    Flags,
    Members,
    Numbers,
    Quotients,
    constant,
)
from upline.compensation.errors import InputRefused, Place, PlanRefused
from upline.compensation.plan import values as written
from upline.compensation.plan.formula import (
    COMPARISONS,
    Among,
    Call,
    Day,
    Name,
    Node,
    Number,
    Operation,
    Truth,
    Unary,
    Word,
)

_ONE = Fraction(1)


class Scope(Protocol):
    """What names and functions mean in one place of a plan."""

    @property
    def size(self) -> int: ...

    @property
    def first_day(self) -> date: ...

    def name(self, node: Name) -> Column: ...

    def call(self, node: Call) -> Column: ...

    def version_days(self) -> Days | None: ...

    def is_closed(self, measure: str) -> bool:
        """Say whether a measure is what the last run of another calendar left."""

    def position_of(self, member: str) -> int: ...


def not_computed(what: str, place: Place | None = None) -> PlanRefused:
    """Make the refusal of a rule that the language has and the engine does not compute yet."""
    problem = f"{what} is in the language, but this version does not compute it yet."
    remedy = "See docs/roadmap.md; the other bonuses of the plan can be computed without it."
    return PlanRefused(PlanRefused.because("plan.not_computed", problem, remedy, place).faults)


def numbers(column: Column) -> Numbers:
    """Take a column as numbers; yes counts 1."""
    if isinstance(column, Flags):
        return Numbers(column.values.astype(np.int64), _ONE)
    if isinstance(column, Quotients):
        problem = "A quotient stands where an exact number is needed."
        remedy = "Write round(a / b, places)."
        raise PlanRefused.because("formula.quotient", problem, remedy)
    if not isinstance(column, Numbers):
        raise TypeError(type(column).__name__)
    return column


def value(part: written.Value, scope: Scope) -> Column:
    """Compute a value in any of its forms; where nothing is named it is 0, no, or empty."""
    if isinstance(part, written.Formula):
        return formula(part.node, scope)
    if isinstance(part, written.Scale) and part.is_marginal:
        return marginal(part, scope)
    if isinstance(part, written.Table) and part.by is not None:
        return _looked_up(part, scope)
    chosen, otherwise = choices(part, scope)
    parts = [(holds, value(entry, scope)) for holds, entry in chosen]
    return _first_of(parts, value(otherwise, scope) if otherwise is not None else None)


def is_named(part: written.Value, scope: Scope) -> npt.NDArray[np.bool_]:
    """Say for which rows a value names something: a cap that is not named is no cap."""
    if isinstance(part, written.Formula) or (isinstance(part, written.Scale) and part.is_marginal):
        return np.asarray(1, np.bool_)
    chosen, otherwise = choices(part, scope)
    result = np.asarray(0, np.bool_) if otherwise is None else is_named(otherwise, scope)
    entries = [is_named(entry, scope) for _, entry in chosen]
    if all(not one.ndim and one for one in (result, *entries)):
        return np.asarray(1, np.bool_)
    for (holds, _), named in reversed(list(zip(chosen, entries, strict=True))):
        result = np.where(holds, named, result)
    return np.asarray(result)


_Parts = list[tuple[npt.NDArray[np.bool_], Column]]
Choices = tuple[list[tuple[npt.NDArray[np.bool_], written.Value]], written.Value | None]


def choices(part: written.Value, scope: Scope) -> Choices:
    """Give conditions with their entries, of which the first that holds counts, and the rest.

    Steps and versions come from the last to the first.
    """
    match part:
        case written.Table(by=by, otherwise=otherwise):
            assert by is not None
            return _table(part, formula(by.node, scope), scope), otherwise
        case written.Scale():
            return _scale(part, scope), None
        case written.Cases(cases=cases, otherwise=otherwise):
            return [(rule(when, scope), then) for when, then in cases], otherwise
        case written.Versions():
            return _versions(part, scope), None
    raise AssertionError(part)


def rule(part: written.Rule, scope: Scope) -> npt.NDArray[np.bool_]:
    """Compute a rule; the array has no dimension where it is the same for all."""
    match part:
        case written.Formula(node=node):
            column = formula(node, scope)
            assert isinstance(column, Flags)
            return column.values
        case written.All(parts=parts):
            result = np.asarray(1, np.bool_)
            for inner in parts:
                result = result & rule(inner, scope)
            return np.asarray(result)
        case written.AnyOf(parts=parts):
            result = np.asarray(0, np.bool_)
            for inner in parts:
                result = result | rule(inner, scope)
            return np.asarray(result)
    raise AssertionError(part)


def at_level(part: written.Value, level: int) -> written.Value | None:
    """Choose the entry for one level from every level map inside a value; None where none is."""
    match part:
        case written.Table(by=None, entries=entries, otherwise=otherwise):
            for key, entry in entries:
                if key.holds(level):
                    return entry
            return otherwise
        case written.Table(by=by, entries=entries, otherwise=otherwise, place=place):
            chosen = tuple((key, at_level(entry, level) or _NOTHING) for key, entry in entries)
            rest = at_level(otherwise, level) if otherwise is not None else None
            return written.Table(by, chosen, rest, place)
        case written.Cases(cases=cases, otherwise=otherwise, place=place):
            listed = tuple((when, at_level(then, level) or _NOTHING) for when, then in cases)
            rest = at_level(otherwise, level) if otherwise is not None else None
            return written.Cases(listed, rest, place)
        case written.Versions(versions=versions, place=place):
            dated = tuple(
                (day, at_level(then, level) or _NOTHING, clause) for day, then, clause in versions
            )
            return written.Versions(dated, place)
    return part


def greatest_level(part: written.Value) -> int | None:
    """Give the greatest level that a value lists, None where it goes on without end."""
    match part:
        case written.Formula() | written.Scale(is_marginal=True):
            return None
        case written.Table(by=None, otherwise=None, entries=entries):
            last = [key.last for key, _ in entries]
            return None if None in last else max((one or 0 for one in last), default=0)
        case written.Table(by=None):
            return None
    found = [greatest_level(inner) for inner in written.parts_of(part)]
    return None if None in found else max((one or 0 for one in found), default=0)


def settled_level(part: written.Value) -> int:
    """Give a level from which on a value is the same for every deeper one."""
    if isinstance(part, written.Table) and part.by is None:
        ends = [(key.first or 0) if key.last is None else key.last + 1 for key, _ in part.entries]
        return max(ends, default=0)
    return max((settled_level(inner) for inner in written.parts_of(part)), default=0)


# So many entries of a table are told apart by one byte.
_MOST_NARROW = 128
_NOTHING = written.Formula(Number(value=Fraction(0)), "0")


# Tables, scales, cases, versions


def _looked_up(part: written.Table, scope: Scope) -> Column:
    """Give the value of a table; where its entries hang on nothing else, once for each label."""
    assert part.by is not None
    by = formula(part.by.node, scope)
    entries = [value(entry, scope) for _, entry in part.entries]
    rest = value(part.otherwise, scope) if part.otherwise is not None else None
    listed = entries if rest is None else [*entries, rest]
    if isinstance(by, Codes) and by.values.ndim and not any(map(_differs, listed)):
        by_label = by.with_values(np.arange(-1, len(by.labels)))
        holds = (held for held, _ in _table(part, by_label, scope))
        found = _first_of(list(zip(holds, entries, strict=True)), rest)
        return found.spread(len(by_label.values)).taken(by.values + 1)
    holds = (held for held, _ in _table(part, by, scope))
    return _first_of(list(zip(holds, entries, strict=True)), rest)


def _differs(column: Column) -> bool:
    """Say whether a column has a value for each row, not one for all."""
    values = column.above.values if isinstance(column, Quotients) else column.values
    return bool(values.ndim)


def _table(
    part: written.Table, by: Column, scope: Scope
) -> list[tuple[npt.NDArray[np.bool_], written.Value]]:
    if isinstance(by, Codes) and by.is_ranked:
        return [(_ranked_key(key.text, by, part), entry) for key, entry in part.entries]
    if isinstance(by, Codes):
        codes = {label: code for code, label in enumerate(by.labels)}
        return [
            (np.asarray(by.values == codes.get(key.text, -2)), entry) for key, entry in part.entries
        ]
    if isinstance(by, Members):
        places = [scope.position_of(key.text) for key, _ in part.entries]
        held = zip(places, part.entries, strict=True)
        return [(np.asarray(by.values == place), entry) for place, (_, entry) in held]
    if isinstance(by, Flags):
        return [
            (np.asarray(by.values == (key.text == "yes")), entry) for key, entry in part.entries
        ]
    return [(_in_key(key, numbers(by)), entry) for key, entry in part.entries]


def _ranked_key(text: str, by: Codes, part: written.Table) -> npt.NDArray[np.bool_]:
    if text in by.labels:
        return np.asarray(by.values == by.labels.index(text))
    # 'Gold+': Gold and every higher rank that has no entry of its own and no nearer '+'.
    listed = {key.text for key, _ in part.entries}
    low = by.labels.index(text.removesuffix("+"))
    codes = []
    for code in range(low, len(by.labels)):
        if code > low and f"{by.labels[code]}+" in listed:
            break
        if by.labels[code] not in listed:
            codes.append(code)
    return np.isin(by.values, codes)


def _in_key(key: written.Key, by: Numbers) -> npt.NDArray[np.bool_]:
    if key.first is None:
        return np.asarray(0, np.bool_)
    holds = columns.compared(">=", by, constant(key.first))
    if key.last is not None:
        holds = holds & columns.compared("<=", by, constant(key.last))
    return np.asarray(holds)


def _scale(part: written.Scale, scope: Scope) -> list[tuple[npt.NDArray[np.bool_], written.Value]]:
    of = formula(part.of.node, scope)
    of = of if isinstance(of, Quotients) else numbers(of)
    reached = [
        (columns.compared(">=", of, constant(written.constant(start.node))), entry)
        for start, entry in part.steps
    ]
    return [(np.asarray(holds), entry) for holds, entry in reversed(reached)]


def marginal(part: written.Scale, scope: Scope) -> Numbers:
    """Add up the slices of a marginal scale, each at its own rate."""
    of = numbers(formula(part.of.node, scope))
    total = constant(0)
    starts = [written.constant(start.node) for start, _ in part.steps]
    for index, (_, entry) in enumerate(part.steps):
        above = columns.added(of, constant(starts[index]), -1)
        slice_ = _limited(above, Fraction(0), lower=True)
        if index + 1 < len(starts):
            slice_ = _limited(slice_, starts[index + 1] - starts[index], lower=False)
        total = columns.added(total, columns.multiplied(slice_, numbers(value(entry, scope))))
    return total


def _limited(column: Numbers, limit: Fraction, *, lower: bool) -> Numbers:
    a, b, unit = columns.aligned(column, constant(limit))
    return Numbers(np.asarray(np.maximum(a, b) if lower else np.minimum(a, b)), unit)


def _versions(
    part: written.Versions, scope: Scope
) -> list[tuple[npt.NDArray[np.bool_], written.Value]]:
    days = scope.version_days()
    if days is None:
        first = int(np.datetime64(scope.first_day, "D").astype(np.int64))
        days = Days(np.asarray(first))
    return [
        (np.asarray(days.values >= int(np.datetime64(day, "D").astype(np.int64))), then)
        for day, then, _ in reversed(part.versions)
    ]


def _first_of(parts: _Parts, rest: Column | None) -> Column:
    """Give for each row the value of the first condition that holds there."""
    kinds = [part for _, part in parts] + ([rest] if rest is not None else [])
    if any(isinstance(part, Codes) for part in kinds):
        return _first_text(parts, rest)
    if kinds and all(isinstance(part, Flags) for part in kinds):
        result = rest.values if isinstance(rest, Flags) else np.asarray(0, np.bool_)
        for holds, part in reversed(parts):
            assert isinstance(part, Flags)
            result = np.where(holds, part.values, result)
        return Flags(np.asarray(result))
    numeric = [(holds, numbers(part)) for holds, part in parts]
    base = numbers(rest) if rest is not None else constant(0)
    unit = columns.common_unit([base.unit, *(part.unit for _, part in numeric)])
    whole = columns.scaled(base.values, int(base.unit / unit))
    if len(numeric) < _MOST_NARROW and not any(_differs(part) for part in (base, *kinds)):
        return Numbers(_first_constant(numeric, whole, unit), unit)
    for holds, part in reversed(numeric):
        whole = np.where(holds, columns.scaled(part.values, int(part.unit / unit)), whole)
    return Numbers(np.asarray(whole), unit)


def _first_constant(
    parts: list[tuple[npt.NDArray[np.bool_], Numbers]], rest: npt.NDArray[Any], unit: Fraction
) -> npt.NDArray[Any]:
    """Choose among constants: by their numbers, which are narrower than the values."""
    table = np.asarray(
        [*(columns.scaled(part.values, int(part.unit / unit)) for _, part in parts), rest]
    )
    chosen: npt.NDArray[Any] = np.asarray(len(parts), np.int8)
    for index in reversed(range(len(parts))):
        chosen = np.where(parts[index][0], np.int8(index), chosen)
    return np.asarray(table[chosen])


def _first_text(parts: _Parts, rest: Column | None) -> Codes:
    labels: list[str] = []

    def recoded(part: Column) -> npt.NDArray[Any]:
        assert isinstance(part, Codes)
        table = []
        for label in part.labels:
            if label not in labels:
                labels.append(label)
            table.append(labels.index(label))
        return np.asarray([*table, -1], np.int32)[part.values]

    result: npt.NDArray[Any] = recoded(rest) if rest is not None else np.asarray(-1, np.int32)
    for holds, part in reversed(parts):
        result = np.where(holds, recoded(part), result)
    return Codes(np.asarray(result), tuple(labels))


# Formulas


def formula(node: Node, scope: Scope) -> Column:
    """Compute a formula."""
    match node:
        case Number(value=exact):
            return constant(exact)
        case Truth(holds=holds):
            return Flags(np.asarray(holds))
        case Word(text=text):
            return Codes(np.asarray(0, np.int32), (text,))
        case Day(day=day):
            return Days(np.asarray(np.datetime64(day, "D").astype(np.int32)))
        case Name():
            return scope.name(node)
        case Call():
            return _call(node, scope)
        case Unary(operator="not", operand=operand):
            inner = formula(operand, scope)
            assert isinstance(inner, Flags)
            return Flags(np.asarray(~inner.values))
        case Unary(operand=operand):
            number = numbers(formula(operand, scope))
            return Numbers(np.asarray(-number.values), number.unit)
        case Among(value=tested, choices=choices):
            found = np.asarray(0, np.bool_)
            for choice in choices:
                found = found | _compared("=", tested, choice, scope)
            return Flags(np.asarray(found))
        case Operation(operator=operator, left=left, right=right):
            return _operation(operator, left, right, scope)
    raise AssertionError(node)


def _operation(operator: str, left: Node, right: Node, scope: Scope) -> Column:
    if operator in ("and", "or"):
        a, b = formula(left, scope), formula(right, scope)
        assert isinstance(a, Flags)
        assert isinstance(b, Flags)
        return Flags(np.asarray(a.values & b.values if operator == "and" else a.values | b.values))
    if operator in COMPARISONS:
        return Flags(_compared(operator, left, right, scope))
    first, second = numbers(formula(left, scope)), numbers(formula(right, scope))
    if operator in ("+", "-"):
        return columns.added(first, second, 1 if operator == "+" else -1)
    if operator == "*":
        return columns.multiplied(first, second)
    if not np.all(second.values):
        problem = "Here a number is divided by 0."
        remedy = "Write share(a, b), which is 0 where b is 0."
        raise InputRefused.because("formula.zero", problem, remedy, right.place)
    inverse = columns.inverted(second)
    return columns.multiplied(first, inverse) if inverse is not None else Quotients(first, second)


def _compared(operator: str, left: Node, right: Node, scope: Scope) -> npt.NDArray[np.bool_]:
    a = formula(left, scope)
    if isinstance(a, Codes) and a.is_ranked and isinstance(right, Word | Name):
        text = right.text if isinstance(right, Word) else right.name
        if text in a.labels and not getattr(right, "prefix", ""):
            return columns.compared(operator, _plain(a), constant(a.labels.index(text)))
    b = formula(right, scope)
    if isinstance(a, Codes) and isinstance(b, Codes):
        if a.is_ranked and b.is_ranked:
            return columns.compared(operator, _plain(a), _plain(b))
        return _texts_compared(operator, a, b)
    if isinstance(a, Members) and isinstance(b, Codes):
        a, b = b, a
    if isinstance(a, Codes) and isinstance(b, Members):
        a = Members(np.asarray([*map(scope.position_of, a.labels), -1])[a.values])
    if isinstance(a, Members | Days | Flags) and isinstance(b, Members | Days | Flags):
        holds = columns.compared(operator, _plain(a), _plain(b))
        if isinstance(a, Days) and operator not in ("=", "!="):
            # Nothing is earlier or later than a day that is not known.
            holds = holds & (a.values != NO_DAY) & (b.values != NO_DAY)
        return holds
    assert isinstance(a, Numbers | Quotients | Flags)
    assert isinstance(b, Numbers | Quotients | Flags)
    first = a if isinstance(a, Quotients) else numbers(a)
    second = b if isinstance(b, Quotients) else numbers(b)
    return columns.compared(operator, first, second)


def _plain(column: Codes | Members | Days | Flags) -> Numbers:
    """Take codes, positions, days, or yes and no as the numbers that they are kept as."""
    return Numbers(column.values, _ONE)


def _texts_compared(operator: str, a: Codes, b: Codes) -> npt.NDArray[np.bool_]:
    # Codes of b in terms of a's labels; an empty text equals only an empty text.
    codes = {"": -1} | {label: code for code, label in enumerate(a.labels)}
    table = [codes.get(label, -2) for label in b.labels]
    recoded = np.asarray([*table, -1])[b.values]
    same = a.values == recoded
    return np.asarray(same if operator == "=" else ~same)


def _call(node: Call, scope: Scope) -> Column:
    match node.function:
        case "min" | "max":
            result = numbers(formula(node.arguments[0], scope))
            for argument in node.arguments[1:]:
                a, b, unit = columns.aligned(result, numbers(formula(argument, scope)))
                best = np.minimum(a, b) if node.function == "min" else np.maximum(a, b)
                result = Numbers(np.asarray(best), unit)
            return result
        case "abs":
            number = numbers(formula(node.arguments[0], scope))
            return Numbers(np.asarray(abs(number.values)), number.unit)
        case "round":
            places = node.arguments[1]
            assert isinstance(places, Number)
            return columns.rounded(
                _rational(node.arguments[0], scope), int(places.value), "half_up"
            )
        case "floor" | "ceil":
            return columns.rounded(_rational(node.arguments[0], scope), 0, node.function)
        case "share":
            above, below = (numbers(formula(part, scope)) for part in node.arguments[:2])
            none = (
                numbers(formula(node.arguments[2], scope)).at(0)
                if len(node.arguments) > 2
                else None
            )
            return Quotients(above, below, none)
        case "given":
            return _given(formula(node.arguments[0], scope))
    return scope.call(node)


def _rational(node: Node, scope: Scope) -> Numbers | Quotients:
    column = formula(node, scope)
    return column if isinstance(column, Quotients) else numbers(column)


def _given(column: Column) -> Flags:
    if isinstance(column, Days):
        return Flags(np.asarray(column.values != NO_DAY))
    assert isinstance(column, Codes | Members)
    return Flags(np.asarray(column.values >= 0))
