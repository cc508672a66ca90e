#!/usr/bin/env python3
"""Turn published cases into case files of Upline.

    python tools/convert_published.py FOLDER [INTO]

FOLDER holds cases in the format `published-plan-case/1` and its README. INTO, by default
tests/published, has the hand-written plans in `plans/`; its `cases/` and `source/` are written anew.
Every value is carried over as the text that the source has.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from upline.compensation.plan.load import Plan, load_file
from upline.compensation.plan.schema import GivenRanks

INTO = Path(__file__).parents[1] / "tests" / "published"
YES_NO = {"true": "yes", "false": "no"}
# Fields of a source that no rule of its plan needs, each with the reason.
UNUSED = {
    ("customer-advantage-without-roll-up", "members", "qualified"): (
        "Everybody is qualified; the depth alone decides."
    ),
    ("enagic-eight-points", "orders", "units"): "Every sale is one unit and one order.",
    ("enagic-eight-points", "orders", "product"): "All sales are of one product.",
    ("party-plan-two-levels", "orders", "event"): "No rule asks at which party a sale was made.",
    ("siu-fee-share-five-levels", "orders", "price"): "The fee is given; it is what is shared.",
    ("thirtyone-hostess-and-consultant", "members", "type"): "The order names its host.",
}
Source = dict[str, Any]
Row = dict[str, str]


def main() -> None:
    """Convert every case of the folder named on the command line."""
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    folder = Path(sys.argv[1])
    into = Path(sys.argv[2]) if len(sys.argv) == 3 else INTO
    paths = sorted(folder.glob("*.yaml"))
    for path in paths:
        write(into / "cases" / path.name, converted(path, INTO / "plans" / path.name))
    copied = into / "source"
    copied.mkdir(parents=True, exist_ok=True)
    for path in (*paths, folder / "README.md"):
        if path.resolve() != (copied / path.name).resolve():
            shutil.copyfile(path, copied / path.name)
    print(f"{len(paths)} cases are in {into}")


def write(path: Path, text: str) -> None:
    """Write a case file and make its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def read(path: Path) -> Source:
    """Read a source case; every scalar stays the text that is written."""
    found = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506
    assert found["format"] == "published-plan-case/1", path
    return found


def converted(path: Path, plan_path: Path) -> str:
    """Give the text of the case file for one source case."""
    source, plan = read(path), load_file(plan_path)
    case: Source = {
        "case": source["title"],
        "plan": f"../plans/{plan_path.name}",
        "description": source["description"],
        "source": _source(source),
        "notes": source.get("notes"),
        **_periods(source["period"]),
        "unused": _unused(source, plan),
        "members": [*_members(source["members"]), *_lookup_members(source)],
        "orders": [dict(row) for row in source.get("orders", [])],
        "given": _given(source),
        **_expectations(source, plan),
    }
    return "\n".join(_lines({key: value for key, value in case.items() if value})) + "\n"


def _source(source: Source) -> Source:
    found = dict(source["source"])
    return {**found, "inputs": source["inputs"], "flags": source.get("flags", [])}


def _periods(period: Source) -> Source:
    if "periods" in period:
        return {"periods": [dict(row) for row in period["periods"]]}
    return {"period": {key: period[key] for key in ("start", "end", "label")}}


def _members(rows: Iterable[Row]) -> Iterator[Row]:
    """Give each member's fields; one that is null in the source is left out."""
    for row in rows:
        fields = {key: value for key, value in row.items() if value not in ("null", "")}
        yield {key: YES_NO.get(value, value) for key, value in fields.items()}


def _lookup_members(source: Source) -> Iterator[Row]:
    """Make a member for each value that is looked up in a scale."""
    for value in source.get("lookups", []):
        yield {"id": f"at_{value}", source["plan"]["bonuses"][0]["field"]: value}


def _given(source: Source) -> Source:
    given = {
        "earnings": [dict(row) for row in source.get("given_earnings", [])],
        "legs": [dict(row) for row in source.get("leg_volumes", [])],
    }
    return {key: rows for key, rows in given.items() if rows}


def _unused(source: Source, plan: Plan) -> dict[str, dict[str, str]]:
    known = {
        "members": {"id", "sponsor", "joined", *plan.file.members},
        "orders": {"id", "member", "date", "period", "kind", "customer", *plan.file.orders},
    }
    if plan.file.trees:
        known["members"] |= {"placement_parent", "side"}
    if isinstance(plan.file.ranks, GivenRanks):
        known["members"].add("rank")
    unused: dict[str, dict[str, str]] = {}
    for table, names in known.items():
        rows = source.get(table, [])
        if table == "members":
            rows = [*_members(rows), *_lookup_members(source)]
        for name in dict.fromkeys(key for row in rows for key in row if key not in names):
            unused.setdefault(table, {})[name] = UNUSED[source["id"], table, name]
    return unused


