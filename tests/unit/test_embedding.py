"""The engine inside other programs: frames in and out, and no web framework."""

from __future__ import annotations

import importlib.metadata
import os
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import upline.compensation
from upline.compensation import InputRefused, Inputs, Period, load_plan, run

ROOT = Path(__file__).parents[2]
PLAN = """
language: 1
plan: two-levels
version: 2026-10-01
currency: EUR
orders: {price: money}
bonuses:
  team: {kind: level, base: price, levels: {1: 10 %, 2: 5 %}}
"""
MEMBERS = {"id": ["Aiman", "Boris", "Celina"], "sponsor": [None, "Aiman", "Boris"]}
ORDERS = {
    "id": ["1", "2"],
    "member": ["Celina", "Boris"],
    "date": ["2026-10-05", "2026-10-31"],
    "price": ["200.00", "10.05"],
}
EXPECTED = [("Aiman", "11.01"), ("Boris", "20.00")]


class OnlyCapsule:
    """A frame of which nothing is known but the Arrow PyCapsule interface."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._table.__arrow_c_stream__(requested_schema)


@pytest.mark.parametrize(
    "frame", [dict, pa.table, pl.DataFrame, pd.DataFrame, lambda d: OnlyCapsule(pa.table(d))]
)
def test_frames_of_any_library_go_in(frame):
    inputs = Inputs(members=frame(MEMBERS), orders=frame(ORDERS), period=Period.parse("2026-10"))

    totals = run(load_plan(PLAN), inputs).totals

    assert [(row["member"], str(row["amount"])) for row in totals.to_pylist()] == EXPECTED


def test_results_become_frames_of_any_library():
    inputs = Inputs(members=MEMBERS, orders=ORDERS, period=Period.parse("2026-10"))

    lines = run(load_plan(PLAN), inputs).lines

    assert pl.DataFrame(lines)["amount"].sum() == Decimal("31.01")
    assert pl.DataFrame(OnlyCapsule(lines)).height == 3
    assert pd.DataFrame.from_arrow(lines)["amount"].sum() == Decimal("31.01")


def test_decimals_and_whole_numbers_are_read_alike():
    exact = pa.table(
        {**ORDERS, "price": pa.array([Decimal("200.00"), Decimal("10.05")], pa.decimal128(10, 2))}
    )
    cents = exact.set_column(3, "price", exact["price"].cast(pa.decimal64(18, 2)))
    for orders in (exact, cents):
        inputs = Inputs(members=MEMBERS, orders=orders, period=Period.parse("2026-10"))

        totals = run(load_plan(PLAN), inputs).totals

        assert [(row["member"], str(row["amount"])) for row in totals.to_pylist()] == EXPECTED


def test_binary_floating_point_money_is_refused():
    inputs = Inputs(
        members=MEMBERS, orders={**ORDERS, "price": [200.0, 10.05]}, period=Period.parse("2026-10")
    )

    with pytest.raises(InputRefused, match="binary floating point"):
        run(load_plan(PLAN), inputs)


def test_there_are_about_a_dozen_public_names_and_each_says_what_it_is():
    names = upline.compensation.__all__

    assert 10 <= len(names) <= 14
    assert all(getattr(upline.compensation, name).__doc__ for name in names)


def test_the_example_of_the_readme_runs():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)

    printed = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout

    assert printed.splitlines() == [
        "Boris own None 5.00",
        "Boris unilevel 1 20.00",
        "Celina own None 10.00",
    ]


def _needed(name: str, found: set[str]) -> set[str]:
    """Give a distribution's name and those of all that it needs, without extras."""
    if name in found:
        return found
    found.add(name)
    for line in importlib.metadata.requires(name) or []:
        requirement, _, marker = line.partition(";")
        if "extra" in marker or "python_version <" in marker or "python_full_version <" in marker:
            continue
        other = re.match(r"[\w.-]+", requirement.strip())
        assert other is not None
        try:
            importlib.metadata.version(other[0])
        except importlib.metadata.PackageNotFoundError:
            continue
        _needed(other[0], found)
    return found


def test_the_engine_runs_in_an_environment_that_holds_only_what_it_needs(tmp_path):
    for name in _needed("upline", set()) - {"upline"}:
        for file in importlib.metadata.files(name) or []:
            top = file.parts[0]
            place = tmp_path / top
            if top not in ("..", "__pycache__") and not place.exists():
                place.symlink_to(
                    Path(str(file.locate())).parents[len(file.parts) - 2]
                    if len(file.parts) > 1
                    else file.locate()
                )
    code = """
import sys
import upline.compensation as engine
from importlib.util import find_spec
assert find_spec("django") is None, "the environment holds a web framework"
assert find_spec("pytest") is None
plan = engine.load_plan(%r)
inputs = engine.Inputs(members=%r, orders=%r, period=engine.Period.parse("2026-10"))
print(engine.run(plan, inputs).totals.num_rows)
""" % (PLAN, MEMBERS, ORDERS)  # noqa: UP031

    done = subprocess.run(
        [
            sys.executable,
            "-S",
            "-E",
            "-c",
            f"import sys; sys.path[:0] = {[str(tmp_path), str(ROOT / 'src')]!r}\n{code}",
        ],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": ""},
    )

    assert done.stdout.strip() == "2", done.stderr
