"""Who pays, what a file is, and everything that stands in its way at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from upline.foundation.errors import DomainError
from upline.money import Money
from upline.payouts.orders import Destination, IbanAccount, PayoutOrder, RussianAccount

_SHOWN = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """The company as its bank knows it; `tax_number` is the INN in Russia and else may be empty."""

    name: str
    account: IbanAccount | RussianAccount
    tax_number: str = ""
    bank_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What tells one file from another: the same header and orders give the same bytes."""

    number: str
    made_at: datetime
    payer: Payer


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """A text that the file holds in other letters than ours."""

    key: str
    ours: str
    written: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BankFile:
    """A file for a bank, and what was written in other letters."""

    content: bytes
    count: int
    rewritten: tuple[Rewritten, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidRow:
    """One payment as a file says it; our readers give these back."""

    key: str
    amount: Money
    account: str
    holder: str
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFault:
    """One thing that keeps a payment out of a file."""

    key: str
    problem: str | Promise
    remedy: str | Promise

    def __str__(self) -> str:
        return f"{self.key}: {self.problem}\n    {self.remedy}"


class FileRefused(DomainError):
    """A file was not written; `faults` lists everything that stands in its way."""

    code = "payouts.file_refused"
    text = _("The file for the bank has %(count)s faults, so nothing was written:\n%(list)s")
    remedy = _("Correct them, or take these payouts out of the batch.")

    def __init__(self, faults: Iterable[FileFault]) -> None:
        self.faults: Sequence[FileFault] = tuple(faults)
        shown = "\n".join(str(one) for one in self.faults[:_SHOWN])
        super().__init__(count=len(self.faults), list=shown)


ANOTHER_WAY = _("Pay it in another way.")
OTHER_LETTERS = _("Write it in letters that the bank takes, or pay it in another way.")


def order_faults(orders: Sequence[PayoutOrder]) -> Iterator[FileFault]:
    """Give what no file may hold: a key that stands there twice, an amount that is not positive."""
    seen: set[str] = set()
    for one in orders:
        if one.key in seen:
            yield FileFault(key=one.key, problem=_("it stands there twice"), remedy=_("Keep one."))
        if one.amount.minor <= 0:
            problem = _("its amount is not positive")
            yield FileFault(key=one.key, problem=problem, remedy=_("Take it out."))
        seen.add(one.key)


def unwritable(key: str, text: str, *, signs: Iterable[str]) -> FileFault:
    """Name what of a text cannot be written."""
    named = " ".join(f"{one} (U+{ord(one):04X})" for one in dict.fromkeys(signs))
    problem = _("'%(text)s' holds signs that this kind of file cannot hold: %(signs)s")
    return FileFault(
        key=key, problem=problem % {"text": text, "signs": named}, remedy=OTHER_LETTERS
    )


def strange_in(text: str, encoding: str) -> list[str]:
    """Give the signs of a text that an encoding has not, and those that would break a line."""
    return [one for one in text if one < " " or not one.encode(encoding, errors="ignore")]


def too_long(key: str, text: str, *, limit: int) -> FileFault:
    """Say that a text does not fit."""
    problem = _("'%(text)s' has more than the %(limit)s signs that this kind of file takes")
    return FileFault(
        key=key, problem=problem % {"text": text, "limit": limit}, remedy=_("Shorten it.")
    )


def wrong_account(key: str) -> FileFault:
    """Say that this kind of file does not pay to this kind of account, or in its currency."""
    problem = _("this kind of file does not pay to such an account or in such a currency")
    return FileFault(key=key, problem=problem, remedy=ANOTHER_WAY)


def account_of(destination: Destination) -> str:
    """Give the number of an account; what only a provider knows has none."""
    match destination:
        case IbanAccount():
            return destination.iban
        case RussianAccount():
            return destination.account
        case _:
            return ""


def figure(amount: Money) -> str:
    """Write an amount with all decimals of its currency, and without the currency.

    >>> figure(Money(123456, "EUR")), figure(Money(500, "JPY"))
    ('1234.56', '500')
    """
    return str(amount).partition(" ")[0]
