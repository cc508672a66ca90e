"""What is to be paid, to whom and where to: what bank files and providers are given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from upline.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class IbanAccount:
    """An account known by its IBAN, written without blanks; `bic` is empty where none is known."""

    iban: str
    bic: str = ""

    @property
    def country(self) -> str:
        """The two letters of the country that the IBAN belongs to."""
        return self.iban[:2]


@dataclass(frozen=True, slots=True, kw_only=True)
class RussianAccount:
    """An account in Russia: 20 digits of the account, 9 of the bank's BIC."""

    account: str
    bic: str

    @property
    def country(self) -> str:
        """The two letters of the country."""
        return "RU"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderToken:
    """What a provider calls a card or an account that only he knows."""

    provider: str
    token: str
    # What the member knows it by, as the last four digits of the card.
    shown: str

    @property
    def country(self) -> str:
        """Empty: only the provider knows."""
        return ""


Destination = IbanAccount | RussianAccount | ProviderToken


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutOrder:
    """One payment that the company asks a bank or a provider for.

    `amount` is what arrives, after tax and fee; `key` is the same however often it is asked.
    """

    id: int
    key: str
    amount: Money
    method: Destination
    holder: str
    reference: str
    due_on: date


def key_of(payout_id: int) -> str:
    """Give the key of a payout, stored before anybody is asked to pay it.

    >>> key_of(7)
    'payout:7'
    """
    return f"payout:{payout_id}"
