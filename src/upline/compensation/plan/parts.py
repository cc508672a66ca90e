"""Walks over a plan: its parts, their slots, and the nodes of every formula."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from upline.compensation.plan import formula, values
from upline.compensation.plan.schema import Bonus, OwnPart, Part, PlanFile, Slot


def nodes_of(part: values.Value | values.Rule) -> Iterator[formula.Node]:
    """Give every node of every formula in a value or rule."""
    for written in values.formulas_of(part):
        yield from formula.walk(written.node)


def all_nodes(file: PlanFile) -> Iterator[formula.Node]:
    """Give every node of every formula of a plan."""
    for part in parts_of(file):
        for _, content, _ in slots_of(part):
            yield from nodes_of(content)
    for measured in (*file.measures.values(), *file.order_values.values()):
        yield from nodes_of(measured.value)


def parts_of(whole: Part) -> Iterator[Part]:
    """Give a part, as the whole plan, and every part inside it."""
    waiting: list[Any] = [whole]
    while waiting:
        part = waiting.pop()
        kind: Any = type(part)
        if _is_part(kind):
            yield part
            waiting.extend(getattr(part, name) for name in _fields_of(kind))
        elif isinstance(part, dict):
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)


def slots_of(part: Part) -> Iterator[tuple[str, values.Value | values.Rule, Slot]]:
    """Give the name, content and slot of every value and rule that stands in `part`."""
    for name, slot in _slots_in(type(part)):
        content = getattr(part, name)
        if content is None:
            continue
        if isinstance(content, dict):
            for inner in content.values():
                yield name, inner, slot
        elif isinstance(content, _WRITTEN):
            yield name, content, slot


_WRITTEN = (
    values.Formula,
    values.Table,
    values.Scale,
    values.Cases,
    values.Versions,
    values.All,
    values.AnyOf,
)


@cache
def _is_part(kind: type) -> bool:
    # Remembered by type: the models' own answer takes a microsecond for each formula and name.
    return issubclass(kind, Part)


@cache
def _fields_of(kind: type[Part]) -> tuple[str, ...]:
    return tuple(kind.model_fields)


@cache
def _slots_in(kind: type[Part]) -> tuple[tuple[str, Slot], ...]:
    """Give the fields of a kind of part that hold values or rules, and the slot of each."""
    found = (
        (name, _slot(spec.metadata) or _slot_inside(spec.annotation))
        for name, spec in kind.model_fields.items()
    )
    return tuple((name, slot) for name, slot in found if slot is not None)


def _slot(metadata: object) -> Slot | None:
    found = [mark for mark in metadata if isinstance(mark, Slot)]  # type: ignore[attr-defined]
    return found[-1] if found else None


def _slot_inside(annotation: object) -> Slot | None:
    """Find the slot of an optional field or of the entries of a mapping."""
    marks = getattr(annotation, "__metadata__", ())
    if (slot := _slot(marks)) is not None:
        return slot
    for inner in getattr(annotation, "__args__", ()):
        if (slot := _slot_inside(inner)) is not None:
            return slot
    return None


def nodes_of_now(part: values.Value | values.Rule) -> Iterator[formula.Node]:
    """Give every node but those inside `previous(...)`, which comes from the period before."""
    waiting = [written.node for written in values.formulas_of(part)]
    while waiting:
        node = waiting.pop()
        if not (isinstance(node, formula.Call) and node.function == "previous"):
            yield node
            waiting.extend(formula.children(node))


def own_part(bonus: Bonus) -> str | None:
    """Give the name under which a bonus reports its own part; None where it does not."""
    part = getattr(bonus, "own_part", None)
    return part.name if isinstance(part, OwnPart) else part
