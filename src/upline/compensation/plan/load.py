"""From the text of a plan to a checked plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from upline.compensation.errors import Fault, Place, PlanRefused
from upline.compensation.plan import check as checks
from upline.compensation.plan import schema, text
from upline.compensation.plan.names import Names
from upline.compensation.plan.refusals import Refusal, faults_of, refusals
from upline.compensation.plan.stages import Rounds


@dataclass(frozen=True, slots=True)
class Plan:
    """A checked plan: its file, what its names mean, and the rounds in which it is computed."""

    file: schema.PlanFile
    names: Names
    rounds: Rounds
    source: str

    @property
    def id(self) -> str:
        """Name and version, as in `unilevel-basic@2026-10-01`."""
        return f"{self.file.plan}@{self.file.version.isoformat()}"


def load(source: str, *, file: str = "plan.yaml") -> Plan:
    r"""Read and check a plan; raises PlanRefused with every fault, each with file, line and remedy.

    >>> load("language: 1\nplan: p\nversion: 2026-01-01\ncurrency: EUR\n").id
    'p@2026-01-01'
    """
    raw = text.read(source, file=file)
    parsed, faults, refused = _validated(raw)
    if parsed is None:
        raise PlanRefused(faults)
    names, rounds, found = checks.check(parsed, refused=refused)
    if faults or found:
        raise PlanRefused([*faults, *found])
    return Plan(parsed, names, rounds, source)


def load_file(path: str | Path) -> Plan:
    """Read and check the plan in a file; raises PlanRefused also when it cannot be opened."""
    try:
        source = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        problem = f"This plan cannot be read: {error}."
        remedy = "Give the path of a YAML file in UTF-8."
        raise PlanRefused([Fault(Place(str(path)), "plan.unreadable", problem, remedy)]) from error
    return load(source, file=str(path))


def _validated(
    raw: text.Entries,
) -> tuple[schema.PlanFile | None, list[Fault], frozenset[tuple[str, str]]]:
    """Validate, and again without what was refused, so that the rest is checked as well."""
    faults: list[Fault] = []
    refused: set[tuple[str, str]] = set()
    remaining = raw
    for _ in range(5):
        try:
            return schema.PlanFile.model_validate(remaining), faults, frozenset(refused)
        except ValidationError as error:
            found = refusals(error.errors(), remaining)
        for refusal in found:
            faults.extend(faults_of(refusal, remaining))
        remaining = _without(remaining, found, refused)
    return None, faults, frozenset(refused)


def _without(
    raw: text.Entries, found: list[Refusal], refused: set[tuple[str, str]]
) -> text.Entries:
    """Copy the plan without what was refused, and note the names that go with it."""
    copy = raw
    for refusal in found:
        path = refusal.found
        if refusal.detail["type"] == "extra_forbidden":
            copy = _less(copy, path)
            continue
        top = str(refusal.detail["loc"][0])
        if top in _REQUIRED:
            copy = _less(copy, ())
            copy[top] = _REQUIRED[top]
            refused.add((top, "*"))
            continue
        is_named = len(path) > 1 and top in _NAMED
        refused.add((top, str(path[1]) if is_named else "*"))
        copy = _less(copy, path[:2] if is_named else path[:1])
    return copy


def _less(raw: text.Entries, path: tuple[int | str, ...]) -> text.Entries:
    """Copy a mapping without the entry at `path`; whole where there is none."""
    copy = text.Entries(raw)
    copy.place = raw.place
    if not path or path[0] not in copy:
        return copy
    key = str(path[0])
    inner = copy[key]
    if len(path) == 1:
        del copy[key]
    elif isinstance(inner, text.Entries):
        copy[key] = _less(inner, path[1:])
    elif isinstance(inner, text.Items) and isinstance(path[1], int) and len(path) > 2:
        items = text.Items(inner)
        items.place = inner.place
        item = items[path[1]]
        if isinstance(item, text.Entries):
            items[path[1]] = _less(item, path[2:])
        copy[key] = items
    return copy


# Sections that are mappings of names, so that one entry can go and the rest stay.
_NAMED = (
    *("constants", "members", "orders", "order_values", "measures", "ladders", "trees"),
    *("bonuses", "limits", "wallets", "legal"),
)
_REQUIRED: dict[str, object] = {
    "language": "1",
    "plan": "plan",
    "version": date(2000, 1, 1),
    "currency": "EUR",
}
