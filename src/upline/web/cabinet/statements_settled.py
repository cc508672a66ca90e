"""What adjustments settled for a member in a period, and persons corrected, beside its pay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from upline.amounts import amount_text
from upline.commissions import queries as commissions
from upline.web.cabinet.statements_places import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A line of an earlier period: what it was, what it is now, and the difference, as texts."""

    first_on: date
    last_on: date
    title: str
    order: str | None
    was: str
    is_now: str
    difference: str


def settled_in(place: Place) -> dict[str, Any]:
    """Give the lines that were settled in a period, what they come to, and corrections by hand."""
    is_settled, is_corrected = commissions.beside_pay(viewer=place.by, of=place.key)
    rows, sums = (
        commissions.adjusted_rows(viewer=place.by, of=place.key, language=place.language)
        if is_settled
        else ((), ())
    )
    return {
        "settled": [_shown(row, place.language) for row in rows],
        "settled_sums": sums,
        "corrections": commissions.corrections_in(viewer=place.by, of=place.key)
        if is_corrected
        else (),
    }


def _shown(row: commissions.AdjustedRow, language: str) -> Settled:
    was, is_now, difference = (
        amount_text(amount, row.currency, language) for amount in (row.before, row.now, row.change)
    )
    return Settled(
        first_on=row.first_on,
        last_on=row.last_on,
        title=row.title,
        order=row.order,
        was=was,
        is_now=is_now,
        difference=difference,
    )
