"""The worker: runs jobs and delivers messages until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from typing import cast

from procrastinate import App
from procrastinate.contrib.django.django_connector import DjangoConnector

from upline.foundation import jobs, logs
from upline.foundation.outbox.courier import Courier

GRACE_SECONDS = 25.0

log = logs.get(__name__)


def run() -> None:
    """Work until SIGTERM or SIGINT; what is at work is finished, for at most 25 seconds.

    A job that takes longer is put back and runs again elsewhere, as after a kill. Ends with code 1
    when the courier or the loop of the jobs fails: half a worker looks alive and is not.
    """
    courier = Courier()
    try:
        asyncio.run(_work(courier))
    finally:
        courier.stop()
        courier.join(timeout=GRACE_SECONDS)
    if courier.failure is not None:
        raise SystemExit(1)


async def _work(courier: Courier) -> None:
    told_to_stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told_to_stop.set)
    courier.when_over = lambda: loop.call_soon_threadsafe(told_to_stop.set)
    courier.start()
    # An app of its own for the loop: tasks go on using Django's connection and its transaction.
    connector = cast("DjangoConnector", jobs.app.connector).get_worker_connector()
    app = jobs.app.with_connector(connector)
    # Opened outside the part that may be cancelled: half an opened pool hangs at the end.
    async with app.open_async():
        log.info("worker started", tasks=sorted(app.tasks))
        running = asyncio.create_task(_run_jobs(app))
        await told_to_stop.wait()
        courier.stop()
        # Cancelling asks the loop of the jobs to stop, and waits for those at work.
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
    log.info("worker stopped")


async def _run_jobs(app: App) -> None:
    while True:
        try:
            await app.run_worker_async(
                concurrency=2,
                install_signal_handlers=False,
                shutdown_graceful_timeout=GRACE_SECONDS,
                worker_middleware=[jobs.named],
                stalled_worker_timeout=jobs.STALLED_AFTER.total_seconds(),
            )
        except Exception as failure:
            log.warning("jobs lost the database", exc_info=failure)
        await asyncio.sleep(1.0)
