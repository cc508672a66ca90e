"""The jobs of payouts; the worker finds them here."""

from __future__ import annotations

from upline.foundation.jobs import every
from upline.payouts import maturing


@every("20 * * * *", name="payouts.settle_wallets")
def settle_wallets() -> None:
    """Make available what is due for it: each hour, for a day begins where the company is."""
    maturing.settle_wallets()
