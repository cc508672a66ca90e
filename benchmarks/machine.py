"""The machine on which something is timed: what it is, and how fast it copies memory."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from typing import Any

import numpy as np

_BYTES = 128 << 20
_TIMES = 7


def described(packages: tuple[str, ...]) -> dict[str, Any]:
    """Give cores, processor and versions."""
    cores, python = os.cpu_count(), platform.python_version()
    return {
        "machine": f"{cores} cores, {platform.machine()}, Python {python}",
        "versions": {name: version(name) for name in packages},
    }


def copy_bandwidth(threads: int) -> float:
    """Give how many bytes a second so many threads copy, each byte read and written once."""
    sources = [np.ones(_BYTES // 8, np.int64) for _ in range(threads)]
    copies = [np.zeros_like(source) for source in sources]
    with ThreadPoolExecutor(threads) as at_once:
        pairs = list(zip(copies, sources, strict=True))

        def work() -> None:
            list(at_once.map(lambda pair: np.copyto(*pair), pairs))

        return threads * _BYTES / min(seconds_of(work) for _ in range(_TIMES))


def seconds_of(work: Callable[[], Any]) -> float:
    """Give how long something takes once."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
