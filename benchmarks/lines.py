"""Times how fast pay lines with their reasons become a Parquet file, in processor time.

Beside it pyarrow alone writes the same lines, as a table that stands ready in memory.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pyarrow import parquet

from benchmarks.machine import copy_bandwidth, described, keep
from benchmarks.workload import plan_text, workload
from upline.compensation import Result, load_plan, run
from upline.runs.lines import write_lines

RUNS = 5


def main(members: int, orders: int, out: Path | None = None) -> dict[str, Any]:
    """Time the way of lines from bonuses to file and print it, step by step."""
    plan = load_plan(plan_text(), file="benchmark")
    inputs = workload(members, orders).inputs()
    taken = [_one(run(plan, inputs)) for _ in range(RUNS + 1)][1:]
    lines = taken[0]["lines"]
    seconds = {
        step: statistics.median(one[step] for one in taken)
        for step in ("sorted", "written", "by_pyarrow")
    }
    own = seconds["sorted"] + seconds["written"]
    copied = taken[0]["table_bytes"] / copy_bandwidth(1)
    result = {
        "work": "seven compressed levels: lines of bonuses to Parquet, with their digests",
        "members": members,
        "orders": orders,
        "lines": lines,
        "bytes_a_line": round(taken[0]["bytes"] / lines, 1),
        "processor_seconds": {step: round(one, 2) for step, one in seconds.items()},
        "lines_a_second_a_core": round(lines / own),
        "times_pyarrow_alone": round(own / seconds["by_pyarrow"], 2),
        "times_copying_the_table": round(own / copied, 1),
        **described(("pyarrow", "numpy", "numba")),
    }
    print(f"  {lines:,} lines: {result['lines_a_second_a_core']:,} a second a core")
    keep(result, out)
    return result


def _one(result: Result) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lines.parquet"
        found: dict[str, Any] = {
            "sorted": _processor_seconds(result.line_sequence),
            "written": _processor_seconds(lambda: write_lines(result, path)),
        }
        size = path.stat().st_size
        table = result.lines
        alone = _processor_seconds(
            lambda: parquet.write_table(table, path, compression="zstd", row_group_size=1 << 20)
        )
        return {
            **found,
            "by_pyarrow": alone,
            "lines": table.num_rows,
            "bytes": size,
            "table_bytes": table.nbytes,
        }


def _processor_seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]) if len(sys.argv) > 3 else None)
