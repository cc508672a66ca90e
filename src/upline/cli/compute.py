"""`upline compute`, `upline verify` and `upline warm`."""

from __future__ import annotations

import time
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from upline.cli.refusals import shows_refusals

if TYPE_CHECKING:
    from upline.compensation import Period, Plan, Result

_FILE = click.Path(path_type=Path)


@click.command()
@click.option("--plan", "plan_path", type=_FILE, required=True, help="The plan, a YAML file.")
@click.option("--members", "members_path", type=_FILE, required=True, help="CSV or Parquet.")
@click.option("--orders", "orders_path", type=_FILE, required=True, help="CSV or Parquet.")
@click.option("--out", type=_FILE, required=True, help="A new folder for the run.")
@click.option("--period", "period_text", help="2026-10, 2026-Q4, 2026-W43, or day..day.")
@click.option("--carries", "carries_path", type=_FILE, help="carries of the period before.")
@click.option("--earnings", "earnings_path", type=_FILE, help="Earnings that come in computed.")
@click.option("--format", "ending", type=click.Choice(["csv", "parquet"]), help="Of the outputs.")
@click.option("--threads", type=click.IntRange(1, 64), help="Default: all cores, at most 8.")
@click.option("--force", is_flag=True, help="Replace an earlier run in OUT.")
@shows_refusals
def compute(
    plan_path: Path,
    members_path: Path,
    orders_path: Path,
    out: Path,
    period_text: str | None,
    carries_path: Path | None,
    earnings_path: Path | None,
    ending: str | None,
    threads: int | None,
    force: bool,
) -> None:
    """Compute what every member earns in a period, and keep it as a folder.

    OUT holds lines, totals, ranks and carries, the inputs as they came, the plan, and a receipt
    by which anybody can verify the run. Nothing is written if anything is wrong.
    """
    from upline.cli.progress import Steps
    from upline.runs.folder import refuse_taken, write_run

    refuse_taken(out, force=force)
    started = time.perf_counter()
    with Steps() as steps:
        result, given = computed(
            steps, plan_path, members_path, orders_path, period_text, carries_path, earnings_path, threads
        )
        steps("Writing the run")
        chosen = ending or ("parquet" if orders_path.suffix == ".parquet" else "csv")
        write_run(result, given, out, ending=chosen, force=force)
    from upline.cli.summary import show_summary

    show_summary(result, out, time.perf_counter() - started)


def computed(  # type: ignore[no-untyped-def]
    steps,
    plan_path: Path,
    members_path: Path,
    orders_path: Path,
    period_text: str | None,
    carries_path: Path | None = None,
    earnings_path: Path | None = None,
    threads: int | None = None,
) -> tuple[Result, dict]:
    """Read files and compute them, listing the faults of all files together."""
    from upline.compensation.errors import Fault, InputRefused, Refused
    from upline.compensation.plan.load import load_file
    from upline.runs.tables import read_table

    faults: list[Fault] = []
    steps("Reading the plan")
    plan: Plan | None = None
    try:
        plan = load_file(plan_path)
    except Refused as refused:
        faults.extend(refused.faults)
    steps("Reading members and orders")
    tables, sources = {}, {}
    paths = {
        "members": members_path,
        "orders": orders_path,
        "carries": carries_path,
        "given_earnings": earnings_path,
    }
    for name, path in paths.items():
        if path is None:
            continue
        try:
            tables[name], sources[name.replace("_", " ")] = read_table(path)
        except Refused as refused:
            faults.extend(refused.faults)
    if faults or plan is None:
        raise InputRefused(faults)
    steps("Loading the engine")
    from upline.compensation import Inputs, run
    from upline.compensation.kernels import is_warm

    period = period_of(plan, tables["orders"], period_text)
    inputs = Inputs(
        members=tables["members"],
        orders=tables["orders"],
        period=period,
        carries=tables.get("carries"),
        given_earnings=tables.get("given_earnings"),
        sources=sources,
    )
    first = "" if is_warm() else " (compiling, only this first time)"
    steps(f"Computing {period.label or 'the period'}{first}")
    return run(plan, inputs, threads=threads), tables


def period_of(plan: Plan, orders, text: str | None) -> Period:  # type: ignore[no-untyped-def]
    """Take the period that was asked for, or the only one in which there are orders."""
    from upline.compensation import InputRefused, Period
    from upline.compensation.columns import NO_DAY
    from upline.compensation.tables import Reader, Source

    if text:
        return Period.parse(text)
    if "date" not in orders.column_names:
        return Period.parse("2000-01")
    days = Reader(orders, Source("orders")).days("date", plan.file.time_zone).values
    known = days[days != NO_DAY]
    if not len(known):
        problem = "The period is not clear: no order has a date."
        raise InputRefused.because("period.unclear", problem, "Add --period, as in --period 2026-10.")
    first, last = (date(1970, 1, 1) + timedelta(days=int(day)) for day in (known.min(), known.max()))
    period = Period.parse(_span_with(first, plan.file.calendar.every))
    if last >= period.end:
        problem = f"The orders reach from {first} to {last}, which is more than one period."
        remedy = f"Add --period, as in --period {_span_with(last, plan.file.calendar.every)}."
        raise InputRefused.because("period.unclear", problem, remedy)
    return period


def _span_with(day: date, calendar: str) -> str:
    year, week, _ = day.isocalendar()
    spans = {
        "day": day.isoformat(),
        "week": f"{year}-W{week:02}",
        "quarter": f"{day.year}-Q{(day.month + 2) // 3}",
        "year": str(day.year),
    }
    return spans.get(calendar, f"{day.year}-{day.month:02}")


@click.command()
@click.argument("folder", type=_FILE)
@shows_refusals
def verify(folder: Path) -> None:
    """Compute a kept run again from its inputs and compare everything with its receipt."""
    from upline.cli.progress import Steps

    with Steps() as steps:
        steps("Computing the run again")
        from upline.runs.folder import verify as differences_of

        differences = differences_of(folder)
    if not differences:
        click.echo(f"{folder}: verified. Inputs, plan and outputs are as the receipt says.")
        return
    click.echo(f"{folder}: {len(differences)} differences to the receipt.", err=True)
    for one in differences:
        click.echo(f"  {one.what}: receipt {one.kept[:16]}, found {one.found[:16]}", err=True)
    raise SystemExit(1)


@click.command()
def warm() -> None:
    """Compile the kernels now, so that the first run need not."""
    from upline.cli.progress import Steps

    started = time.perf_counter()
    with Steps() as steps:
        steps("Compiling")
        from upline.compensation.kernels import CACHE_FOLDER
        from upline.runs.warm import warm_up

        warm_up()
    click.echo(f"Kernels are kept in {CACHE_FOLDER} ({time.perf_counter() - started:.1f} s).")
