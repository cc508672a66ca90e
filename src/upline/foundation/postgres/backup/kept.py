"""The backups that there are: what each says of itself, and whether it is still what was written."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from upline.foundation.postgres.archive import Archive, archive_of
from upline.foundation.postgres.backup import programs
from upline.foundation.postgres.backup.errors import (
    Damaged,
    LogMissing,
    NoBackup,
    OtherVersion,
    ProgramFailed,
)
from upline.foundation.postgres.binaries import Binaries, find_binaries, installed

NOTE = "backup.json"
DATA = "data"
PASSWORD = "password"  # noqa: S105 - the name of a file


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A backup: when it was whole, of which version, how large, and from which segment it goes on."""

    folder: Path
    label: str
    identifier: str
    version: int
    whole_at: datetime
    first_segment: str
    size: int

    @property
    def home(self) -> Path:
        return self.archive.backups / self.label

    @property
    def data(self) -> Path:
        return self.home / DATA

    @property
    def archive(self) -> Archive:
        return archive_of(self.folder, self.identifier)

    def reaches(self) -> datetime:
        """Give the moment until which the log was archived; that of the backup where none was."""
        times = [path.stat().st_mtime for path in self.archive.log.glob("*.gz")]
        last = datetime.fromtimestamp(max(times, default=0), UTC)
        return max(last, self.whole_at)

    def noted(self) -> bytes:
        """Give what is written beside the data."""
        facts = asdict(self) | {"folder": "", "whole_at": self.whole_at.isoformat()}
        return json.dumps(facts, indent=1, sort_keys=True).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was found of a backup: its files and the log from it on are whole."""

    label: str
    files: int
    segments: int


def kept_in(folder: Path, *, identifier: str | None = None) -> list[Kept]:
    """List the backups in a folder, the oldest first; of one server where it is named."""
    folder = Path(folder).expanduser().resolve()
    found = [
        _read(folder, note)
        for note in folder.glob(f"*/backups/*/{NOTE}")
        if identifier in {None, note.parents[2].name}
    ]
    return sorted(found, key=lambda one: (one.whole_at, one.label))


def chosen(folder: Path, *, label: str | None, until: datetime | None) -> Kept:
    """Give the backup to restore: the one named, or the last that was whole before a moment.

    Raises NoBackup.
    """
    there = kept_in(folder)
    if label is not None:
        named = [one for one in there if one.label == label]
        which = f"called {label}"
    else:
        named = [one for one in there if until is None or one.whole_at <= until]
        which = "at all" if until is None else f"that was whole before {until.isoformat()}"
    if not named:
        raise NoBackup(folder=folder, which=which)
    return named[-1]


def binaries_of(kept: Kept) -> Binaries:
    """Give the programs that can open a backup. Raises OtherVersion."""
    for one in installed():
        if one.version == kept.version:
            return one
    raise OtherVersion(label=kept.label, found=kept.version, version=find_binaries().version)


def verify(kept: Kept) -> Verified:
    """Compare each file with its checksum, and look for gaps in the log from the backup on.

    Raises Damaged, LogMissing, OtherVersion.
    """
    try:
        programs.run(binaries_of(kept), "pg_verifybackup", ["--quiet", str(kept.data)])
    except ProgramFailed as failed:
        raise Damaged(label=kept.label, said=failed.facts["said"]) from failed
    gap = kept.archive.gap_after(kept.first_segment)
    if gap is not None:
        raise LogMissing(label=kept.label, moment="of now", said=f"segment {gap} is missing")
    manifest = json.loads((kept.data / "backup_manifest").read_text(encoding="utf-8"))
    return Verified(
        label=kept.label,
        files=len(manifest["Files"]),
        segments=len(kept.archive.segments()),
    )


def _read(folder: Path, note: Path) -> Kept:
    facts = json.loads(note.read_text(encoding="utf-8"))
    whole_at = datetime.fromisoformat(facts["whole_at"])
    return Kept(**{**facts, "folder": folder, "whole_at": whole_at})
