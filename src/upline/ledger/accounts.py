"""The chart: which accounts there may be, of which kind, in words.

A code is words with colons between them. A line of the chart is the beginning of codes, and the
longest that fits decides; `post` opens such an account by itself when it is first used.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from upline.ledger.errors import AccountMalformed, AccountUnknown

KINDS = ("asset", "liability", "income", "expense", "equity", "clearing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the chart."""

    prefix: str
    kind: str
    meaning: str


CHART = (
    Line(prefix="cash", kind="asset", meaning="Money that we hold: cash:bank, cash:card"),
    Line(prefix="receivable", kind="asset", meaning="What others owe us: receivable:customers"),
    Line(prefix="stock", kind="asset", meaning="Goods that we hold, at cost"),
    Line(prefix="sales", kind="income", meaning="What was sold, net of tax: sales:goods"),
    Line(prefix="discounts", kind="income", meaning="What was taken off prices, against sales"),
    Line(prefix="delivery", kind="income", meaning="What customers pay for delivery"),
    Line(prefix="tax:vat", kind="liability", meaning="VAT owed, by country: tax:vat:PL"),
    Line(prefix="tax:withheld", kind="liability", meaning="Tax kept from payouts, by country"),
    Line(prefix="deposits", kind="liability", meaning="Money taken for what is not sold yet"),
    Line(prefix="wallet", kind="liability", meaning="Money of members kept with us, by member"),
    Line(prefix="commissions:expense", kind="expense", meaning="Commissions, by bonus"),
    Line(prefix="commissions:payable", kind="liability", meaning="Commissions owed, by member"),
    Line(prefix="affiliates:expense", kind="expense", meaning="Affiliate fees, by offer"),
    Line(
        prefix="affiliates:payable", kind="liability", meaning="Affiliate fees owed, by affiliate"
    ),
    Line(prefix="fees", kind="expense", meaning="What banks and providers charge"),
    Line(prefix="losses", kind="expense", meaning="What is given up: bad debts, lost goods"),
    Line(prefix="goods", kind="expense", meaning="Cost of goods sold"),
    Line(prefix="rounding", kind="expense", meaning="What rounding leaves: rounding:commissions"),
    Line(prefix="opening", kind="equity", meaning="Against balances brought from elsewhere"),
    Line(prefix="capital", kind="equity", meaning="What the owners put in and took out"),
    Line(prefix="exchange", kind="clearing", meaning="Between two currencies of one act"),
    Line(prefix="payouts", kind="clearing", meaning="Payouts on their way to a bank"),
    Line(prefix="suspense", kind="clearing", meaning="Money whose purpose is not known yet"),
)
_KIND_OF = {line.prefix: line.kind for line in CHART}

# The same as the constraints of the table, so that a refusal names the fault.
CODE = re.compile(r"[a-z][a-z_]*(:[^\s:]+)*")
CODE_LENGTH = 200
CURRENCY = re.compile(r"[A-Z]{3}")


def kind_of(code: str) -> str:
    """Give the kind of an account by the longest line of the chart that its code begins with.

    Raises AccountUnknown.

    >>> kind_of("commissions:payable:7K2Q0M")
    'liability'
    """
    kind = _KIND_OF.get(code) or _kind_of_branch(code.rpartition(":")[0])
    if kind is None:
        raise AccountUnknown(account=code)
    return kind


# Accounts of a million members have a handful of branches.
@lru_cache(maxsize=1_000)
def _kind_of_branch(branch: str) -> str | None:
    if not branch:
        return None
    return _KIND_OF.get(branch) or _kind_of_branch(branch.rpartition(":")[0])


def check_written(code: str, currency: str) -> None:
    """Refuse a code or a currency that the tables would refuse. Raises AccountMalformed."""
    if not is_code(code) or not CURRENCY.fullmatch(currency):
        raise AccountMalformed(account=code, currency=currency)


def is_code(code: str) -> bool:
    """Tell whether a text is written as an account's code."""
    return len(code) <= CODE_LENGTH and CODE.fullmatch(code) is not None
