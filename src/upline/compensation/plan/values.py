"""Values that are more than a formula: tables, scales, cases, dated versions, level maps; and rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise

from upline.compensation.errors import Fault, Place
from upline.compensation.plan import formula
from upline.compensation.plan.text import place_of


@dataclass(frozen=True, slots=True)
class Formula:
    """A constant or formula, with the text in which it was written."""

    node: formula.Node
    text: str


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a table: a text, or the whole numbers `first` to `last` (None: without end)."""

    text: str
    first: int | None = None
    last: int | None = None

    def holds(self, number: int) -> bool:
        """Say whether a whole number lies in the key's range."""
        return (
            self.first is not None
            and self.first <= number
            and (self.last is None or number <= self.last)
        )


@dataclass(frozen=True, slots=True)
class Table:
    """`{by: x, key: value, otherwise: value}`; without `by`, a map of levels (`by` is None)."""

    by: Formula | None
    entries: tuple[tuple[Key, Value], ...]
    otherwise: Value | None
    place: Place


@dataclass(frozen=True, slots=True)
class Scale:
    """`{scale: x, steps: {from: value}}`; with `is_marginal` each slice at its own value."""

    of: Formula
    steps: tuple[tuple[Formula, Value], ...]
    is_marginal: bool
    place: Place


@dataclass(frozen=True, slots=True)
class Cases:
    """A list of `when`, `then`; the first that holds gives the value, else `otherwise`."""

    cases: tuple[tuple[Rule, Value], ...]
    otherwise: Value | None
    place: Place


@dataclass(frozen=True, slots=True)
class Versions:
    """Dated values, earliest first: (day from which it holds, value, clause)."""

    versions: tuple[tuple[date, Value, str], ...]
    place: Place


Value = Formula | Table | Scale | Cases | Versions


