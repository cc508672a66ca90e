"""A run as a folder: what went in, what came out, and the receipt that joins them."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from upline.compensation import Inputs, Period, Result, load_plan, run
from upline.compensation.errors import Fault, InputRefused, Place
from upline.compensation.plan.load import Plan
from upline.runs.lines import write_lines
from upline.runs.rates import read_rates
from upline.runs.tables import read_table, write_table

OUTPUTS = ("lines", "totals", "pay", "ranks", "carries", "legal", "wallets", "states", "cuts")
_ALWAYS = {"lines", "totals", "pay", "ranks", "carries"}
_GIVEN = (
    *("members", "orders", "given_earnings", "given_legs", "carries"),
    *("exchange", "pay_exchange"),
)


@dataclass(frozen=True, slots=True)
class FileAsRead:
    """A file, and by what it is told whether it was changed."""

    path: Path
    size: int
    changed_at_ns: int

    @classmethod
    def of(cls, path: Path) -> FileAsRead:
        found = path.stat()
        return cls(path, found.st_size, found.st_mtime_ns)


@dataclass(frozen=True, slots=True)
class Given:
    """The tables of a run by name, and the Parquet files of those that are one: they are copied."""

    tables: Mapping[str, pa.Table]
    files: Mapping[str, FileAsRead]


@dataclass(frozen=True, slots=True)
class Difference:
    """Something in a run folder that is not what its receipt says."""

    what: str
    kept: str
    found: str


def write_run(
    result: Result,
    given: Given,
    out: Path,
    *,
    ending: str,
    force: bool = False,
) -> None:
    """Keep a run as the folder `out`: inputs as they came, outputs, receipt.

    The folder appears complete or not at all. Raises InputRefused where something stands in its
    place already, unless `force` and it is a run.
    """
    refuse_taken(out, force=force)
    target = out.resolve()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    except OSError as error:
        problem = f"{target.parent} cannot be written to: {error.strerror}."
        remedy = "Name a folder that you may write to."
        raise InputRefused.because("run.unwritable", problem, remedy, Place(str(out))) from error
    try:
        fresh = aside / "run"
        (fresh / "inputs").mkdir(parents=True)
        (fresh / "plan.yaml").write_text(result.world.plan.source, encoding="utf-8")
        receipt = _write_tables(result, given, fresh, ending)
        text = json.dumps(receipt, indent=2, ensure_ascii=False)
        (fresh / "receipt.json").write_text(text + "\n", encoding="utf-8")
        if target.exists():
            target.rename(aside / "earlier")
        fresh.rename(target)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _write_tables(result: Result, given: Given, folder: Path, ending: str) -> dict[str, Any]:
    """Write inputs and outputs, several tables at once; give the receipt, made meanwhile."""
    result.resolve()
    with ThreadPoolExecutor(2) as several:
        written = [
            several.submit(_write_made, result, name, folder / f"{name}.{ending}")
            for name in OUTPUTS
            if name != "lines"
        ]
        written += [
            several.submit(
                _keep, table, given.files.get(name), folder / "inputs" / f"{name}.parquet"
            )
            for name, table in given.tables.items()
        ]
        if result.keeps_lines:
            write_lines(result, folder / f"lines.{ending}")
        receipt = result.receipt()
    for one in written:
        one.result()
    return receipt


def _write_made(result: Result, name: str, path: Path) -> None:
    """Make a table and write it, unless it is one that is left out where it is empty."""
    table = result.as_kept(name)
    if name in _ALWAYS or table.num_rows:
        write_table(table, path)


def outputs_of(result: Result) -> list[str]:
    """Give the names of the tables that a run folder has of a run."""
    always = _ALWAYS if result.keeps_lines else _ALWAYS - {"lines"}
    asked = [name for name in OUTPUTS if name != "lines"]
    there = {name for name in asked if name in always or result.as_kept(name).num_rows}
    return [name for name in OUTPUTS if name in there | always]


def write_output(result: Result, name: str, path: Path) -> None:
    """Write one table of a run as CSV or Parquet, by the file's ending."""
    if name == "lines":
        write_lines(result, path)
    else:
        write_table(result.as_kept(name), path)


def _keep(table: pa.Table, file: FileAsRead | None, path: Path) -> None:
    """Keep an input; a file that was changed since it was read is not what was computed from."""
    if file is not None and file == FileAsRead.of(file.path):
        shutil.copyfile(file.path, path)
    else:
        write_table(table, path)


