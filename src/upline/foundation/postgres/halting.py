"""The end of a server, by whoever asks for it."""

from __future__ import annotations

import signal
import time

from upline.foundation.postgres import locks, processes
from upline.foundation.postgres.errors import DoesNotStop, StillRunning
from upline.foundation.postgres.folders import tidy
from upline.foundation.postgres.layout import Layout

# A fast shutdown writes everything out first; an immediate one leaves that to the next start.
FAST_SECONDS = 60
RECOVERY_SECONDS = 2
# The process that a server has only while it serves.
WRITER = b"postgres: walwriter"
IMMEDIATE_SECONDS = 15


def halt(layout: Layout) -> None:
    """Stop the server of a folder and remove what only a running one needs.

    Repeating it changes nothing. The caller holds the start lock. Raises DoesNotStop, StillRunning.
    """
    pid = _settled_postmaster(layout)
    if pid and not (_serves(pid, layout) and _shuts_down(pid, layout)):
        processes.send(pid, signal.SIGQUIT)
        if not processes.has_ended(pid, layout.data, within_seconds=IMMEDIATE_SECONDS):
            raise DoesNotStop(path=layout.folder, pid=pid, log=layout.log)
    end_leftovers(layout)
    tidy(layout)


def _serves(pid: int, layout: Layout) -> bool:
    """Wait a little for a server that recovers.

    PostgreSQL 18 hangs for good when a fast shutdown meets its recovery from the death of one of
    its processes. A recovery may be cut off anywhere instead: the next start does it again.
    """
    deadline = time.monotonic() + RECOVERY_SECONDS
    while not processes.has_child(pid, WRITER):
        if time.monotonic() >= deadline or not processes.is_postgres_of(pid, layout.data):
            return False
        time.sleep(0.02)
    return True


def _shuts_down(pid: int, layout: Layout) -> bool:
    processes.send(pid, signal.SIGINT)
    return processes.has_ended(pid, layout.data, within_seconds=FAST_SECONDS)


def _settled_postmaster(layout: Layout) -> int | None:
    """Give the server process; one that was only just begun gets a moment to name itself."""
    deadline = time.monotonic() + 1
    while True:
        pid = processes.postmaster_of(layout.data)
        if pid or not locks.is_held(layout.life_lock) or time.monotonic() >= deadline:
            return pid
        time.sleep(0.02)


def end_leftovers(layout: Layout) -> None:
    """End processes whose server is dead. Raises StillRunning where one does not end.

    A query that computes notices the death of its server only when it next waits.
    """
    left = processes.end_all([layout.data, layout.making])
    if left:
        raise StillRunning(path=layout.data, processes=", ".join(map(str, left)))
