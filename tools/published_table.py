#!/usr/bin/env python3
"""Write docs/reference/published-cases.md: which published cases are met, and what the others wait for.

python tools/published_table.py
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from upline.cases import Report, find_cases, load_case, run_case
from upline.compensation.plan.load import Plan
from upline.compensation.plan.schema import GivenRanks

ROOT = Path(__file__).parents[1]
CASES = ROOT / "tests" / "published" / "cases"
PAGE = ROOT / "docs" / "reference" / "published-cases.md"
Written = dict[str, Any]
HEAD = """\
# Published cases

<!-- Written by tools/published_table.py; run it after a change. -->

Worked examples that others have published, with the pay that they print: companies, distributors, makers of such software, a
court. Each is a [case file](case-files.md) under `tests/published/cases`, with its plan under `tests/published/plans` and the
source's own figures under `tests/published/source`. `upline plan test tests/published/cases` runs them all.
"""


def main() -> None:
    """Run every published case and write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    print(f"Wrote {PAGE.relative_to(ROOT)}")


def page() -> str:
    """Give the page for the engine as it is."""
    reports = [run_case(load_case(path)) for path in find_cases(CASES)]
    written = {report.case.path: read(report.case.path) for report in reports}
    parts = [HEAD, *_counts(reports), "", _bases(written.values()), "", *_table(reports, written)]
    return "\n".join(parts) + "\n"


def read(path: Path) -> Written:
    """Read a case as written."""
    found: Written = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def _counts(reports: list[Report]) -> Iterator[str]:
    met = [report for report in reports if not (report.has_failed or report.waits_for)]
    waiting = [report for report in reports if report.waits_for]
    failed = [report for report in reports if report.has_failed]
    yield "| | cases | figures |"
    yield "|---|---:|---:|"
    for word, group in (
        ("met to the last digit", met),
        ("waiting for a rule", waiting),
        ("not met", failed),
        ("together", reports),
    ):
        yield f"| {word} | {len(group)} | {sum(len(report.outcomes) for report in group)} |"


def _bases(cases: Iterable[Written]) -> str:
    sections = (rows for case in cases for key, rows in case.items() if key.startswith("expect"))
    bases = [row["basis"] for rows in sections for row in rows]
    return (
        f"{bases.count('stated')} of the figures are printed by their sources, the other"
        f" {bases.count('derived')} follow from rules and inputs that are stated."
    )


def _table(reports: Iterable[Report], written: Mapping[Path, Written]) -> Iterator[str]:
    yield "| case | source | rules of its plan | result |"
    yield "|---|---|---|---|"
    for report in reports:
        path = report.case.path
        source = written[path]["source"]
        words = f"[{_cell(source['title'])}]({source['address']}), {_cell(source['publisher'])}"
        rules = ", ".join(_rules(report.case.plan))
        yield f"| {_cell(report.case.title)} (`{path.stem}`) | {words} | {rules} | {_result(report)} |"


def _rules(plan: Plan) -> Iterator[str]:
    """Name the kinds of rules that a plan is made of."""
    file = plan.file
    yield from dict.fromkeys(f"`{bonus.kind}`" for bonus in file.bonuses.values())
    yield from (f"{tree.kind} tree" for tree in file.trees.values() if tree.kind == "matrix")
    if isinstance(file.ranks, GivenRanks):
        yield "given ranks"
    elif file.ranks:
        yield "ranks"
    parts = {
        "ladders": file.ladders,
        "given earnings": file.given_earnings,
        "order values": file.order_values,
        "measures": file.measures,
        "wallets": file.wallets,
        "legal gates": file.legal,
    }
    yield from (name for name, part in parts.items() if part)


def _result(report: Report) -> str:
    if report.has_failed:
        return f"**not met**: {report.count('failed')} of {len(report.outcomes)} figures differ"
    if report.waits_for:
        rules = (rule.partition(" is in the language")[0] for rule in report.waits_for)
        return f"waits: {_cell('; '.join(rules))}"
    return f"met: {report.count('passed')} of {len(report.outcomes)}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    main()
