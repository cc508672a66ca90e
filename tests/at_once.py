"""Acts done in connections of their own, started together."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connection, connections

from upline.foundation.errors import DomainError

PATIENCE_SECONDS = 20


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Do acts in connections of their own, started together; give what each gave or refused.

    What is no refusal is a fault of the test or of what it tests, and raised.
    """
    found: list[object] = [None] * len(acts)
    ready = threading.Barrier(len(acts), timeout=PATIENCE_SECONDS)

    def does(place: int) -> None:
        try:
            connection.ensure_connection()
            ready.wait()
            found[place] = acts[place]()
        except Exception as failure:  # noqa: BLE001 - given or raised when all have ended
            found[place] = failure
        finally:
            connections.close_all()

    threads = [threading.Thread(target=does, args=(place,)) for place in range(len(acts))]
    for one in threads:
        one.start()
    for one in threads:
        one.join(PATIENCE_SECONDS)
    assert not any(one.is_alive() for one in threads), "two acts wait for each other"
    for one in found:
        if isinstance(one, Exception) and not isinstance(one, DomainError):
            raise one
    return found


def refusals(found: list[object]) -> list[type]:
    """Give the kinds of refusals among what acts gave."""
    return [type(one) for one in found if isinstance(one, DomainError)]
