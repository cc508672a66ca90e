"""The jobs of the network; the worker finds them here."""

from __future__ import annotations

import structlog

from upline.foundation.jobs import every
from upline.network import history, services

log = structlog.get_logger(__name__)


@every("7 * * * *", name="network.turn_day")
def turn_day() -> None:
    """Bring today's sponsors and statuses up to date; hourly, for a day starts where it starts."""
    services.turn_day(on=history.today())


@every("22 * * * *", name="network.place_due")
def place_due() -> None:
    """Place those whose time in a holding place is over."""
    done = services.place_due(on=history.today())
    for member_id, code in done.refused:
        log.warning("network.not_placed", member_id=member_id, code=code)
