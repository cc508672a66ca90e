"""A small process that ends a server when the last program that uses it has died."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

from upline.foundation.postgres import locks
from upline.foundation.postgres.halting import halt
from upline.foundation.postgres.layout import Layout
from upline.foundation.postgres.logs import opened

# What we started and have to collect when it ends, so that no zombie is left in our name.
_children: list[subprocess.Popen[bytes]] = []
_SOURCE = Path(__file__).parents[3]
_PROGRAM = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from upline.foundation.postgres.watchdog import main; main()"
)


def remember(child: subprocess.Popen[bytes]) -> None:
    """Keep a child process, to collect it when it has ended."""
    _children.append(child)


def collect() -> None:
    """Collect the child processes that have ended."""
    _children[:] = [child for child in _children if child.poll() is None]


def ensure(layout: Layout) -> None:
    """Start the watchdog of a server unless it has one. The caller holds the start lock."""
    if locks.is_held(layout.watchdog_lock):
        return
    with opened(layout.log) as log:
        child = subprocess.Popen(  # noqa: S603 - this same interpreter
            [
                *(sys.executable, "-I", "-S", "-c", _PROGRAM),
                *(str(_SOURCE), str(layout.folder), str(layout.version)),
            ],
            cwd="/",
            env={"LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    remember(child)


def main() -> None:
    """Watch over the server that the arguments name."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # It leaves with its server, not before.
        signal.signal(number, signal.SIG_IGN)
    # The folder may have been removed with everything in it: then there is nothing left to do.
    with contextlib.suppress(FileNotFoundError):
        watch(Layout(folder=Path(sys.argv[2]), version=int(sys.argv[3])))


def watch(layout: Layout) -> None:
    """Wait until nobody uses the server, and end it unless it is to be kept."""
    watching = locks.taken(layout.watchdog_lock)
    if watching is None:
        return
    while True:
        os.close(locks.waited_for(layout.use_lock))
        with locks.Lease(locks.waited_for(layout.start_lock)):
            if not locks.is_file_of(watching, layout.watchdog_lock):
                # The folder was removed and another made in its place, with a watchdog of its own.
                return
            # Between the two locks somebody may have begun to use it.
            unused = locks.taken(layout.use_lock)
            if unused is None:
                continue
            os.close(unused)
            if not layout.kept.exists():
                halt(layout)
            # Before the start lock: whoever starts next must see that nobody watches.
            os.close(watching)
            return
