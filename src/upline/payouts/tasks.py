"""The jobs of payouts; the worker finds them here."""

from __future__ import annotations

from contextlib import suppress

from upline.foundation.jobs import every, job
from upline.foundation.locking import LockTaken
from upline.payouts import holding, maturing, recounting, requesting, sending
from upline.payouts.errors import PayoutsStopped


@every("20 * * * *", name="payouts.settle_wallets")
def settle_wallets() -> None:
    """Make available what is due for it: each hour, for a day begins where the company is."""
    maturing.settle_wallets()


@every("50 * * * *", name="payouts.look_again")
def look_again() -> None:
    """Let go what waited for an account that is new no longer."""
    holding.look_again(holding.waiting())


@every("10 2 * * *", name="payouts.request_due")
def request_due() -> None:
    """Ask for all that is available in wallets that reached the threshold."""
    requesting.request_due()


@every("*/5 * * * *", name="payouts.send_and_ask")
def send_and_ask() -> None:
    """Hand over what is queued and ask what became of what was handed over."""
    # Asking goes on while payouts are stopped: what is on its way arrives all the same.
    with suppress(PayoutsStopped):
        sending.send_queued()
    sending.ask_about()


@every("30 3 * * *", name="payouts.ask_about_paid")
def ask_about_paid() -> None:
    """Ask whether what was paid came back."""
    sending.ask_about_paid()


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
