"""Whatever is killed, whenever: every row whose commit was confirmed is there after the next start."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tests.faults.postgres_trials import (
    Program,
    answer,
    begun,
    comes_true,
    environment,
    everything_ended,
    kill_hard,
    layout_of,
    program,
    runs_as_another_user,
    started,
    tell,
    watchdogs_of,
)
from upline.foundation import postgres
from upline.foundation.postgres import processes
from upline.foundation.postgres.layout import SOCKET_NAME

TRIALS = 10
FIRST_STARTS = 3
COUNT = "SELECT count(*) || ' ' || coalesce(max(number), 0) FROM fact"


def _backend(one: Program) -> int:
    question = "SELECT pid FROM pg_stat_activity WHERE query LIKE 'INSERT%'"
    try:
        return int(str(answer(one.url, question) or 0))
    except psycopg.OperationalError:
        return 0


def _strike(one: Program, target: str, folder) -> None:
    if target == "backend":
        kill_hard(_backend(one) or one.pid)
    elif target == "server":
        kill_hard(one.pid)
    elif target == "parent":
        one.kill()
    else:
        places = [path / "data" for path in folder.iterdir()]
        for pid in [*watchdogs_of(folder), *processes.working_in(places), one.process.pid]:
            kill_hard(pid)


def test_kills_at_random_moments_lose_no_committed_row(full_folder, source):
    chance = random.Random(20261101)  # noqa: S311 - chance for tests
    targets = (["backend", "server", "parent", "everything"] * TRIALS)[:TRIALS]
    outcomes = []
    for target in targets:
        with program(full_folder, source, "work") as one:
            time.sleep(chance.uniform(0.02, 0.3))
            _strike(one, target, full_folder)
            time.sleep(chance.choice([0, 0.1]))
            one.kill()
            confirmed = one.confirmed()
        with started(full_folder, source) as server:
            count, last = map(int, str(answer(server.url, COUNT)).split())
        outcomes.append((confirmed, count, last))

    assert len(outcomes) == TRIALS
    for confirmed, count, last in outcomes:
        # The last row may have been committed when its confirmation was lost; none is missing.
        assert count == last
        assert confirmed <= last
    assert outcomes[-1][2] > TRIALS


def test_a_first_start_killed_at_any_moment_is_begun_anew(folder, source):
    chance = random.Random(7)  # noqa: S311 - chance for tests
    for _ in range(FIRST_STARTS):
        one = begun(folder, source, "wait")
        time.sleep(chance.uniform(0.05, 0.9))
        one.kill()
        one.process.stdout.close()
    server = started(folder, source)

    tell(server.url, "CREATE TABLE works (number int)")

    assert answer(server.url) == 1
    assert not layout_of(folder, source).making.exists()
    server.leave()
    assert everything_ended(folder, source)


def test_half_made_data_are_made_anew_for_they_never_held_any(folder):
    layout = layout_of(folder)
    layout.making.mkdir(parents=True)
    (layout.making / "PG_VERSION").write_text("18\n")
    layout.data.mkdir()

    server = started(folder)

    assert answer(server.url) == 1
    assert not layout.making.exists()


def test_a_server_survives_the_death_of_a_backend_and_is_adopted(wheel_folder):
    server = started(wheel_folder)
    with psycopg.connect(server.url) as victim:
        kill_hard(victim.info.backend_pid)

        again = started(wheel_folder)

        assert (again.pid, again.is_ours) == (server.pid, False)
        assert answer(again.url) == 1


def test_a_connection_that_the_death_of_a_backend_cuts_off_is_made_again(wheel_folder, monkeypatch):
    server = started(wheel_folder)
    connect, said = psycopg.connect, ["server closed the connection unexpectedly"]

    def cut_off_once(*given, **named):
        if said:
            raise psycopg.OperationalError(said.pop())
        return connect(*given, **named)

    monkeypatch.setattr(psycopg, "connect", cut_off_once)
    again = started(wheel_folder)

    assert (again.pid, said) == (server.pid, [])


def test_a_query_that_goes_on_after_its_server_died_is_ended_before_the_next_start(
    full_folder, source
):
    server = started(full_folder, source)
    busy = psycopg.connect(server.url, autocommit=True)
    pid = busy.info.backend_pid
    # It computes and never waits, so it does not notice that its server is dead.
    endless = "DO $$ BEGIN FOR i IN 1..2000000000 LOOP END LOOP; END $$"
    busy.pgconn.send_query(endless.encode())
    assert comes_true(
        lambda: (
            answer(
                server.url,
                "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'DO%' AND state = 'active'",
            )
            == 1
        )
    )
    kill_hard(server.pid)

    after = started(full_folder, source)

    assert answer(after.url) == 1
    assert not processes.is_alive(pid)
    busy.close()


def test_the_death_of_its_parent_ends_the_server(full_folder, source):
    with program(full_folder, source) as one:
        one.kill()

        assert everything_ended(full_folder, source)
    assert postgres.status(full_folder).state == "stopped"
    assert "database system is shut down" in layout_of(full_folder, source).log.read_text()


@pytest.mark.skipif(runs_as_another_user(), reason="sockets then go to /tmp, which others use")
def test_the_end_of_its_parent_removes_the_socket_folder_made_elsewhere(
    ready_made, folder, tmp_path, monkeypatch
):
    runtime = tmp_path / "run"
    runtime.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    place = folder / ("long " * 30)
    with program(place, "wheel") as one:
        made = [path.name for path in runtime.iterdir()]
        one.kill()

        assert everything_ended(place)
    assert len(made) == 1
    assert list(runtime.iterdir()) == []


def test_the_server_lives_until_the_last_program_that_uses_it_has_died(wheel_folder):
    with program(wheel_folder, "wheel") as first, program(wheel_folder, "wheel") as second:
        assert second.pid == first.pid
        first.kill()
        time.sleep(0.3)
        assert answer(second.url) == 1
        second.kill()

        assert everything_ended(wheel_folder)


def test_the_end_of_a_thread_that_started_it_does_not_end_the_server(wheel_folder):
    code = (
        "import sys, threading, time; from pathlib import Path; from upline.foundation import postgres\n"
        "thread = threading.Thread(target=lambda: postgres.start(Path(sys.argv[1])))\n"
        "thread.start(); thread.join(); print('joined', flush=True); time.sleep(600)"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(wheel_folder)],
        stdout=subprocess.PIPE,
        env=environment(),
    )
    try:
        assert child.stdout.readline() == b"joined\n"
        time.sleep(0.3)
        assert postgres.status(wheel_folder).state == "running"
    finally:
        child.kill()
        child.communicate()
    assert everything_ended(wheel_folder)


def test_a_kept_server_outlives_its_parent_and_those_who_adopt_it(wheel_folder):
    with program(wheel_folder, "wheel", "keep") as one:
        one.process.wait()
    with program(wheel_folder, "wheel") as user:
        assert (user.pid, user.is_ours) == (one.pid, False)
    time.sleep(0.3)
    status = postgres.status(wheel_folder)

    assert (status.state, status.pid, status.is_kept) == ("running", one.pid, True)
    postgres.stop(wheel_folder)
    assert postgres.status(wheel_folder).is_kept is False
    assert everything_ended(wheel_folder)


def test_keeping_a_server_that_another_program_started_takes_it_from_its_parent(wheel_folder):
    with program(wheel_folder, "wheel") as one:
        kept = started(wheel_folder, ends_with_parent=False)
        one.kill()
        assert comes_true(lambda: not watchdogs_of(wheel_folder))

        assert (kept.pid, answer(kept.url)) == (one.pid, 1)


def test_an_orphan_whose_watchdog_was_killed_is_adopted_and_watched_again(wheel_folder):
    with program(wheel_folder, "wheel") as one:
        for pid in watchdogs_of(wheel_folder):
            kill_hard(pid)
        one.kill()
    time.sleep(0.2)
    orphan = postgres.status(wheel_folder)
    with program(wheel_folder, "wheel") as heir:
        assert (orphan.state, orphan.pid) == ("running", one.pid)
        assert (heir.pid, heir.is_ours) == (one.pid, False)
        assert len(watchdogs_of(wheel_folder)) == 1

    assert everything_ended(wheel_folder)


def test_the_watchdog_of_a_folder_that_was_removed_leaves_the_next_one_alone(folder):
    with program(folder, "wheel"):
        old_watchdogs = watchdogs_of(folder)
        postgres.stop(folder)
        shutil.rmtree(folder)
        server = started(folder)
    assert comes_true(lambda: not set(old_watchdogs) & set(watchdogs_of(folder)))

    assert answer(server.url) == 1


def test_a_watchdog_ignores_the_interrupt_of_a_terminal(wheel_folder):
    with program(wheel_folder, "wheel") as one:
        (watchdog,) = watchdogs_of(wheel_folder)
        assert comes_true(lambda: _ignores(watchdog, signal.SIGINT))
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            os.kill(watchdog, number)
        time.sleep(0.1)

        assert watchdogs_of(wheel_folder) == [watchdog]
        assert answer(one.url) == 1


def _ignores(pid: int, number: signal.Signals) -> bool:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    (line,) = [line for line in lines if line.startswith("SigIgn")]
    return bool(int(line.split()[1], 16) >> (number - 1) & 1)


def _name_as_server(folder, pid: int) -> None:
    layout = layout_of(folder)
    socket = layout.socket / SOCKET_NAME
    lines = [
        str(pid),
        str(layout.data),
        "1700000000",
        "5432",
        str(layout.socket),
        "",
        "1 2",
        "ready",
    ]
    (layout.data / "postmaster.pid").write_text("\n".join(lines) + "\n")
    socket.with_name(SOCKET_NAME + ".lock").write_text("\n".join(lines[:4]) + "\n")


def test_a_stale_file_that_names_a_process_of_another_program_is_removed(wheel_folder):
    _name_as_server(wheel_folder, os.getppid())

    assert postgres.status(wheel_folder).state == "stopped"
    with started(wheel_folder) as server:
        assert server.is_ours
        assert answer(server.url) == 1
    assert processes.is_alive(os.getppid())


def test_a_zombie_is_not_taken_for_a_server(wheel_folder):
    zombie = subprocess.Popen(["sleep", "0"])
    assert comes_true(lambda: not processes.is_alive(zombie.pid))
    _name_as_server(wheel_folder, zombie.pid)

    with started(wheel_folder) as server:
        assert server.is_ours
        assert answer(server.url) == 1
    zombie.wait()


def test_a_program_that_is_only_called_postgres_is_not_taken_for_a_server(wheel_folder, tmp_path):
    namesake = tmp_path / "postgres"
    shutil.copy("/bin/sleep", namesake)
    namesake.chmod(0o755)
    stranger = subprocess.Popen([str(namesake), "60"], cwd="/")
    try:
        _name_as_server(wheel_folder, stranger.pid)
        with started(wheel_folder) as server:
            assert server.is_ours
            assert answer(server.url) == 1
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_the_server_of_another_folder_is_not_taken_for_this_one(wheel_folder, ready_made, tmp_path):
    other = started(wheel_folder.parent / "other")
    try:
        _name_as_server(wheel_folder, other.pid)
        with started(wheel_folder) as server:
            assert server.is_ours
            assert server.pid != other.pid
        assert answer(other.url) == 1
    finally:
        other.stop()


def test_a_pid_file_of_rubbish_is_replaced(wheel_folder):
    (layout_of(wheel_folder).data / "postmaster.pid").write_bytes(b"\xff\x00rubbish")

    with started(wheel_folder) as server:
        assert answer(server.url) == 1
