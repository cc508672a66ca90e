"""What is done to wallets, accounts and payouts: each act one transaction, and repeatable."""

from upline.payouts.batches import (
    approve_batch,
    dissolve_batch,
    prepare_batch,
    remove_from_batch,
)
from upline.payouts.contracts import confirm_tax, record_contract
from upline.payouts.holding import hold, let_go, review_identity
from upline.payouts.maturing import Settled, settle_wallet, settle_wallets
from upline.payouts.methods import end_method, set_method
from upline.payouts.recounting import recount_books
from upline.payouts.requesting import (
    cancel_for_member,
    cancel_payout,
    request_due,
    request_payout,
)
from upline.payouts.rules import set_rule
from upline.payouts.sending import (
    ask_about,
    ask_about_paid,
    orders_for_bank,
    queue_batch,
    receive,
    send_queued,
    settle_by_hand,
)
from upline.payouts.switch import lift_stop, require_running, stop_payouts

__all__ = [
    "Settled",
    "approve_batch",
    "ask_about",
    "ask_about_paid",
    "cancel_for_member",
    "cancel_payout",
    "confirm_tax",
    "dissolve_batch",
    "end_method",
    "hold",
    "let_go",
    "lift_stop",
    "orders_for_bank",
    "prepare_batch",
    "queue_batch",
    "receive",
    "record_contract",
    "recount_books",
    "remove_from_batch",
    "request_due",
    "request_payout",
    "require_running",
    "review_identity",
    "send_queued",
    "set_method",
    "set_rule",
    "settle_by_hand",
    "settle_wallet",
    "settle_wallets",
    "stop_payouts",
]
