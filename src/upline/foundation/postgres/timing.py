"""Time the embedded server: `python -m upline.foundation.postgres.timing [FOLDER]`.

FOLDER is where the trial servers are made, a temporary folder where it is left out.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from upline.foundation.postgres import Binaries, Server, start
from upline.foundation.postgres.binaries import installed

ROUNDS = 5
STEPS = (
    "first start, data made",
    "start adopted",
    "start after kill -9",
    "stop",
    "start of stopped data",
)


def main() -> None:
    """Print the median of each step, in seconds, for each PostgreSQL that is installed."""
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if sys.argv[1:] else None) as folder:
        for binaries in installed():
            name = f"{binaries.source}-{binaries.version}"
            rounds = [_round(Path(folder) / f"{name}-{i}", binaries) for i in range(ROUNDS)]
            sys.stdout.write(f"PostgreSQL {binaries.version} ({binaries.source})\n")
            for place, step in enumerate(STEPS):
                seconds = median(figures[place] for figures in rounds)
                sys.stdout.write(f"  {step:<24} {seconds:6.2f}\n")


def _round(folder: Path, binaries: Binaries) -> list[float]:
    figures: list[float] = []

    def timed(act: Callable[[], Server]) -> Server:
        began = time.perf_counter()
        server = act()
        figures.append(time.perf_counter() - began)
        return server

    def started() -> Server:
        return start(folder, binaries=binaries)

    first = timed(started)
    adopted = timed(started)
    os.kill(first.pid, signal.SIGKILL)
    again = timed(started)
    began = time.perf_counter()
    for server in (first, adopted, again):
        server.stop()
    figures.append(time.perf_counter() - began)
    timed(started).stop()
    return figures


if __name__ == "__main__":
    main()