def refuse_taken(out: Path, *, force: bool) -> None:
    """Raise InputRefused where `out` exists and is not empty, or, with `force`, is no run."""
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    if force and (out / "receipt.json").is_file():
        return
    remedy = (
        "Name a new folder." if force else "Name a new folder, or add --force to replace a run."
    )
    raise InputRefused.because("run.taken", f"{out} is there already.", remedy, Place(str(out)))


def read_run(folder: Path) -> tuple[Plan, Inputs, dict[str, Any]]:
    """Read plan, inputs and receipt of a run folder; raises Refused for what is missing or broken."""
    receipt = _receipt(folder)
    plan_path = folder / "plan.yaml"
    if not plan_path.is_file():
        raise InputRefused.because(
            "run.plan", f"{plan_path} is missing.", _COPY, Place(str(folder))
        )
    plan = load_plan(plan_path.read_text(encoding="utf-8"), file=str(plan_path))
    tables, rates = {}, {}
    for name in _GIVEN:
        path = folder / "inputs" / f"{name}.parquet"
        if path.is_file():
            tables[name], source = read_table(path)
            if name in ("exchange", "pay_exchange"):
                rates[name] = read_rates(tables[name], source)
    for name in ("members", "orders"):
        if name not in tables:
            problem = f"inputs/{name}.parquet is missing."
            raise InputRefused.because("run.inputs", problem, _COPY, Place(str(folder)))
    start, end = (date.fromisoformat(day) for day in receipt["period"])
    inputs = Inputs(
        members=tables["members"],
        orders=tables["orders"],
        period=Period(start=start, end=end, label=receipt.get("label", "")),
        calendar=receipt.get("calendar", ""),
        given_earnings=tables.get("given_earnings"),
        given_legs=tables.get("given_legs"),
        carries=tables.get("carries"),
        exchange=rates.get("exchange", {}),
        pay_exchange=rates.get("pay_exchange", {}),
    )
    return plan, inputs, receipt


_COPY = "Copy the whole folder again from where it was computed."


def _receipt(folder: Path) -> dict[str, Any]:
    path = folder / "receipt.json"
    held: Any = None
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        start, end = (date.fromisoformat(day) for day in held["period"])
        is_whole = start < end and all(
            isinstance(held[part], dict) for part in ("inputs", "outputs")
        )
    except (OSError, ValueError, TypeError, KeyError):
        is_whole = False
    if not is_whole:
        problem = f"{folder} is no run: its receipt.json cannot be read."
        remedy = "Give a folder that 'upline compute --out' made."
        raise InputRefused([Fault(Place(str(path)), "run.receipt", problem, remedy)])
    return dict(held)


def compute_again(folder: Path) -> tuple[Result, dict[str, Any]]:
    """Compute a kept run again from its inputs."""
    plan, inputs, receipt = read_run(folder)
    return run(plan, inputs, keep_lines="lines" not in receipt), receipt


def verify(folder: Path) -> list[Difference]:
    """Compute a kept run again and give every difference to its receipt and to its files."""
    result, kept = compute_again(folder)
    found = result.receipt()
    differences = [
        Difference(key, str(kept.get(key, "nothing")), str(found.get(key, "nothing")))
        for key in sorted({*kept, *found} - {"inputs", "outputs"})
        if kept.get(key) != found.get(key)
    ]
    for part in ("inputs", "outputs"):
        for name in sorted({*kept[part], *found[part]}):
            before, now = kept[part].get(name, "nothing"), found[part].get(name, "nothing")
            if before != now:
                differences.append(Difference(f"{part}.{name}", str(before), str(now)))
    wanted = outputs_of(result)
    for name in OUTPUTS:
        files = [
            path for path in (folder / f"{name}.csv", folder / f"{name}.parquet") if path.is_file()
        ]
        if not files and name in wanted:
            differences.append(Difference(name, "a file", "no file"))
        differences += [
            Difference(path.name, "these rows", "other rows")
            for path in files
            if not _same(path, result, name)
        ]
    return differences


def _same(path: Path, result: Result, name: str) -> bool:
    """Say whether a file holds the rows of a run, in whichever types it has them."""
    with tempfile.TemporaryDirectory() as aside:
        again = Path(aside) / path.name
        write_output(result, name, again)
        kept, fresh = read_table(path)[0], read_table(again)[0]
    if kept.column_names != fresh.column_names:
        return False
    try:
        return bool(kept.cast(fresh.schema).equals(fresh))
    except (ValueError, pa.ArrowException):
        return False
