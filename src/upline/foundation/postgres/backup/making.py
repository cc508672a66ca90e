"""A backup made while the server runs: its files with checksums, and the log from there on."""

from __future__ import annotations

import os
import re
import shutil
import time
from pathlib import Path

from upline.foundation import clock
from upline.foundation.postgres import archive as archiving
from upline.foundation.postgres import server
from upline.foundation.postgres.archive import Archive, archive_of
from upline.foundation.postgres.backup import programs
from upline.foundation.postgres.backup.errors import (
    ArchiveFails,
    ArchivingOff,
    NoBackup,
    NoSpace,
)
from upline.foundation.postgres.backup.kept import DATA, NOTE, PASSWORD, Kept, kept_in
from upline.foundation.postgres.binaries import Binaries
from upline.foundation.postgres.folders import (
    binaries_for,
    free_megabytes,
    refusing,
    sync_folder,
    write_whole,
)
from upline.foundation.postgres.identity import identity_for
from upline.foundation.postgres.layout import USER, Layout

# How long the last segment of the log may take into the archive.
PATIENCE_SECONDS = 120
_MEGABYTE = 1_000_000
_CHECKPOINT = re.compile(r"START WAL LOCATION: \S+ \(file ([0-9A-F]{24})\)")


def make(running: server.Server, *, into: Path) -> Kept:
    """Make a backup of a running server and give it when it and its log are on the disk.

    From the first one on, the server archives its log there. A backup that was interrupted is
    removed by the next. Raises ArchivingOff, ArchiveFails, NoSpace, ProgramFailed.
    """
    folder = Path(into).expanduser().resolve()
    layout = Layout(folder=running.folder, version=running.version)
    binaries = binaries_for(running.folder)
    with refusing(folder):
        archive = archive_of(folder, programs.identifier_of(binaries, layout.data))
        archiving.turn_on(layout, archive, identity_for(layout, binaries))
        _require_archiving(running, layout)
        _require_space(layout, archive)
        kept = _made(layout, binaries, archive)
        _archive_now(running, layout, archive)
    return kept


def archive_now(running: server.Server, into: Path) -> None:
    """Bring the log of a server up to this moment into its archive. Raises NoBackup, ArchiveFails."""
    folder = Path(into).expanduser().resolve()
    layout = Layout(folder=running.folder, version=running.version)
    identifier = programs.identifier_of(binaries_for(running.folder), layout.data)
    if not kept_in(folder, identifier=identifier):
        raise NoBackup(folder=folder, which="of this server")
    _archive_now(running, layout, archive_of(folder, identifier))


def _require_archiving(running: server.Server, layout: Layout) -> None:
    if _asked(running, "SHOW archive_mode") != "on":
        raise ArchivingOff(path=layout.folder)
    wanted = f"{archiving.TIMEOUT_SECONDS}s"
    _asked(running, f"ALTER SYSTEM SET archive_timeout = '{wanted}'")
    _asked(running, "SELECT pg_reload_conf()")


def _require_space(layout: Layout, archive: Archive) -> None:
    needed, free = size_of(layout.data) // _MEGABYTE + 50, free_megabytes(archive.backups)
    if free < needed:
        raise NoSpace(path=archive.backups, free_megabytes=free, needed_megabytes=needed)


def size_of(folder: Path) -> int:
    """Add the sizes of all files below a folder; those that go meanwhile are left out."""
    size = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                size += (Path(place) / name).lstat().st_size
            except FileNotFoundError:
                continue
    return size


def _made(layout: Layout, binaries: Binaries, archive: Archive) -> Kept:
    for left in archive.backups.glob("*.making"):
        shutil.rmtree(left)
    label = clock.now().strftime("%Y%m%dT%H%M%S.%fZ")
    making = archive.backups / f"{label}.making"
    making.mkdir(mode=0o700)
    place = server.place_of(layout)
    password = layout.password.read_bytes()
    programs.run(
        binaries,
        "pg_basebackup",
        [
            *("--pgdata", str(making / DATA), "--username", USER, "--no-password"),
            *("--wal-method", "stream", "--checkpoint", "fast", "--label", label),
            *("--manifest-checksums", "SHA256"),
        ],
        given=programs.connection_of(place, password.decode("ascii").strip()),
    )
    said = (making / DATA / "backup_label").read_text(encoding="utf-8")
    found = _CHECKPOINT.search(said)
    assert found is not None, "a backup names the segment that it begins in"
    kept = Kept(
        folder=archive.folder,
        label=label,
        identifier=archive.identifier,
        version=layout.version,
        whole_at=clock.now(),
        first_segment=found[1],
        size=size_of(making / DATA),
    )
    write_whole(making / PASSWORD, password)
    write_whole(making / NOTE, kept.noted())
    making.rename(kept.home)
    sync_folder(archive.backups)
    return kept


def _archive_now(running: server.Server, layout: Layout, archive: Archive) -> None:
    segment = _asked(running, "SELECT pg_walfile_name(pg_current_wal_lsn())")
    _asked(running, "SELECT pg_switch_wal()")
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (archive.log / f"{segment}.gz").exists():
        # A server on which nothing happened has nothing to switch.
        if _asked(running, "SELECT pg_walfile_name(pg_current_wal_lsn())") == segment:
            _asked(running, "SELECT pg_create_restore_point('upline backup')")
            _asked(running, "SELECT pg_switch_wal()")
        if time.monotonic() >= deadline:
            raise ArchiveFails(archive=archive.log, segment=segment, log=layout.log)
        time.sleep(0.05)


def _asked(running: server.Server, question: str) -> str:
    import psycopg  # noqa: PLC0415 - slow to import, and absent where only the engine is

    with psycopg.connect(running.url, autocommit=True) as connection:
        found = connection.execute(question)
        row = found.fetchone() if found.description else None
    return str(row[0]) if row else ""
