"""The courier: a thread of the worker that delivers messages as they are committed."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from collections.abc import Callable
from datetime import datetime

from django.db import InterfaceError, OperationalError, connection

from upline.foundation import clock, logs
from upline.foundation.models import Heartbeat
from upline.foundation.outbox.appending import CHANNEL
from upline.foundation.outbox.delivering import deliver_next

# How long to listen before looking by itself: for what paused after a failure, and lost news.
LISTEN_SECONDS = 2.0
BEAT_SECONDS = 5.0

log = logs.get(__name__)


class Courier(threading.Thread):
    """Delivers until it is told to stop; a delivery once begun is finished."""

    def __init__(self) -> None:
        super().__init__(name="courier", daemon=True)
        self.failure: BaseException | None = None
        self.when_over: Callable[[], object] = lambda: None
        self._over = threading.Event()
        self._name = f"worker:{socket.gethostname()}:{os.getpid()}"
        self._beaten = 0.0
        self._started_at: datetime = clock.now()

    def stop(self) -> None:
        """Ask it to stop."""
        self._over.set()

    def run(self) -> None:
        try:
            while not self._over.is_set():
                try:
                    self._deliver_and_listen()
                except (OperationalError, InterfaceError) as failure:
                    # The server is restarted or away; what was begun is undone and comes again.
                    log.warning("courier lost the database", exc_info=failure)
                    connection.close()
                    self._over.wait(1.0)
            Heartbeat.objects.filter(name=self._name).delete()
        except BaseException as failure:
            log.critical("courier failed", exc_info=failure)
            self.failure = failure
        finally:
            connection.close()
            # The loop may be gone already, which is what this would tell it to be.
            with contextlib.suppress(RuntimeError):
                self.when_over()

    def _deliver_and_listen(self) -> None:
        # Listening begins before looking, so that nothing is told in between unheard.
        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN {CHANNEL}")
        while not self._over.is_set():
            self._beat()
            while not self._over.is_set() and deliver_next() is not None:
                self._beat()
            self._listen()

    def _listen(self) -> None:
        until = time.monotonic() + LISTEN_SECONDS
        while not self._over.is_set() and time.monotonic() < until:
            # In short turns, for a stop must not wait.
            with connection.wrap_database_errors:
                if list(connection.connection.notifies(timeout=0.25, stop_after=1)):
                    return

    def _beat(self) -> None:
        if time.monotonic() - self._beaten < BEAT_SECONDS:
            return
        self._beaten = time.monotonic()
        Heartbeat.objects.update_or_create(
            name=self._name,
            defaults={"beat_at": clock.now(), "started_at": self._started_at},
        )
