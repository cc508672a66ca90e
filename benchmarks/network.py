"""Times the load of many members, and reading all of them as of a day.

The server is the embedded one with the settings it comes with: every commit waits for the disk, and
every constraint is valid when the load returns.
"""

from __future__ import annotations

import resource
import statistics
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.ledger import server
from benchmarks.machine import keep, machine

FIRST_DAY = date(2020, 1, 1)
DAYS = 2_000
READS = 3


def members_table(count: int) -> pa.Table:
    """Make members with a random sponsor before them and a full binary tree, ten days' names."""
    chance = np.random.default_rng(1)
    rows = np.arange(count)
    sponsor = (chance.random(count) * rows).astype(np.int64)
    code = pc.binary_join_element_wise("M", pa.array(rows).cast(pa.string()), "")
    first = (FIRST_DAY - date(1970, 1, 1)).days
    sides = pa.array(["right", "left", "root"])
    return pa.table(
        {
            "code": code,
            "sponsor": pc.if_else(pa.array(rows == 0), None, code.take(pa.array(sponsor))),
            "joined_on": pa.array((first + rows * DAYS // count).astype(np.int32)).cast(
                pa.date32()
            ),
            "country": pa.array(["KZ", "PL", "BG"]).take(pa.array(rows % 3)),
            "given_name": _names("Айгерім", rows % 3_000),
            "family_name": _names("Смағұлова", rows % 50_000),
            "binary_parent": pc.if_else(
                pa.array(rows == 0), None, code.take(pa.array(np.maximum((rows - 1) // 2, 0)))
            ),
            "binary_side": sides.take(pa.array(np.where(rows == 0, 2, rows % 2))),
        }
    )


def _names(stem: str, numbers: Any) -> pa.Array:
    return pc.binary_join_element_wise(stem, pa.array(numbers).cast(pa.string()), "")


def main(members: int, out: Path | None = None) -> dict[str, Any]:
    """Run the benchmark and print it; raises AssertionError where members are missing."""
    with tempfile.TemporaryDirectory(prefix="upline-bench-") as folder, server(Path(folder)):
        return _timed(members, out)


def _timed(members: int, out: Path | None) -> dict[str, Any]:
    from upline.network import services

    services.open_tree(code="binary", kind="binary")
    table = members_table(members)
    print(f"{members:,} members with persons, sponsors and binary places")
    started = time.perf_counter()
    services.load_members(table)
    load = time.perf_counter() - started
    print(f"  load_members, every constraint valid: {load:.1f} s, {members / load:,.0f} a second")
    now, then = _reads(members), _reads(None)
    print(
        f"  snapshot of the last day: median of {READS}: {now:.1f} s; of a day half way: {then:.1f} s"
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"  Peak memory of the program {peak:,} MiB")
    result = {
        "work": "members with persons, sponsor tree and binary tree",
        "members": members,
        "load_seconds": round(load, 1),
        "snapshot_seconds": round(now, 2),
        "snapshot_half_way_seconds": round(then, 2),
        "peak_memory_mib": peak,
        "machine": machine(),
    }
    keep(result, out)
    return result


def _reads(expected: int | None) -> float:
    """Read a snapshot some times and give the median of the seconds."""
    from upline.network import queries

    on = date.fromordinal(FIRST_DAY.toordinal() + (DAYS if expected else DAYS // 2))
    seconds = []
    for _ in range(READS):
        started = time.perf_counter()
        found = queries.snapshot(on=on)
        seconds.append(time.perf_counter() - started)
        assert expected is None or found.num_rows == expected, found.num_rows
    return statistics.median(seconds)
