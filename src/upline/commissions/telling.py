"""Telling the worker that facts came in, and that a period is to be closed or posted."""

from __future__ import annotations

import time

from django.db import transaction
from procrastinate.exceptions import AlreadyEnqueued

from upline.foundation import jobs

ESTIMATE = "commissions.estimate"
WORK_ON_PERIOD = "commissions.work_on_period"
# One close or posting at a time.
ONE_PERIOD = "commissions.period"
_SOON_SECONDS = 2
_last_asked = -float(_SOON_SECONDS)


def estimate_soon() -> None:
    """Ask for estimates after the present transaction; asked for by many it is done once."""
    transaction.on_commit(_enqueue, robust=True)


def _enqueue() -> None:
    global _last_asked  # noqa: PLW0603 - one moment a process, and losing a race costs nothing
    # The job that was asked for a moment ago has not begun, and will find what is new. Where it
    # was somebody else's and has begun, the turn of the next minute does.
    if time.monotonic() - _last_asked < _SOON_SECONDS:
        return
    _last_asked = time.monotonic()
    # By its name: the job itself stands above those who record facts.
    soon = jobs.app.configure_task(
        ESTIMATE,
        allow_unknown=True,
        queueing_lock=ESTIMATE,
        schedule_in={"seconds": _SOON_SECONDS},
    )
    try:
        with transaction.atomic():
            soon.defer()
    except AlreadyEnqueued:
        return


def work_soon(progress_id: int) -> None:
    """Put the work that a progress stands for into the present transaction."""
    # By its name, as above: what is scheduled stands above who asks for it.
    work = jobs.app.configure_task(WORK_ON_PERIOD, allow_unknown=True, lock=ONE_PERIOD)
    work.defer(progress_id=progress_id)
