"""A demo while it runs: its database, its site and worker, and the end of all of them."""

from __future__ import annotations

import contextlib
import errno
import http.client
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import click

from upline.cli.demo_home import MARK, DemoHome, Wanted
from upline.cli.supervising import Part, Supervisor, begin, end, has_ended, upline
from upline.foundation import postgres, start
from upline.foundation.errors import DomainError

HOST = "127.0.0.1"
# What is printed: browsers give passkeys to a name alone, never to a number.
NAME = "localhost"
# Where a browser looks for the name as well, and first: whoever listens there would be shown.
ALSO_NAMED = "::1"
READY_SECONDS = 90.0
# What is at work gets so long to finish at the end; what is cut off is done again at the next start.
PATIENCE_SECONDS = 4.0
# A part that ended so often before anything answered will not come up by itself.
HOPELESS_ENDS = 4


class PortTaken(DomainError):
    """Another program listens at the port that was asked for."""

    code = "demo.port_taken"
    text = "Port %(port)s of this machine is taken by another program."
    remedy = "Name another one by --port, or none: then a free one is chosen."


class NotReady(DomainError):
    """The site or the worker does not come up."""

    code = "demo.not_ready"
    text = "The demo did not come up: %(why)s"
    remedy = "The logs are in %(logs)s."


class LoadFailed(DomainError):
    """The company could not be loaded; what was said stands above."""

    code = "demo.load_failed"
    text = "The demo company was not loaded (%(why)s)."
    remedy = "Mend what is said above and start again: the load goes on where it was."


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """What to show, and where."""

    home: DemoHome
    wanted: Wanted
    port: int
    is_port_fixed: bool

    @property
    def url(self) -> str:
        return f"http://{NAME}:{self.port}/"


@dataclass(slots=True)
class Database:
    """The embedded server of a demo, started again when it was killed."""

    home: DemoHome
    server: postgres.Server

    def tend(self) -> None:
        """Start the server again if it is gone."""
        if postgres.status(self.home.postgres).state != "running":
            say("PostgreSQL ended and is started again.")
            before, self.server = self.server, postgres.start(self.home.postgres)
            if before.lease:
                before.lease.give_back()

    def leave(self) -> None:
        """End our use, and wait for the end of the server unless somebody else keeps it."""
        self.server.leave()
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            found = postgres.status(self.home.postgres)
            if found.state != "running" or found.is_kept:
                return
            time.sleep(0.05)


def say(sentence: str) -> None:
    """Tell whoever watches, at once also where the output goes to a file."""
    # The terminal may be gone; what is to be ended then is ended all the same.
    with contextlib.suppress(OSError):
        click.echo(sentence)
        sys.stdout.flush()


def show(demo: Demo) -> None:
    """Start everything, say where it is, keep it running, and end it all at an interrupt.

    Raises PortTaken, NotReady, LoadFailed, PostgresRefused.
    """
    began = time.monotonic()
    demo = _at_a_free_port(demo)
    demo.home.keep_note(demo.wanted)
    with _interrupts():
        database = Database(demo.home, postgres.start(demo.home.postgres))
        say(f"PostgreSQL {database.server.version} runs ({time.monotonic() - began:.1f} s).")
        try:
            environ = _environment(demo, database.server.url)
            if not _is_complete(database.server.url):
                _load(environ)
            _serve(demo, database, environ, began)
        except KeyboardInterrupt:
            pass
        finally:
            with _deaf():
                database.leave()
        say(f"PostgreSQL is stopped. The company is kept in {demo.home.path}.")


def _environment(demo: Demo, url: str) -> dict[str, str]:
    return {**os.environ, "DATABASE_URL": url, MARK: str(demo.home.path)}


def _is_complete(url: str) -> bool:
    """Say whether tables and company are as the program expects them."""
    os.environ["DATABASE_URL"] = url
    start.start_without_database()
    from django.db import connection

    from upline.demo.services import is_loaded
    from upline.foundation.health import missing_migrations

    try:
        return not missing_migrations() and is_loaded()
    finally:
        connection.close()


def _load(environ: dict[str, str]) -> None:
    """Bring tables and company up to date, in a process whose memory is given back."""
    loading = begin(upline("demo", "load"), environ=environ)
    try:
        while not has_ended(loading):
            time.sleep(0.02)
    except KeyboardInterrupt:
        say("\nThe load is interrupted; the next start goes on where it was.")
        raise
    finally:
        with _deaf():
            end([loading], patience_seconds=PATIENCE_SECONDS)
            if sys.stdout.isatty():
                # A bar that was cut off leaves the cursor hidden.
                sys.stdout.write("\x1b[?25h")
    if loading.returncode:
        raise LoadFailed(why=f"exit code {loading.returncode}")


