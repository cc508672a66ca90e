"""Finds the case files that belong to a path."""

from __future__ import annotations

import re
from pathlib import Path

_IS_CASE = re.compile(r"^case\s*:", re.MULTILINE)
_PLAN_OF_CASE = re.compile(r"^plan\s*:\s*(.+?)\s*(?:#.*)?$", re.MULTILINE)


def find_cases(path: str | Path) -> list[Path]:
    """Give the case files of a case, a folder or a plan, in order of their names.

    A folder has all case files in it, at any depth. A plan `p.yaml` has those in the folder
    `p.cases` beside it, and every case in its own folder or in a folder `cases` beside or in it
    whose `plan` is this file. A path that does not exist has none.
    """
    path = Path(path)
    if path.is_dir():
        return sorted(found for found in path.rglob("*.yaml") if is_case(found))
    if not path.is_file():
        return []
    if is_case(path):
        return [path]
    beside = set(path.with_suffix(".cases").glob("*.yaml"))
    folders = (path.parent, path.parent / "cases", path.parent.parent / "cases")
    for folder in folders:
        beside.update(found for found in folder.glob("*.yaml") if _is_case_of(found, path))
    return sorted(found for found in beside if is_case(found))


def is_case(path: Path) -> bool:
    """Say whether a YAML file is a case: it has a key `case` at its top."""
    return _IS_CASE.search(_text(path)) is not None


def _is_case_of(path: Path, plan: Path) -> bool:
    match = _PLAN_OF_CASE.search(_text(path))
    named = match[1].strip("'\"") if match else ""
    return bool(named) and (path.parent / named).resolve() == plan.resolve()


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
