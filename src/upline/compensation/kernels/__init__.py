"""The compiled array loops, and the folder in which their machine code is kept.

The folder is named by everything that machine code depends on: the text of all kernels, the
versions of Numba and Python, and the processor. A changed callee in another file therefore never
leaves stale code behind. Where no folder can be written, a temporary one serves this process.
"""

from __future__ import annotations

import hashlib
import os
import platform
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm
import numba


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    host = (llvm.get_host_cpu_name(), str(llvm.get_host_cpu_features()))
    for word in (numba.__version__, platform.python_version(), *host):
        digest.update(word.encode())
    return digest.hexdigest()[:16]


def _cache_folder() -> Path:
    base = os.environ.get("UPLINE_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME")
    root = Path(base) if base else Path.home() / ".cache"
    folder = root / "upline" / f"kernels-{_fingerprint()}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.stat().st_uid != os.getuid():
            raise PermissionError(folder)
        probe = folder / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError:
        return Path(tempfile.mkdtemp(prefix="upline-kernels-"))
    return folder


CACHE_FOLDER = _cache_folder()
numba.config.CACHE_DIR = str(CACHE_FOLDER)  # type: ignore[attr-defined]
CHECKS_BOUNDS = os.environ.get("UPLINE_BOUNDSCHECK") == "1"


def is_warm() -> bool:
    """Say whether machine code is kept from an earlier start."""
    return any(CACHE_FOLDER.rglob("*.nbi"))


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a loop for int and bool arrays once, without the interpreter's lock."""
    compiled: Callable[..., Any] = numba.njit(
        nogil=True, cache=not CHECKS_BOUNDS, boundscheck=CHECKS_BOUNDS
    )(function)
    return compiled
