"""How the books are written as plain text that beancount and hledger read. Pure: no database.

Debits are positive in both, as here. Accounts of beancount have names of a narrow alphabet, so each
is opened with our own code beside it; hledger takes our codes as they are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Protocol

from upline.money import Money, currency_places

# Where a kind of account stands. What is between two places is neither owned nor owed until it
# arrives, and beancount and hledger both keep such accounts under equity.
ROOTS = {
    "asset": "Assets",
    "liability": "Liabilities",
    "income": "Income",
    "expense": "Expenses",
    "equity": "Equity",
    "clearing": "Equity:Clearing",
}

# Words as ours in small letters, and codes as members and countries have them: each reads back.
_WORD = re.compile(r"[a-z]{2}[a-z0-9_]*")
_CODE = re.compile(r"[A-Z0-9]+")
_UNPLAIN = re.compile(r"[^\w]|_")


@dataclass(frozen=True, slots=True, kw_only=True)
class BookAccount:
    """An account of the books in one currency, with its balance at the end of what is written."""

    code: str
    kind: str
    balance: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class BookJournal:
    """A journal with its entries: pairs of an account and an amount, in the order of their lines."""

    key: str
    kind: str
    effective_on: date
    reference: str
    memo: str
    entries: Sequence[tuple[BookAccount, Money]]


class Writer(Protocol):
    """One way to write the books."""

    def opening(self, accounts: Sequence[BookAccount], first_on: date) -> str:
        """Give the head: the currencies, and every account from the first day on."""

    def journal(self, journal: BookJournal) -> str:
        """Give one journal."""

    def closing(self, accounts: Sequence[BookAccount], last_on: date) -> str:
        """Give what the reader has to find on each account at the end of the last day."""


class Beancount:
    """The books for beancount."""

    def opening(self, accounts: Sequence[BookAccount], first_on: date) -> str:
        """Give the head; each account says its code with us."""
        lines = ['option "title" "Upline"']
        lines += [f'option "operating_currency" "{one}"' for one in _currencies(accounts)]
        held: dict[str, list[BookAccount]] = {}
        for account in accounts:
            held.setdefault(beancount_name(account), []).append(account)
        for name, parts in held.items():
            currencies = ",".join(one.balance.currency for one in parts)
            lines += [f"{first_on} open {name} {currencies}", f"  code: {_quoted(parts[0].code)}"]
        return "\n".join(lines) + "\n"

    def journal(self, journal: BookJournal) -> str:
        """Give one journal, its key and reference as metadata."""
        memo = _quoted(journal.memo)
        lines = [f"{journal.effective_on} * {_quoted(journal.kind)} {memo}"]
        lines.append(f"  key: {_quoted(journal.key)}")
        if journal.reference:
            lines.append(f"  reference: {_quoted(journal.reference)}")
        lines += [f"  {beancount_name(one)}  {amount}" for one, amount in journal.entries]
        return "\n".join(lines) + "\n"

    def closing(self, accounts: Sequence[BookAccount], last_on: date) -> str:
        """Give a balance for each account; beancount reads it at the beginning of a day."""
        day = last_on + timedelta(days=1)
        return "".join(f"{day} balance {beancount_name(one)} {one.balance}\n" for one in accounts)


class Hledger:
    """The books for hledger."""

    def opening(self, accounts: Sequence[BookAccount], first_on: date) -> str:
        """Give the head; hledger knows the kind of an account by its first word."""
        lines = [f"; The books of Upline from {first_on} on."]
        lines += [f"commodity {_pattern(one)}" for one in _currencies(accounts)]
        lines += [f"account {one}" for one in dict.fromkeys(map(hledger_name, accounts))]
        return "\n".join(lines) + "\n"

    def journal(self, journal: BookJournal) -> str:
        """Give one journal, its key and reference as comments."""
        said = _line(f"{journal.kind} | {journal.memo}" if journal.memo else journal.kind)
        # A semicolon would begin a comment.
        lines = [
            f"{journal.effective_on} * {said.replace(';', ',')}",
            f"    ; key: {_line(journal.key)}",
        ]
        if journal.reference:
            lines.append(f"    ; reference: {_line(journal.reference)}")
        lines += [f"    {hledger_name(one)}  {amount}" for one, amount in journal.entries]
        return "\n".join(lines) + "\n"

    def closing(self, accounts: Sequence[BookAccount], last_on: date) -> str:
        """Give a transaction that moves nothing and asserts each balance."""
        lines = [f"{last_on} * balances"]
        for one in accounts:
            nothing = Money(0, one.balance.currency)
            lines.append(f"    {hledger_name(one)}  {nothing} = {one.balance}")
        return "\n".join(lines) + "\n"


WRITERS: dict[str, type[Writer]] = {"beancount": Beancount, "hledger": Hledger}


def beancount_name(account: BookAccount) -> str:
    """Give an account's name for beancount; different codes never share one.

    >>> none = Money(0, "EUR")
    >>> beancount_name(BookAccount(code="wallet:available:7K2Q0M", kind="liability", balance=none))
    'Liabilities:Wallet:Available:7K2Q0M'
    """
    parts = [_component(part) for part in account.code.split(":")]
    return ":".join([ROOTS[account.kind], *parts])


def hledger_name(account: BookAccount) -> str:
    """Give an account's name for hledger: our code below the place of its kind.

    >>> none = Money(0, "EUR")
    >>> hledger_name(BookAccount(code="cash:bank", kind="asset", balance=none))
    'assets:cash:bank'
    """
    return f"{ROOTS[account.kind].lower()}:{account.code}"


def _component(part: str) -> str:
    if _CODE.fullmatch(part):
        return part
    if _WORD.fullmatch(part):
        return (part[0].upper() + part[1:]).replace("_", "-")
    # What would not read back carries a mark of what it was, so that no two fall together.
    plain = "".join(one if _is_letter_or_digit(one) else "-" for one in _UNPLAIN.sub("-", part))
    head = plain[:1].upper()
    if len(head) != 1 or unicodedata.category(head) not in {"Lu", "Nd"}:
        plain, head = f"-{plain}", "X"
    return f"{head}{plain[1:]}-{sha256(part.encode()).hexdigest()[:12]}"


def _is_letter_or_digit(one: str) -> bool:
    return unicodedata.category(one)[0] == "L" or unicodedata.category(one) == "Nd"


def _currencies(accounts: Sequence[BookAccount]) -> list[str]:
    return sorted({one.balance.currency for one in accounts})


def _pattern(currency: str) -> str:
    # The mark of decimals stands even where there are none: hledger asks for it.
    return f"1000.{'0' * currency_places(currency)} {currency}"


def _line(text: str) -> str:
    """Write a text on one line: what steers a printer, and line ends, become blanks."""
    return " ".join("".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in text).split())


def _quoted(text: str) -> str:
    escaped = _line(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
