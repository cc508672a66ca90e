"""What a process of the site makes ready when it starts, so that no reader waits for it."""

from __future__ import annotations

from upline.commissions import resident as commissions
from upline.network import resident as network


def begin() -> None:
    """Begin to read the genealogy and to compute present results, each in a thread of its own."""
    network.warm_in_background()
    commissions.warm_in_background()
