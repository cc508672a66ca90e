"""The sites of the browser tests: the real server and worker on a demo company, each one for a run."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from tests import server
from tests.browser.company import COMPANY
from upline.cli.demo_home import MARK, DemoHome
from upline.cli.supervising import begin, end, has_ended, upline

# What most tests look at, and what the test uses that closes a month: others look at it open.
LOOKED_AT, CLOSED_IN = "site", "closing_site"
READY_SECONDS = 120.0
PATIENCE_SECONDS = 400.0


def wanted(name: str = LOOKED_AT) -> str:
    """Give the address of a site, and that of its database, starting both if nobody has asked."""
    return server.shared(name, PATIENCE_SECONDS)


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Run the site, and give its address and that of its database, with a blank between them."""
    url = _new_database(server.wanted(), f"upline_{folder.name}")
    home = DemoHome(folder)
    home.path.mkdir(parents=True)
    home.keep_note(COMPANY)
    environ = {
        **os.environ,
        "UPLINE_ENV": "development",
        "UPLINE_DEMO": "1",
        "UPLINE_HOME": str(folder),
        "DATABASE_URL": url,
        MARK: str(folder),
    }
    _loaded(home, environ)
    port = server.free_port()
    parts = [
        begin(
            upline("site", "--host", "127.0.0.1", "--port", str(port)),
            environ=environ,
            log=_log(home, "site"),
        ),
        begin(upline("worker"), environ=environ, log=_log(home, "worker")),
    ]
    try:
        _answers(port, home)
        yield f"http://127.0.0.1:{port} {url}"
    finally:
        end(parts, patience_seconds=3)


def _new_database(address: str, name: str) -> str:
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
    return urlunsplit(urlsplit(address)._replace(path=f"/{name}"))


def _loaded(home: DemoHome, environ: dict[str, str]) -> None:
    log = _log(home, "load")
    program = (sys.executable, "-m", "tests.browser.company")
    loading = begin(program, environ={**environ, "PYTHONPATH": _paths()}, log=log)
    try:
        while not has_ended(loading):
            time.sleep(0.02)
    finally:
        end([loading], patience_seconds=1)
    if loading.returncode:
        raise server.NotStarted(f"The demo company was not loaded:\n{log.read_text()[-3000:]}")


def _paths() -> str:
    return os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])


def _answers(port: int, home: DemoHome) -> None:
    from upline.cli.demo_run import missing

    until = time.monotonic() + READY_SECONDS
    while (lacking := missing(port)) is not None:
        if time.monotonic() >= until:
            logs = "\n".join(_log(home, name).read_text()[-1500:] for name in ("site", "worker"))
            raise server.NotStarted(f"{lacking}\n{logs}")
        time.sleep(0.05)


def _log(home: DemoHome, name: str) -> Path:
    log = home.log(name)
    log.parent.mkdir(exist_ok=True)
    return log
