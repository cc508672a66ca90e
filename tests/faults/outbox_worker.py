"""A worker as a program of its own, on the wiring of the tests, to be killed and stopped."""

from __future__ import annotations

import os


def main() -> None:
    os.environ["UPLINE_ENV"] = "test"
    from upline.foundation import start

    start.start_without_database()
    from django.conf import settings

    import tests.faults.worker_parts  # noqa: F401 - declares the job
    from upline.foundation import worker

    settings.OUTBOX_WIRING = "tests.faults.worker_parts.WIRING"
    worker.run()


if __name__ == "__main__":
    main()
