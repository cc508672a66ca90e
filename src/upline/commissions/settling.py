"""Approving an adjustment, posting it exactly once, or discarding it."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection, transaction

from upline.commissions import persons
from upline.commissions.errors import (
    AdjustmentNot,
    AdjustmentUnknown,
    DigestDiffers,
    PostingDiffers,
)
from upline.commissions.models import AdjustedFact, AdjustedPay, AdjustedTotal, Adjustment
from upline.foundation import audit, clock, context, locking
from upline.ledger import services as ledger
from upline.ledger.domain import EntryDraft, JournalDraft
from upline.money import Money

# What the ledger calls our journals.
KIND = "commissions.adjustment"
_State = Adjustment.State


def approve_adjustment(*, number: int, digest: str, reason: str = "") -> Adjustment:
    """Approve an adjustment by its digest; a person does it who did not compute. Repeatable.

    Raises AdjustmentUnknown, AdjustmentNot, DigestDiffers, NeedsPerson, NeedsAnother.
    """
    with transaction.atomic():
        found = _locked(number)
        if found.state not in (_State.COMPUTED, _State.APPROVED, _State.POSTED):
            raise _not(found, "approved", _State.COMPUTED)
        if digest != found.digest:
            raise DigestDiffers(period=found, computed=found.digest, approved=digest)
        if found.state != _State.COMPUTED:
            return found
        actor = persons.another(found.computed_by, act="approve", period=found)
        found.approved_by, found.approved_at = actor, clock.now()
        _change(found, _State.APPROVED, reason or "approved", ["approved_by", "approved_at"])
        return found


def post_adjustment(*, number: int) -> Adjustment:
    """Post an approved adjustment: a journal for each member and period, each exactly once.

    Begun again after a kill it finds what is there by its key. Raises AdjustmentUnknown,
    AdjustmentNot, PostingDiffers, and what the ledger refuses, as a closed day.
    """
    found = _found(number)
    if found.state == _State.POSTED:
        return found
    if found.state != _State.APPROVED:
        raise _not(found, "posted", _State.APPROVED)
    ledger.post_many(journals=_journals(found))
    with transaction.atomic():
        found = _locked(number)
        if found.state == _State.APPROVED:
            _check(found)
            _change(found, _State.POSTED, "posted", [])
    return found


def discard_adjustment(*, number: int, reason: str) -> Adjustment:
    """Discard an adjustment before it is approved: what it counted is late again. Repeatable.

    Raises AdjustmentUnknown, AdjustmentNot, ReasonMissing.
    """
    with transaction.atomic():
        found = _locked(number)
        if found.state == _State.DISCARDED:
            return found
        if found.state != _State.COMPUTED:
            raise _not(found, "discarded", _State.COMPUTED)
        _change(found, _State.DISCARDED, reason, [])
        AdjustedFact.objects.filter(adjustment=found).delete()
        return found


def _found(number: int) -> Adjustment:
    found = Adjustment.objects.filter(pk=number).select_related("calendar", "posted_in").first()
    if found is None:
        raise AdjustmentUnknown(number=number)
    return found


def _locked(number: int) -> Adjustment:
    locking.take("adjustment", _found(number).calendar.name)
    return _found(number)


def _not(found: Adjustment, act: str, wanted: str) -> AdjustmentNot:
    return AdjustmentNot(number=found.pk, state=found.state, act=act, wanted=wanted)


def _change(found: Adjustment, state: str, reason: str, fields: list[str]) -> None:
    before = str(found.state)
    found.state = state
    if state in (_State.POSTED, _State.DISCARDED):
        found.ended_at = clock.now()
    found.save(update_fields=["state", "ended_at", *fields])
    audit.record(
        act=f"commissions.adjustment_{state}",
        subject=f"adjustment:{found.pk}",
        reason=reason,
        before={"state": before},
        after={"state": state, "digest": found.digest, "by": context.present().actor},
    )


def _journals(found: Adjustment) -> Iterator[JournalDraft]:
    """Give each member's journal of each period: expenses by bonus, what is owed, and roundings."""
    totals: dict[tuple[int, int], list[tuple[str, int]]] = {}
    rows = AdjustedTotal.objects.filter(adjustment=found).order_by("period", "member", "bonus")
    for period, member, bonus, minor in rows.values_list(
        "period_id", "member_id", "bonus", "posted_minor"
    ):
        totals.setdefault((period, member), []).append((bonus, minor))
    pays = AdjustedPay.objects.filter(adjustment=found).select_related("member", "period")
    for pay in pays.order_by("period", "member"):
        parts = totals.get((pay.period_id, pay.member_id), [])
        left = pay.pay_minor - sum(minor for _, minor in parts)
        amounts = [(f"commissions:expense:{bonus}", minor) for bonus, minor in parts]
        amounts.append((f"commissions:payable:{pay.member.code}", -pay.pay_minor))
        amounts.append(("rounding:commissions", left))
        entries = [
            EntryDraft(account, Money(minor, pay.currency)) for account, minor in amounts if minor
        ]
        if entries:
            yield JournalDraft(
                key=f"adjustment:{found.pk}:{pay.period_id}:{pay.member_id}",
                kind=KIND,
                effective_on=found.effective_on,
                entries=entries,
                reference=f"adjustment:{found.pk}",
                memo=pay.period.label,
            )


_POSTED = """
SELECT entry.currency, -sum(entry.amount_minor)
FROM ledger_journal AS journal
JOIN ledger_entry AS entry ON entry.journal_id = journal.id
JOIN ledger_account AS account ON account.id = entry.account_id
WHERE journal.reference = %s AND journal.kind = %s
  AND account.code LIKE 'commissions:payable:%%'
GROUP BY entry.currency
"""
_OWED = """
SELECT currency, sum(pay_minor) FROM commissions_adjustedpay
WHERE adjustment_id = %s GROUP BY currency
"""


def _check(found: Adjustment) -> None:
    """Compare what the ledger took with what was approved. Raises PostingDiffers."""
    with connection.cursor() as cursor:
        cursor.execute(_POSTED, [f"adjustment:{found.pk}", KIND])
        posted = {currency: int(sum_) for currency, sum_ in cursor.fetchall()}
        cursor.execute(_OWED, [found.pk])
        owed = {currency: int(sum_) for currency, sum_ in cursor.fetchall()}
    for currency in sorted(owed.keys() | posted.keys()):
        if owed.get(currency, 0) != posted.get(currency, 0):
            raise PostingDiffers(
                run=str(found),
                currency=currency,
                owed=owed.get(currency, 0),
                journals="-",
                posted=posted.get(currency, 0),
                found="-",
            )


__all__ = ["approve_adjustment", "discard_adjustment", "post_adjustment"]
