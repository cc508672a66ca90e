"""The jobs of payouts; the worker finds them here."""

from __future__ import annotations

from upline.foundation.jobs import every, job
from upline.foundation.locking import LockTaken
from upline.payouts import maturing, recounting


@every("20 * * * *", name="payouts.settle_wallets")
def settle_wallets() -> None:
    """Make available what is due for it: each hour, for a day begins where the company is."""
    maturing.settle_wallets()


@every("40 1 * * *", name="payouts.recount_each_night")
def recount_each_night() -> None:
    """Count anew what payouts rest on; a difference stops them."""
    _recount()


@job("payouts.recount", lock="payouts.recount")
def recount() -> None:
    """Count anew when somebody asks for it."""
    _recount()


def _recount() -> None:
    try:
        recounting.recount_books()
    except LockTaken:
        # Somebody is at it at this moment.
        return
