"""Which processes belong to a server: a number in a file proves nothing, the process does."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path

PROGRAMS = {"postgres", "initdb"}


def is_alive(pid: int) -> bool:
    """Say whether a process runs; a zombie does not."""
    return _state(pid) not in {None, "Z", "X", "x"}


def _state(pid: int) -> str | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The name in brackets may hold anything, also a bracket.
    return stat.rpartition(b")")[2].split()[0].decode()


def is_postgres_of(pid: int, data: Path) -> bool:
    """Say whether a process runs PostgreSQL on a data folder.

    It is one if it is no zombie, its executable is `postgres` and it works in that folder. Where
    the kernel hides these two (a process of another user), its command line has to say so.
    """
    return pid > 0 and is_alive(pid) and _works_for(pid, [data])


def _works_for(pid: int, folders: list[Path]) -> bool:
    try:
        program = Path(f"/proc/{pid}/exe").readlink()
        if program.name.removesuffix(" (deleted)") not in PROGRAMS:
            return False
        place = Path(f"/proc/{pid}/cwd")
        return any(folder.exists() and place.samefile(folder) for folder in folders)
    except PermissionError:
        return _says_it_works_for(pid, folders)
    except OSError:
        return False


def _says_it_works_for(pid: int, folders: list[Path]) -> bool:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    named = Path(os.fsdecode(words[0])).name in PROGRAMS
    return named and any(os.fsencode(folder) in words[1:] for folder in folders)


def postmaster_of(data: Path) -> int | None:
    """Give the process that the data folder names as its server, if it is alive and really is."""
    lines = lock_file(data)
    try:
        pid = int(lines[0])
    except (IndexError, ValueError):
        return None
    return pid if is_postgres_of(pid, data) else None


def lock_file(data: Path) -> list[str]:
    """Give the lines that the server wrote about itself: process, folder, ..., socket, state."""
    try:
        return os.fsdecode((data / "postmaster.pid").read_bytes()).split("\n")
    except (FileNotFoundError, NotADirectoryError):
        return []


def working_in(folders: list[Path]) -> list[int]:
    """List the living PostgreSQL processes that work in one of these folders."""
    numbers = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    return [pid for pid in numbers if is_alive(pid) and _works_for(pid, folders)]


def has_child(pid: int, title: bytes) -> bool:
    """Say whether a process has a child that calls itself so."""
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            with contextlib.suppress(OSError):
                if _parent(path) == pid and (path / "cmdline").read_bytes().startswith(title):
                    return True
    return False


def _parent(process: Path) -> int:
    return int((process / "stat").read_bytes().rpartition(b")")[2].split()[1])


def send(pid: int, number: signal.Signals) -> None:
    """Send a signal to a process that may have ended meanwhile."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def has_ended(pid: int, data: Path, *, within_seconds: float) -> bool:
    """Wait for the end of a server process."""
    deadline = time.monotonic() + within_seconds
    while is_postgres_of(pid, data):
        if time.monotonic() >= deadline:
            return False
        time.sleep(0.01)
    return True


def end_all(folders: list[Path], *, within_seconds: float = 10) -> list[int]:
    """End every process that works in these folders and give those that do not end.

    Only for processes without a living server above them: what they hold in memory is lost with it
    anyway, and the next start recovers from the log.
    """
    deadline = time.monotonic() + within_seconds
    step = signal.SIGQUIT
    while left := working_in(folders):
        for pid in left:
            send(pid, step)
        if time.monotonic() >= deadline:
            return left
        time.sleep(0.05)
        if time.monotonic() >= deadline - within_seconds / 2:
            step = signal.SIGKILL
    return []
