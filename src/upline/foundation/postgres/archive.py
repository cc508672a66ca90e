"""The archive of the server's log: each segment packed and on the disk before the server lets it go.

The server archives from its start on by a small script of ours. As long as no archive is named the
script lets segments go; so the first backup needs no new start. PostgreSQL calls it in its data
folder, as the user that it runs as.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from pathlib import Path

from upline.foundation.postgres.folders import own_folder, write_whole
from upline.foundation.postgres.identity import Identity
from upline.foundation.postgres.layout import Layout

SCRIPT = "archive.sh"
FETCH = "fetch.sh"
# Names the archive for the first, what to restore from for the second.
TARGET = "archive-to"
SOURCE = "restore-from"
# A segment that is not full is let go after this time, if anything happened.
TIMEOUT_SECONDS = 60
# A segment that is there already is the same, or the archive is that of another history.
_ARCHIVING = b"""# Written by Upline at each start.
set -e
test -s ../archive-to || exit 0
to=$(cat ../archive-to)
if test -e "$to/$2.gz"; then
    gzip -dc "$to/$2.gz" | cmp -s - "$1"
    exit
fi
gzip -1 -c "$1" > "$to/.$2.new"
sync "$to/.$2.new"
mv "$to/.$2.new" "$to/$2.gz"
sync "$to"
"""
_FETCHING = b"""# Written by Upline for a restoration.
from=$(cat ../restore-from)
test -e "$from/$1.gz" || exit 1
gzip -dc "$from/$1.gz" > "$2"
"""
_SEGMENT = re.compile(r"([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})\.gz")
_SEGMENTS_A_FILE = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """Backups and log of one server, by the identifier that its data were born with."""

    folder: Path
    identifier: str

    @property
    def home(self) -> Path:
        return self.folder / self.identifier

    @property
    def log(self) -> Path:
        """Give the folder of the packed segments."""
        return self.home / "log"

    @property
    def backups(self) -> Path:
        return self.home / "backups"

    def segments(self) -> list[str]:
        """List the names of the segments that are there, the oldest first."""
        names = [path.name for path in self.log.glob("*.gz")]
        return sorted(name.removesuffix(".gz") for name in names if _SEGMENT.fullmatch(name))

    def gap_after(self, first: str) -> str | None:
        """Name the place of the first segment that is missing, counted from one; None if none is.

        Timelines follow each other: each goes on where the one before was left.
        """
        numbers = {number_of(name) for name in self.segments()}
        there = [number for number in sorted(numbers) if number >= number_of(first)]
        if not there or there[0] != number_of(first):
            return first
        for before, after in itertools.pairwise(there):
            if after != before + 1:
                return _name_of(before + 1, first[:8])
        return None


def number_of(segment: str) -> int:
    """Give the how-manieth segment a name stands for, whatever its timeline."""
    return int(segment[8:16], 16) * _SEGMENTS_A_FILE + int(segment[16:24], 16)


def _name_of(number: int, timeline: str) -> str:
    high, low = divmod(number, _SEGMENTS_A_FILE)
    return f"{timeline}{high:08X}{low:08X}"


def archive_of(folder: Path, identifier: str) -> Archive:
    """Give the archive in a folder for the server with this identifier."""
    return Archive(folder=Path(folder).expanduser().resolve(), identifier=identifier)


def settings_of(layout: Layout) -> dict[str, str]:
    """Write the script that archives, and give the settings by which the server calls it."""
    path = layout.home / SCRIPT
    if not path.exists() or path.read_bytes() != _ARCHIVING:
        write_whole(path, _ARCHIVING)
    path.chmod(0o644)
    return {"archive_mode": "on", "archive_command": f'sh ../{SCRIPT} "%p" "%f"'}


def turn_on(layout: Layout, archive: Archive, identity: Identity) -> None:
    """Let the server archive from now on."""
    archive.backups.mkdir(parents=True, mode=0o700, exist_ok=True)
    own_folder(archive.log, identity)
    path = layout.home / TARGET
    write_whole(path, bytes(archive.log))
    path.chmod(0o644)


def fetching_from(layout: Layout, archive: Archive) -> dict[str, str]:
    """Write the script that fetches the log, and give the setting by which a restoration calls it."""
    for name, content in ((FETCH, _FETCHING), (SOURCE, bytes(archive.log))):
        write_whole(layout.home / name, content)
        (layout.home / name).chmod(0o644)
    return {"restore_command": f'sh ../{FETCH} "%f" "%p"'}
