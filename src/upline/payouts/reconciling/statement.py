"""A statement of a bank as lines, and how one is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from upline.foundation.errors import DomainError
from upline.money import Money

# Larger than any statement of a day; what is larger is not read at all.
MOST_BYTES = 50_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """One movement; `amount` is positive for what left our account, negative for what came."""

    place: int
    booked_on: date
    amount: Money
    key: str
    account: str
    holder: str
    text: str
    bank_reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BankStatement:
    """The booked lines of a statement, in their order."""

    account: str
    lines: Sequence[StatementLine]


class StatementUnreadable(DomainError):
    """A statement was not read; nothing of it counts."""

    code = "payouts.statement_unreadable"
    text = _("The bank's statement cannot be read: %(fault)s.")
    remedy = _("Fetch it from the bank once more, whole, as camt.053 or by your profile of CSV.")
