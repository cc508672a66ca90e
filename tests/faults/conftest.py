"""Folders for the tests of the embedded server: made once, copied for each test."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.postgres_trials import STARTED, comes_true, started, watchdogs_of
from upline.foundation import postgres
from upline.foundation.postgres.errors import BinariesMissing

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of chance name is made in it
ROOM = 2_000_000_000


@pytest.fixture(scope="session")
def fast_folder(tmp_path_factory) -> Iterator[Path]:
    """Give a folder in memory where there is room: the tests kill processes, not the power."""
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
    if not (roomy and os.access(MEMORY, os.W_OK)):
        yield tmp_path_factory.mktemp("servers")
        return
    made = Path(tempfile.mkdtemp(prefix="upline-test-", dir=MEMORY))
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="session")
def ready_made(fast_folder) -> Callable[[str], Path]:
    """Give a folder with empty data of the wheel's or Debian's version, made at the first use."""
    made: dict[str, Path] = {}

    def folder_of(source: str) -> Path:
        if source not in made:
            folder = fast_folder / f"made-{source}"
            started(folder, source).stop()
            made[source] = folder
        return made[source]

    return folder_of


@pytest.fixture(params=["wheel", "debian"])
def source(request) -> str:
    """Name the PostgreSQL: each test that takes this runs on both."""
    try:
        postgres.find_binaries(request.param)
    except BinariesMissing:
        pytest.skip(f"PostgreSQL of the {request.param} is not installed")
    return request.param


@pytest.fixture
def folder(fast_folder) -> Iterator[Path]:
    """Give a place for a server that does not exist yet; whatever runs there is stopped."""
    above = Path(tempfile.mkdtemp(dir=fast_folder))
    yield above / "server"
    _clear(above / "server")
    shutil.rmtree(above)


@pytest.fixture
def full_folder(folder, source, ready_made) -> Path:
    """Give a folder that holds data, its server stopped."""
    _copy(ready_made(source), folder)
    return folder


@pytest.fixture
def wheel_folder(folder, ready_made) -> Path:
    """Give a folder with data of the wheel's version, its server stopped."""
    _copy(ready_made("wheel"), folder)
    return folder


def _copy(made: Path, folder: Path) -> None:
    subprocess.run(["cp", "-a", "--reflink=auto", str(made), str(folder)], check=True)


def _clear(place: Path) -> None:
    if place.is_dir():
        while STARTED:
            STARTED.pop().stop()
        postgres.stop(place)
        assert comes_true(lambda: not watchdogs_of(place))
        shutil.rmtree(place)
