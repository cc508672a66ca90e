"""A handler and a job that take as long as a test says, and their wiring."""

from __future__ import annotations

import os
import time

from tests.flows.outbox_events import Noted
from upline.foundation import audit, jobs

WIRING = {"tests.noted": (f"{__name__}:write_slowly",), "tests.noted_back": ()}


def write_slowly(event: Noted) -> None:
    audit.record(act="tests.note", subject=f"note:{event.note}", reason=str(event.number))
    time.sleep(float(os.environ.get("TEST_PAUSE_SECONDS", "0")))


@jobs.job("tests.record")
def record(*, number: int) -> None:
    time.sleep(float(os.environ.get("TEST_PAUSE_SECONDS", "0")))
    audit.record(act="tests.job", subject=f"job:{number}")
