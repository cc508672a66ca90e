"""Holes in levels, steps that fall or repeat, and cases that are never reached."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from upline.compensation.plan import formula, schema, values
from upline.compensation.plan.parts import parts_of, slots_of
from upline.compensation.plan.review.finding import Finding
from upline.compensation.plan.review.ranges import Ranges


def scale_findings(ranges: Ranges) -> Iterator[Finding]:
    """Find what is wrong with the tables, scales and cases of a plan."""
    for value in all_values(ranges.file):
        match value:
            case values.Table():
                yield from _gaps(value)
            case values.Scale():
                yield from _steps(value, ranges)
            case values.Cases():
                yield from _cases(value, ranges)


def all_values(file: schema.PlanFile) -> Iterator[values.Value]:
    """Give every value of a plan that is more than a formula, with those inside others."""
    contents = [content for part in parts_of(file) for _, content, _ in slots_of(part)]
    contents += [part.value for part in (*file.measures.values(), *file.order_values.values())]
    yield from values_in(one for one in contents if not isinstance(one, values.All | values.AnyOf))


def values_in(contents: Iterable[values.Value]) -> Iterator[values.Value]:
    """Give every value that is more than a formula among `contents` and inside them."""
    waiting = list(contents)
    while waiting:
        value = waiting.pop()
        if not isinstance(value, values.Formula):
            yield value
            waiting.extend(values.parts_of(value))


def _gaps(table: values.Table) -> Iterator[Finding]:
    if table.otherwise is not None:
        return
    keys = sorted(
        ((key.first, key.last) for key, _ in table.entries if key.first is not None),
        key=lambda key: key[0],
    )
    for (_, last), (first, _) in pairwise(keys):
        if last is not None and first > last + 1:
            about = (("low", str(last)), ("high", str(first)))
            yield Finding("levels_gap", table.place, about)


def _steps(scale: values.Scale, ranges: Ranges) -> Iterator[Finding]:
    for (_, low), (start, high) in pairwise(scale.steps):
        one, other = ranges.value(low), ranges.value(high)
        about = (("what", formula.text_of(start.node)),)
        if not (one.is_point and other.is_point):
            continue
        if (one.low or 0) > (other.low or 0):
            yield Finding("scale_falls", start.node.place, about)
        elif one.low == other.low:
            yield Finding("scale_repeats", start.node.place, about)


def falls(scale: values.Scale, ranges: Ranges) -> bool:
    """Say whether a scale gives less on a higher step, or whether that is not known."""
    given = [ranges.value(entry) for _, entry in scale.steps]
    if not all(part.is_point for part in given):
        return True
    return any((high.low or 0) < (low.low or 0) for low, high in pairwise(given))


def _cases(cases: values.Cases, ranges: Ranges) -> Iterator[Finding]:
    before: list[tuple[values.Rule | formula.Node, bool]] = []
    for number, (when, then) in enumerate(cases.cases, start=1):
        if not ranges.is_possible([*before, (when, True)]):
            place = values.place_of_value(then)
            yield Finding("case_dead", place, (("number", str(number)),))
        before.append((when, False))
    if cases.otherwise is not None and not ranges.is_possible(before):
        place = values.place_of_value(cases.otherwise)
        yield Finding("case_dead", place, (("number", str(len(cases.cases) + 1)),))
