"""`upline compute`, `upline verify` and `upline warm`."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from upline.cli.refusals import shows_refusals

if TYPE_CHECKING:
    import pyarrow as pa

    from upline.cli.progress import Steps
    from upline.compensation import Fault, Period, Plan, Result
    from upline.compensation.tables import Source
    from upline.runs.folder import FileAsRead, Given

_FILE = click.Path(path_type=Path)
# What members and orders are held against where the plan itself is refused.
_NO_PLAN = "language: 1\nplan: none\nversion: 2000-01-01\ncurrency: EUR\n"


@click.command()
@click.option("--plan", "plan_path", type=_FILE, required=True, help="The plan, a YAML file.")
@click.option(
    "--members",
    "members_path",
    type=_FILE,
    required=True,
    help="The members: CSV in UTF-8, or Parquet.",
)
@click.option(
    "--orders",
    "orders_paths",
    type=_FILE,
    required=True,
    multiple=True,
    help="The orders: CSV in UTF-8, or Parquet. Several times for several files; a folder for all in it.",
)
@click.option("--out", type=_FILE, required=True, help="A new folder, to be made for the run.")
@click.option(
    "--period",
    "period_text",
    help="What to compute: 2026-10, 2026-Q4, 2026-W43, or first..last day. Left out: the one in which the orders lie.",
)
@click.option(
    "--calendar",
    help="Whose period it is, for a plan of several calendars: week, month. Left out, the plan's own.",
)
@click.option(
    "--carries",
    "carries_path",
    type=_FILE,
    help="The carries that the run before gave, of whichever calendar.",
)
@click.option(
    "--earnings", "earnings_path", type=_FILE, help="Earnings that come in already computed."
)
@click.option(
    "--legs",
    "legs_path",
    type=_FILE,
    help="Leg volumes that come in, with the columns member, left and right.",
)
@click.option(
    "--exchange",
    "exchange_path",
    type=_FILE,
    help="Rates for a plan with 'exchange: given': currency, rate (worth of one unit in the plan's).",
)
@click.option(
    "--pay-exchange",
    "pay_exchange_path",
    type=_FILE,
    help="For 'pay_exchange: given': currency, rate (so much is paid for one unit of the plan's).",
)
@click.option(
    "--format",
    "ending",
    type=click.Choice(["csv", "parquet"]),
    help="Of the outputs; left out, that of the orders.",
)
@click.option(
    "--threads",
    type=click.IntRange(1, 64),
    help="How many cores to use; left out, all of them, at most 8.",
)
@click.option(
    "--without-lines",
    is_flag=True,
    help="Keep totals, pay and ranks only: far faster; 'upline explain' still says every line.",
)
@click.option("--back-test", is_flag=True, help="Also before the plan is in force.")
@click.option("--force", is_flag=True, help="Replace an earlier run in that folder.")
@shows_refusals("nothing was written")
def compute(
    plan_path: Path,
    members_path: Path,
    orders_paths: tuple[Path, ...],
    out: Path,
    period_text: str | None,
    calendar: str | None,
    carries_path: Path | None,
    earnings_path: Path | None,
    legs_path: Path | None,
    exchange_path: Path | None,
    pay_exchange_path: Path | None,
    ending: str | None,
    threads: int | None,
    without_lines: bool,
    back_test: bool,
    force: bool,
) -> None:
    """Compute and keep what every member earns in a period.

    The folder holds lines, totals, pay, ranks and carries, the inputs as they came, the plan, and a
    receipt by which anybody can verify the run. Nothing is written if anything is wrong.
    """
    from upline.cli.memory import kept_memory
    from upline.cli.progress import Steps
    from upline.runs.folder import refuse_taken, write_run

    refuse_taken(out, force=force)
    started = time.perf_counter()
    with kept_memory(), Steps() as steps:
        files = Files(
            plan=plan_path,
            members=members_path,
            orders=orders_paths,
            carries=carries_path,
            earnings=earnings_path,
            legs=legs_path,
            exchange=exchange_path,
            pay_exchange=pay_exchange_path,
        )
        asked = Asked(
            period=period_text,
            calendar=calendar or "",
            back_test=back_test,
            keeps_lines=not without_lines,
            threads=threads,
        )
        result, given = computed(steps, files, asked)
        steps("Writing the run")
        chosen = ending or files.ending()
        write_run(result, given, out, ending=chosen, force=force)
    from upline.cli.summary import show_summary

    show_summary(result, out, time.perf_counter() - started)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which period is to be computed, of which calendar, and how.

    `back_test` allows one before the plan is in force; without `keeps_lines` only totals are kept.
    """

    period: str | None = None
    calendar: str = ""
    back_test: bool = False
    keeps_lines: bool = True
    threads: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """What a run is computed from, as it was named on the command line."""

    plan: Path
    members: Path
    orders: tuple[Path, ...]
    carries: Path | None = None
    earnings: Path | None = None
    legs: Path | None = None
    exchange: Path | None = None
    pay_exchange: Path | None = None

    def tables(self) -> dict[str, tuple[Path, ...]]:
        """Give the paths of each table under the name that a run folder has for it."""
        named = {
            "members": self.members,
            "carries": self.carries,
            "given_earnings": self.earnings,
            "given_legs": self.legs,
            "exchange": self.exchange,
            "pay_exchange": self.pay_exchange,
        }
        alone = {name: (path,) for name, path in named.items() if path is not None}
        return {"members": alone["members"], "orders": self.orders, **alone}

    def ending(self) -> str:
        """Give the format of the orders, which is that of the outputs where none is asked for."""
        first = self.orders[0]
        parts = sorted(first.iterdir()) if first.is_dir() else [first]
        is_parquet = any(path.suffix.lower() in (".parquet", ".pq") for path in parts)
        return "parquet" if is_parquet else "csv"

    def as_read(self) -> dict[str, FileAsRead]:
        """Give the tables that come as one Parquet file, as the files are now."""
        from upline.runs.folder import FileAsRead

        return {
            name: FileAsRead.of(paths[0])
            for name, paths in self.tables().items()
            if len(paths) == 1
            and paths[0].is_file()
            and paths[0].suffix.lower() in (".parquet", ".pq")
        }


