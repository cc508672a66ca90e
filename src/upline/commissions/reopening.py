"""Taking a close back before it is approved: one person asks, another agrees."""

from __future__ import annotations

from django.db import connection, transaction

from upline.commissions import persons
from upline.commissions.calendars import calendar_named, period_labelled
from upline.commissions.errors import PeriodNot
from upline.commissions.models import Period, Reopening, State
from upline.foundation import audit, clock, locking

_MAY_REOPEN = (State.FROZEN, State.CALCULATED)


def reopen_period(*, calendar: str, label: str, reason: str) -> Period:
    """Take a freeze or a computation back; two people do it, each by this call.

    The first asks, and the period stays as it is; the second agrees, and it is open. What was kept
    stays, with its number. Asking again changes nothing. Raises PeriodNot once it is approved, or
    while it is open; NeedsPerson, ReasonMissing.
    """
    period = period_labelled(calendar_named(calendar), label)
    with transaction.atomic():
        locking.take("period", str(period.pk))
        period.refresh_from_db()
        if period.state not in _MAY_REOPEN:
            raise PeriodNot(
                period=period, state=period.state, act="reopened", wanted="frozen or calculated"
            )
        actor = persons.somebody(act="reopen", period=period)
        asked = Reopening.objects.filter(period=period, fence=period.fence).first()
        if asked is None:
            _ask(period, actor, reason)
        elif asked.asked_by != actor:
            _agree(period, asked, actor, reason)
        return period


def _ask(period: Period, actor: str, reason: str) -> None:
    audit.record(
        act="commissions.ask_to_reopen",
        subject=f"period:{period.pk}",
        reason=reason,
        before={"state": str(period.state), "fence": period.fence},
    )
    Reopening.objects.create(
        period=period, fence=period.fence, reason=reason.strip(), asked_by=actor
    )


def _agree(period: Period, asked: Reopening, actor: str, reason: str) -> None:
    asked.agreed_by, asked.agreed_at = actor, clock.now()
    asked.save(update_fields=["agreed_by", "agreed_at"])
    before = str(period.state)
    period.state = State.OPEN
    period.changed_at = clock.now()
    period.save(update_fields=["state", "changed_at"])
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM commissions_frozenfact WHERE period_id = %s", [period.pk])
    audit.record(
        act="commissions.reopen",
        subject=f"period:{period.pk}",
        reason=reason,
        before={"state": before, "asked_by": asked.asked_by},
        after={"state": State.OPEN},
    )
