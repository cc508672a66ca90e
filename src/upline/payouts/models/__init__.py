"""The tables of payouts. What they refuse by trigger is in the fourth migration."""

from upline.payouts.models.batches import Batch, FakePayment, Message
from upline.payouts.models.methods import IdentityReview, Method
from upline.payouts.models.moving import Payout, Step
from upline.payouts.models.rules import DatedRule
from upline.payouts.models.stops import Recount, Stop
from upline.payouts.models.taxes import Contract, TaxConfirmation

__all__ = [
    "Batch",
    "Contract",
    "DatedRule",
    "FakePayment",
    "IdentityReview",
    "Message",
    "Method",
    "Payout",
    "Recount",
    "Step",
    "Stop",
    "TaxConfirmation",
]
