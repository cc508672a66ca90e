"""The embedded server starts, once for all who ask, and leaves nothing else changed."""

import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import psycopg
import pytest

from tests.faults.postgres_trials import (
    answer,
    begun,
    environment,
    everything_ended,
    layout_of,
    program,
    runs_as_another_user,
    started,
    tell,
)
from upline.foundation import postgres
from upline.foundation.postgres import identity as identities
from upline.foundation.postgres.errors import RootCannotStart
from upline.foundation.postgres.folders import fits

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
in_a_namespace = pytest.mark.skipif(
    os.geteuid() != 0 or runs_as_another_user(), reason="needs root with user namespaces"
)


def test_an_empty_folder_becomes_a_server_that_is_closed_to_others(folder, source):
    server = started(folder, source)
    layout = layout_of(folder, source)

    settings = {
        name: answer(server.url, f"SHOW {name}")
        for name in ("listen_addresses", "server_encoding", "password_encryption", "lc_collate")
        if not (name == "lc_collate" and server.version > 15)
    }
    collation = answer(
        server.url, "SELECT datcollate FROM pg_database WHERE datname = current_database()"
    )
    rules = answer(
        server.url, "SELECT string_agg(DISTINCT auth_method, ' ') FROM pg_hba_file_rules"
    )

    assert server.is_ours
    assert server.version == {"wheel": 18, "debian": 15}[source]
    assert settings["listen_addresses"] == ""
    assert settings["server_encoding"] == "UTF8"
    assert settings["password_encryption"] == "scram-sha-256"
    assert collation == "C.UTF-8"
    assert rules == "scram-sha-256"
    assert layout.data == folder / str(server.version) / "data"
    for place in (layout.data, layout.socket):
        assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert stat.S_IMODE(layout.home.stat().st_mode) == (0o711 if runs_as_another_user() else 0o700)
    assert stat.S_IMODE(layout.password.stat().st_mode) == 0o600


def test_nobody_enters_without_the_password(wheel_folder):
    server = started(wheel_folder)
    wrong = server.url.replace(layout_of(wheel_folder).password.read_text(), "guess")

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        answer(wrong)
    assert "guess" not in repr(server)
    assert layout_of(wheel_folder).password.read_text() not in repr(server)


def test_a_second_start_adopts_the_running_server(full_folder, source):
    first = started(full_folder, source)
    second = started(full_folder, source)

    assert (first.is_ours, second.is_ours) == (True, False)
    assert (second.pid, second.url) == (first.pid, first.url)


def test_leaving_an_adopted_server_leaves_it_running(wheel_folder):
    with started(wheel_folder) as first:
        with started(wheel_folder):
            pass

        assert answer(first.url) == 1

    assert postgres.status(wheel_folder).state == "stopped"


def test_leaving_the_own_server_leaves_it_to_another_program_that_uses_it(wheel_folder):
    server = started(wheel_folder)
    with program(wheel_folder, "wheel") as other:
        server.leave()

        assert answer(other.url) == 1

    assert everything_ended(wheel_folder)


def test_four_programs_that_start_at_once_get_one_server(folder, source):
    programs = [begun(folder, source, "wait") for _ in range(4)]
    try:
        for one in programs:
            one.listen()

        assert len({one.pid for one in programs}) == 1
        assert sorted(one.is_ours for one in programs) == [False, False, False, True]
        assert [answer(one.url) for one in programs] == [1, 1, 1, 1]
    finally:
        for one in programs:
            one.kill()


