"""Times the hybrid plan in a process of its own, and compares it with the slow reference engine.

python -m benchmarks.hybrid MEMBERS ORDERS SHAPE WORKERS RUNS
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import statistics
import subprocess
import sys
from typing import Any

import numpy as np

from benchmarks.machine import seconds_of
from benchmarks.workload import SHAPES, Workload, bytes_of, hybrid_text, workload
from tests.properties.agreement import compare
from tests.properties.companies import Company
from upline.compensation import Result, load_plan, run
from upline.compensation.memory import forget

_FEW_MEMBERS, _FEW_ORDERS = 60, 240
_NEVER = str(10**15)


def timed(members: int, orders: int, shape: str, workers: int, runs: int) -> dict[str, Any]:
    """Run the hybrid plan so often in a process of its own; gives seconds, memory and digest.

    With one worker nothing is cut into parts.
    """
    asked = (members, orders, shape, workers, runs)
    few = {"UPLINE_PARTS_FROM": _NEVER} if workers == 1 else {}
    command = [sys.executable, "-m", "benchmarks.hybrid", *map(str, asked)]
    found = subprocess.check_output(command, env={**os.environ, **few}, text=True)
    return dict(json.loads(found))


def assert_same_as_reference() -> int:
    """Compare both engines on a small company of each shape; gives how many were compared."""
    plan = load_plan(hybrid_text(), file="hybrid.yaml")
    for shape in SHAPES:
        verdict = compare(plan, _as_text(workload(_FEW_MEMBERS, _FEW_ORDERS, shape=shape)))
        if verdict.outcome != "agreed":
            raise AssertionError(f"{shape}: {verdict.outcome} {verdict.differences[:3]}")
    return len(SHAPES)


def _as_text(work: Workload) -> Company:
    """Write a company as rows of text."""
    members = zip(work.ids, work.sponsors, work.numbers, work.above, work.is_right, strict=True)
    orders = enumerate(zip(work.order_members, work.volumes, strict=True))
    return Company(
        members=[
            {
                "id": str(member),
                "sponsor": str(sponsor) if sponsor else "",
                "number": str(number),
                "placement_parent": str(above) if above else "",
                "side": ("right" if right else "left") if above else "",
            }
            for member, sponsor, number, above, right in members
        ],
        orders=[
            {
                "id": f"o{row}",
                "member": str(member),
                "date": "2024-10-04",
                "pv": f"{volume // 100}.{volume % 100:02}",
            }
            for row, (member, volume) in orders
        ],
        periods=["2024-10"],
    )


def _digest(result: Result) -> str:
    """Digest totals, ranks, and what is reported and carried, as they lie in memory."""
    digest = hashlib.sha256()
    for part in result.paid:
        digest.update(part.totals)
    columns = {**result.figures.states, **result.figures.carries, **result.figures.members}
    for name in sorted({*result.figures.states, *result.figures.carries, "rank"}):
        digest.update(np.ascontiguousarray(columns[name].values))  # type: ignore[union-attr]
    return digest.hexdigest()


def _main(members: int, orders: int, shape: str, workers: int, runs: int) -> None:
    plan = load_plan(hybrid_text(), file="hybrid.yaml")
    inputs = workload(members, orders, shape=shape).placed_inputs()
    seconds, digests = [], set()
    # The first run loads machine code and touches fresh memory.
    for _ in range(runs + 1):
        results: list[Result] = []
        seconds.append(
            seconds_of(
                lambda: results.append(run(plan, inputs, keep_lines=False, threads=workers))  # noqa: B023
            )
        )
        digests.add(_digest(results.pop()))
    forget()
    (digest,) = digests
    found = {
        "seconds": statistics.median(seconds[1:]),
        "first_seconds": seconds[0],
        "input_bytes": bytes_of(inputs),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "digest": digest,
    }
    print(json.dumps(found))


if __name__ == "__main__":
    _main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
