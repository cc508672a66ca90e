"""What a provider can do, and what it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from upline.payouts.orders import PayoutOrder


class Told(StrEnum):
    """What a provider says of a payment."""

    ACCEPTED = "accepted"
    PAID = "paid"
    FAILED = "failed"
    RETURNED = "returned"
    # It knows no payment of this key; one that is under way may still reach it.
    UNHEARD = "unheard"


class NoAnswer(Exception):
    """A provider did not answer, so that nobody knows whether it was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a provider says: the state, its own number of the payment, and its reason."""

    told: Told
    reference: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a provider told by itself; `number` is the same however often it is sent."""

    number: str
    key: str
    answer: Answer


class Provider(Protocol):
    """Whoever pays for us.

    `is_called` says whether it is asked payment by payment; a bank is handed a file instead.
    """

    @property
    def name(self) -> str: ...

    @property
    def kinds(self) -> frozenset[str]: ...

    @property
    def is_called(self) -> bool: ...

    def submit(self, order: PayoutOrder) -> Answer:
        """Ask for a payment; the same key again is the same payment. Raises NoAnswer."""

    def ask(self, key: str, reference: str) -> Answer:
        """Say what became of a payment. Raises NoAnswer."""

    def notices(self, body: bytes, headers: Mapping[str, str]) -> Sequence[Notice]:
        """Read what it sent by itself. Raises MessageRefused where it is not from it."""
