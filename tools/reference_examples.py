#!/usr/bin/env python3
"""Run the plans, cases and snippets that the reference shows, and write down what comes out.

python tools/reference_examples.py            brings tables and reasons up to date
python tools/reference_examples.py --check    lists the pages that are not

A block ```yaml of a page is a whole plan (it begins with `language:`), a case (`case:`; its plan is one of the page or
of the examples), or a snippet: sections of a plan, to which is added what the overview says that snippets take for
granted. After a case may stand `<!-- lines -->`, `<!-- cuts -->`, `<!-- states -->`, `<!-- carries -->` or `<!-- why NAME -->` (with
several periods `<!-- why NAME in PERIOD -->`): what follows is what the case comes to.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from upline.cases import Case, load_case, results_of, run_case
from upline.compensation import Result
from upline.compensation.explain.render import sentences
from upline.compensation.explain.why import reasons

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "reference"
EXAMPLES = ROOT / "examples" / "plans"
OVERVIEW = REFERENCE / "plan-language.md"
HEAD = "language: 1\nplan: snippet\nversion: 2026-01-01\ncurrency: EUR\n"
_BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.DOTALL | re.MULTILINE)
_SHOWN = re.compile(
    r"<!-- (?P<what>lines|cuts|states|carries|why) ?(?P<about>[^>]*?) ?-->\n"
    r"(?:(?:\|[^\n]*\n)+|```text\n.*?^```\n)?",
    re.DOTALL | re.MULTILINE,
)
_GRANTED = "<!-- taken for granted -->\n"
_FIGURES = ("base", "rate", "amount")


def pages() -> list[Path]:
    """Give the pages of the reference that show plans; what the check finds is shown elsewhere.

    Its page shows plans that are wrong, and is held by tests/unit/test_plan_review.py.
    """
    shown = (path for path in REFERENCE.rglob("*.md") if path.name != "plan-check.md")
    return sorted(path for path in shown if "```yaml" in path.read_text("utf-8"))


@dataclass(slots=True)
class Shown:
    """The blocks of one page, each with the place in the page where it begins."""

    page: Path
    plans: dict[str, str] = field(default_factory=dict)
    cases: list[tuple[int, str]] = field(default_factory=list)
    snippets: list[tuple[int, str]] = field(default_factory=list)


def shown_on(page: Path) -> Shown:
    """Sort the blocks of a page."""
    shown = Shown(page)
    for match in _BLOCK.finditer(page.read_text(encoding="utf-8")):
        source = match[1]
        if source.startswith("language:"):
            name = re.search(r"^plan: (\S+)", source, re.MULTILINE)
            assert name is not None, f"{page}: a plan without a name"
            shown.plans[name[1]] = source
        elif source.startswith("case:"):
            shown.cases.append((match.start(), source))
        else:
            shown.snippets.append((match.start(), source))
    return shown


def whole(snippet: str) -> str:
    """Complete a snippet to a plan by what the overview takes for granted."""
    text = OVERVIEW.read_text(encoding="utf-8").partition(_GRANTED)[2]
    match = _BLOCK.search(text)
    assert match is not None, "the overview says what snippets take for granted"
    plan = _read(HEAD)
    for part in (_read(match[1]), _read(snippet)):
        for section, content in part.items():
            known = plan.get(section)
            is_joined = isinstance(known, dict) and isinstance(content, dict)
            plan[section] = {**known, **content} if is_joined else content
    return yaml.safe_dump(plan, allow_unicode=True, sort_keys=False)


def _read(source: str) -> dict[str, Any]:
    # Scalars stay text, as in a plan.
    read: dict[str, Any] = yaml.load(source, Loader=yaml.BaseLoader)  # noqa: S506
    return read


@dataclass(slots=True)
class Worked:
    """A case with what it comes to."""

    case: Case
    faults: list[str]
    results: dict[str, Result]

    def table(self, name: str) -> list[dict[str, Any]]:
        """Give the rows of a table of all periods."""
        rows = []
        for period, result in self.results.items():
            told = {"period": period} if len(self.results) > 1 else {}
            rows += [{**told, **row} for row in getattr(result, name).to_pylist()]
        return rows

    def shown(self, what: str, about: str) -> str:
        """Give what stands after a marker, up to date."""
        if what == "why":
            member, _, period = about.partition(" in ")
            result = self.results[period] if period else list(self.results.values())[-1]
            found = reasons(result, member)
            told = sentences(found, result.world.plan, "en")
            return "\n".join(["```text", *told, "```"]) + "\n"
        return table_of([row for row in self.table(what) if about in ("", row.get("bonus"))])


def worked(shown: Shown, folder: Path) -> Iterator[tuple[int, Worked]]:
    """Run the cases of a page, each with its place in the page."""
    plans = {path.stem: path.read_text(encoding="utf-8") for path in EXAMPLES.glob("*.yaml")}
    for name, source in (plans | shown.plans).items():
        (folder / f"{name}.yaml").write_text(source, encoding="utf-8")
    for number, (place, source) in enumerate(shown.cases):
        path = folder / f"case-{number}.yaml"
        path.write_text(source, encoding="utf-8")
        case = load_case(path)
        report = run_case(case)
        wrong = [str(one) for one in report.outcomes if one.verdict != "passed"]
        faults = [*wrong, *(str(fault) for fault in report.refused)]
        yield place, Worked(case, faults, {} if report.refused else results_of(case))


def table_of(rows: list[dict[str, Any]]) -> str:
    """Write rows as a table of Markdown, without the columns that are empty in all."""
    columns = [name for name in rows[0] if any(row[name] not in (None, "") for row in rows)]
    names = {"buyer": "from", **{name: name for name in columns if name != "buyer"}}
    head = "| " + " | ".join(names[name] for name in columns) + " |\n"
    rule = "|" + "|".join("---:" if name in _FIGURES else "---" for name in columns) + "|\n"
    return head + rule + "".join(_row(row, columns) for row in rows)


def _row(row: dict[str, Any], columns: list[str]) -> str:
    return "| " + " | ".join(_cell(row[name]) for name in columns) + " |\n"


def _cell(value: object) -> str:
    text = f"{value:f}" if isinstance(value, Decimal) else "" if value is None else str(value)
    if re.fullmatch(r"-?\d+\.\d{3,}", text):
        text = text.rstrip("0").rstrip(".")
    return text


def fresh(page: Path) -> tuple[str, list[str]]:
    """Give the page with what its cases come to today, and the expectations that failed."""
    text = page.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        found = list(worked(shown_on(page), Path(folder)))

    def today(match: re.Match[str]) -> str:
        before = [one for place, one in found if place < match.start()]
        marker = match[0].partition("\n")[0]
        return f"{marker}\n{before[-1].shown(match['what'], match['about'])}"

    return _SHOWN.sub(today, text), [fault for _, one in found for fault in one.faults]


def main() -> None:
    """Check or rewrite every page."""
    stale = False
    for page in pages():
        text, faults = fresh(page)
        for fault in faults:
            print(f"{page.relative_to(ROOT)}: {fault}")
        is_new = text != page.read_text(encoding="utf-8")
        stale = stale or is_new or bool(faults)
        if is_new:
            print(
                f"{page.relative_to(ROOT)} {'is not up to date' if '--check' in sys.argv else 'written'}"
            )
        if is_new and "--check" not in sys.argv:
            page.write_text(text, encoding="utf-8")
    if stale and "--check" in sys.argv:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
