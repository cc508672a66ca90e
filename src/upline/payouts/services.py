"""What is done to wallets and their rules: each act one transaction, and repeatable."""

from upline.payouts.maturing import Settled, settle_wallet, settle_wallets
from upline.payouts.recounting import recount_books
from upline.payouts.rules import set_rule
from upline.payouts.switch import lift_stop, require_running, stop_payouts

__all__ = [
    "Settled",
    "lift_stop",
    "recount_books",
    "require_running",
    "set_rule",
    "settle_wallet",
    "settle_wallets",
    "stop_payouts",
]
