"""Corrections by hand as members and staff read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from upline.commissions.correcting import Counted
from upline.commissions.models import Correction, CorrectionSheet, Period
from upline.commissions.queries.adjustments import settled_lines
from upline.commissions.queries.facts import StatementKey
from upline.commissions.queries.seeing import reader
from upline.money import Money
from upline.network.history import today
from upline.network.models import Member
from upline.plans.errors import NoPlanInForce

_MOST_ROWS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionRow:
    """What was corrected by hand: an amount, or so much of a volume; the day, and why."""

    sheet: int
    on: date
    amount: Money | None
    figure: str
    value: Decimal | None
    reason: str


def beside_pay(*, viewer: Any, of: StatementKey) -> tuple[bool, bool]:
    """Say whether anything was settled for a member in a period, and whether corrected by hand.

    One query, for most pages have neither. Raises MemberUnknown.
    """
    who = reader(viewer).member(of.member)
    found = Member.objects.filter(pk=who.id).values_list(
        Exists(settled_lines(who.id, of)), Exists(_booked(who.id, of))
    )
    return found[0] if found else (False, False)


def corrections_in(*, viewer: Any, of: StatementKey) -> tuple[CorrectionRow, ...]:
    """Give what was booked by hand for a member in a period: its pay, and volume of its days.

    The earliest entered first. Raises MemberUnknown.
    """
    who = reader(viewer).member(of.member)
    found = _booked(who.id, of).select_related("sheet").order_by("sheet", "number")
    return tuple(_row(row) for row in found[:_MOST_ROWS])


def _booked(member_id: int, of: StatementKey) -> QuerySet[Correction]:
    period = Period.objects.filter(calendar__name=of.calendar, label=of.label)
    of_its_days = period.filter(
        starts_on__lte=OuterRef("counts_on"), ends_on__gt=OuterRef("counts_on")
    )
    return Correction.objects.filter(
        Q(sheet__booked_in__in=period) | Exists(of_its_days),
        member_id=member_id,
        sheet__state=CorrectionSheet.State.BOOKED,
    )


def _row(row: Correction) -> CorrectionRow:
    on = row.counts_on or row.sheet.effective_on
    assert on is not None
    return CorrectionRow(
        sheet=row.sheet_id,
        on=on,
        amount=None if row.amount_minor is None else Money(row.amount_minor, row.currency),
        figure=row.figure,
        value=shortest(row.value),
        reason=row.reason,
    )


def shortest(value: Decimal | None) -> Decimal | None:
    """Give a figure with the decimals that it has, not with those that the table keeps."""
    return None if value is None else Decimal(f"{value.normalize():f}")


def volumes_counted() -> tuple[str, ...]:
    """Give the names of volumes that plans in force today count; none where none is in force."""
    try:
        return tuple(sorted(Counted().volumes(today())))
    except NoPlanInForce:
        return ()
