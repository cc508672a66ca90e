"""Booking corrections that another person approves: pay in the ledger, volume as facts, each once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import transaction

from upline.commissions import calendars, correcting, facts, persons
from upline.commissions.correction_models import Correction, CorrectionSheet
from upline.commissions.errors import CorrectionsNot, CorrectionsUnknown, DigestDiffers
from upline.commissions.facts import FactDraft
from upline.foundation import audit, clock, locking
from upline.ledger import services as ledger
from upline.ledger.domain import EntryDraft, JournalDraft
from upline.money import Money

# What the ledger calls our journals, and the account of their expenses.
KIND = "commissions.correction"
EXPENSE = "commissions:expense:by_hand"
_State = CorrectionSheet.State
_FACTS_AT_ONCE = 5_000


def approve_corrections(*, number: int, digest: str, reason: str = "") -> CorrectionSheet:
    """Book corrections by their digest; a person does it who did not enter them. Repeatable.

    Pay is owed at once, in the period of today; volume counts for its day, as late where that is
    closed. All in one transaction. Raises CorrectionsUnknown, CorrectionsNot, DigestDiffers,
    NeedsPerson, NeedsAnother, and what the ledger refuses, as a closed day.
    """
    with transaction.atomic():
        sheet = _locked(number)
        if sheet.digest != digest:
            raise DigestDiffers(period=sheet, computed=sheet.digest, approved=digest)
        if sheet.state == _State.BOOKED:
            return sheet
        _refuse_decided(sheet, "booked")
        actor = persons.another(sheet.entered_by, act="approve", period=sheet)
        rows = list(sheet.rows.select_related("member").order_by("number"))
        if correcting.digest_of(rows) != digest:
            raise DigestDiffers(period=sheet, computed=correcting.digest_of(rows), approved=digest)
        if sheet.what == CorrectionSheet.What.PAY:
            _date(sheet)
            ledger.post_many(journals=_journals(sheet, rows))
        else:
            _record(sheet, rows)
        _decide(sheet, _State.BOOKED, actor, reason or "approved")
        return sheet


def reject_corrections(*, number: int, reason: str) -> CorrectionSheet:
    """Put corrections aside before they are booked; they never count. Repeatable.

    Raises CorrectionsUnknown, CorrectionsNot, NeedsPerson, ReasonMissing.
    """
    with transaction.atomic():
        sheet = _locked(number)
        if sheet.state == _State.REJECTED:
            return sheet
        _refuse_decided(sheet, "rejected")
        actor = persons.somebody(act="reject", period=sheet)
        _decide(sheet, _State.REJECTED, actor, reason)
        return sheet


def order_number(sheet_id: int, number: int) -> str:
    """Give the number under which volume by hand stands among orders."""
    return f"HAND-{sheet_id}-{number + 1}"


def _locked(number: int) -> CorrectionSheet:
    """Give a sheet that nobody else decides meanwhile. Raises CorrectionsUnknown."""
    locking.take("correction", str(number))
    found = CorrectionSheet.objects.filter(pk=number).select_related("calendar").first()
    if found is None:
        raise CorrectionsUnknown(number=number)
    return found


def _refuse_decided(sheet: CorrectionSheet, act: str) -> None:
    if sheet.state != _State.ENTERED:
        raise CorrectionsNot(number=sheet.pk, state=sheet.state, act=act, wanted=_State.ENTERED)


def _decide(sheet: CorrectionSheet, state: str, actor: str, reason: str) -> None:
    sheet.state, sheet.decided_by, sheet.decided_at = state, actor, clock.now()
    sheet.save(update_fields=["state", "decided_by", "decided_at", "booked_in", "effective_on"])
    audit.record(
        act=f"commissions.corrections_{state}",
        subject=f"corrections:{sheet.pk}",
        reason=reason,
        before={"state": str(_State.ENTERED), "by": sheet.entered_by},
        after={"state": str(state), "digest": sheet.digest},
    )


def _date(sheet: CorrectionSheet) -> None:
    """Book pay today; or on the first or last day of the period where today lies outside."""
    assert sheet.calendar is not None
    sheet.booked_in = calendars.period_of_today(sheet.calendar)
    last = sheet.booked_in.ends_on - timedelta(days=1)
    today = clock.today(sheet.calendar.time_zone)
    sheet.effective_on = min(max(today, sheet.booked_in.starts_on), last)


def _journals(sheet: CorrectionSheet, rows: Sequence[Correction]) -> Iterator[JournalDraft]:
    assert sheet.effective_on is not None
    for row in rows:
        assert row.amount_minor is not None
        amount = Money(row.amount_minor, row.currency)
        yield JournalDraft(
            key=f"correction:{sheet.pk}:{row.number}",
            kind=KIND,
            effective_on=sheet.effective_on,
            entries=[
                EntryDraft(EXPENSE, amount),
                EntryDraft(f"commissions:payable:{row.member.code}", -amount),
            ],
            reference=f"correction:{sheet.pk}",
            memo=row.reason,
        )


def _record(sheet: CorrectionSheet, rows: Sequence[Correction]) -> None:
    days = correcting.Counted()
    drafts = [_fact(sheet, row, days) for row in rows]
    for start in range(0, len(drafts), _FACTS_AT_ONCE):
        facts.record_volume(drafts[start : start + _FACTS_AT_ONCE])


def _fact(sheet: CorrectionSheet, row: Correction, days: correcting.Counted) -> FactDraft:
    """Give a correction as an order at noon of its day by which nobody spent anything."""
    assert row.counts_on is not None
    assert row.value is not None
    zone = ZoneInfo(days.calendars[0].time_zone)
    figures = dict.fromkeys(days.figures(row.counts_on), Decimal(0))
    return FactDraft(
        key=f"correction:{sheet.pk}:{row.number}",
        member_id=row.member_id,
        order_number=order_number(sheet.pk, row.number),
        occurred_at=datetime.combine(row.counts_on, time(12), zone),
        currency=days.files(row.counts_on)[0].currency,
        figures={**figures, row.figure: row.value},
        kind=facts.PURCHASE,
    )


__all__ = ["EXPENSE", "KIND", "approve_corrections", "order_number", "reject_corrections"]