def computed(
    steps: Steps,
    files: Files,
    asked: Asked,
) -> tuple[Result, Given]:
    """Read files and compute them, listing the faults of all files together."""
    from upline.compensation.errors import InputRefused, Refused
    from upline.compensation.plan.load import load_file
    from upline.compensation.plan.review import refuse_blocked
    from upline.runs.folder import Given
    from upline.runs.parts import files_of, read_parts
    from upline.runs.rates import read_rates

    faults: list[Fault] = []
    steps("Reading the plan")
    plan: Plan | None = None
    try:
        plan = load_file(files.plan)
        refuse_blocked(plan)
    except Refused as refused:
        faults.extend(refused.faults)
    steps("Reading members and orders")
    as_read = files.as_read()
    tables, sources, rates = {}, {}, {}
    for name, paths in files.tables().items():
        try:
            tables[name], source = read_parts(files_of(paths))
            sources[name.replace("_", " ")] = source
            if name in ("exchange", "pay_exchange"):
                rates[name] = read_rates(tables[name], source)
        except Refused as refused:
            faults.extend(refused.faults)
    if faults or plan is None:
        steps("Looking for further faults")
        raise InputRefused([*faults, *further_faults(plan, tables, sources)])
    steps("Loading the engine")
    from upline.compensation import Inputs, run
    from upline.compensation.kernels import is_warm

    period = period_of(plan, tables["orders"], asked.period, asked.calendar)
    if period.start < plan.file.version and tables["orders"].num_rows and not asked.back_test:
        problem = f"{plan.id} is not in force yet on {period.start}, when the period begins."
        remedy = "Take the version that was in force then, or add --back-test if that is meant."
        raise InputRefused.because("plan.not_in_force", problem, remedy)
    inputs = Inputs(
        members=tables["members"],
        orders=tables["orders"],
        period=period,
        calendar=asked.calendar,
        carries=tables.get("carries"),
        given_earnings=tables.get("given_earnings"),
        given_legs=tables.get("given_legs"),
        exchange=rates.get("exchange", {}),
        pay_exchange=rates.get("pay_exchange", {}),
        sources=sources,
    )
    if not is_warm():
        click.echo("Compiling the engine's loops, only this first time: about 15 s.", err=True)
    steps(f"Computing {period.label or 'the period'}")
    result = run(plan, inputs, keep_lines=asked.keeps_lines, threads=asked.threads)
    return result, Given(tables, as_read)


