"""Workers that are killed, stopped, doubled: what was told is delivered once all the same."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction

from tests.flows.outbox_events import Noted
from upline.foundation import clock, outbox
from upline.foundation.models import AuditEntry, Delivery, Heartbeat

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).parents[2]


@pytest.fixture
def start_worker(database_url, settings, tmp_path):
    settings.OUTBOX_WIRING = "tests.faults.worker_parts.WIRING"
    _forget_jobs()
    started = []

    def start(pause_seconds=0.0):
        log = tmp_path / f"worker-{len(started)}.log"
        environ = {
            **os.environ,
            "DATABASE_URL": database_url,
            "TEST_PAUSE_SECONDS": str(pause_seconds),
            "PYTHONPATH": str(ROOT),
        }
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.outbox_worker"],
                cwd=ROOT,
                env=environ,
                stderr=output,
            )
        process.log = log
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


def _forget_jobs():
    # Between tests Django empties the tables of its own models alone: the job of a worker that
    # was killed at the end of a test would be found stalled, and run again, in the next.
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")


def tell(count, note="a"):
    with transaction.atomic():
        outbox.append_all([Noted(note=note, number=number) for number in range(count)])


def until(condition, seconds=20.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def done():
    return Delivery.objects.filter(state="done").count()


def numbers():
    written = AuditEntry.objects.filter(act="tests.note").order_by("id")
    return [int(reason) for reason in written.values_list("reason", flat=True)]


def deliveries_at_work():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND state = 'idle in transaction'"
        )
        return cursor.fetchone()[0]


def test_a_worker_delivers_what_is_committed_while_it_listens(start_worker):
    start_worker()
    until(Heartbeat.objects.exists)

    tell(3)

    until(lambda: done() == 3)
    assert numbers() == [0, 1, 2]


def test_a_worker_killed_in_the_middle_leaves_nothing_half_done(start_worker):
    tell(5)
    killed = start_worker(pause_seconds=0.3)
    until(lambda: done() >= 1 and deliveries_at_work())

    killed.send_signal(signal.SIGKILL)
    killed.wait()
    until(lambda: deliveries_at_work() == 0)
    assert numbers() == list(range(done()))
    assert done() < 5

    start_worker()
    until(lambda: done() == 5)
    assert numbers() == [0, 1, 2, 3, 4]


def test_two_workers_at_once_deliver_each_message_once_and_in_order(start_worker):
    for note in ("a", "b", "c", "d"):
        tell(25, note)

    start_worker()
    start_worker()
    until(lambda: done() == 100, seconds=40)

    for note in ("a", "b", "c", "d"):
        written = AuditEntry.objects.filter(subject=f"note:{note}").order_by("id")
        assert [int(one.reason) for one in written] == list(range(25))


def test_a_worker_told_to_stop_finishes_what_it_has_begun(start_worker):
    tell(50)
    stopped = start_worker(pause_seconds=0.3)
    until(lambda: done() >= 1 and deliveries_at_work())

    stopped.send_signal(signal.SIGTERM)

    assert stopped.wait(timeout=10) == 0
    assert numbers() == list(range(done()))
    assert 1 <= done() < 50
    assert not Heartbeat.objects.exists()


def test_the_courier_survives_a_lost_connection(start_worker):
    running = start_worker()
    until(Heartbeat.objects.exists)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    tell(1)

    until(lambda: done() == 1)
    assert running.poll() is None


def test_a_job_of_a_rolled_back_transaction_is_never_run(start_worker):
    from tests.faults.worker_parts import record

    with transaction.atomic():
        record.defer(number=1)
        transaction.set_rollback(True)
    with transaction.atomic():
        record.defer(number=2)
    start_worker()

    until(lambda: AuditEntry.objects.filter(act="tests.job").exists())
    entry = AuditEntry.objects.get(act="tests.job")
    assert (entry.subject, entry.actor, entry.reason) == ("job:2", "worker", "tests.record")


def test_a_job_of_a_killed_worker_is_run_again(start_worker):
    from tests.faults.worker_parts import record

    record.defer(number=1)
    killed = start_worker(pause_seconds=30)
    until(lambda: jobs_in("doing") == 1)
    killed.send_signal(signal.SIGKILL)
    killed.wait()

    # As the periodic job does when the heartbeat is old enough.
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'"
        )
    from upline.foundation.jobs import retry_stalled

    retry_stalled()
    start_worker()

    until(lambda: AuditEntry.objects.filter(act="tests.job").exists())
    assert AuditEntry.objects.filter(act="tests.job").count() == 1


def jobs_in(state):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE status = %s AND task_name = 'tests.record'",
            [state],
        )
        return cursor.fetchone()[0]


def test_the_log_of_a_worker_is_json_with_the_request_that_caused_the_work(start_worker):
    from upline.foundation import context

    with context.working(request_id="request-7"):
        tell(1)
    Delivery.objects.update(handler="tests.faults.worker_parts:missing")
    running = start_worker()
    until(lambda: Delivery.objects.filter(attempts=1).exists())
    running.terminate()
    running.wait()

    lines = [json.loads(line) for line in running.log.read_text().splitlines()]
    (failed,) = [line for line in lines if line["event"] == "delivery failed"]
    assert failed["request_id"] == "request-7"
    assert failed["failure"][0]["kind"] == "AttributeError"
    assert Delivery.objects.get().due_at > clock.now() - timedelta(seconds=60)