def _serve(demo: Demo, database: Database, environ: dict[str, str], began: float) -> None:
    parts = [
        Part(
            name="site",
            command=upline("site", "--host", HOST, "--port", str(demo.port)),
            log=demo.home.log("site"),
        ),
        Part(name="worker", command=upline("worker"), log=demo.home.log("worker")),
    ]
    supervisor = Supervisor(parts=parts, environ=environ, tell=say)
    try:
        supervisor.start()
        _wait_until_ready(demo, supervisor)
        demo.home.tell_others(demo.url)
        _introduce(demo, time.monotonic() - began)
        while True:
            time.sleep(0.25)
            database.tend()
            supervisor.tend()
    finally:
        with _deaf():
            say("\nStopping site and worker.")
            supervisor.stop(patience_seconds=PATIENCE_SECONDS)


def _wait_until_ready(demo: Demo, supervisor: Supervisor) -> None:
    until = time.monotonic() + READY_SECONDS
    while (lacking := missing(demo.port)) is not None:
        supervisor.tend()
        worst = supervisor.most_ends_in_a_row()
        if worst.ends_in_a_row >= HOPELESS_ENDS:
            lacking = f"the {worst.part.name} ended {worst.ends_in_a_row} times; last it said:\n"
            lacking += _last_lines(worst.part)
        elif time.monotonic() < until:
            time.sleep(0.1)
            continue
        raise NotReady(why=lacking, logs=demo.home.log("site").parent)


def missing(port: int) -> str | None:
    """Say what is missing until the demo can be used, None where nothing is."""
    asked = http.client.HTTPConnection(HOST, port, timeout=10)
    try:
        asked.request("GET", "/health/ready")
        answer = asked.getresponse()
        checks = json.loads(answer.read()).get("checks", {})
    except (OSError, http.client.HTTPException, ValueError) as failure:
        return f"the site does not answer ({failure})."
    finally:
        asked.close()
    if answer.status == 200:
        return None
    return " ".join(f"{name}: {one['says']}" for name, one in checks.items() if not one["is_good"])


def _last_lines(part: Part) -> str:
    lines = part.log.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(lines[-8:])


def _introduce(demo: Demo, seconds: float) -> None:
    from upline.cli.demo_logins import print_logins

    say("")
    print_logins()
    home = demo.home
    for name, value in (
        ("Members", f"{demo.url}my/"),
        ("Office", f"{demo.url}office/"),
        ("Components", f"{demo.url}design/"),
        ("Logs", f"{home.log('site')}, {home.log('worker')}"),
        ("Kept in", str(home.path)),
    ):
        say(f"  {name:<11} {value}")
    say(f"\nReady in {seconds:.1f} s: {demo.url}   Ctrl-C stops everything.")


def _at_a_free_port(demo: Demo) -> Demo:
    """Choose the port: the one asked for, or the first free one from the usual one on."""
    last = demo.port if demo.is_port_fixed else min(demo.port + 200, 65535)
    for port in range(demo.port, last + 1):
        if _is_free(port):
            return Demo(
                home=demo.home, wanted=demo.wanted, port=port, is_port_fixed=demo.is_port_fixed
            )
    raise PortTaken(port=demo.port)


def _is_free(port: int) -> bool:
    """Say whether the site can listen at a port, and whether the name leads to it alone."""
    return _can_listen(socket.AF_INET, HOST, port) and (
        not socket.has_ipv6 or _can_listen(socket.AF_INET6, ALSO_NAMED, port)
    )


def _can_listen(family: socket.AddressFamily, host: str, port: int) -> bool:
    try:
        with socket.socket(family) as trial:
            # As the site will: a port whose connections only fade away is free.
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind((host, port))
    except OSError as error:
        # A machine without IPv6 has nobody who listens there.
        return error.errno in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}
    return True


@contextlib.contextmanager
def _interrupts() -> Iterator[None]:
    """Have a kill and a hang-up end the demo in order, as Ctrl-C does."""
    before = {
        number: signal.signal(number, signal.default_int_handler)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _deaf() -> Iterator[None]:
    """Finish an end that has begun: it takes seconds, and a second Ctrl-C must not cut it off."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
