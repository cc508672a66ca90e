"""Programs that a demo keeps running: started again when they end, ended with whoever keeps them."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.faults.postgres_trials import comes_true, environment, kill_hard
from upline.cli import demo_home, supervising
from upline.cli.demo_home import MARK, AnotherCompany, DemoHome, DemoRuns, NotADemo, Wanted
from upline.cli.supervising import Part, Supervisor
from upline.foundation.postgres.processes import is_alive

# Notes its number and that of a child that would outlive it, then waits.
LASTING = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
with open(sys.argv[1], "a") as file:
    file.write(f"{os.getpid()} {child.pid}\\n")
time.sleep(600)
"""
FAILING = "import sys; print('the reason'); sys.exit(3)"
KEEPER = """
import os, sys, time
from pathlib import Path
from upline.cli.supervising import Part, Supervisor
part = Part(name="site", command=(sys.executable, "-c", sys.argv[1], sys.argv[2]), log=Path(sys.argv[3]))
Supervisor(parts=[part], environ=os.environ, tell=print).start()
time.sleep(600)
"""


def _part(tmp_path, program: str, *arguments: object) -> Part:
    command = (sys.executable, "-c", program, *map(str, arguments))
    return Part(name="site", command=command, log=tmp_path / "logs" / "site.log")


def _numbers(note: Path) -> list[list[int]]:
    """Give the processes that noted themselves, each with its child."""
    lines = note.read_text().splitlines() if note.exists() else []
    return [[int(word) for word in line.split()] for line in lines]


@pytest.fixture
def keep(tmp_path):
    """Keep a part running, and give what was told about it."""
    kept = []

    def start(part: Part) -> tuple[Supervisor, list[str]]:
        told: list[str] = []
        supervisor = Supervisor(parts=[part], environ=dict(os.environ), tell=told.append)
        kept.append(supervisor)
        supervisor.start()
        return supervisor, told

    yield start
    for supervisor in kept:
        supervisor.stop(patience_seconds=0)


def test_a_killed_part_is_started_again_and_what_it_left_behind_is_ended(tmp_path, keep):
    note = tmp_path / "note"
    supervisor, told = keep(_part(tmp_path, LASTING, note))
    assert comes_true(lambda: len(_numbers(note)) == 1)
    first, child = _numbers(note)[0]

    kill_hard(first)

    def is_back() -> bool:
        supervisor.tend()
        return len(_numbers(note)) == 2

    assert comes_true(is_back)
    (sentence,) = told
    assert sentence == (
        "The site ended (killed by SIGKILL) and is started again in 0.5 s; "
        f"its log is {tmp_path}/logs/site.log."
    )
    assert not is_alive(child)
    assert is_alive(_numbers(note)[1][0])


def test_a_part_that_keeps_failing_is_started_after_longer_and_longer_pauses(
    tmp_path, keep, monkeypatch
):
    monkeypatch.setattr(supervising, "FIRST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(supervising, "LONGEST_PAUSE_SECONDS", 0.05)
    supervisor, told = keep(_part(tmp_path, FAILING))

    def has_ended_five_times() -> bool:
        supervisor.tend()
        return len(told) >= 5

    assert comes_true(has_ended_five_times)
    assert supervisor.most_ends_in_a_row().ends_in_a_row >= 5
    assert all("ended (code 3)" in one for one in told)
    pauses = [supervising.Kept(supervisor.parts[0], ends_in_a_row=count) for count in range(6)]
    assert [one.pause_after_end(0.0) for one in pauses] == [0.01, 0.02, 0.04, 0.05, 0.05, 0.05]
    assert "the reason" in supervisor.parts[0].log.read_text()


def test_a_part_that_ran_for_long_is_started_again_at_once(tmp_path):
    one = supervising.Kept(_part(tmp_path, FAILING), began_at=100.0, ends_in_a_row=7)

    assert one.pause_after_end(100.0 + supervising.STEADY_SECONDS) == 0.5


def test_stopping_ends_a_part_with_its_children_also_one_that_does_not_listen(tmp_path, keep):
    note = tmp_path / "note"
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + LASTING
    supervisor, told = keep(_part(tmp_path, deaf, note))
    assert comes_true(lambda: len(_numbers(note)) == 1)

    began = time.monotonic()
    supervisor.stop(patience_seconds=0.3)

    assert 0.3 <= time.monotonic() - began < 3
    assert comes_true(lambda: not any(is_alive(pid) for pid in _numbers(note)[0]))
    assert told == []


def test_a_part_ends_with_a_keeper_that_is_killed(tmp_path):
    note = tmp_path / "note"
    log = tmp_path / "log"
    keeper = subprocess.Popen(
        [sys.executable, "-c", KEEPER, LASTING, str(note), str(log)], env=environment()
    )
    assert comes_true(lambda: len(_numbers(note)) == 1)

    keeper.kill()
    keeper.wait()

    assert comes_true(lambda: not is_alive(_numbers(note)[0][0]))
    os.kill(_numbers(note)[0][1], signal.SIGKILL)


def test_what_a_killed_run_left_behind_is_ended_by_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr(demo_home, "_ENDING_SECONDS", 0.3)
    home = DemoHome(tmp_path)
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
    marked = [
        subprocess.Popen([sys.executable, "-c", program], env={**os.environ, MARK: str(place)})
        for program, place in (
            ("import time; time.sleep(600)", tmp_path),
            (deaf, tmp_path),
            ("import time; time.sleep(600)", tmp_path / "other"),
        )
    ]
    assert comes_true(lambda: len(demo_home.marked(tmp_path)) == 2)

    with home.taken():
        assert demo_home.marked(tmp_path) == []
        assert marked[2].poll() is None

    for one in marked:
        one.kill()
        one.wait()


def test_two_demos_of_one_folder_are_refused_with_the_way_to_the_first(tmp_path):
    home = DemoHome(tmp_path)
    with home.taken():
        home.tell_others("http://127.0.0.1:8003/")

        with (
            pytest.raises(DemoRuns, match=r"process \d+, http://127.0.0.1:8003/"),
            home.taken(),
        ):
            pytest.fail("two have the folder")

    with home.taken():
        pass


def test_a_demo_shows_the_company_that_is_there_and_refuses_another(tmp_path):
    home, usual = DemoHome(tmp_path), Wanted(members=2000, seed=7)
    assert home.choose(None, None, usual) == usual
    assert home.choose(300, None, usual) == Wanted(members=300, seed=7)

    home.keep_note(Wanted(members=300, seed=9))

    assert home.choose(None, None, usual) == Wanted(members=300, seed=9)
    assert home.choose(300, 9, usual) == Wanted(members=300, seed=9)
    for members, seed in ((2000, None), (None, 7)):
        with pytest.raises(AnotherCompany, match=r"300 members made from seed 9.*--reset"):
            home.choose(members, seed, usual)


def test_a_database_that_no_demo_made_is_neither_used_nor_removed(tmp_path):
    home = DemoHome(tmp_path)
    (home.postgres / "18").mkdir(parents=True)

    for act in (lambda: home.choose(None, None, Wanted(members=60, seed=1)), home.refuse_strangers):
        with pytest.raises(NotADemo):
            act()
    assert (home.postgres / "18").is_dir()