# Expectations


def _expectations(source: Source, plan: Plan) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {"expect": [_basis_last(row) for row in source["expected"]]}
    for row in source.get("expected_ranks", []):
        found.setdefault("expect_ranks", []).append(
            _basis_last({**row, "rank": _rank(row["rank"])})
        )
    for row in source.get("expected_state", []):
        section, entry = _state(row, plan)
        found.setdefault(section, []).append(entry)
    for row in source.get("expected_lookups", []):
        measure = source["plan"]["bonuses"][0]["id"]
        entry = {"member": f"at_{row['value']}", "measure": measure, "value": row["rate"]}
        found.setdefault("expect_measures", []).append({**entry, "basis": row["basis"]})
    for row in source.get("expected_eligibility", []):
        entry = {"member": row["member"], "gate": row["test"], "holds": YES_NO[row["allowed"]]}
        found.setdefault("expect_legal", []).append({**entry, "basis": row["basis"]})
    return found


def _basis_last(row: Row) -> Row:
    return {**{key: value for key, value in row.items() if key != "basis"}, "basis": row["basis"]}


def _rank(rank: str) -> str:
    return "none" if rank == "null" else rank


def _state(row: Row, plan: Plan) -> tuple[str, Row]:
    """Give the section that a state belongs to, and its entry there."""
    name, value = row["name"], row["value"]
    rest: Row = {key: row[key] for key in row if key in ("period", "basis")}
    who = {"member": row["member"]}
    kind, _, part = name.partition(":")
    if kind == "wallet":
        return "expect_wallets", {**who, "wallet": part, "amount": value, **rest}
    if name == "total_paid":
        return "expect", {"bonus": "total", "amount": value, **rest}
    if kind == "counted_volume":
        return "expect_measures", {
            **who,
            "measure": f"counted_{part.lower()}",
            "value": value,
            **rest,
        }
    if name in plan.file.order_values:
        who = {"customer": row["member"]}
        return "expect_measures", {**who, "measure": name, "value": value, **rest}
    if name in plan.file.measures:
        return "expect_measures", {**who, "measure": name, "value": value, **rest}
    if name.startswith(("capacity_", "matrix_level_below:")):
        name = name.removeprefix("matrix_").replace(":", ".")
        return "expect_states", {
            **who,
            "state": f"{_only(plan.file.trees)}.{name}",
            "value": value,
            **rest,
        }
    granting = [
        key for key, bonus in plan.file.bonuses.items() if name in getattr(bonus, "grants", {})
    ]
    owner = _only(granting or plan.file.bonuses)
    return "expect_states", {**who, "state": f"{owner}.{name}", "value": value, **rest}


def _only(names: Iterable[str]) -> str:
    (name,) = names
    return name


# Writing YAML: one entry a line, in the style of the plans


def _lines(case: Source) -> Iterator[str]:
    for key, value in case.items():
        if isinstance(value, str):
            yield from _text_lines(key, value, indent="")
        elif isinstance(value, list):
            yield f"{key}:"
            yield from (f"  - {_flow(row)}" for row in value)
        elif key == "period":
            yield f"{key}: {_flow(value)}"
        else:
            yield f"{key}:"
            yield from _block(value)


def _block(mapping: Source) -> Iterator[str]:
    for key, value in mapping.items():
        if isinstance(value, str):
            yield from _text_lines(key, value, indent="  ")
        elif isinstance(value, dict):
            yield f"  {key}:"
            for name, text in value.items():
                yield from _text_lines(name, text, indent="    ")
        elif value:
            yield f"  {key}:"
            yield from (
                f"    - {_flow(row) if isinstance(row, dict) else _quoted(row)}" for row in value
            )


def _text_lines(key: str, text: str, indent: str) -> Iterator[str]:
    line = f"{indent}{key}: {_scalar(text)}"
    if len(line) <= 100 or " " not in text:
        yield line
        return
    yield f"{indent}{key}: >-"
    words, line = text.split(" "), f"{indent} "
    for word in words:
        if len(line) + len(word) > 98 and line.strip():
            yield line
            line = f"{indent} "
        line += f" {word}"
    yield line


def _flow(row: dict[str, str]) -> str:
    return "{" + ", ".join(f"{key}: {_scalar(value)}" for key, value in row.items()) + "}"


def _scalar(text: str) -> str:
    """Write a text as it is where YAML reads it so, else in quotes."""
    is_plain = re.fullmatch(r"[\w.(/][\w .+\-/()%*=;&]*", text) and text == text.strip()
    return (
        text if is_plain or re.fullmatch(r"-[\d.]+|https?://[\w./\-?=&%]+", text) else _quoted(text)
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


if __name__ == "__main__":
    main()
