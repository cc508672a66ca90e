"""Background work: jobs in the same PostgreSQL, put there by the transaction that needs them.

A job is over a range, never over one member: a process does under two hundred a second. Its
arguments are numbers and codes, never personal data, for they are logged.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from asgiref.sync import async_to_sync
from procrastinate import JobContext, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy
from procrastinate.worker import Worker

from upline.foundation import clock, context
from upline.foundation.errors import DomainError
from upline.foundation.models import Heartbeat

ATTEMPTS_AT_MOST = 8
LONGEST_PAUSE_SECONDS = 3600
STALLED_AFTER = timedelta(seconds=60)


class RetriesFailures(BaseRetryStrategy):
    """A failure is tried again after a pause that doubles; a refusal is an answer and is not."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if isinstance(exception, DomainError) or job.attempts >= ATTEMPTS_AT_MOST:
            return None
        pause = min(2 ** (job.attempts + 1), LONGEST_PAUSE_SECONDS)
        return RetryDecision(retry_in={"seconds": pause})


def job(
    name: str, *, queue: str = "default", lock: str | None = None
) -> Callable[[Callable[..., Any]], Any]:
    """Declare a function to be a job, in the `tasks.py` of its app.

    `close.defer(calendar="monthly")` puts it into the present transaction; a rolled back
    transaction leaves no job. It may run twice, so it is repeatable. Jobs with the same `lock` run
    one after another.
    """
    return app.task(name=name, queue=queue, lock=lock, retry=RetriesFailures())


def every(cron: str, *, name: str) -> Callable[[Callable[[], None]], Any]:
    """Declare a function to be a job that runs by the clock of UTC, as cron writes it.

    One turn is put into the queue once, however many workers there are.
    """

    def declared(function: Callable[[], None]) -> Any:
        def turn(timestamp: int) -> None:  # noqa: ARG001 - it makes each turn a job of its own
            function()

        # A turn that is still waiting is not joined by the next.
        task = app.task(name=name, queue="clock", queueing_lock=name, retry=RetriesFailures())(turn)
        return app.periodic(cron=cron)(task)

    return declared


async def named(
    call_next: Callable[[], Awaitable[Any]], job_context: JobContext, _worker: Worker
) -> Any:
    """Let logs and audit know which job is at work."""
    with context.working(
        actor="worker", job_id=str(job_context.job.id), reason=job_context.job.task_name
    ):
        return await call_next()


@every("* * * * *", name="foundation.retry_jobs_of_dead_workers")
def retry_jobs_of_dead_workers() -> None:
    """Put the jobs of killed workers back into the queue."""
    retry_stalled()


def retry_stalled() -> None:
    """Put back what a worker began that has given no sign of life for a minute."""
    async_to_sync(_retry_stalled)()


async def _retry_stalled() -> None:
    manager = app.job_manager
    for stalled in await manager.get_stalled_jobs(
        seconds_since_heartbeat=STALLED_AFTER.total_seconds()
    ):
        await manager.retry_job(stalled)


@every("17 3 * * *", name="foundation.forget_old_jobs")
def forget_old_jobs() -> None:
    """Remove jobs done a week ago, and the heartbeats of workers gone for a day."""
    async_to_sync(app.job_manager.delete_old_jobs)(nb_hours=7 * 24)
    Heartbeat.objects.filter(beat_at__lt=clock.now() - timedelta(days=1)).delete()


__all__ = ["app", "every", "job"]
