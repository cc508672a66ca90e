"""From the text of a plan to a checked plan."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from upline.compensation.errors import Fault, Place, PlanRefused
from upline.compensation.plan import check as checks
from upline.compensation.plan import schema, text, values
from upline.compensation.plan.names import Names


@dataclass(frozen=True, slots=True)
class Plan:
    """A checked plan: its file, what its names mean, and the order of its stages."""

    file: schema.PlanFile
    names: Names
    stages: tuple[checks.Stage, ...]
    source: str

    @property
    def id(self) -> str:
        """Name and version, as in `unilevel-basic@2026-10-01`."""
        return f"{self.file.plan}@{self.file.version.isoformat()}"


def load(source: str, *, file: str = "plan.yaml") -> Plan:
    """Read and check a plan; raises PlanRefused with every fault, each with file, line and remedy.

    >>> load("language: 1\\nplan: p\\nversion: 2026-01-01\\ncurrency: EUR\\n").id
    'p@2026-01-01'
    """
    raw = text.read(source, file=file)
    parsed, faults = _validated(raw)
    if parsed is None:
        raise PlanRefused(faults)
    names, stages, found = checks.check(parsed)
    removed = {fault.place for fault in faults}
    faults += [fault for fault in found if not removed or fault.code not in _FOLLOWING]
    if faults:
        raise PlanRefused(faults)
    return Plan(parsed, names, stages, source)


def load_file(path: str | Path) -> Plan:
    """Read and check the plan in a file; raises PlanRefused also when it cannot be opened."""
    try:
        source = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        problem = f"This plan cannot be read: {error}."
        remedy = "Give the path of a YAML file in UTF-8."
        raise PlanRefused([Fault(Place(str(path)), "plan.unreadable", problem, remedy)]) from error
    return load(source, file=str(path))


# Faults that may only follow from a part that was itself refused.
_FOLLOWING = {"name.unknown", "name.bonus", "name.tree", "name.rank", "table.key"}


def _validated(raw: text.Entries) -> tuple[schema.PlanFile | None, list[Fault]]:
    """Validate, and again without what was refused, so that the rest is checked as well."""
    faults: list[Fault] = []
    remaining: text.Entries = raw
    for _ in range(3):
        try:
            return schema.PlanFile.model_validate(remaining), faults
        except ValidationError as error:
            details = error.errors()
            for detail in details:
                faults.extend(_faults_of(detail, remaining))
            remaining = _without(remaining, [detail["loc"] for detail in details])
    return None, faults


def _faults_of(detail: ErrorDetails, raw: text.Entries) -> list[Fault]:
    error = detail.get("ctx", {}).get("error")
    if isinstance(error, values.Faults):
        return error.faults
    place, parent, key = _locate(raw, detail["loc"])
    problem, remedy = detail["msg"].removeprefix("Value error, "), ""
    if detail["type"] == "extra_forbidden":
        known = _fields_beside(detail["loc"], raw)
        close = difflib.get_close_matches(str(key), known, n=1, cutoff=0.5)
        problem = f"'{key}' is not known here."
        remedy = f"Did you mean '{close[0]}'?" if close else f"Known are: {', '.join(known)}."
    elif detail["type"] == "missing":
        problem = f"'{key}' is missing."
        place = text.place_of(parent)
    elif detail["type"].startswith("union_tag"):
        problem = "A bonus needs a 'kind' that exists."
        remedy = f"Kinds: {', '.join(_kinds())}."
    else:
        problem = f"'{key}': {problem}."
    return [Fault(place, f"plan.{detail['type']}", problem, remedy)]


def _kinds() -> list[str]:
    kinds = schema.AnyBonus.__args__[0].__args__  # type: ignore[attr-defined]
    return [kind.model_fields["kind"].annotation.__args__[0] for kind in kinds]


def _fields_beside(loc: tuple[int | str, ...], raw: text.Entries) -> list[str]:
    model: type[schema.Part] = schema.PlanFile
    if len(loc) > 2 and loc[0] == "bonuses":
        kinds = schema.AnyBonus.__args__[0].__args__  # type: ignore[attr-defined]
        tags = dict(zip(_kinds(), kinds, strict=True))
        model = tags.get(str(loc[2]), schema.Bonus)
    elif len(loc) > 1:
        model = {"ranks": schema.Rank, "measures": schema.Measure}.get(str(loc[0]), schema.Part)
    return [
        spec.alias or name for name, spec in model.model_fields.items() if name != "place"
    ]


def _locate(
    raw: text.Entries, loc: Sequence[int | str]
) -> tuple[Place, object, int | str]:
    """Find the place that a validation error speaks of, its parent and its key."""
    node: object = raw
    parent: object = raw
    place, key = raw.place, loc[-1] if loc else ""
    for step in loc:
        if isinstance(node, text.Entries) and step in node:
            parent, place, node = node, node.place_of(str(step)), node[str(step)]
        elif isinstance(node, list) and isinstance(step, int) and step < len(node):
            parent, node = node, node[step]
            place = text.place_of(node)
        elif step == loc[-1] and isinstance(node, text.Entries):
            parent = node
    return place, parent, key


def _without(raw: text.Entries, locs: list[tuple[int | str, ...]]) -> text.Entries:
    """Copy the plan without the entries that were refused."""
    copy = text.Entries(raw)
    copy.place = raw.place
    for loc in locs:
        top = str(loc[0]) if loc else ""
        section = copy.get(top)
        if isinstance(section, text.Entries) and len(loc) > 1 and str(loc[1]) in section:
            smaller = text.Entries(section)
            smaller.place = section.place
            del smaller[str(loc[1])]
            copy[top] = smaller
        elif top in copy and top not in _REQUIRED:
            del copy[top]
        elif top in _REQUIRED:
            copy[top] = _REQUIRED[top]
    return copy


_REQUIRED: dict[str, object] = {
    "language": "1",
    "plan": "plan",
    "version": date(2000, 1, 1),
    "currency": "EUR",
}
