"""The machine on which something is timed: what it is, and how fast it copies memory."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

_BYTES = 128 << 20
_TIMES = 7


# Put before a program: Upline does not need pandas; where developers have it, pyarrow imports it,
# which takes 0.35 s.
WITHOUT_PANDAS = """
import sys
class WithoutPandas:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == "pandas":
            raise ImportError(name)
sys.meta_path.insert(0, WithoutPandas)
"""


def with_compiled_modules() -> dict[str, str]:
    """Give an environment in which Python keeps compiled modules, as wherever nobody forbids it."""
    return {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def keep(result: Mapping[str, Any], out: Path | None) -> None:
    """Write figures as JSON, if a file is named, and say where they are."""
    if out is not None:
        out.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
        print(f"  Kept in {out}")


def machine() -> str:
    """Give cores, processor and Python."""
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"


def described(packages: tuple[str, ...]) -> dict[str, Any]:
    """Give the machine and versions of packages."""
    return {
        "machine": machine(),
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
