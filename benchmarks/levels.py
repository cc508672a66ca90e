"""Times seven compressed levels by rank, and volumes, beside other ways to the same figures."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
from dataclasses import replace
from importlib.metadata import version
from typing import Any

import numpy as np

from benchmarks import contestants
from benchmarks.machine import WITHOUT_PANDAS, seconds_of, with_compiled_modules
from benchmarks.workload import VOLUMES, Workload, bytes_of, plan_text
from upline.compensation import load_plan, run
from upline.compensation.columns import Numbers
from upline.compensation.measures.scopes import Figures
from upline.compensation.preparation import prepare

RUNS = 9
_FEW = 3
Row = dict[str, Any]


def levels(work: Workload) -> Row:
    """Time levels from unsorted columns to totals; raises AssertionError where cents differ."""
    plan, inputs = load_plan(plan_text(), file="benchmark"), work.inputs()
    seconds = [seconds_of(lambda: run(plan, inputs, keep_lines=False)) for _ in range(RUNS + 1)]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    ours = _cents(run(plan, inputs, keep_lines=False))
    median = statistics.median(seconds[1:])
    against = {}
    for name, (taken, found) in {
        f"DuckDB {version('duckdb')}, tables loaded": _duckdb(work),
        f"numpy {version('numpy')}, level by level": contestants.numpy_by_level(work),
    }.items():
        _assert_same(ours, found, name)
        against[name] = _beside(taken, median)
    taken, found = contestants.dict_walk(work)
    _assert_same(_cents(run(plan, _tenth(work).inputs(), keep_lines=False)), found, "dicts")
    against["dict walk, a tenth, scaled"] = _beside(taken * contestants.TENTH, median)
    return {
        "work": "seven compressed levels by rank, unsorted columns to totals",
        "seconds": median,
        "first_seconds": seconds[0],
        "input_bytes": bytes_of(inputs),
        "peak_mib": peak,
        "against": against,
    }


def volumes(work: Workload) -> Row:
    """Time groups, strongest legs, left and right legs of a company that is laid out.

    Raises AssertionError where they differ from those of the dict walk.
    """
    plan = load_plan(VOLUMES, file="benchmark")
    names = list(plan.file.measures)
    world = prepare(plan, work.placed_inputs())
    # What each member ordered is no volume of a group: bring it together beforehand.
    bought = Figures(world).member_scope
    own = bought.call(_own(plan))
    seconds = []
    for _ in range(RUNS + 1):
        figures = Figures(world)
        figures.own["own(pv)"] = own
        seconds.append(seconds_of(lambda: [figures.member_scope.named(name) for name in names]))  # noqa: B023
    median = statistics.median(seconds[1:])
    taken, found = contestants.volume_walk(work)
    tenth = Figures(prepare(plan, _tenth(work).placed_inputs()))
    for name in names:
        column = tenth.member_scope.named(name)
        assert isinstance(column, Numbers)
        _assert_same(_by_id(column.values, tenth.world), found[name], f"the dict walk ({name})")
    return {
        "work": "group and leg volumes in two trees, members laid out and own volumes known",
        "seconds": median,
        "input_bytes": own.values.nbytes
        + sum(t.parent.nbytes for t in (world.forest, *world.trees.values())),
        "against": {
            "dict walk, a tenth, scaled": _beside(taken * contestants.TENTH, median),
        },
    }


def _own(plan: Any) -> Any:
    call = plan.file.measures["whole"].value.node
    return replace(call, function="own")


def _beside(theirs: float, ours: float) -> dict[str, float]:
    return {"seconds": round(theirs, 3), "times": round(theirs / ours, 1)}


def _tenth(work: Workload) -> Workload:
    return replace(
        work,
        order_members=np.ascontiguousarray(work.order_members[:: contestants.TENTH]),
        volumes=np.ascontiguousarray(work.volumes[:: contestants.TENTH]),
    )


def _cents(result: Any) -> dict[int, int]:
    return _by_id(result.paid[0].totals, result.world)


def _by_id(figures: Any, world: Any) -> dict[int, int]:
    ids = np.asarray(world.ids)[world.forest.rows]
    some = np.flatnonzero(figures)
    return dict(zip(ids[some].tolist(), figures[some].tolist(), strict=True))


def _duckdb(work: Workload) -> tuple[float, dict[int, int]]:
    query = contestants.duckdb_query(work)
    found = query()
    median = statistics.median(seconds_of(query) for _ in range(_FEW))
    return median, dict(
        zip(found["member"].tolist(), map(int, found["cents"].tolist()), strict=True)
    )


def _assert_same(ours: dict[int, int], theirs: dict[int, int], who: str) -> None:
    theirs = {member: figure for member, figure in theirs.items() if figure}
    if ours != theirs:
        different = sum(ours.get(member) != theirs.get(member) for member in {*ours, *theirs})
        raise AssertionError(f"Upline and {who} differ for {different} members.")


_START = (
    WITHOUT_PANDAS
    + """
import time
started = time.perf_counter()
from upline.compensation import Inputs, Period, load_plan, run
plan = load_plan({plan!r})
members = {{"id": ["a", "b"], "sponsor": [None, "a"], "rank": ["Gold"] * 2, "active": ["yes"] * 2}}
orders = {{"id": ["1"], "member": ["b"], "date": ["2026-10-05"], "pv": ["200"]}}
run(plan, Inputs(members=members, orders=orders, period=Period.parse("2026-10")))
print(time.perf_counter() - started)
"""
)


def starts() -> tuple[float, float]:
    """Give seconds from import to result in new processes: with no kernels kept, and with."""
    code = _START.format(plan=plan_text())
    with tempfile.TemporaryDirectory() as folder:
        env = {**with_compiled_modules(), "UPLINE_CACHE_DIR": folder}
        seconds = [
            float(subprocess.check_output([sys.executable, "-c", code], env=env, text=True))
            for _ in range(4)
        ]
    return seconds[0], statistics.median(seconds[1:])