@dataclass(frozen=True, slots=True)
class All:
    """Every part must hold."""

    parts: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part must hold."""

    parts: tuple[Rule, ...]


Rule = Formula | All | AnyOf

_RANGE = re.compile(r"(\d+)(?:\.\.(\d+)|(\+))?")


class _Reader:
    """Reads values and keeps every fault it meets."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def fault(self, place: Place, code: str, problem: str, remedy: str = "") -> None:
        self.faults.append(Fault(place, code, problem, remedy))

    def formula(self, raw: object) -> Formula:
        place = place_of(raw)
        if not isinstance(raw, str):
            self.fault(place, "value.not_formula", "A formula in one line is expected here.")
            return _NOTHING
        try:
            return Formula(formula.parse(raw, place), str(raw))
        except formula.FormulaFault as error:
            self.faults.append(error.fault if _is_balanced(raw) else _cut_by_yaml(raw, place))
            return _NOTHING

    def value(self, raw: object) -> Value:
        if isinstance(raw, list):
            return self._list(raw)
        if not isinstance(raw, dict):
            return self.formula(raw)
        if "scale" in raw:
            return self._scale(raw)
        if "by" in raw:
            return self._table(raw)
        if raw and all(_RANGE.fullmatch(str(key)) for key in raw if key != "otherwise"):
            return self._table(raw)
        remedy = (
            "A table starts with 'by:', a scale with 'scale:' and 'steps:'; "
            "a map without them has levels as keys (1, 2..5, 6+)."
        )
        self.fault(
            place_of(raw), "value.unknown_form", "This is neither formula nor table.", remedy
        )
        return _NOTHING

    def _table(self, raw: dict[str, object]) -> Value:
        by = self.formula(raw["by"]) if "by" in raw else None
        entries = tuple(
            (key_of(key), self.value(entry))
            for key, entry in raw.items()
            if key not in ("by", "otherwise")
        )
        self._refuse_overlaps(entries)
        otherwise = self.value(raw["otherwise"]) if "otherwise" in raw else None
        return Table(by, entries, otherwise, place_of(raw))

    def _refuse_overlaps(self, entries: tuple[tuple[Key, Value], ...]) -> None:
        ranges = sorted(
            (key.first, key.last if key.last is not None else 1 << 62, key.text)
            for key, _ in entries
            if key.first is not None
        )
        for (_, last, text), (first, _, other) in pairwise(ranges):
            if first <= last:
                place = _place_of_entry(entries)
                problem = f"Both '{text}' and '{other}' cover {first}."
                self.fault(
                    place, "value.keys_overlap", problem, "Let the ranges follow each other."
                )

    def _scale(self, raw: dict[str, object]) -> Value:
        place = place_of(raw)
        for key in raw:
            if key not in ("scale", "steps", "mode"):
                remedy = "A scale has 'scale', 'steps' and perhaps 'mode: marginal'."
                self.fault(
                    place_of(key), "value.unknown_key", f"'{key}' is not known here.", remedy
                )
        mode = raw.get("mode", "whole")
        if mode not in ("whole", "marginal"):
            problem = f"A scale's mode is whole or marginal, not '{mode}'."
            self.fault(place_of(mode), "value.scale_mode", problem)
        steps = raw.get("steps")
        if not isinstance(steps, dict) or not steps:
            remedy = "Write steps: {0: 5 %, 10000: 7 %}, each from its number on."
            self.fault(place, "value.scale_steps", "This scale has no steps.", remedy)
            return _NOTHING
        pairs = tuple((self.formula(start), self.value(entry)) for start, entry in steps.items())
        self._refuse_disorder(pairs, place_of(steps))
        return Scale(self.formula(raw["scale"]), pairs, mode == "marginal", place)

    def _refuse_disorder(self, pairs: tuple[tuple[Formula, Value], ...], place: Place) -> None:
        starts = []
        for start, _ in pairs:
            if not isinstance(start.node, formula.Number | formula.Unary):
                problem = f"A step starts from a number, not '{start.text}'."
                self.fault(start.node.place, "value.scale_steps", problem)
                return
            starts.append(constant(start.node))
        if any(low >= high for low, high in pairwise(starts)):
            remedy = "List them from low to high, each once."
            self.fault(place, "value.scale_order", "The steps of this scale do not rise.", remedy)

    def _list(self, raw: list[object]) -> Value:
        if not raw:
            self.fault(place_of(raw), "value.unknown_form", "This list is empty.")
            return _NOTHING
        if all(isinstance(entry, dict) and "from" in entry for entry in raw):
            return self._versions(raw)
        if not any(isinstance(entry, dict) for entry in raw):
            problem = "A list holds cases or dated versions, and this one holds plain values."
            remedy = "Levels are a map, as in {1: 10 %, 2: 5 %, 3..7: 2 %}."
            self.fault(place_of(raw), "value.unknown_form", problem, remedy)
            return _NOTHING
        cases: list[tuple[Rule, Value]] = []
        otherwise: Value | None = None
        for entry in raw:
            keys = set(entry) if isinstance(entry, dict) else set()
            if isinstance(entry, dict) and keys == {"when", "then"} and otherwise is None:
                cases.append((self.rule(entry["when"]), self.value(entry["then"])))
            elif isinstance(entry, dict) and keys == {"otherwise"} and otherwise is None:
                otherwise = self.value(entry["otherwise"])
            else:
                remedy = "Each is {when: ..., then: ...}; the last may be {otherwise: ...}."
                problem = "This is not a list of cases or of dated versions."
                self.fault(place_of(entry), "value.unknown_form", problem, remedy)
        return Cases(tuple(cases), otherwise, place_of(raw))

    def _versions(self, raw: list[object]) -> Value:
        versions: list[tuple[date, Value, str]] = []
        for entry in raw:
            assert isinstance(entry, dict)
            if set(entry) - {"from", "then", "clause"} or "then" not in entry:
                remedy = "A version is {from: 2026-01-01, then: 5 %, clause: § 4}."
                self.fault(place_of(entry), "value.version", "This version is incomplete.", remedy)
                continue
            day = self._day(entry["from"])
            versions.append((day, self.value(entry["then"]), str(entry.get("clause", ""))))
        days = [day for day, _, _ in versions]
        if days != sorted(set(days)):
            problem = "The versions do not follow each other in time."
            self.fault(place_of(raw), "value.version_order", problem, "List the earliest first.")
        return Versions(tuple(versions), place_of(raw))

    def _day(self, raw: object) -> date:
        try:
            return date.fromisoformat(str(raw))
        except ValueError:
            problem = f"'{raw}' is not a day; write it as 2026-01-31."
            self.fault(place_of(raw), "value.not_a_day", problem)
            return date.min

    def rule(self, raw: object) -> Rule:
        if isinstance(raw, list):
            return All(tuple(self.rule(part) for part in raw))
        if isinstance(raw, dict):
            if set(raw) in ({"any"}, {"all"}):
                ((word, parts),) = raw.items()
                if isinstance(parts, list) and parts:
                    read = tuple(self.rule(part) for part in parts)
                    return AnyOf(read) if word == "any" else All(read)
            remedy = "Write a formula, a list of which all must hold, or {any: [...]}."
            self.fault(place_of(raw), "rule.unknown_form", "This is not a condition.", remedy)
            return _NOTHING
        return self.formula(raw)


