"""Times what decisions rest on: the plain walk beside the general one, buckets beside a sort.

python -m benchmarks.choices [MEMBERS ORDERS]
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from typing import Any
from unittest import mock

import numpy as np

from benchmarks.workload import plan_text, workload
from upline.compensation import load_plan, run
from upline.compensation.bonuses import level
from upline.compensation.columns import Numbers
from upline.compensation.orders import Orders

RUNS = 5
# What walks up the line for one bonus.
RUNNER = level._Runner  # noqa: SLF001


def main(members: int = 1_000_000, orders: int = 5_000_000) -> None:
    """Print both comparisons; raises AssertionError where results differ."""
    print(f"{members:,} members, {orders:,} orders, medians of {RUNS}")
    _walks(members, orders)
    _grouping(members, orders)


def _median(work: Callable[[], Any]) -> tuple[float, Any]:
    found = work()
    seconds = []
    for _ in range(RUNS):
        started = time.perf_counter()
        found = work()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds), found


def _walks(members: int, orders: int) -> None:
    """Time only the walk up the line, inside whole runs."""
    plan, inputs = load_plan(plan_text(), file="benchmark"), workload(members, orders).inputs()
    seconds: list[float] = []
    walk = RUNNER.totals

    def timed(runner: Any) -> Any:
        started = time.perf_counter()
        totals = walk(runner)
        seconds.append(time.perf_counter() - started)
        return totals

    with mock.patch.object(RUNNER, "totals", timed):
        _, first = _median(lambda: run(plan, inputs, keep_lines=False).paid[0].totals)
        plain = statistics.median(seconds[1:])
        seconds.clear()
        with mock.patch.object(RUNNER, "_is_plain", return_value=False):
            _, second = _median(lambda: run(plan, inputs, keep_lines=False).paid[0].totals)
        general = statistics.median(seconds[1:])
    assert (first == second).all()
    print(f"  seven levels: plain walk {plain:.3f} s, general walk {general:.3f} s")


def _grouping(members: int, orders: int) -> None:
    chance = np.random.default_rng(1)
    positions = chance.integers(0, members, orders).astype(np.int32)
    volumes = chance.integers(0, 10**6, orders)
    column = Numbers(volumes, Fraction(1))
    sort, sorted_volumes = _median(lambda: volumes[np.argsort(positions, kind="stable")])
    buckets, put = _median(lambda: Orders(positions, members, None, {"v": column}, None)["v"])
    assert (sorted_volumes == put.values).all()
    print(f"  one column of orders by member: buckets {buckets:.3f} s, a stable sort {sort:.3f} s")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
