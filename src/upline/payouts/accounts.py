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


def of_member(line: str, member: str) -> str:
    """Give the code of a member's account.

    >>> of_member(AVAILABLE, "7K2Q0M")
    'wallet:available:7K2Q0M'
    """
    return f"{line}:{member}"


def member_of(account: str) -> str:
    """Give whose account it is.

    >>> member_of("wallet:available:7K2Q0M")
    '7K2Q0M'
    """
    return account.rpartition(":")[2]
