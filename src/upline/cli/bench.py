"""`upline bench`: the benchmarks of a clone of the repository."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click


def _count(name: str, default: int) -> Any:
    return click.option(
        name, default=default, show_default=True, type=click.IntRange(100), help="How many."
    )


MEMBERS, ORDERS = _count("--members", 1_000_000), _count("--orders", 5_000_000)
MEMBERS_OF_SITE, FACTS = _count("--members", 200_000), _count("--facts", 1_000_000)
OUT = click.option("--out", type=click.Path(path_type=Path), help="Keep the figures as JSON.")


@click.group()
def bench() -> None:
    """Time Upline against other ways to do the same (in a clone of the repository)."""


@bench.command()
@MEMBERS
@ORDERS
@OUT
def engine(members: int, orders: int, out: Path | None) -> None:
    """Time levels, volumes and a hybrid plan beside other ways to the same, asserted figures."""
    _from_clone("benchmarks.engine").main(members, orders, out)


def _from_clone(module: str) -> Any:
    """Import a benchmark, which stands beside the package and not in it."""
    if not Path("benchmarks/engine.py").is_file():
        problem = "benchmarks/ is not here; run this in a clone of the repository."
        raise click.UsageError(problem)
    sys.path.insert(0, str(Path.cwd()))
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        problem = f"{error.name} is missing; 'make bench' installs what benchmarks need."
        raise click.UsageError(problem) from error


@bench.command()
@MEMBERS_OF_SITE
@FACTS
@OUT
def close(members: int, facts: int, out: Path | None) -> None:
    """Close a month on the embedded server, from command to readable statements."""
    _from_clone("benchmarks.closing").main(members, facts, out)


@bench.command()
@click.option(
    "--entries", default=300_000, show_default=True, type=click.IntRange(300), help="How many."
)
@click.option(
    "--single", default=1_000, show_default=True, type=click.IntRange(10), help="One by one."
)
@OUT
def ledger(entries: int, single: int, out: Path | None) -> None:
    """Post journals at once and one by one on the embedded server, and check the books."""
    _from_clone("benchmarks.ledger").main(entries, single, out)


@bench.command()
@MEMBERS
@OUT
def network(members: int, out: Path | None) -> None:
    """Load members with both trees on the embedded server, and read them all as of a day."""
    _from_clone("benchmarks.network").main(members, out)


@bench.command()
@MEMBERS_OF_SITE
@FACTS
@click.option(
    "--visitors", default=200, show_default=True, type=click.IntRange(2), help="Who ask in turn."
)
@OUT
def statements(members: int, facts: int, visitors: int, out: Path | None) -> None:
    """Compute an estimate and open the pages of statements and reasons, member by member."""
    _from_clone("benchmarks.statements").main(members, facts, visitors, out)


@bench.command()
@MEMBERS
@ORDERS
@OUT
def command(members: int, orders: int, out: Path | None) -> None:
    """Time 'upline compute' as a process of its own, from Parquet files to a run folder."""
    _from_clone("benchmarks.command").main(members, orders, out)


@bench.command()
@MEMBERS
@ORDERS
@OUT
def lines(members: int, orders: int, out: Path | None) -> None:
    """Write pay lines with their reasons to Parquet; lines a second a core."""
    _from_clone("benchmarks.lines").main(members, orders, out)
