"""CSV as a bank wants it: columns, separator, encoding and decimal sign are data."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from upline.money import Money
from upline.payouts.figures import minor_of
from upline.payouts.files.shape import (
    BankFile,
    FileFault,
    FileRefused,
    PaidRow,
    account_of,
    figure,
    order_faults,
    strange_in,
    unwritable,
    wrong_account,
)
from upline.payouts.orders import IbanAccount, PayoutOrder, RussianAccount

FIELDS = ("key", "account", "bic", "holder", "amount", "currency", "reference", "due_on")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How a bank wants its CSV: heads in order, each with one of FIELDS."""

    columns: Mapping[str, str]
    separator: str = ";"
    encoding: str = "utf-8"
    decimal: str = "."
    day: str = "%Y-%m-%d"

    def __post_init__(self) -> None:
        """Refuse a profile by which an amount or an account would be missing or read twice."""
        named = list(self.columns.values())
        if len(set(named)) != len(named) or not set(named) <= set(FIELDS):
            raise ValueError(f"Columns name each of {', '.join(FIELDS)} once at most: {named}.")
        if not {"key", "account", "amount", "currency"} <= set(named):
            raise ValueError("A profile has columns for key, account, amount and currency.")
        if self.decimal not in {".", ","} or len(self.separator) != 1:
            raise ValueError("A decimal sign is a point or a comma, a separator one sign.")
        "".encode(self.encoding)


_COLUMNS = {one: one for one in FIELDS}
PROFILES = {
    "plain": Profile(columns=_COLUMNS, separator=","),
    "central-europe": Profile(columns=_COLUMNS, encoding="cp1250", decimal=",", day="%d.%m.%Y"),
    "cyrillic": Profile(columns=_COLUMNS, encoding="cp1251", decimal=",", day="%d.%m.%Y"),
}


def write(orders: Sequence[PayoutOrder], *, profile: Profile) -> BankFile:
    """Write orders by a profile. Raises FileRefused with everything that cannot be written."""
    faults = [*order_faults(orders), *(fault for one in orders for fault in _faults(one, profile))]
    if faults:
        raise FileRefused(faults)
    text = io.StringIO(newline="")
    table = csv.writer(text, delimiter=profile.separator, lineterminator="\r\n")
    table.writerow(profile.columns)
    for one in orders:
        cells = _cells(one, profile)
        table.writerow([cells[field] for field in profile.columns.values()])
    return BankFile(content=text.getvalue().encode(profile.encoding), count=len(orders))


def read(content: bytes, *, profile: Profile) -> list[PaidRow]:
    """Give the payments of a file that `write` wrote by the same profile."""
    text = io.StringIO(content.decode(profile.encoding), newline="")
    heads = {field: head for head, field in profile.columns.items()}
    return [
        PaidRow(
            key=row[heads["key"]],
            amount=Money(
                minor_of(row[heads["amount"]], row[heads["currency"]], decimal=profile.decimal),
                row[heads["currency"]],
            ),
            account=row[heads["account"]],
            holder=row[heads["holder"]] if "holder" in heads else "",
            reference=row[heads["reference"]] if "reference" in heads else "",
        )
        for row in csv.DictReader(text, delimiter=profile.separator)
    ]


def _cells(order: PayoutOrder, profile: Profile) -> dict[str, str]:
    method = order.method
    return {
        "key": order.key,
        "account": account_of(method),
        "bic": method.bic if isinstance(method, IbanAccount | RussianAccount) else "",
        "holder": order.holder,
        "amount": figure(order.amount).replace(".", profile.decimal),
        "currency": order.amount.currency,
        "reference": order.reference,
        "due_on": order.due_on.strftime(profile.day),
    }


def _faults(order: PayoutOrder, profile: Profile) -> Iterator[FileFault]:
    if not account_of(order.method):
        yield wrong_account(order.key)
    for text in (order.key, order.holder, order.reference):
        strange = strange_in(text, profile.encoding)
        if strange:
            yield unwritable(order.key, text, signs=strange)
