"""Where things lie in the folder of an embedded server."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

# Connections find a Unix socket by folder and port, as `.s.PGSQL.<port>`; no TCP port is opened.
PORT = 5432
SOCKET_NAME = f".s.PGSQL.{PORT}"
USER = "upline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The places of one server: the folder that was named, and what is in it for a version."""

    folder: Path
    version: int

    @property
    def home(self) -> Path:
        """Give the folder of the version: 700, for no other user may see a name in it."""
        return self.folder / str(self.version)

    @property
    def data(self) -> Path:
        """Give the data folder; it appears in one step, when it is complete."""
        return self.home / "data"

    @property
    def making(self) -> Path:
        """Give the folder in which new data are prepared; nothing was ever stored in it."""
        return self.home / "data.making"

    @property
    def password(self) -> Path:
        return self.home / "password"

    @property
    def socket(self) -> Path:
        return self.home / "socket"

    @property
    def socket_elsewhere(self) -> Path:
        """Give the file that names the socket folder where this one's path is too long."""
        return self.home / "socket-folder"

    @property
    def log(self) -> Path:
        return self.home / "log"

    @property
    def kept(self) -> Path:
        """Give the mark of a server that runs until it is stopped, whoever started it."""
        return self.home / "kept"

    @property
    def start_lock(self) -> Path:
        return self.folder / ".lock"

    @property
    def use_lock(self) -> Path:
        """Give the file on which every user of the server holds a shared lock."""
        return self.home / ".in-use"

    @property
    def life_lock(self) -> Path:
        """Give the file on which all processes of the server together hold a lock."""
        return self.home / ".alive"

    @property
    def watchdog_lock(self) -> Path:
        return self.home / ".watchdog"


def existing_versions(folder: Path) -> list[int]:
    """List the major versions of which the folder holds data, the newest first."""
    try:
        names = [path.name for path in folder.iterdir()]
    except FileNotFoundError:
        return []
    found = [int(name) for name in names if name.isdigit()]
    return sorted((one for one in found if (folder / str(one) / "data").exists()), reverse=True)
