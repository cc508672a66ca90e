"""Telling the worker that facts came in, so that estimates follow within seconds."""

from __future__ import annotations

import time

from django.db import transaction
from procrastinate.exceptions import AlreadyEnqueued

from upline.foundation import jobs

ESTIMATE = "commissions.estimate"
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
