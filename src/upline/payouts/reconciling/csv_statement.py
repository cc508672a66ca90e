"""Statements as CSV: where a bank puts what, and how it writes figures and days, is data."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from upline.money import Money
from upline.payouts.figures import FigureUnreadable, minor_of
from upline.payouts.reconciling.statement import (
    MOST_BYTES,
    BankStatement,
    StatementLine,
    StatementUnreadable,
)

NEEDED = ("booked_on", "amount", "currency")
OPTIONAL = ("key", "account", "holder", "text", "bank_reference")


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementProfile:
    """Which head holds which of our fields. `outgoing` is the sign of what left our account."""

    heads: Mapping[str, str]
    separator: str = ";"
    encoding: str = "utf-8-sig"
    decimal: str = ","
    thousands: str = " "
    day: str = "%d.%m.%Y"
    outgoing: int = -1

    def __post_init__(self) -> None:
        """Refuse a profile without a day, an amount or a currency."""
        if not set(NEEDED) <= set(self.heads) <= {*NEEDED, *OPTIONAL}:
            raise ValueError(f"A profile names heads for {', '.join((*NEEDED, *OPTIONAL))}.")
        if self.outgoing not in {-1, 1}:
            raise ValueError("What left has the sign 1 or -1.")


def read(content: bytes, *, profile: StatementProfile) -> BankStatement:
    """Give the lines of a statement. Raises StatementUnreadable, naming the row."""
    if len(content) > MOST_BYTES:
        raise StatementUnreadable(fault=_("it is larger than any statement"))
    try:
        text = content.decode(profile.encoding)
    except UnicodeDecodeError:
        fault = _("it is not written in %(encoding)s") % {"encoding": profile.encoding}
        raise StatementUnreadable(fault=fault) from None
    table = csv.DictReader(io.StringIO(text, newline=""), delimiter=profile.separator, strict=True)
    try:
        missing = [one for one in profile.heads.values() if one not in (table.fieldnames or ())]
        if missing:
            fault = _("it has no column %(heads)s") % {"heads": ", ".join(missing)}
            raise StatementUnreadable(fault=fault)
        lines = [_line(row, place, profile) for place, row in enumerate(table, start=1)]
    except csv.Error as odd:
        fault = _("row %(row)s of it is odd: %(odd)s") % {"row": table.line_num, "odd": odd}
        raise StatementUnreadable(fault=fault) from None
    return BankStatement(account="", lines=lines)


def _line(row: Mapping[str, str | None], place: int, profile: StatementProfile) -> StatementLine:
    def said(field: str) -> str:
        return (row.get(profile.heads.get(field, "")) or "").strip()

    try:
        minor = minor_of(
            said("amount"),
            said("currency"),
            decimal=profile.decimal,
            thousands=profile.thousands,
        )
        # A day has no zone.
        booked_on = datetime.strptime(said("booked_on"), profile.day).date()  # noqa: DTZ007
        amount = Money(profile.outgoing * minor, said("currency"))
    except (FigureUnreadable, ValueError) as odd:
        fault = _("row %(row)s of it is odd: %(odd)s") % {"row": place, "odd": odd}
        raise StatementUnreadable(fault=fault) from None
    texts = {field: said(field) for field in OPTIONAL}
    return StatementLine(place=place, booked_on=booked_on, amount=amount, **texts)