_NOTHING = Formula(formula.Number(value=Fraction(0)), "0")


def _is_balanced(text: str) -> bool:
    return text.count("(") == text.count(")") and text.count("[") == text.count("]")


def _cut_by_yaml(text: str, place: Place) -> Fault:
    problem = (
        f"The brackets of '{text}' do not close; YAML cuts at commas inside {{...}} and [...]."
    )
    remedy = "Put the formula in quotes, or on a line of its own."
    return Fault(place, "formula.cut", problem, remedy)


def _place_of_entry(entries: tuple[tuple[Key, Value], ...]) -> Place:
    return next((place for _, entry in entries if (place := place_of_value(entry)).line), Place())


def place_of_value(value: Value) -> Place:
    """Say where a value is written."""
    return value.node.place if isinstance(value, Formula) else value.place


def key_of(text: str) -> Key:
    """Read a table's key: `Silver`, `1`, `2..5`, `6+`."""
    match = _RANGE.fullmatch(str(text))
    if match is None:
        return Key(str(text))
    first = int(match[1])
    last = int(match[2]) if match[2] else None if match[3] else first
    return Key(str(text), first, last)


def constant(node: formula.Node) -> Fraction:
    """Give the number that a constant node holds."""
    if isinstance(node, formula.Unary):
        return -constant(node.operand)
    assert isinstance(node, formula.Number)
    return node.value


class Faults(ValueError):
    """Everything wrong with one value; pydantic hands it on."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("; ".join(fault.problem for fault in faults))


def read_value(raw: object) -> Value:
    """Read a value in any of its forms; raises Faults with all that is wrong in it."""
    reader = _Reader()
    value = reader.value(raw)
    if reader.faults:
        raise Faults(reader.faults)
    return value


def read_words(raw: object) -> Value:
    """Read a value where only texts can stand, so that bare words are texts: `carried`, `PLN`."""
    return _worded(read_value(raw))


def _worded(value: Value) -> Value:
    match value:
        case Formula(node=formula.Name(name=name, prefix="", place=place), text=text):
            return Formula(formula.Word(text=name, place=place), text)
        case Table(by=by, entries=entries, otherwise=otherwise, place=place):
            rest = None if otherwise is None else _worded(otherwise)
            return Table(by, tuple((key, _worded(entry)) for key, entry in entries), rest, place)
        case Cases(cases=cases, otherwise=otherwise, place=place):
            rest = None if otherwise is None else _worded(otherwise)
            return Cases(tuple((when, _worded(then)) for when, then in cases), rest, place)
        case Versions(versions=versions, place=place):
            dated = tuple((day, _worded(then), clause) for day, then, clause in versions)
            return Versions(dated, place)
    return value


def read_rule(raw: object) -> Rule:
    """Read a condition, or a list of conditions; raises Faults with all that is wrong in it."""
    reader = _Reader()
    rule = reader.rule(raw)
    if reader.faults:
        raise Faults(reader.faults)
    return rule


def parts_of(part: Value) -> list[Value]:
    """Give the entries of a table, scale, list of cases or of versions; a formula has none."""
    match part:
        case Table(entries=entries, otherwise=otherwise):
            return [entry for _, entry in entries] + ([otherwise] if otherwise else [])
        case Cases(cases=cases, otherwise=otherwise):
            return [then for _, then in cases] + ([otherwise] if otherwise else [])
        case Versions(versions=versions):
            return [then for _, then, _ in versions]
        case Scale(steps=steps):
            return [then for _, then in steps]
    return []


def formulas_of(part: Value | Rule) -> Iterator[Formula]:
    """Give every formula inside a value or rule."""
    match part:
        case Formula():
            yield part
        case Table(by=by, entries=entries, otherwise=otherwise):
            if by is not None:
                yield by
            for _, entry in entries:
                yield from formulas_of(entry)
            if otherwise is not None:
                yield from formulas_of(otherwise)
        case Scale(of=of, steps=steps):
            yield of
            for start, entry in steps:
                yield start
                yield from formulas_of(entry)
        case Cases(cases=cases, otherwise=otherwise):
            for rule, entry in cases:
                yield from formulas_of(rule)
                yield from formulas_of(entry)
            if otherwise is not None:
                yield from formulas_of(otherwise)
        case Versions(versions=versions):
            for _, entry, _ in versions:
                yield from formulas_of(entry)
        case All(parts=parts) | AnyOf(parts=parts):
            for inner in parts:
                yield from formulas_of(inner)
