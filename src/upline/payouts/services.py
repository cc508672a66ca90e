"""What is done to wallets and their rules: each act one transaction, and repeatable."""

from upline.payouts.maturing import Settled, settle_wallet, settle_wallets
from upline.payouts.rules import set_rule

__all__ = ["Settled", "set_rule", "settle_wallet", "settle_wallets"]
