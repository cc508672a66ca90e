"""What persons wrote on a close: kept with it, and needed where it goes past a limit."""

from __future__ import annotations

from django.db import transaction

from upline.commissions import persons
from upline.commissions.calendars import calendar_named, period_labelled
from upline.commissions.errors import RemarkMissing
from upline.commissions.models import Judgement, Period, Remark, Run
from upline.foundation import audit


def write_remark(*, calendar: str, label: str, text: str) -> Remark:
    """Keep what the present person says of the close of a period; it is never changed.

    Raises NeedsPerson, ReasonMissing.
    """
    period = period_labelled(calendar_named(calendar), label)
    with transaction.atomic():
        actor = persons.somebody(act="remark on", period=period)
        audit.record(act="commissions.remark", subject=f"period:{period.pk}", reason=text)
        return _kept(period, text, actor)


def keep_of_approval(period: Period, run: Run, *, text: str, by: str) -> None:
    """Keep what somebody says who approves. Raises RemarkMissing where a limit is passed unsaid."""
    if text.strip():
        _kept(period, text, by)
        return
    judged = Judgement.objects.filter(run=run, standing__isnull=False, is_covered=False).first()
    if judged is not None:
        passed = sum(one["is_passed"] for one in judged.limits)
        raise RemarkMissing(period=period, number=judged.standing_id, count=passed)


def _kept(period: Period, text: str, by: str) -> Remark:
    return Remark.objects.create(
        period=period, fence=period.fence, text=text.strip(), written_by=by
    )
