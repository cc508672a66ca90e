"""Telling the worker that facts came in, so that estimates follow within seconds."""

from __future__ import annotations

from django.db import transaction
from procrastinate.exceptions import AlreadyEnqueued

from upline.foundation import jobs

ESTIMATE = "commissions.estimate"
_SOON_SECONDS = 2


def estimate_soon() -> None:
    """Ask for estimates after the present transaction; asked for by many it is done once."""
    transaction.on_commit(_enqueue, robust=True)


def _enqueue() -> None:
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
        # It has not begun yet, and will find what is new.
        return
