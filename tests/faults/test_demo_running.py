"""The demo as its processes: each may be killed, and nothing is lost."""

from __future__ import annotations

import http.client
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.faults.postgres_trials import answer, comes_true, environment, kill_hard, tell
from upline.cli import demo_home
from upline.cli.demo_home import DemoHome, Wanted
from upline.foundation import postgres

# A machine that does much else beside may take long; nothing waits longer than it has to.
SECONDS = 300.0


class Demo:
    """A running `upline demo`, and what it prints."""

    def __init__(self, home: Path, *arguments: str) -> None:
        self.home = home
        self.printed = home.parent / f"printed-{time.monotonic_ns()}"
        self.port = 0
        with self.printed.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "upline", "demo", *arguments],
                env=_environ(home),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    @property
    def says(self) -> str:
        return self.printed.read_text(encoding="utf-8")

    def wait_until_ready(self) -> None:
        assert comes_true(self._is_over, within_seconds=SECONDS), self.says
        ready = re.search(r"Ready in .* http://localhost:(\d+)/", self.says)
        assert ready, self.says
        self.port = int(ready[1])

    def _is_over(self) -> bool:
        return "Ready in" in self.says or self.process.poll() is not None

    def is_ready(self) -> bool:
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            asked.request("GET", "/health/ready")
            return asked.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            asked.close()

    def part(self, name: str) -> int | None:
        """Give the first process of a part: the one that the demo itself began."""
        for pid in demo_home.marked(self.home):
            try:
                words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
                state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if name.encode() in words and int(state[1]) == self.process.pid:
                return pid
        return None

    def is_back(self, name: str, before: int) -> bool:
        return self.part(name) not in {None, before} and self.is_ready()

    def kill(self) -> None:
        """Kill the process that watches the others, and see that they end with it."""
        self.process.kill()
        self.process.wait()
        assert comes_true(lambda: demo_home.marked(self.home) == [], within_seconds=SECONDS)


def _environ(home: Path) -> dict[str, str]:
    ours = {"UPLINE_ENV": "development", "UPLINE_HOME": str(home), "PYTHONUNBUFFERED": "1"}
    return {**environment(), **ours}


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "upline", "demo", *arguments],
        env=_environ(home),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def state_of(home: Path) -> postgres.Status:
    return postgres.status(home / "postgres")


@pytest.fixture
def home(folder):
    """Give a place for a demo; whatever runs there is ended."""
    folder.mkdir()
    yield folder
    for pid in demo_home.marked(folder):
        kill_hard(pid)
    postgres.stop(folder / "postgres")


@pytest.fixture
def begin(home):
    begun = []

    def start(*arguments: str) -> Demo:
        begun.append(Demo(home, *arguments))
        return begun[-1]

    yield start
    for one in begun:
        if one.process.poll() is None:
            one.process.kill()
        one.process.wait()


def test_a_demo_loses_nothing_whatever_part_of_it_is_killed(home, begin):
    demo = begin("--members", "60")
    # Killed in the midst of its load, it goes on at the next start.
    assert comes_true(lambda: "Filling the catalogue" in demo.says, within_seconds=SECONDS)
    demo.kill()
    demo = begin()
    demo.wait_until_ready()
    url = postgres.address(home / "postgres")
    tell(url, "CREATE TABLE kept AS SELECT 77 AS number")
    members = answer(url, "SELECT count(*) FROM network_member")

    site, worker = demo.part("site"), demo.part("worker")
    kill_hard(worker)
    kill_hard(site)
    assert comes_true(lambda: demo.is_back("site", site), within_seconds=SECONDS), demo.says
    assert comes_true(lambda: demo.is_back("worker", worker), within_seconds=SECONDS), demo.says
    for name in ("site", "worker"):
        assert f"The {name} ended (killed by SIGKILL) and is started again in 0.5 s" in demo.says

    server = state_of(home).pid
    kill_hard(server)
    assert comes_true(
        lambda: state_of(home).pid not in {None, server} and demo.is_ready(),
        within_seconds=SECONDS,
    ), demo.says
    assert answer(url, "SELECT number FROM kept") == 77

    refused = run(home)
    assert refused.returncode == 1
    assert f"process {demo.process.pid}, http://localhost:{demo.port}/" in refused.stderr

    demo.kill()
    assert comes_true(lambda: state_of(home).state == "stopped", within_seconds=20)
    demo = begin()
    demo.wait_until_ready()
    assert answer(url, "SELECT number FROM kept") == 77
    assert answer(url, "SELECT count(*) FROM network_member") == members

    began = time.monotonic()
    demo.process.send_signal(signal.SIGINT)
    assert demo.process.wait(timeout=30) == 0
    assert time.monotonic() - began < 10
    assert demo.says.endswith(f"PostgreSQL is stopped. The company is kept in {home}.\n")
    assert demo_home.marked(home) == []
    assert state_of(home).state == "stopped"


def test_a_port_that_was_asked_for_and_is_taken_is_refused_before_anything_is_made(home):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen(1)
        port = taken.getsockname()[1]

        refused = run(home, "--port", str(port))

    assert refused.returncode == 1
    assert refused.stderr == (
        f"Port {port} of this machine is taken by another program. Name another one by --port, or "
        "none: then a free one is chosen. [demo.port_taken]\n"
    )
    assert not (home / "postgres").exists()


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_a_port_at_which_the_name_of_the_machine_leads_elsewhere_is_taken(home):
    with socket.socket(socket.AF_INET6) as other:
        other.bind(("::1", 0))
        other.listen(1)
        port = other.getsockname()[1]

        refused = run(home, "--port", str(port))

    assert refused.returncode == 1
    assert f"Port {port} of this machine is taken by another program." in refused.stderr


def test_a_company_is_not_removed_where_nobody_can_be_asked(home):
    DemoHome(home).keep_note(Wanted(members=60, seed=7))
    (home / "postgres").mkdir()

    refused = run(home, "--reset")

    assert refused.returncode == 2
    assert "Nobody is here to be asked; add --yes to --reset." in refused.stderr
    assert (home / "postgres").is_dir()


def test_a_demo_is_refused_in_production(home):
    environ = {**_environ(home), "UPLINE_ENV": "production"}

    refused = subprocess.run(
        [sys.executable, "-m", "upline", "demo"], env=environ, capture_output=True, check=False
    )

    assert refused.returncode == 2
    assert b"its passwords are public" in refused.stderr
    assert list(home.iterdir()) == []
