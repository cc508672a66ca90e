"""Where the ledger keeps what a member has: three accounts by the member's code.

Whoever locks several of them takes them in this order, so that no two wait for each other.
"""

from __future__ import annotations

ACCRUED = "commissions:payable"
AVAILABLE = "wallet:available"
RESERVED = "wallet:reserved"
LINES = (ACCRUED, AVAILABLE, RESERVED)

# What the ledger calls our journals.
MATURE = "wallet.mature"
RECOVER = "wallet.recover"
RESERVE = "payout.reserve"
RELEASE = "payout.release"
PAID = "payout.paid"
RETURN = "payout.return"

# What members pay for payouts stands against what the bank takes for them.
FEES = "fees:payouts"


def of_member(line: str, member: str) -> str:
    """Give the code of a member's account.

    >>> of_member(AVAILABLE, "7K2Q0M")
    'wallet:available:7K2Q0M'
    """
    return f"{line}:{member}"


def on_the_way(provider: str) -> str:
    """Give the account of what a provider was asked to pay, until the bank's statement clears it.

    >>> on_the_way("fake")
    'payouts:fake'
    """
    return f"payouts:{provider}"


def withheld(country: str) -> str:
    """Give the account of the tax kept for a country.

    >>> withheld("PL")
    'tax:withheld:PL'
    """
    return f"tax:withheld:{country}"


def member_of(account: str) -> str:
    """Give whose account it is.

    >>> member_of("wallet:available:7K2Q0M")
    '7K2Q0M'
    """
    return account.rpartition(":")[2]
