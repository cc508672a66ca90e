"""`upline database`: the embedded PostgreSQL server, started, stopped and entered by hand."""

from __future__ import annotations

import functools
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from upline.foundation.postgres import Status

_NAMES = {
    "PGHOST": "host",
    "PGPORT": "port",
    "PGUSER": "user",
    "PGPASSWORD": "password",
    "PGDATABASE": "dbname",
}


def with_folder(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command its folder, and show a refusal with its remedy and exit code 1."""

    @click.option(
        "--folder",
        type=click.Path(path_type=Path),
        help="The folder of the server; left out, 'postgres' in UPLINE_HOME.",
    )
    @functools.wraps(command)
    def shown(folder: Path | None, **given: object) -> None:
        from upline.foundation.errors import DomainError

        try:
            command(folder or _usual_folder(), **given)
        except DomainError as refused:
            click.echo(str(refused), err=True)
            raise SystemExit(1) from None

    return shown


def _usual_folder() -> Path:
    from upline.foundation import environment

    return environment.read().home / "postgres"


@click.group()
def database() -> None:
    """Start, stop and enter the embedded PostgreSQL server.

    It serves where DATABASE_URL names no server; these commands never touch the one that it names.
    """


@database.command()
@with_folder
def start(folder: Path) -> None:
    """Start the server and leave it running until 'upline database stop'.

    A server that runs already is kept from now on, whoever started it.
    """
    from upline.foundation import postgres

    server = postgres.start(folder, ends_with_parent=False)
    did = "started" if server.is_ours else "runs already, and is kept from now on"
    click.echo(f"PostgreSQL {server.version} {did}: {server.folder} (process {server.pid})")
    if os.environ.get("DATABASE_URL"):
        click.echo("DATABASE_URL is set, so Upline uses the server that it names, not this one.")


@database.command()
@with_folder
def stop(folder: Path) -> None:
    """Stop the server, also under those who use it. A stopped one stays stopped."""
    from upline.foundation import postgres

    was = postgres.status(folder)
    postgres.stop(folder)
    did = "stopped" if was.state == "running" else "was not running"
    click.echo(f"PostgreSQL {did}: {was.folder}")


@database.command()
@with_folder
def status(folder: Path) -> None:
    """Say what there is in the folder; exit code 1 where no server runs."""
    from upline.foundation import postgres

    found = postgres.status(folder)
    click.echo(_sentence(found))
    if found.state != "running":
        raise SystemExit(1)


def _sentence(found: Status) -> str:
    if found.state == "absent":
        return f"No data yet: {found.folder}"
    if found.state == "stopped":
        return f"PostgreSQL {found.version} is stopped: {found.folder}"
    until = "until it is stopped" if found.is_kept else "while a program uses it"
    return f"PostgreSQL {found.version} runs {until}: {found.folder} (process {found.pid})"


@database.command()
@with_folder
def url(folder: Path) -> None:
    """Print the address of the running server, for DATABASE_URL; it holds the password."""
    from upline.foundation import postgres

    click.echo(postgres.address(folder))


@database.command()
@with_folder
def upgrade(folder: Path) -> None:
    """Bring the data to the newest major version of PostgreSQL that is installed.

    Stop the server first. Every table is compared afterwards. The old data are kept until
    'upline database confirm-upgrade'.
    """
    from upline.foundation.postgres import upgrading

    found = upgrading.upgrade(folder, say=lambda text: click.echo(text, err=True))
    click.echo(
        f"PostgreSQL {found.before} became {found.now}; {found.tables} tables are equal.\n"
        f"The old data are in {found.kept}; 'upline database confirm-upgrade' removes them.\n"
        "Backups of the old data do not lead on: make one with 'upline backup make'."
    )


@database.command("confirm-upgrade")
@with_folder
def confirm_upgrade(folder: Path) -> None:
    """Remove the old data that an upgrade kept, when all is well."""
    from upline.foundation.postgres import upgrading

    for path in upgrading.confirm(folder):
        click.echo(f"Removed {path}")


@database.command()
@with_folder
def shell(folder: Path) -> None:
    """Open psql on the server; it is started where it does not run, and ends with psql."""
    from psycopg.conninfo import conninfo_to_dict

    from upline.foundation import postgres

    with postgres.start(folder) as server:
        address = conninfo_to_dict(server.url)
        # In the environment and not on the command line, which every user of the machine can read.
        given = {name: str(address[key]) for name, key in _NAMES.items()}
        psql = postgres.binaries_for(server.folder).program("psql")
        # An interrupt is for the query in psql, not for us.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        code = subprocess.call([psql], env={**os.environ, **given})  # noqa: S603 - PostgreSQL's own
    sys.exit(code)
