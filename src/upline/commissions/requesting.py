"""Asking the worker to close or to post a period."""

from __future__ import annotations

from django.db import transaction

from upline.commissions import persons, telling
from upline.commissions.calendars import calendar_named, period_labelled
from upline.commissions.errors import PeriodNot
from upline.commissions.models import Period, Progress, State
from upline.foundation import audit, locking

_MAY_CLOSE = (State.OPEN, State.FROZEN)
_MAY_POST = (State.APPROVED, State.POSTING, State.POSTED)
AT_WORK = (Progress.Step.WAITING, Progress.Step.RUNNING)


def request_close(*, calendar: str, label: str) -> Progress:
    """Let the worker freeze and compute a period in the name of the present person.

    While it is at work for the period, this gives what is under way. Raises PeriodNot,
    NeedsPerson.
    """
    return _request(calendar, label, Progress.Act.CLOSE, "closed", _MAY_CLOSE)


def request_posting(*, calendar: str, label: str) -> Progress:
    """Let the worker post an approved period and seal it. Raises PeriodNot, NeedsPerson."""
    return _request(calendar, label, Progress.Act.POST, "posted", _MAY_POST)


def _request(
    calendar: str, label: str, act: str, participle: str, states: tuple[str, ...]
) -> Progress:
    period = period_labelled(calendar_named(calendar), label)
    with transaction.atomic():
        locking.take("period", str(period.pk))
        period.refresh_from_db()
        under_way = Progress.objects.filter(period=period, state__in=AT_WORK).first()
        if under_way is not None:
            return under_way
        actor = persons.somebody(act=act, period=period)
        if period.state not in states:
            wanted = " or ".join(str(state) for state in states)
            raise PeriodNot(period=period, state=period.state, act=participle, wanted=wanted)
        return begun(period, act, actor, reason="asked for on screen")


def begun(period: Period, act: str, actor: str, *, reason: str) -> Progress:
    """Let the worker close or post a period; the caller holds its lock and knows nobody is at it."""
    progress = Progress.objects.create(period=period, act=act, asked_by=actor)
    telling.work_soon(progress.pk)
    audit.record(
        act=f"commissions.request_{act}",
        subject=f"period:{period.pk}",
        reason=reason,
        after={"progress": progress.pk},
    )
    return progress
