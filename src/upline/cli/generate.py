"""`upline generate`: a made-up company as files."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import pyarrow as pa

SHAPES = ("realistic", "chain", "star", "bushy", "forest", "caterpillar")
FORMATS = ("csv", "parquet")
# From so many rows on the user sees what is going on.
LARGE = 500_000


@click.command()
@click.option("--members", default=20_000, show_default=True, help="Members in all.")
@click.option("--orders", default=100_000, show_default=True, help="Orders in each month.")
@click.option(
    "--shape",
    type=click.Choice(SHAPES),
    default="realistic",
    show_default=True,
    help="How the sponsor tree grows.",
)
@click.option("--months", default=1, show_default=True, help="How many months of orders.")
@click.option("--start", default="2026-10", show_default=True, help="The first month.")
@click.option("--seed", default=7, show_default=True, help="Another seed, another company.")
@click.option(
    "--format",
    "file_format",
    type=click.Choice(FORMATS),
    default="csv",
    show_default=True,
    help="Of both files.",
)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="A new folder.")
@click.option("--force", is_flag=True, help="Replace the files of an earlier company.")
def generate(
    members: int,
    orders: int,
    shape: str,
    months: int,
    start: str,
    seed: int,
    file_format: str,
    out: Path,
    force: bool,
) -> None:
    """Make up a company: members and orders for trying plans out.

    The same options give the same company on any machine. OUT then holds members.csv and
    orders.csv, or both as Parquet.
    """
    _refuse_taken(out, may_replace=force)
    steps = _shown if members + orders * months >= LARGE else _silent
    steps("Making members and orders")
    from upline.generate import company

    try:
        made = company(
            members=members, orders=orders, shape=shape, months=months, start=start, seed=seed
        )
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    steps("Writing files")
    try:
        _write({"members": made.members, "orders": made.orders}, file_format, out)
    except OSError as error:
        raise click.UsageError(f"{out} cannot be written: {error.strerror or error}.") from error
    click.echo(
        f"{out}: {made.members.num_rows:,} members, {made.orders.num_rows:,} orders "
        f"({shape}, seed {seed})"
    )


def _silent(_: str) -> None:
    """Say nothing: a small company is there at once."""


def _shown(step: str) -> None:
    from rich.console import Console

    Console(stderr=True).print(f"{step} ...", style="dim")


def _refuse_taken(out: Path, *, may_replace: bool) -> None:
    if not out.exists():
        return
    if not out.is_dir():
        raise click.UsageError(f"{out} is a file; name a folder that does not exist yet.")
    held = {entry.name for entry in out.iterdir()}
    if not held:
        return
    ours = {f"{table}.{ending}" for table in ("members", "orders") for ending in FORMATS}
    if not may_replace:
        raise click.UsageError(f"{out} is not empty; name another folder, or add --force.")
    if held - ours:
        strange = ", ".join(sorted(held - ours)[:3])
        raise click.UsageError(
            f"{out} also holds {strange}, which --force does not remove; name another folder."
        )


def _write(tables: dict[str, pa.Table], file_format: str, out: Path) -> None:
    """Write all files aside first, so that OUT is either complete or as it was."""
    target = out.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    write: Callable[[pa.Table, Path], None] = _csv if file_format == "csv" else _parquet
    try:
        complete = aside / "new"
        complete.mkdir()
        for name, table in tables.items():
            write(table, complete / f"{name}.{file_format}")
        _put(complete, target, aside / "old")
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _put(complete: Path, target: Path, old: Path) -> None:
    if not target.exists():
        complete.rename(target)
        return
    target.rename(old)
    try:
        complete.rename(target)
    except OSError:
        old.rename(target)
        raise


def _csv(table: pa.Table, path: Path) -> None:
    from pyarrow import csv

    # Nothing made up needs quotes, and a bare header reads better than the writer's quoted one.
    bare = csv.WriteOptions(include_header=False, quoting_style="none")
    with path.open("wb") as file:
        file.write(",".join(table.column_names).encode() + b"\n")
        csv.write_csv(table, file, bare)


def _parquet(table: pa.Table, path: Path) -> None:
    from pyarrow import parquet

    parquet.write_table(table, path, compression="zstd")
