"""`upline explain`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from upline.cli.refusals import shows_refusals
from upline.languages import LANGUAGES


@click.command()
@click.option(
    "--run",
    "folder",
    type=click.Path(path_type=Path),
    required=True,
    help="A folder that 'upline compute' made.",
)
@click.option("--member", required=True, help="The member's id.")
@click.option("--bonus", help="Only this bonus, by its name in the plan.")
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    default="en",
    show_default=True,
    help="The language of the sentences.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="Give the reasons as data instead, with every line."
)
@click.option(
    "--lines",
    "most_lines",
    type=click.IntRange(0),
    default=20,
    show_default=True,
    help="At most so many lines of each bonus; the rest is added up.",
)
@shows_refusals()
def explain(
    folder: Path, member: str, bonus: str | None, lang: str, as_json: bool, most_lines: int
) -> None:
    """Say why a member earned what he did, and why not more.

    Each line comes with its factors and those who were passed over; each bonus that paid nothing
    with the condition that failed and what was missing; the next rank with what it still needs.
    """
    from upline.cli.progress import Steps

    with Steps() as steps:
        steps("Computing the run again")
        from upline.compensation.explain.why import reasons
        from upline.runs.folder import compute_again

        result, _ = compute_again(folder)
        steps("Finding the reasons")
        found = reasons(result, member, bonus=bonus, most_lines=None if as_json else most_lines)
    if as_json:
        click.echo(json.dumps(asdict(found), ensure_ascii=False, indent=2))
        return
    from upline.compensation.explain.render import sentences

    for line in sentences(found, result.world.plan, lang, most_lines=most_lines):
        click.echo(line)
