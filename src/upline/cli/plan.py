"""`upline plan`: look after the text of a plan."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from upline.cases import Report
    from upline.compensation.errors import Fault


@click.group()
def plan() -> None:
    """Check, test and describe plans."""


@plan.command("test")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--verbose", is_flag=True, help="List every expectation, not only those that failed.")
def test(paths: tuple[Path, ...], verbose: bool) -> None:
    """Run golden cases: case files, folders of them, or plans with their cases beside them.

    Ends with 1 if an expectation failed or a case could not be read, and with 0 otherwise; what
    waits for a rule that is not computed yet is counted by itself.
    """
    from upline.cases import CaseRefused, find_cases, load_case, run_case

    reports: list[Report] = []
    faults: list[Fault] = []
    found = list(dict.fromkeys(case for path in paths for case in find_cases(path)))
    for path in found:
        try:
            reports.append(run_case(load_case(path)))
        except CaseRefused as refusal:
            faults.extend(refusal.faults)
    _show(reports, verbose=verbose)
    faults.extend(fault for report in reports for fault in report.refused)
    for fault in faults:
        click.echo(str(fault), err=True)
    if not found:
        click.echo(f"No cases were found in {', '.join(map(str, paths))}.", err=True)
    if faults or not found or any(report.has_failed for report in reports):
        raise SystemExit(1)


def _show(reports: Iterable[Report], *, verbose: bool) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    reports = list(reports)
    table = Table("case", "file", box=None, header_style="bold", pad_edge=False)
    for heading in ("passed", "failed", "waiting"):
        table.add_column(heading, justify="right")
    for report in reports:
        numbers = [report.count("passed"), report.count("failed"), report.count("waiting")]
        words = ["refused" if report.refused else str(numbers[0]), *map(str, numbers[1:])]
        style = "red" if report.has_failed else "yellow" if report.waits_for else None
        table.add_row(escape(report.case.title), report.case.path.name, *words, style=style)
    console = Console(highlight=False, soft_wrap=False)
    if reports:
        console.print(table)
    plain = Console(highlight=False, soft_wrap=True, markup=False)
    for report in reports:
        for outcome in report.outcomes:
            if verbose or outcome.verdict == "failed":
                plain.print(f"{outcome.verdict}: {outcome}")
        for rule in report.waits_for:
            plain.print(f"waiting: {report.case.path}: {rule}")
    word = "case" if len(reports) == 1 else "cases"
    counts = {
        verdict: sum(report.count(verdict) for report in reports)
        for verdict in ("passed", "failed", "waiting")
    }
    if refused := sum(bool(report.refused) for report in reports):
        counts["refused"] = refused
    sums = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
    plain.print(f"{len(reports)} {word}: {sums}")
