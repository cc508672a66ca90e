"""Every single change of a plan: each field of each part to another value, one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, Literal, get_args, get_origin

from upline.compensation.plan import formula, schema, values

# A change is known by the last steps of the way to it, as (Level.levels, Table.entries, value).
Way = tuple[str, ...]
Change = tuple[Way, Any]
_STEPS = 3
# What a part asks for where a plan leaves it out.
_LEAST: dict[type[schema.Part], dict[str, object]] = {
    schema.CalendarSpec: {"every": "year"},
    schema.Instalments: {"count": "3"},
    schema.BelowFirstStep: {"rate": "3 %"},
    schema.OwnPart: {"as": "mine"},
    schema.Step: {"sales": "5", "pay": "7 EUR"},
    schema.TwoToOne: {"members": "yes", "rate": "3 %"},
    schema.Carry: {"most": "77"},
    schema.Cycle: {"left": "11", "right": "12"},
    schema.Override: {"rule": "unused", "reason": "it is only to be reported"},
    schema.GivenRanks: {"given": ["Bronze"]},
    schema.Rank: {"rank": "Bronze"},
    schema.Budget: {"most": "77 EUR"},
    schema.Wallet: {"share": "7 %"},
    schema.Limit: {"most": "77 EUR"},
    schema.LegalGate: {"needs": "yes"},
    schema.FieldSpec: {"unit": "text"},
    schema.Measure: {"is": "77"},
    schema.Tree: {"kind": "given"},
    schema.Rounding: {"places": "4"},
}
_WORDS = ("title", "clause", "note")
_FUNCTIONS = (
    ("own", "group", "downline", "recruits", "left", "right", "company"),
    ("leg", "legs_from"),
    ("team", "legs_sum"),
    ("min", "max"),
    ("abs", "floor", "ceil"),
    ("over", "best"),
    ("lifetime", "previous", "position"),
)
_OPERATORS = (("+", "-", "*", "/"), ("<", "<=", ">", ">=", "=", "!="), ("and", "or"))


def changes(part: Any, way: Way = ()) -> Iterator[Change]:
    """Give every way to change one thing in `part`, with the part so changed."""
    if isinstance(part, schema.Part):
        yield from _of_part(part)
    elif isinstance(part, values.Formula):
        for inner, node in changes(part.node, way):
            yield inner, values.Formula(node, formula.text_of(node))
    elif is_dataclass(part) and not isinstance(part, type):
        yield from _of_dataclass(part, way)
    elif isinstance(part, dict):
        yield from _of_dict(part, way)
    elif isinstance(part, list):
        yield from _of_sequence(part, way)
    elif isinstance(part, tuple):
        yield from _each(part, way)
    else:
        yield from ((way, other) for other in _others(part))


def _of_part(part: schema.Part) -> Iterator[Change]:
    for name, spec in type(part).model_fields.items():
        if name in ("place", "kind", "language"):
            continue
        way = (f"{type(part).__name__}.{name}",)
        content = getattr(part, name)
        if name in _WORDS and isinstance(content, dict):
            # A reader is told the words of his own language, so all of them change at once.
            content = {language: f"{words}x" for language, words in content.items()}
            yield way, part.model_copy(update={name: content})
            continue
        choices = _choices(spec.annotation)
        found: list[Change] = [((str(one),), one) for one in choices if one != content]
        if content in (None, "", [], {}) or content == values.All(()):
            found += [(("given",), one) for one in _given(spec.annotation)]
        elif content not in choices:
            found += changes(content)
        for inner, changed in found:
            yield (*way, *inner)[-_STEPS:], part.model_copy(update={name: changed})


def _of_dataclass(part: Any, way: Way) -> Iterator[Change]:
    for field in fields(part):
        content = getattr(part, field.name)
        if field.name == "place" or (field.name == "text" and not isinstance(part, formula.Word)):
            continue
        step = (*way, f"{type(part).__name__}.{field.name}")[-_STEPS:]
        if isinstance(part, values.Key):
            continue
        if field.name == "prefix":
            found = [(step, other) for other in ("", *formula.PREFIXES) if other != content]
        elif field.name in ("function", "operator"):
            groups = _FUNCTIONS if field.name == "function" else _OPERATORS
            group = next((one for one in groups if content in one), ())
            found = [(step, other) for other in group if other != content]
        elif field.name in ("where", "until", "otherwise") and content is None:
            continue
        elif field.name in ("arguments", "choices"):
            found = list(_each(content, step))
        elif field.name in ("cases", "entries", "steps", "versions", "parts"):
            found = list(_of_sequence(content, step))
        else:
            found = list(changes(content, step))
        for inner, changed in found:
            yield inner, replace(part, **{field.name: changed})
    if isinstance(part, values.All | values.AnyOf) and len(part.parts) > 1:
        other = values.AnyOf if isinstance(part, values.All) else values.All
        yield (*way, "joined")[-_STEPS:], other(part.parts)


def _of_dict(part: dict[str, Any], way: Way) -> Iterator[Change]:
    if len(part) > 1:
        yield (*way, "other order"), dict(reversed(part.items()))
    first = next(iter(part))
    yield (*way, "renamed"), {f"{key}x" if key == first else key: part[key] for key in part}
    yield (*way, "left out"), {key: part[key] for key in part if key != first}
    for key, content in part.items():
        for inner, changed in changes(content, way):
            yield inner, {**part, key: changed}


def _of_sequence(part: Any, way: Way) -> Iterator[Change]:
    kind = type(part)
    if len(part) > 1:
        yield (*way, "other order")[-_STEPS:], kind(reversed(part))
        yield (*way, "left out")[-_STEPS:], kind(part[1:])
    yield from _each(part, way)


def _each(part: Any, way: Way) -> Iterator[Change]:
    kind = type(part)
    for place, content in enumerate(part):
        for inner, changed in changes(content, way):
            yield inner, kind([*part[:place], changed, *part[place + 1 :]])


def _others(leaf: object) -> list[object]:
    match leaf:
        case bool():
            return [not leaf]
        case int():
            return [leaf + 1]
        case Fraction():
            return [leaf + Fraction(1, 10**6)]
        case date():
            return [leaf + timedelta(days=1)]
        case str():
            return [f"{leaf}x"]
    return []


def _choices(annotation: Any) -> list[Any]:
    """Give the words that a field offers."""
    if get_origin(annotation) is Literal:
        return list(get_args(annotation))
    return [one for inner in _inside(annotation) for one in _choices(inner)]


def _given(annotation: Any) -> list[Any]:
    """Give what may stand in a field that a plan leaves out."""
    text = str(annotation)
    if annotation is int:
        return [3]
    if annotation in (str, schema.Words):
        return ["something"]
    if annotation is date:
        return [date(2026, 10, 4)]
    if annotation is Fraction:
        return [Fraction(7, 2)]
    if isinstance(annotation, type) and annotation in _LEAST:
        return [annotation.model_validate(_LEAST[annotation])]
    if get_origin(annotation) is dict:
        return [{"one": inner} for inner in _given(get_args(annotation)[1])]
    if get_origin(annotation) is list:
        return [[inner] for inner in _given(get_args(annotation)[0])]
    if text.startswith("upline.compensation.plan.values.Formula |"):
        is_rule = "All" in text
        return [_NEVER if is_rule else _SEVEN]
    return [one for inner in _inside(annotation) for one in _given(inner)]


_NEVER = values.Formula(formula.parse("1 > 2"), "1 > 2")
_SEVEN = values.Formula(formula.Number(value=Fraction(7)), "7")


def _inside(annotation: Any) -> tuple[Any, ...]:
    if get_origin(annotation) in (Literal, dict, list):
        return ()
    return get_args(annotation)[:1] if hasattr(annotation, "__metadata__") else get_args(annotation)