def further_faults(
    plan: Plan | None, tables: dict[str, pa.Table], sources: dict[str, Source]
) -> list[Fault]:
    """Give the faults of the tables that could be read, where the plan or another could not.

    Without a plan its fields are not known, so ids, sponsors, dates and references are looked at.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    from upline.compensation import Inputs, Period, Refused, load_plan
    from upline.compensation.preparation import prepare

    members, orders = tables.get("members"), tables.get("orders")
    empty: dict[str, list[str]] = {"id": [], "sponsor": [], "member": [], "date": []}
    if members is None and orders is not None and "member" in orders.column_names:
        ids = pc.unique(orders.column("member").drop_null())
        members = pa.table({"id": ids, "sponsor": pa.nulls(len(ids), pa.string())})
    names = {source.name for name, source in sources.items() if name in ("members", "orders")}
    inputs = Inputs(
        members=empty if members is None else members,
        orders=empty if orders is None else orders,
        period=Period.parse("2000-01"),
        sources=sources,
    )
    try:
        prepare(plan or load_plan(_NO_PLAN), inputs)
    except Refused as refused:
        # Rates are not looked at here, so that a missing one is no fault.
        return [
            fault
            for fault in refused.faults
            if fault.place.file in names and fault.code != "table.exchange"
        ]
    return []


def period_of(plan: Plan, orders: pa.Table, text: str | None, calendar: str = "") -> Period:
    """Take the period that was asked for, or the only one in which there are orders."""
    from upline.compensation import InputRefused, Period
    from upline.compensation.columns import NO_DAY
    from upline.compensation.plan.calendars import spec_of
    from upline.compensation.tables import Reader, Source

    spec = spec_of(calendar or plan.file.calendar.every, plan.file)
    if text:
        return _of_calendar(Period.parse(text), spec.every)
    if spec.every in ("given", "four_weeks"):
        problem = f"The plan's calendar is '{spec.every}', so the period is not clear."
        remedy = "Add --period with its days, as in --period 2026-10-05..2026-11-01."
        raise InputRefused.because("period.unclear", problem, remedy)
    any_period = Period.with_day(plan.file.version, "month")
    if "date" not in orders.column_names:
        return any_period
    reader = Reader(orders, Source("orders"))
    days = reader.days("date", plan.file.time_zone).values
    if reader.faults:
        # The run lists them, together with all others.
        return any_period
    known = days[days != NO_DAY]
    if not len(known):
        problem = "The period is not clear: no order has a date."
        raise InputRefused.because(
            "period.unclear", problem, "Add --period, as in --period 2026-10."
        )
    first, last = (
        date(1970, 1, 1) + timedelta(days=int(day)) for day in (known.min(), known.max())
    )
    period = Period.with_day(first, spec.every, spec.starts)
    if last >= period.end:
        problem = f"The orders reach from {first} to {last}, which is more than one period."
        remedy = (
            f"Add --period, as in --period {Period.with_day(last, spec.every, spec.starts).label}."
        )
        raise InputRefused.because("period.unclear", problem, remedy)
    return period


def _of_calendar(period: Period, every: str) -> Period:
    """Refuse a period that is none of the plan's calendar; days written out are taken as meant."""
    from upline.compensation import InputRefused, Period

    if every in ("given", "four_weeks") or ".." in period.label:
        return period
    own = Period.with_day(period.start, every)
    if (own.start, own.end) != (period.start, period.end):
        problem = f"'{period.label}' is no {every} of the plan's calendar."
        remedy = (
            f"Write --period {own.label}, or the days as {period.start}..LAST if that is meant."
        )
        raise InputRefused.because("period.calendar", problem, remedy)
    return period


@click.command()
@click.argument("folder", type=_FILE)
@shows_refusals()
def verify(folder: Path) -> None:
    """Compute a kept run again and compare it with its receipt.

    FOLDER is one that 'upline compute' made. Any change to its inputs, plan, outputs or receipt
    is listed, and the exit code is 1.
    """
    from upline.cli.progress import Steps

    with Steps() as steps:
        steps("Computing the run again")
        from upline.runs.folder import verify as differences_of

        differences = differences_of(folder)
    if not differences:
        click.echo(f"{folder}: verified. Inputs, plan and outputs are as the receipt says.")
        return
    count = "1 difference" if len(differences) == 1 else f"{len(differences)} differences"
    click.echo(f"{folder}: not as the receipt says, {count}.", err=True)
    for one in differences:
        click.echo(f"  {one.what}: kept {one.kept[:24]}, computed {one.found[:24]}", err=True)
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
