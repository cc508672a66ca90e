"""A backup brought back and its log gone through, to its end or to a moment.

The data that are there are set aside under another name. What is restored is prepared beside their
place and moved there when it is complete, so that an interrupted restoration is simply repeated.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from upline.foundation import clock
from upline.foundation.postgres import archive as archiving
from upline.foundation.postgres import processes, server
from upline.foundation.postgres.backup.errors import LogMissing, NoSpace, ServerRuns
from upline.foundation.postgres.backup.kept import PASSWORD, Kept, binaries_of, chosen, verify
from upline.foundation.postgres.binaries import Binaries
from upline.foundation.postgres.errors import DidNotStart
from upline.foundation.postgres.folders import (
    free_megabytes,
    prepare_folder,
    prepare_home,
    refusing,
    sync_folder,
    write_whole,
)
from upline.foundation.postgres.identity import Identity, identity_for
from upline.foundation.postgres.layout import Layout

_MEGABYTE = 1_000_000
# What PostgreSQL says when the log holds nothing that was committed after the moment.
_ENDED_BEFORE = "recovery ended before configured recovery target was reached"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was brought back: from which backup, up to which commit, and where the old data are."""

    kept: Kept
    running: server.Server
    last_commit_at: datetime | None
    set_aside: Path | None


def restore(
    folder: Path, *, source: Path, until: datetime | None = None, label: str | None = None
) -> Restored:
    """Bring the data of a server back as they were at a moment, or at the end of the archived log.

    The server runs afterwards and archives on, as a new timeline. Raises NoBackup, OtherVersion,
    ServerRuns, NoSpace, Damaged, LogMissing, and what a start refuses.
    """
    kept, layout, binaries = _prepared(folder, source, until, label)
    identity = identity_for(layout, binaries)
    set_aside = _placed(kept, layout, identity)
    archiving.turn_on(layout, kept.archive, identity)
    return _recovered(kept, layout, binaries, until, set_aside)


def rehearse(
    folder: Path, *, source: Path, until: datetime | None = None, label: str | None = None
) -> Restored:
    """Do the same in an empty folder, and leave the archive alone."""
    kept, layout, binaries = _prepared(folder, source, until, label)
    _placed(kept, layout, identity_for(layout, binaries))
    return _recovered(kept, layout, binaries, until, None)


def _prepared(
    folder: Path, source: Path, until: datetime | None, label: str | None
) -> tuple[Kept, Layout, Binaries]:
    folder = Path(folder).expanduser().resolve()
    kept = chosen(source, label=label, until=until)
    binaries = binaries_of(kept)
    layout = Layout(folder=folder, version=kept.version)
    if until is not None and until > kept.reaches():
        ends = f"the archived log ends at {kept.reaches().isoformat(timespec='seconds')}"
        raise LogMissing(label=kept.label, moment=until.isoformat(), said=ends)
    verify(kept)
    with refusing(folder):
        prepare_folder(folder)
        needed, free = kept.size // _MEGABYTE + 100, free_megabytes(folder)
        if free < needed:
            raise NoSpace(path=folder, free_megabytes=free, needed_megabytes=needed)
        prepare_home(layout, identity_for(layout, binaries))
    return kept, layout, binaries


def _placed(kept: Kept, layout: Layout, identity: Identity) -> Path | None:
    """Put the backup in the place of the data, and give where those are now."""
    with refusing(layout.folder), server.start_lock(layout.folder):
        pid = processes.postmaster_of(layout.data)
        if pid:
            raise ServerRuns(path=layout.folder, pid=pid)
        restoring = layout.home / "data.restoring"
        if restoring.exists():
            shutil.rmtree(restoring)
        shutil.copytree(kept.data, restoring, symlinks=True)
        (restoring / server.RESTORING).touch(mode=0o600)
        restoring.chmod(0o700)
        if identity.is_other:
            _hand_over(restoring, identity)
        # Before the data: without it a start would set another password, and end the restoration.
        write_whole(layout.password, (kept.home / PASSWORD).read_bytes())
        os.sync()
        set_aside = None
        if layout.data.exists():
            stamp = clock.now().strftime("%Y%m%dT%H%M%SZ")
            set_aside = layout.data.rename(layout.home / f"data.before-{stamp}")
        restoring.rename(layout.data)
        sync_folder(layout.home)
    return set_aside


def _hand_over(folder: Path, identity: Identity) -> None:
    for place, _, names in os.walk(folder):
        os.chown(place, identity.uid, identity.gid)
        for name in names:
            os.chown(Path(place) / name, identity.uid, identity.gid)


def _recovered(
    kept: Kept, layout: Layout, binaries: Binaries, until: datetime | None, set_aside: Path | None
) -> Restored:
    # Nobody reads before the end: a server that answers meanwhile is taken for one that is ready.
    settings = archiving.fetching_from(layout, kept.archive) | {"hot_standby": "off"}
    target = {} if until is None else {
        "recovery_target_time": until.isoformat(),
        "recovery_target_action": "promote",
    }  # fmt: skip
    try:
        running = server.start(layout.folder, binaries=binaries, settings=settings | target)
    except DidNotStart as refused:
        if _ENDED_BEFORE not in str(refused.facts["said"]):
            raise
        # The log goes beyond the moment, and nothing was committed after it.
        running = server.start(layout.folder, binaries=binaries, settings=settings)
    return Restored(
        kept=kept,
        running=running,
        last_commit_at=_last_commit_at(running),
        set_aside=set_aside,
    )


def _last_commit_at(running: server.Server) -> datetime | None:
    import psycopg  # noqa: PLC0415 - slow to import, and absent where only the engine is

    with psycopg.connect(running.url, autocommit=True) as connection:
        row = connection.execute("SELECT pg_last_xact_replay_timestamp()").fetchone()
    return None if row is None else row[0]
