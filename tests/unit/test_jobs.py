"""Failures of jobs are tried again with a growing pause; refusals are answers."""

from types import SimpleNamespace

import pytest
from procrastinate import RetryDecision

from upline.foundation.jobs import RetriesFailures, app
from upline.foundation.outbox import EventNotWired


def decided(failure, attempts):
    return RetriesFailures().get_retry_decision(
        exception=failure, job=SimpleNamespace(attempts=attempts)
    )


@pytest.mark.parametrize(("attempts", "seconds"), [(0, 2), (1, 4), (7, 256)])
def test_a_failure_is_tried_again_after_a_pause_that_doubles(attempts, seconds):
    decision = decided(OSError("away"), attempts)

    assert isinstance(decision, RetryDecision)
    pause = decision.retry_at - RetryDecision(retry_in={"seconds": 0}).retry_at
    assert round(pause.total_seconds()) == seconds


def test_after_eight_attempts_a_job_stays_failed():
    assert decided(OSError("away"), 8) is None


def test_a_refusal_is_not_tried_again():
    assert decided(EventNotWired(name="orders.paid"), 0) is None


def test_the_jobs_of_the_clock_are_known_to_every_worker():
    periodic = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}

    assert periodic["foundation.retry_jobs_of_dead_workers"] == "* * * * *"
    assert periodic["foundation.forget_old_jobs"] == "17 3 * * *"