def test_threads_that_start_at_once_get_one_server(wheel_folder):
    servers = []
    threads = [
        threading.Thread(target=lambda: servers.append(started(wheel_folder))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({server.pid for server in servers}) == 1
    assert sum(server.is_ours for server in servers) == 1
    assert answer(servers[0].url) == 1


def test_stopping_and_starting_keeps_the_data_and_may_be_repeated(full_folder, source):
    server = started(full_folder, source)
    tell(server.url, "CREATE TABLE kept AS SELECT 77 AS number")

    server.stop()
    server.stop()
    postgres.stop(full_folder)
    stopped = postgres.status(full_folder)
    again = started(full_folder, source)

    assert (stopped.state, stopped.pid, stopped.version) == ("stopped", None, server.version)
    assert answer(again.url, "SELECT number FROM kept") == 77
    assert postgres.status(full_folder).pid == again.pid


def test_another_database_is_made_in_the_same_server(wheel_folder):
    started(wheel_folder)

    other = started(wheel_folder, database="Другая база")

    assert answer(other.url, "SELECT current_database()") == "Другая база"


def test_the_status_of_a_folder_that_is_not_there_makes_nothing(folder):
    assert postgres.status(folder).state == "absent"
    assert not folder.exists()


def test_a_lost_password_is_renewed_while_the_server_is_stopped(full_folder, source):
    layout_of(full_folder, source).password.unlink()

    server = started(full_folder, source)

    assert answer(server.url) == 1


@pytest.mark.skipif(runs_as_another_user(), reason="sockets then go to /tmp, which others use")
def test_a_long_path_with_blanks_quotes_and_cyrillic_works(folder, source, tmp_path, monkeypatch):
    runtime = tmp_path / "run"
    runtime.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    name = "путь с пробелами, $HOME, 'o\"clock' %20"
    place = folder / name
    while len(str(place)) < 200:
        place = place / name
    server = started(place, source)
    made = list(runtime.iterdir())

    value = answer(server.url, "SHOW unix_socket_directories")
    mode = stat.S_IMODE(made[0].stat().st_mode)
    server.stop()

    assert len(made) == 1
    assert value == f'"{made[0]}"'
    assert mode == 0o700
    assert list(runtime.iterdir()) == []
    assert not layout_of(place, source).socket.exists()


def test_a_path_that_just_fits_a_socket_keeps_it_inside(tmp_path):
    room = 107 - len(os.fsencode(tmp_path / "/.s.PGSQL.5432")) - len(os.fsencode(tmp_path)) - 1
    assert fits(tmp_path / ("x" * room))
    assert not fits(tmp_path / ("x" * (room + 1)))
    assert not fits(tmp_path / "a,b")


def _modes_of(paths: list[Path]) -> dict[Path, tuple[int, int, int]]:
    return {
        path: (path.stat().st_mode, path.stat().st_uid, path.stat().st_gid)
        for path in paths
        if path.exists()
    }


def _users() -> str:
    return subprocess.run(["getent", "passwd"], capture_output=True, text=True, check=True).stdout


def test_no_user_is_added_and_no_mode_or_owner_changes_outside_the_folder(folder, source):
    outside = [
        *(Path.home(), *Path.home().parents, *folder.parents),
        *(Path(sys.executable), *Path(sys.executable).parents),
        postgres.find_binaries(source).bin,
    ]
    before, users = _modes_of(outside), _users()

    server = started(folder, source)
    during = _modes_of(outside)
    server.stop()

    assert during == before
    assert _modes_of(outside) == before
    assert _users() == users


def test_a_folder_that_exists_keeps_its_mode(wheel_folder):
    wheel_folder.chmod(0o755)

    started(wheel_folder)

    assert stat.S_IMODE(wheel_folder.stat().st_mode) == 0o755


def test_the_environment_of_the_caller_does_not_reach_the_server(wheel_folder, monkeypatch):
    monkeypatch.setenv("PGPORT", "6000")
    monkeypatch.setenv("PGDATABASE", "elsewhere")
    monkeypatch.setenv("LANG", "ru_RU.UTF-8")
    monkeypatch.setenv("UPLINE_SECRET_KEY", "hidden")

    server = started(wheel_folder)

    environment = Path(f"/proc/{server.pid}/environ").read_bytes()
    assert answer(server.url, "SHOW port") == "5432"
    assert b"hidden" not in environment
    assert b"ru_RU" not in environment


@in_a_namespace
def test_root_runs_the_server_in_a_user_namespace_without_any_right_of_root(wheel_folder):
    server = started(wheel_folder)

    status = Path(f"/proc/{server.pid}/status").read_text()
    own = Path("/proc/self/ns/user").readlink()

    assert Path(f"/proc/{server.pid}/ns/user").readlink() != own
    assert "CapEff:\t0000000000000000" in status
    assert layout_of(wheel_folder).data.stat().st_uid == 0


@in_a_namespace
def test_a_system_without_a_user_1000_lends_the_server_another_name(folder, monkeypatch):
    names = [entry for entry in pwd.getpwall() if entry.pw_uid < 1000]
    by_number = {entry.pw_uid: entry for entry in names}
    monkeypatch.setattr(identities.pwd, "getpwall", lambda: names)
    monkeypatch.setattr(identities.pwd, "getpwuid", lambda uid: by_number[uid])

    server = started(folder)

    lent = identities.named_user()
    assert 0 < lent < 1000
    assert Path(f"/proc/{server.pid}/uid_map").read_text().split() == [str(lent), "0", "1"]


@as_root
def test_without_user_namespaces_root_becomes_an_existing_user(monkeypatch):
    if "postgres" not in {entry.pw_name for entry in pwd.getpwall()}:
        pytest.skip("this system has no user postgres")
    monkeypatch.setattr(identities, "in_namespace", lambda *_: None)
    reachable = Path(tempfile.mkdtemp())
    reachable.chmod(0o711)
    folder = reachable / "server"
    try:
        server = started(folder)
        uid = pwd.getpwnam("postgres").pw_uid
        first = answer(server.url)
        again = started(folder)
        os.kill(server.pid, 9)
        after = started(folder)

        assert first == 1
        assert (again.pid, again.is_ours) == (server.pid, False)
        assert after.pid != server.pid
        assert answer(after.url) == 1
        assert Path(f"/proc/{after.pid}").stat().st_uid == uid
        assert layout_of(folder).data.stat().st_uid == uid
        assert layout_of(folder).password.stat().st_uid == 0
        assert stat.S_IMODE(layout_of(folder).socket.stat().st_mode) == 0o700
        after.stop()
        assert postgres.status(folder).state == "stopped"
    finally:
        postgres.stop(folder)
        shutil.rmtree(reachable)


@pytest.fixture
def closed_folder():
    """Give a place that only root can enter, as what lies in /root is one."""
    closed = Path(tempfile.mkdtemp())
    yield closed / "server"
    postgres.stop(closed / "server")
    shutil.rmtree(closed)


# The numbers of CAP_DAC_READ_SEARCH and CAP_DAC_OVERRIDE in a mask of rights.
TO_PASS = {"dac_read_search": 1 << 2, "dac_override": 1 << 1}


@as_root
@pytest.mark.parametrize("right", TO_PASS)
def test_in_folders_closed_to_others_the_user_of_the_server_has_one_right_of_root(
    closed_folder, monkeypatch, right
):
    monkeypatch.setattr(identities, "in_namespace", lambda *_: None)
    monkeypatch.setattr(identities, "EXISTING_USERS", ("nobody",))
    monkeypatch.setattr(identities, "RIGHTS_TO_PASS", (right,))

    server = started(closed_folder)

    status = Path(f"/proc/{server.pid}/status").read_text()
    masks = dict(line.split(":\t") for line in status.splitlines() if line.startswith("Cap"))
    assert answer(server.url) == 1
    assert Path(f"/proc/{server.pid}").stat().st_uid == pwd.getpwnam("nobody").pw_uid
    assert {int(mask, 16) for mask in masks.values()} == {TO_PASS[right]}
    assert stat.S_IMODE(closed_folder.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(closed_folder.stat().st_mode) == 0o700

    os.kill(server.pid, 9)
    assert answer(started(closed_folder).url) == 1


BARE = """
import os, sys
from pathlib import Path
from upline.foundation import postgres
from upline.foundation.postgres import identity
identity.in_namespace = lambda *_: None
folder = Path(sys.argv[1])
server = postgres.start(folder)
try:
    Path(f"/proc/{server.pid}/exe").readlink()
except PermissionError:
    print("hidden", postgres.start(folder).pid == server.pid)
os.kill(server.pid, 9)
print(postgres.start(folder).pid != server.pid, postgres.status(folder).state)
postgres.stop(folder)
print(postgres.status(folder).state)
"""


@as_root
def test_root_of_a_container_who_may_not_look_into_processes_knows_its_server(folder, fast_folder):
    if "postgres" not in {entry.pw_name for entry in pwd.getpwall()}:
        pytest.skip("this system has no user postgres")
    fast_folder.chmod(0o711)
    folder.parent.chmod(0o711)
    weaker = ["setpriv", "--bounding-set=-sys_ptrace", "--inh-caps=-sys_ptrace"]
    ran = subprocess.run(
        [*weaker, sys.executable, "-c", BARE, str(folder)],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.stdout.split() == ["hidden", "True", "True", "running", "stopped"], ran.stderr


@as_root
def test_root_that_can_become_nobody_is_told_the_remedies(folder, monkeypatch):
    def refused(binaries, tried):
        tried.append("a user namespace is refused (Operation not permitted)")

    monkeypatch.setattr(identities, "in_namespace", refused)
    monkeypatch.setattr(identities, "EXISTING_USERS", ("nobody_of_this_name",))

    with pytest.raises(RootCannotStart, match=r"Operation not permitted.*no user.*DATABASE_URL"):
        started(folder)
    assert not layout_of(folder).home.exists()
