"""Tax kept from payouts: dated rules as data, and exact figures from them. No database."""

from upline.payouts.taxes.rules import ANY, CONTRACTS, Rule, packaged, rule_for
from upline.payouts.taxes.withholding import Paid, Withheld, withheld

__all__ = ["ANY", "CONTRACTS", "Paid", "Rule", "Withheld", "packaged", "rule_for", "withheld"]
