"""What the review of a plan found, as lines, as a table and as data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from upline.compensation.plan.load import Plan
    from upline.compensation.plan.review import Bound, Review
    from upline.compensation.plan.speech import Speech


def show(plan: Plan, found: Review, speech: Speech, summary: str) -> None:
    """Print findings, the summary of a plan that nothing blocks, and the table of bounds."""
    for finding in found.findings:
        place = f"{finding.place}: " if str(finding.place) else ""
        problem = f"{place}{finding.gravity(speech)}: {finding.problem(speech)} [{finding.rule}]"
        click.echo(f"{problem}\n    {finding.remedy(speech)}", err=True)
    if summary:
        click.echo(summary)
    if plan.file.bonuses:
        _table(plan, found, speech)


def _table(plan: Plan, found: Review, speech: Speech) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from upline.compensation.plan.review import HEADS, IN_ALL, said

    table = Table(*map(speech.say, HEADS), box=None, header_style="bold", pad_edge=False)
    for name, bound in found.bounds.items():
        table.add_row(escape(name), escape(said(bound, plan.file, speech)))
    in_all = escape(said(found.in_all, plan.file, speech))
    table.add_row(speech.say(IN_ALL), in_all, style="bold")
    Console(highlight=False).print(table)


def as_data(plan: Plan, found: Review, speech: Speech) -> dict[str, object]:
    """Give a review as data, with exact shares as texts."""
    findings = [
        {
            "severity": finding.severity,
            "place": str(finding.place),
            "rule": finding.rule,
            "problem": finding.problem(speech),
            "remedy": finding.remedy(speech),
        }
        for finding in found.findings
    ]
    bounds = {name: _bound(bound, plan, speech) for name, bound in found.bounds.items()}
    return {
        "is_sound": not found.errors,
        "faults": [],
        "findings": findings,
        "bounds": bounds,
        "in_all": _bound(found.in_all, plan, speech),
    }


def _bound(bound: Bound, plan: Plan, speech: Speech) -> dict[str, object]:
    from upline.compensation.plan.review import said

    most = {key: str(share) for key, share in bound.most.items()}
    return {"verdict": bound.verdict, "most": most, "said": said(bound, plan.file, speech)}
