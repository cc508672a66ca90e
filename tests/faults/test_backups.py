"""A server is backed up while it runs, destroyed, and restored to a moment."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta

import pytest

from tests.faults.postgres_trials import answer, started, tell
from upline.foundation import postgres
from upline.foundation.postgres import backup
from upline.foundation.postgres.backup import errors

ROWS = "SELECT string_agg(number::text, ',' ORDER BY number) FROM fact"
NOW = "SELECT clock_timestamp()"


@pytest.fixture
def archive(folder):
    return folder.parent / "резервные копии"


@pytest.fixture
def server(full_folder, source):
    running = started(full_folder, source)
    tell(running.url, "CREATE TABLE fact (number bigint)", "INSERT INTO fact VALUES (1)")
    return running


def restored(folder, archive, **wanted):
    found = backup.restore(folder, source=archive, **wanted)
    rows = answer(found.running.url, ROWS)
    found.running.stop()
    return found, rows


def test_a_destroyed_server_comes_back_as_it_was_at_a_moment(server, full_folder, archive):
    kept = backup.make(server, into=archive)
    tell(server.url, "INSERT INTO fact VALUES (2)")
    moment = answer(server.url, NOW)
    tell(server.url, "INSERT INTO fact VALUES (3)")
    server.stop()
    shutil.rmtree(full_folder)

    found, rows = restored(full_folder, archive, until=moment)

    assert rows == "1,2"
    assert (found.kept.label, found.set_aside) == (kept.label, None)
    assert found.last_commit_at <= moment


def test_without_a_moment_everything_that_was_archived_comes_back(server, full_folder, archive):
    backup.make(server, into=archive)
    tell(server.url, "INSERT INTO fact VALUES (2)")
    server.stop()
    shutil.rmtree(full_folder)

    assert restored(full_folder, archive)[1] == "1,2"


def test_a_restored_server_archives_on_and_is_restored_again(server, full_folder, source, archive):
    backup.make(server, into=archive)
    server.stop()
    restored(full_folder, archive)
    again = started(full_folder, source)
    tell(again.url, "INSERT INTO fact VALUES (2)")
    again.stop()

    found, rows = restored(full_folder, archive)

    assert rows == "1,2"
    # Data that were there are set aside, and nothing of them is lost.
    assert (found.set_aside / "PG_VERSION").exists()


def test_a_quiet_server_is_restored_to_a_moment_after_its_last_commit(server, full_folder, archive):
    backup.make(server, into=archive)
    tell(server.url, "INSERT INTO fact VALUES (2)")
    moment = answer(server.url, NOW)
    server.stop()

    assert restored(full_folder, archive, until=moment)[1] == "1,2"


def test_what_cannot_be_restored_is_refused_and_nothing_is_replaced(
    server, full_folder, source, archive
):
    kept = backup.make(server, into=archive)
    early, late = kept.whole_at - timedelta(hours=1), datetime.now(UTC) + timedelta(hours=1)

    with pytest.raises(errors.ServerRuns, match=str(server.pid)):
        backup.restore(full_folder, source=archive)
    server.stop()
    with pytest.raises(errors.NoBackup, match="whole before"):
        backup.restore(full_folder, source=archive, until=early)
    with pytest.raises(errors.LogMissing, match="the archived log ends at"):
        backup.restore(full_folder, source=archive, until=late)
    with pytest.raises(errors.NoBackup, match="called no-such"):
        backup.restore(full_folder, source=archive, label="no-such")

    assert answer(started(full_folder, source).url, ROWS) == "1"


def test_a_damaged_backup_is_found_and_not_restored(server, full_folder, archive):
    kept = backup.make(server, into=archive)
    server.stop()
    with (kept.data / "PG_VERSION").open("a") as file:
        file.write("0")

    for act in (lambda: backup.verify(kept), lambda: backup.restore(full_folder, source=archive)):
        with pytest.raises(errors.Damaged, match="PG_VERSION"):
            act()


def test_a_gap_in_the_log_is_named(server, archive):
    kept = backup.make(server, into=archive)
    for number in range(3):
        tell(server.url, f"INSERT INTO fact VALUES ({number})", "SELECT pg_switch_wal()")
    server.stop()
    assert backup.verify(kept).segments >= 4
    lost = kept.archive.segments()[2]
    (kept.archive.log / f"{lost}.gz").unlink()

    with pytest.raises(errors.LogMissing, match=f"segment {lost} is missing"):
        backup.verify(kept)


def test_a_full_disk_is_named_before_anything_is_written(server, archive, monkeypatch):
    monkeypatch.setattr(backup.making, "free_megabytes", lambda _: 3)

    with pytest.raises(errors.NoSpace, match="3 MB free"):
        backup.make(server, into=archive)

    assert backup.kept_in(archive) == []


def test_a_rehearsal_leaves_archive_and_server_alone(server, full_folder, archive):
    kept = backup.make(server, into=archive)
    timelines = {name[:8] for name in kept.archive.segments()}

    found = backup.rehearse(full_folder.parent / "rehearsal", source=archive)
    tell(found.running.url, "INSERT INTO fact VALUES (9)", "SELECT pg_switch_wal()")
    found.running.stop()

    # What a rehearsal writes would be of a timeline of its own.
    assert {name[:8] for name in kept.archive.segments()} == timelines == {"00000001"}
    assert not list(kept.archive.log.glob("*.history*"))
    assert answer(server.url, ROWS) == "1"


def test_an_interrupted_backup_is_none_and_goes_with_the_next(server, archive):
    kept = backup.make(server, into=archive)
    half = kept.archive.backups / "20260101T000000.000000Z.making"
    half.mkdir()

    backup.make(server, into=archive)

    assert not half.exists()
    assert next(one.label for one in backup.kept_in(archive)) == kept.label
    assert len(backup.kept_in(archive)) == 2


def test_a_server_that_cannot_archive_is_told_so(server, archive, monkeypatch):
    monkeypatch.setattr(backup.making, "PATIENCE_SECONDS", 1)
    kept = backup.make(server, into=archive)
    shutil.rmtree(kept.archive.log)
    tell(server.url, "INSERT INTO fact VALUES (2)")

    with pytest.raises(errors.ArchiveFails, match="is missing"):
        backup.archive_now(server, archive)


@pytest.fixture(autouse=True)
def _stopped(folder):
    yield
    for place in (folder, folder.parent / "rehearsal"):
        if place.is_dir():
            postgres.stop(place)
