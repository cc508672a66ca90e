"""Times the engine beside other ways to compute the same cents, and asserts that they are the same."""

from __future__ import annotations

import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import contestants
from benchmarks.workload import plan_text, workload
from upline.compensation import load_plan, run

RUNS = 9


def main(members: int, orders: int, out: Path | None = None) -> dict[str, Any]:
    """Run the benchmark and print it; raises AssertionError where cents differ."""
    say = print
    say(f"Seven compressed levels by rank, {members:,} members, {orders:,} orders")
    work = workload(members, orders)
    ours = _ours(work)
    say(f"  Upline, first run {ours['first']:.2f} s, then median of {RUNS}: {ours['median']:.3f} s")
    cold, warm = _starts()
    say(
        f"  A new process without pandas, import to result: {warm:.2f} s; the very first, which "
        f"compiles: {cold:.1f} s"
    )
    duck = _duckdb(work)
    say(
        f"  DuckDB {version('duckdb')}, 2 threads, tables loaded: median of 3: {duck['median']:.2f} s"
    )
    seconds, some = contestants.dict_walk(work)
    walked = seconds * contestants.TENTH
    say(f"  Python dicts, a tenth of the orders, scaled by ten: {walked:.1f} s")
    _assert_same(ours["totals"], duck["totals"], "DuckDB")
    tenth = _tenth_by_engine(work)
    _assert_same(tenth, some, "the dict walk")
    say("  All three gave the same cents to every member.")
    result = {
        "work": "seven compressed levels by rank, unsorted columns to totals",
        "members": members,
        "orders": orders,
        "upline_seconds": round(ours["median"], 4),
        "upline_first_seconds": round(ours["first"], 2),
        "second_start_seconds": round(warm, 2),
        "first_start_seconds": round(cold, 1),
        "duckdb_seconds": round(duck["median"], 3),
        "dict_walk_seconds_scaled": round(walked, 1),
        "times_dict_walk": round(walked / ours["median"]),
        "times_duckdb": round(duck["median"] / ours["median"], 1),
        "peak_memory_mib": ours["peak_mib"],
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
        "versions": {name: version(name) for name in ("numba", "numpy", "pyarrow", "duckdb")},
    }
    say(
        f"  {result['times_dict_walk']} times the dict walk, {result['times_duckdb']} times DuckDB; "
        f"peak memory after our runs {ours['peak_mib']} MiB"
    )
    if out is not None:
        out.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
        say(f"  Kept in {out}")
    return result


def _ours(work: Any) -> dict[str, Any]:
    plan = load_plan(plan_text(), file="benchmark")
    inputs = work.inputs()
    started = time.perf_counter()
    result = run(plan, inputs, keep_lines=False)
    first = time.perf_counter() - started
    seconds = []
    for _ in range(RUNS):
        started = time.perf_counter()
        result = run(plan, inputs, keep_lines=False)
        seconds.append(time.perf_counter() - started)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {
        "first": first,
        "median": statistics.median(seconds),
        "totals": _cents(result),
        "peak_mib": peak,
    }


_START = """
import sys, time
class WithoutPandas:
    # Upline does not need it; where developers have it, pyarrow imports it, which takes 0.35 s.
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == "pandas":
            raise ImportError(name)
sys.meta_path.insert(0, WithoutPandas)
started = time.perf_counter()
from upline.compensation import Inputs, Period, load_plan, run
plan = load_plan({plan!r})
members = {{"id": ["a", "b"], "sponsor": [None, "a"], "rank": ["Gold"] * 2, "active": ["yes"] * 2}}
orders = {{"id": ["1"], "member": ["b"], "date": ["2026-10-05"], "pv": ["200"]}}
run(plan, Inputs(members=members, orders=orders, period=Period.parse("2026-10")))
print(time.perf_counter() - started)
"""


def _starts() -> tuple[float, float]:
    """Give seconds from import to result in new processes: with no kernels kept, and with."""
    code = _START.format(plan=plan_text())
    with tempfile.TemporaryDirectory() as folder:
        # Python keeps compiled modules, as it does wherever nobody forbids it.
        kept = {
            name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
        }
        env = {**kept, "UPLINE_CACHE_DIR": folder}
        seconds = [
            float(subprocess.check_output([sys.executable, "-c", code], env=env, text=True))
            for _ in range(4)
        ]
    return seconds[0], statistics.median(seconds[1:])


def _tenth_by_engine(work: Any) -> dict[int, int]:
    tenth = replace(
        work,
        order_members=np.ascontiguousarray(work.order_members[:: contestants.TENTH]),
        volumes=np.ascontiguousarray(work.volumes[:: contestants.TENTH]),
    )
    plan = load_plan(plan_text(), file="benchmark")
    return _cents(run(plan, tenth.inputs(), keep_lines=False))


def _cents(result: Any) -> dict[int, int]:
    totals = result.paid[0].totals
    rows = result.world.forest.rows
    ids = np.asarray(result.world.ids)[rows]
    paid = np.flatnonzero(totals)
    return dict(zip(ids[paid].tolist(), totals[paid].tolist(), strict=True))


def _duckdb(work: Any) -> dict[str, Any]:
    query = contestants.duckdb_query(work)
    seconds = []
    for _ in range(3):
        started = time.perf_counter()
        found = query()
        seconds.append(time.perf_counter() - started)
    cents = {
        int(member): int(amount)
        for member, amount in zip(found["member"].tolist(), found["cents"].tolist(), strict=True)
        if amount
    }
    return {"median": statistics.median(seconds), "totals": cents}


def _assert_same(ours: dict[int, int], theirs: dict[int, int], who: str) -> None:
    theirs = {member: cents for member, cents in theirs.items() if cents}
    if ours != theirs:
        different = sum(ours.get(member) != theirs.get(member) for member in {*ours, *theirs})
        raise AssertionError(f"Upline and {who} differ for {different} members.")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
