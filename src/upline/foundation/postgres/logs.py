"""The server's own log: kept small, and read when a start fails."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import BinaryIO

from upline.foundation.postgres.errors import (
    DidNotStart,
    DiskFull,
    FolderNotWritable,
    PostgresRefused,
    StillRunning,
)
from upline.foundation.postgres.folders import free_megabytes
from upline.foundation.postgres.layout import Layout

LARGEST_LOG = 10_000_000
# The second is said of a file that could be written in part.
_NO_SPACE = ("No space left on device", "Check free disk space", "Disk quota exceeded")


def opened(log: Path) -> BinaryIO:
    """Open a log, readable to its owner alone, to write at its end."""
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    return os.fdopen(descriptor, "ab")


def turn_over(log: Path) -> None:
    """Put a log that has grown large aside; one older is kept."""
    if log.exists() and log.stat().st_size > LARGEST_LOG:
        log.replace(log.with_name(log.name + ".old"))


def tail(log: Path, start: int) -> str:
    """Give what was written to a log since a place in it, at most its last 4,000 bytes."""
    with log.open("rb") as file:
        end = file.seek(0, 2)
        file.seek(max(start, end - 4000))
        return file.read().decode(errors="replace")


def refusal_from(said: str, layout: Layout, otherwise: str) -> PostgresRefused:
    """Find the refusal that fits to what PostgreSQL said."""
    folder = layout.folder
    if any(words in said for words in _NO_SPACE):
        return DiskFull(path=folder, free_megabytes=free_megabytes(folder))
    if "Read-only file system" in said:
        return FolderNotWritable(path=folder, said="Read-only file system")
    if "is still in use" in said or "Is another postmaster" in said:
        return StillRunning(path=layout.data, processes=reasons(said) or otherwise)
    return DidNotStart(path=folder, said=reasons(said) or otherwise, log=layout.log)


def reasons(said: str) -> str:
    """Give the sentences of a log that name a failure, without their moments."""
    found = re.findall(r"(?:FATAL|PANIC|ERROR|error|HINT|DETAIL): +(.*)", said)
    found = found or [line for line in said.splitlines() if line.strip()][-1:]
    return "; ".join(dict.fromkeys(found))[:1000]
