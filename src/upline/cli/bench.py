"""`upline bench`: the benchmarks of a clone of the repository."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.group()
def bench() -> None:
    """Time Upline against other ways to do the same (in a clone of the repository)."""


@bench.command()
@click.option(
    "--members",
    default=1_000_000,
    show_default=True,
    type=click.IntRange(100),
    help="How many.",
)
@click.option(
    "--orders", default=5_000_000, show_default=True, type=click.IntRange(100), help="How many."
)
@click.option("--out", type=click.Path(path_type=Path), help="Keep the figures as JSON.")
def engine(members: int, orders: int, out: Path | None) -> None:
    """Seven compressed levels by rank: Upline, DuckDB and dicts, the same cents asserted."""
    if not Path("benchmarks/engine.py").is_file():
        problem = "benchmarks/ is not here; run this in a clone of the repository."
        raise click.UsageError(problem)
    sys.path.insert(0, str(Path.cwd()))
    try:
        from benchmarks.engine import main
    except ModuleNotFoundError as error:
        problem = f"{error.name} is missing; 'make bench' installs what benchmarks need."
        raise click.UsageError(problem) from error
    main(members, orders, out)
