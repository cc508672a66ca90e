"""Times the engine beside other ways to compute the same figures, and asserts that they are the same."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from benchmarks import hybrid
from benchmarks.levels import Row, levels, starts, volumes
from benchmarks.machine import copy_bandwidth, described, keep
from benchmarks.workload import SHAPES, workload

RUNS = 5
# From so many orders on only the hybrid plan is timed, and how it grows from a tenth of the size.
_MANY_ORDERS = 20_000_000
_WORKERS = 2


def main(members: int, orders: int, out: Path | None = None) -> dict[str, Any]:
    """Run the benchmark and print it; raises AssertionError where figures differ."""
    print(f"{members:,} members, {orders:,} orders; warm, medians")
    copied = {threads: copy_bandwidth(threads) for threads in (1, _WORKERS)}
    for threads, bandwidth in copied.items():
        print(f"  Memory copied by {threads}: {bandwidth / 1e9:.1f} GB/s")
    table = _Table(copied[_WORKERS])
    if orders < _MANY_ORDERS:
        _of_one_company(table, members, orders)
    _hybrid(table, members, orders)
    result = {
        "members": members,
        "orders": orders,
        "copied_gb_a_second": {str(k): round(one / 1e9, 1) for k, one in copied.items()},
        **described(("numba", "numpy", "pyarrow", "duckdb")),
        "rows": table.rows,
    }
    keep(result, out)
    return result


class _Table:
    """The figures so far, each beside the time in which its columns are copied once."""

    def __init__(self, bandwidth: float) -> None:
        self.rows: list[Row] = []
        self._bandwidth = bandwidth

    def add(self, row: Row) -> None:
        """Keep a figure and print it."""
        copying = row.pop("input_bytes") / self._bandwidth
        row["copying_seconds"] = round(copying, 5)
        row["share_of_copying"] = round(copying / row["seconds"], 3)
        row |= {name: round(row[name], 4) for name in ("seconds", "first_seconds") if name in row}
        self.rows.append(row)
        peak = f", {row['peak_mib']:,} MiB" if "peak_mib" in row else ""
        print(f"  {row['work']}: {row['seconds']:.4f} s{peak}")
        print(f"    copying its columns takes {100 * row['share_of_copying']:.1f} % of that")
        for name, other in row.get("against", {}).items():
            print(f"    {name}: {other['seconds']} s, {other['times']} times as long")


def _of_one_company(table: _Table, members: int, orders: int) -> None:
    work = workload(members, orders)
    table.add(levels(work))
    cold, warm = starts()
    table.rows[-1] |= {
        "second_start_seconds": round(warm, 2),
        "first_start_seconds": round(cold, 1),
    }
    print(f"    new process, import to result: {warm:.2f} s; the very first compiles: {cold:.1f} s")
    table.add(volumes(work))


def _hybrid(table: _Table, members: int, orders: int) -> None:
    compared = hybrid.assert_same_as_reference()
    print(f"  Hybrid plan: the same cents as the slow reference engine in {compared} companies")
    shapes = SHAPES if orders < _MANY_ORDERS else SHAPES[:1]
    for shape in shapes:
        row = hybrid.timed(members, orders, shape, _WORKERS, RUNS)
        alone = hybrid.timed(members, orders, shape, 1, 1)
        if row["digest"] != alone["digest"]:
            raise AssertionError(f"{shape}: {_WORKERS} workers and one differ.")
        row |= {"work": f"hybrid plan, {shape} tree", "one_worker_seconds": alone["seconds"]}
        if table.rows and shape != shapes[0]:
            row["times_realistic"] = round(row["seconds"] / _of_realistic(table), 2)
        table.add(row)
    if orders >= _MANY_ORDERS:
        tenth = hybrid.timed(members // 10, orders // 10, shapes[0], _WORKERS, RUNS)
        table.rows[-1]["times_a_tenth"] = round(_of_realistic(table) / tenth["seconds"], 1)
        print(f"    {table.rows[-1]['times_a_tenth']} times as long as a tenth of the size")


def _of_realistic(table: _Table) -> float:
    (found,) = (
        row["seconds"] for row in table.rows if row["work"] == "hybrid plan, realistic tree"
    )
    return float(found)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
