"""A month is closed, backed up, destroyed with everything after it, and comes back to the cent."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest
from click.testing import CliRunner

from tests.faults.closings import outcome, running
from tests.faults.postgres_trials import answer, started
from upline.cli.main import main as upline
from upline.foundation.postgres import backup

pytestmark = pytest.mark.database


@pytest.fixture
def company(folder):
    with running(folder) as made:
        made.begin("load", "upline")
        assert made.told("ended") == "ended 0"
        made.close("upline")
        yield made


def test_a_closed_month_comes_back_with_its_seals_and_balances(company, folder):
    archive = folder.parent / "backups"
    kept = backup.make(company.server, into=archive)
    wanted = outcome(company, "upline")
    moment = answer(company.server.url, "SELECT clock_timestamp()")
    company.begin("post", "upline")
    assert company.told("ended") == "ended 0"
    assert outcome(company, "upline") != wanted

    listed, verified, drilled = (run(act, archive, folder) for act in ("list", "verify", "drill"))
    company.server.stop()
    shutil.rmtree(folder)
    said = run("restore", archive, folder, "--to", moment.isoformat())
    company.server = started(folder, company.source)

    assert listed.output.startswith(f"{kept.label}\tPostgreSQL {kept.version}\t")
    assert verified.output.startswith(f"{kept.label}: ")
    assert drilled.exit_code == 0, drilled.output
    assert "1 of 1 sealed periods are in the copy, 0 differ." in drilled.output
    assert said.exit_code == 0, said.output
    assert said.output.startswith(f"Restored from {kept.label}; the last commit is of ")
    assert outcome(company, "upline") == wanted
    assert counted_anew(company.server.url) == 0
    assert sorted(path.name for path in archive.iterdir()) == [kept.identifier]


def run(act, archive, folder, *words):
    given = ["backup", act, *words, "--into", str(archive), "--folder", str(folder)]
    return CliRunner().invoke(upline, given)


def test_a_moment_without_a_zone_is_refused(tmp_path):
    said = run("restore", tmp_path, tmp_path, "--to", "2026-11-30T14:05:00")

    assert said.exit_code == 1
    assert "'2026-11-30T14:05:00' names no moment." in said.output


def counted_anew(url):
    ran = subprocess.run(
        [sys.executable, "-m", "upline", "check", "books"],
        env={**os.environ, "UPLINE_ENV": "development", "DATABASE_URL": url},
        check=False,
    )
    return ran.returncode
