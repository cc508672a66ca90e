"""`upline database`: the embedded server by hand."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from tests.faults.postgres_trials import answer, environment, layout_of, program
from upline.cli.main import main
from upline.foundation import postgres
from upline.foundation.postgres import errors

UPLINE = "from upline.cli.main import main; main()"


@pytest.fixture
def run(wheel_folder):
    """Run a command of the group on a folder and give its exit code and what it said."""

    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, ["database", *words, "--folder", str(wheel_folder)])
        return done.exit_code, done.output.strip()

    return run


def test_the_server_is_started_shown_and_stopped(run, wheel_folder):
    absent = run("status")
    started = run("start")
    status = postgres.status(wheel_folder)
    shown, url = run("status"), run("url")
    works = answer(url[1])
    stopped, again = run("stop"), run("stop")

    assert absent == (1, f"PostgreSQL 18 is stopped: {wheel_folder}")
    assert started == (0, f"PostgreSQL 18 started: {wheel_folder} (process {status.pid})")
    assert shown == (
        0,
        f"PostgreSQL 18 runs until it is stopped: {wheel_folder} (process {status.pid})",
    )
    assert (url[0], works) == (0, 1)
    assert stopped == (0, f"PostgreSQL stopped: {wheel_folder}")
    assert again == (0, f"PostgreSQL was not running: {wheel_folder}")


def test_starting_a_server_that_a_program_uses_keeps_it(run, wheel_folder):
    with program(wheel_folder, "wheel") as user:
        before, started, after = run("status"), run("start"), run("status")

    ending = f"{wheel_folder} (process {user.pid})"
    assert before == (0, f"PostgreSQL 18 runs while a program uses it: {ending}")
    assert started == (0, f"PostgreSQL 18 runs already, and is kept from now on: {ending}")
    assert after == (0, f"PostgreSQL 18 runs until it is stopped: {ending}")
    assert postgres.status(wheel_folder).state == "running"


def test_the_address_of_a_stopped_server_is_refused_with_the_remedy(run, wheel_folder):
    code, said = run("url")

    assert code == 1
    assert "upline database start" in said
    assert said.endswith("[postgres.not_running]")
    with pytest.raises(errors.NotRunning):
        postgres.address(wheel_folder)


def test_a_refusal_is_shown_with_its_code(run, wheel_folder):
    (layout_of(wheel_folder).data / "PG_VERSION").write_text("14\n")

    code, said = run("start")

    assert code == 1
    assert said.endswith("[postgres.other_major_version]")


def test_a_database_url_is_named_as_what_counts(run, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/upline")

    assert "DATABASE_URL is set, so Upline uses the server that it names" in run("start")[1]


def test_the_shell_answers_and_ends_the_server_that_it_started(wheel_folder):
    done = subprocess.run(
        [
            *(sys.executable, "-c", UPLINE),
            "database",
            "shell",
            "--folder",
            str(wheel_folder),
        ],
        input="SELECT 'ans' || 'wered';",
        capture_output=True,
        text=True,
        check=False,
        env=environment(),
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert "answered" in done.stdout
    assert postgres.status(wheel_folder).state == "stopped"
