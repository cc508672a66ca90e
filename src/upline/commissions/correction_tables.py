"""Tables of corrections: CSV as drafts, and what cannot be read of it with its line."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import TypeVar

from django.utils.translation import gettext as _

from upline.commissions import correcting
from upline.commissions.correcting import PayDraft, VolumeDraft
from upline.commissions.correction_models import CorrectionSheet
from upline.ledger.accounts import CURRENCY
from upline.money import Money, currency_places

PAY_COLUMNS = ("member", "amount", "currency", "reason")
VOLUME_COLUMNS = ("member", "figure", "volume", "counts_on", "reason")
_DECIMAL = re.compile(r"[+-]?\d{1,14}(\.\d{1,9})?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
Faults = list[tuple[int, str]]
_Draft = TypeVar("_Draft")


class _Unreadable(Exception):
    """A cell that cannot be read; its text says why."""


def enter_pay_table(*, key: str, calendar: str, text: str) -> CorrectionSheet:
    """Enter a CSV with the columns member, amount, currency, reason. Raises as `enter_pay`."""
    drafts, faults = _read(text, PAY_COLUMNS, _pay)
    return correcting.enter_pay(key=key, calendar=calendar, drafts=drafts, faults=faults)


def enter_volume_table(*, key: str, text: str) -> CorrectionSheet:
    """Enter a CSV with the columns member, figure, volume, counts_on, reason. As `enter_volume`."""
    drafts, faults = _read(text, VOLUME_COLUMNS, _volume)
    return correcting.enter_volume(key=key, drafts=drafts, faults=faults)


def _read(
    text: str, columns: tuple[str, ...], draft_of: Callable[[Mapping[str, str], int], _Draft]
) -> tuple[list[_Draft], Faults]:
    rows = csv.DictReader(io.StringIO(text.lstrip("\ufeff")), restkey="")
    missing = [name for name in columns if name not in (rows.fieldnames or ())]
    if missing:
        told = _("the columns %(columns)s are missing") % {"columns": ", ".join(missing)}
        return [], [(1, told)]
    drafts: list[_Draft] = []
    faults: Faults = []
    for line, row in _lines(rows, columns):
        try:
            drafts.append(draft_of(row, line))
        except _Unreadable as unreadable:
            faults.append((line, str(unreadable)))
    return drafts, faults


def _lines(
    rows: csv.DictReader[str], columns: tuple[str, ...]
) -> Iterator[tuple[int, Mapping[str, str]]]:
    for row in rows:
        yield rows.line_num, {name: (row[name] or "").strip() for name in columns}


def _pay(row: Mapping[str, str], line: int) -> PayDraft:
    if not CURRENCY.fullmatch(row["currency"]):
        raise _Unreadable(
            _("'%(given)s' is not the code of a currency; write three capital letters")
            % {"given": row["currency"]}
        )
    minor = _decimal(row["amount"]).scaleb(currency_places(row["currency"]))
    if minor != int(minor):
        raise _Unreadable(_("%(currency)s has no such small unit.") % {"currency": row["currency"]})
    amount = Money(int(minor), row["currency"])
    return PayDraft(member=row["member"], amount=amount, reason=row["reason"], line=line)


def _volume(row: Mapping[str, str], line: int) -> VolumeDraft:
    return VolumeDraft(
        member=row["member"],
        figure=row["figure"],
        value=_decimal(row["volume"]),
        counts_on=_day(row["counts_on"]),
        reason=row["reason"],
        line=line,
    )


def _decimal(text: str) -> Decimal:
    if _DECIMAL.fullmatch(text):
        return Decimal(text)
    raise _Unreadable(_("'%(given)s' is no figure; write a decimal with a point") % {"given": text})


def _day(text: str) -> date:
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise _Unreadable(_("'%(given)s' is not a day; write 2026-11-02") % {"given": text})


__all__ = ["PAY_COLUMNS", "VOLUME_COLUMNS", "enter_pay_table", "enter_volume_table"]
