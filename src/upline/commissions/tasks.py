"""The jobs of commissions; the worker finds them here."""

from __future__ import annotations

from upline.commissions import alarms, background, estimating, scheduling, telling
from upline.foundation.jobs import every, job
from upline.foundation.locking import LockTaken


@job(telling.WORK_ON_PERIOD, lock=telling.ONE_PERIOD)
def work_on_period(*, progress_id: int) -> None:
    """Close or post a period as its progress says; what is scheduled goes on with the next step."""
    background.work_on(progress_id)
    scheduling.keep_schedules()


@every("*/5 * * * *", name="commissions.keep_schedules")
def keep_schedules() -> None:
    """Close what is due, and tell finance of what is late or waits."""
    scheduling.keep_schedules()
    alarms.tell_finance()


@job(telling.ESTIMATE)
def estimate() -> None:
    """Compute the estimates anew of what changed."""
    _estimate()


@every("* * * * *", name="commissions.estimate_each_minute")
def estimate_each_minute() -> None:
    """Compute estimates anew also after changes of members, plans and rates, which tell nobody."""
    _estimate()


def _estimate() -> None:
    if not estimating.rest_is_over():
        return
    try:
        estimating.refresh_estimates()
    except LockTaken:
        # Another process does it at this moment, and finds what changed meanwhile the next time.
        return
