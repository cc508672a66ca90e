"""`upline backup`: the embedded server backed up, verified, restored, and all of that rehearsed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from upline.cli.database import with_folder

if TYPE_CHECKING:
    from upline.foundation.postgres.backup import Kept

_SEALS = """
SELECT calendar.name, period.label, period.sealed_digest
FROM commissions_period AS period
JOIN commissions_calendar AS calendar ON calendar.id = period.calendar_id
WHERE period.state = 'sealed'
"""
_MEGABYTE = 1_000_000

_backups: Callable[[Callable[..., None]], Callable[..., None]] = click.option(
    "--into",
    "backups",
    type=click.Path(path_type=Path),
    help="The folder of the backups, better on another disk; left out, 'backups' in UPLINE_HOME.",
)


def _usual(backups: Path | None) -> Path:
    from upline.foundation import environment

    return backups or environment.read().home / "backups"


@click.group()
def backup() -> None:
    """Back up the embedded server, verify, restore to a moment, and rehearse it.

    A server of your own, named by DATABASE_URL, is backed up by its own means.
    """


@backup.command()
@_backups
@with_folder
def make(folder: Path, backups: Path | None) -> None:
    """Make a backup while the server runs; from the first one on its log is archived, too."""
    from upline.foundation import postgres
    from upline.foundation.postgres import backup as services

    with postgres.start(folder) as running:
        kept = services.make(running, into=_usual(backups))
    click.echo(f"Backup {kept.label}: {kept.size // _MEGABYTE} MB in {kept.home}")


@backup.command("list")
@_backups
@with_folder
def list_backups(folder: Path, backups: Path | None) -> None:  # noqa: ARG001 - as the others
    """List the backups and until when each leads; ends with 1 where there is none."""
    from upline.foundation.postgres import backup as services

    found = services.kept_in(_usual(backups))
    for kept in found:
        click.echo(_line(kept))
    if not found:
        click.echo(f"No backup yet: {_usual(backups)}")
        raise SystemExit(1)


def _line(kept: Kept) -> str:
    return (
        f"{kept.label}\tPostgreSQL {kept.version}\t{kept.size // _MEGABYTE} MB\t"
        f"from {kept.whole_at.isoformat(timespec='seconds')}"
        f" to {kept.reaches().isoformat(timespec='seconds')}"
    )


@backup.command()
@_backups
@with_folder
def verify(folder: Path, backups: Path | None) -> None:  # noqa: ARG001 - as the others
    """Compare every file of every backup with its checksum, and look for gaps in the log."""
    from upline.foundation.errors import DomainError
    from upline.foundation.postgres import backup as services

    is_whole = True
    for kept in services.kept_in(_usual(backups)):
        try:
            found = services.verify(kept)
            click.echo(f"{kept.label}: {found.files} files, {found.segments} segments of log")
        except DomainError as refused:
            is_whole = False
            click.echo(str(refused), err=True)
    if not is_whole:
        raise SystemExit(1)


@backup.command()
@click.option("--to", "moment", help="As 2026-11-30T14:05:00+00:00; left out, the end of the log.")
@click.option("--backup", "label", help="Restore from this backup, not the last before the moment.")
@_backups
@with_folder
def restore(folder: Path, backups: Path | None, moment: str | None, label: str | None) -> None:
    """Bring the data back as they were at a moment; those that are there are set aside.

    Stop the server first. Sums of a moment in between are those of what was committed before it.
    """
    from upline.foundation.postgres import backup as services

    until = _moment(moment) if moment else None
    found = services.restore(folder, source=_usual(backups), until=until, label=label)
    found.running.leave()
    last = found.last_commit_at
    click.echo(
        f"Restored from {found.kept.label}; the last commit is of "
        f"{last.isoformat(timespec='milliseconds') if last else 'before the backup'}."
    )
    if found.set_aside:
        click.echo(
            f"The data that were there are in {found.set_aside}; remove them when all is well."
        )


def _moment(given: str) -> datetime:
    from upline.foundation.postgres.backup.errors import MomentMalformed

    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        raise MomentMalformed(given=given) from None
    if moment.tzinfo is None:
        raise MomentMalformed(given=given)
    return moment


@backup.command()
@_backups
@with_folder
def drill(folder: Path, backups: Path | None) -> None:
    """Restore to this moment beside the running server, and look the copy over.

    The copy is counted anew as 'upline check books' does, and its sealed periods are compared with
    those of the server. Then it is removed. Server and backups stay as they are.
    """
    from upline.foundation import postgres
    from upline.foundation.postgres import backup as services

    source = _usual(backups)
    with postgres.start(folder) as running:
        services.archive_now(running, source)
        source.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix="drill-", dir=source))
        try:
            began = time.monotonic()
            copy = services.rehearse(scratch / "server", source=source)
            click.echo(f"Restored from {copy.kept.label} in {time.monotonic() - began:.1f} s.")
            try:
                is_well = _is_in_order(copy.running.url) & _has_seals(running.url, copy.running.url)
            finally:
                copy.running.stop()
        finally:
            shutil.rmtree(scratch)
    if not is_well:
        raise SystemExit(1)


def _is_in_order(url: str) -> bool:
    """Count the copy anew, in a process that knows nothing of the server it was made from."""
    ran = subprocess.run(  # nosec B603 - ourselves, with words of our own
        [sys.executable, "-m", "upline", "check", "books"],
        env={**os.environ, "DATABASE_URL": url},
        check=False,
    )
    return ran.returncode == 0


def _has_seals(server: str, copy: str) -> bool:
    """Compare the seals of the copy with those of the server, which may have more by now."""
    import psycopg

    found = []
    for url in (server, copy):
        with psycopg.connect(url, autocommit=True) as connection:
            found.append(set(connection.execute(_SEALS).fetchall()))
    there, restored = found
    differ = sorted(restored - there)
    for calendar, label, _ in differ:
        click.echo(f"The seal of {calendar} {label} differs.", err=True)
    click.echo(
        f"{len(restored)} of {len(there)} sealed periods are in the copy, {len(differ)} differ."
    )
    return not differ
