"""Times `upline compute` as a process of its own: from two Parquet files to a run folder."""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from benchmarks.machine import WITHOUT_PANDAS, copy_bandwidth, keep, with_compiled_modules
from benchmarks.workload import workload

RUNS = 5
PLAN = Path(__file__).with_name("hybrid.yaml")
PERIOD = "2026-10"
_START = f"""{WITHOUT_PANDAS}from upline.cli.main import main
main(sys.argv[1:])
"""


def main(members: int, orders: int, out: Path | None = None) -> dict[str, Any]:
    """Time the command and print it; a run that fails stops the benchmark."""
    with tempfile.TemporaryDirectory() as folder:
        paths = write_company(Path(folder), members, orders)
        _computed(paths, Path(folder) / "first")
        taken = [_computed(paths, Path(folder) / f"run-{index}") for index in range(RUNS)]
        columns = sum(parquet.read_table(path).nbytes for path in Path(folder).glob("*.parquet"))
        receipts = {
            (Path(folder) / f"run-{index}" / "receipt.json").read_text(encoding="utf-8")
            for index in range(RUNS)
        }
    if len(receipts) != 1:
        raise AssertionError("Runs of the same files gave different receipts.")
    least = min(one["wall"] for one in taken)
    result = {
        "work": "upline compute --without-lines: two Parquet files to totals, ranks, receipt",
        "members": members,
        "orders": orders,
        "seconds": round(statistics.median(one["wall"] for one in taken), 2),
        "least_seconds": round(least, 2),
        "times_copying_the_columns": round(least * copy_bandwidth(1) / columns),
        "processor_seconds": round(statistics.median(one["processor"] for one in taken), 2),
        "peak_memory_mib": max(one["peak_mib"] for one in taken),
        "outputs_digest": json.loads(receipts.pop())["outputs_digest"],
    }
    print(f"  {members:,} members, {orders:,} orders: {result['seconds']} s")
    keep(result, out)
    return result


def write_company(folder: Path, members: int, orders: int) -> list[str]:
    """Write the company of the engine's benchmark as two files; gives what names them to the command."""
    work = workload(members, orders)
    joined = np.asarray(work.numbers)
    above = np.where(joined > 0, (joined - 1) // 2, 0)
    first = int(work.ids.min())
    is_top = joined == 0
    sides = pa.DictionaryArray.from_arrays(
        pa.array((joined % 2 == 0).astype(np.int32), mask=is_top), pa.array(["left", "right"])
    )
    table = pa.table(
        {
            "id": work.ids,
            "sponsor": pa.array(work.sponsors, mask=work.sponsors == 0),
            "number": work.numbers,
            "placement_parent": pa.array(above + first, mask=is_top),
            "side": sides,
        }
    )
    parquet.write_table(table, folder / "members.parquet")
    day = np.datetime64("2026-10-01", "D").astype(np.int32) + np.arange(orders) * 31 // orders
    sold = pa.table(
        {
            "id": np.arange(orders),
            "member": work.order_members,
            "date": pa.array(day.astype(np.int32)).view(pa.date32()),
            "pv": pa.Array.from_buffers(
                pa.decimal64(18, 2), orders, [None, pa.py_buffer(work.volumes)]
            ),
        }
    )
    parquet.write_table(sold, folder / "orders.parquet", store_decimal_as_integer=True)
    named = {
        "plan": PLAN,
        "members": folder / "members.parquet",
        "orders": folder / "orders.parquet",
    }
    return [part for name, path in named.items() for part in (f"--{name}", str(path))]


def _computed(paths: list[str], out: Path) -> dict[str, float]:
    """Run the command; gives its seconds by the wall and on processors, and its peak memory."""
    asked = ["compute", *paths, "--out", str(out), "--period", PERIOD, "--without-lines"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", _START, *asked],
        check=True,
        stdout=subprocess.DEVNULL,
        env=with_compiled_modules(),
    )
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall": wall, "processor": processor, "peak_mib": after.ru_maxrss // 1024}


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]) if len(sys.argv) > 3 else None)
