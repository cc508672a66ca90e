"""`upline tour`: the engine alone: a company, a month under an example plan, three explanations."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from upline.cli.own_name import our_name
from upline.cli.refusals import shows_refusals
from upline.languages import LANGUAGES

if TYPE_CHECKING:
    from upline.compensation import Result

PLAN = Path("examples/plans/unilevel-compression.yaml")


@click.command()
@click.option(
    "--members", default=20_000, show_default=True, type=click.IntRange(10), help="How many."
)
@click.option(
    "--orders", default=100_000, show_default=True, type=click.IntRange(1), help="How many."
)
@click.option("--seed", default=7, show_default=True, help="Another number, another company.")
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    default="en",
    show_default=True,
    help="The language of the explanations.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("build/tour"),
    show_default=True,
    help="Where the files go.",
)
@shows_refusals()
def tour(members: int, orders: int, seed: int, lang: str, out: Path) -> None:
    """Make up a company as files, compute its month, explain three members; no database."""
    from upline.cli.compute import Asked, Files, computed
    from upline.cli.progress import Steps
    from upline.cli.summary import show_summary
    from upline.runs.folder import write_run
    from upline.runs.tables import write_table

    if not PLAN.is_file():
        problem = f"{PLAN} is not here; the tour runs in a clone of the repository."
        raise click.UsageError(problem)
    started = time.perf_counter()
    company = out / "company"
    with Steps() as steps:
        steps("Making up a company")
        from upline.generate import company as make_up

        made = make_up(
            members=members, orders=orders, shape="realistic", months=1, start="2026-10", seed=seed
        )
        company.mkdir(parents=True, exist_ok=True)
        paths = {"members": company / "members.csv", "orders": company / "orders.csv"}
        write_table(made.members, paths["members"])
        write_table(made.orders, paths["orders"])
        files = Files(plan=PLAN, members=paths["members"], orders=(paths["orders"],))
        result, given = computed(steps, files, Asked(period="2026-10"))
        steps("Writing the run")
        write_run(result, given, out / "run", ending="csv", force=True)
    show_summary(result, out / "run", time.perf_counter() - started)
    _explain(result, lang)
    command, run = our_name(), out / "run"
    click.echo(
        f"\nThe company: {paths['members']}, {paths['orders']}\nThe plan:    {PLAN}\n"
        f"The run:     {run}\n\nNext: {command} explain --run {run} --member ID"
        f"\n      {command} verify {run}\n      {command} plan describe {PLAN} --lang pl"
    )


def _explain(result: Result, language: str) -> None:
    """Explain somebody who earned much, somebody in the middle, and somebody who earned nothing."""
    from upline.compensation.explain.render import sentences
    from upline.compensation.explain.why import reasons

    for member in _three(result):
        click.echo("\n" + "─" * 80)
        for line in sentences(
            reasons(result, member, most_lines=3), result.world.plan, language, most_lines=3
        ):
            click.echo(line)


def _three(result: Result) -> list[str]:
    import numpy as np

    totals = np.sum(
        [part.totals * 10 ** (result.places - part.places) for part in result.paid], axis=0
    )
    paid = np.flatnonzero(totals > 0)
    by_total = paid[np.argsort(totals[paid], kind="stable")]
    nothing = np.flatnonzero(totals == 0)
    chosen = []
    if len(by_total):
        chosen += [int(by_total[-1]), int(by_total[len(by_total) * 9 // 10])]
    if len(nothing):
        chosen.append(int(nothing[len(nothing) // 2]))
    return [result.world.id_of(position) for position in dict.fromkeys(chosen)]
