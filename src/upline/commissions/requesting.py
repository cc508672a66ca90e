"""Asking the worker to close or to post a period."""

from __future__ import annotations

from django.db import transaction

from upline.commissions import persons, tasks
from upline.commissions.calendars import calendar_named, period_labelled
from upline.commissions.errors import PeriodNot
from upline.commissions.models import Period, Progress, State
from upline.foundation import audit, locking

_MAY_CLOSE = (State.OPEN, State.FROZEN)
_MAY_POST = (State.APPROVED, State.POSTING, State.POSTED)
_AT_WORK = (Progress.Step.WAITING, Progress.Step.RUNNING)


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
        under_way = Progress.objects.filter(period=period, state__in=_AT_WORK).first()
        if under_way is not None:
            return under_way
        actor = persons.somebody(act=act, period=period)
        if period.state not in states:
            wanted = " or ".join(str(state) for state in states)
            raise PeriodNot(period=period, state=period.state, act=participle, wanted=wanted)
        return _begun(period, act, actor)


def _begun(period: Period, act: str, actor: str) -> Progress:
    progress = Progress.objects.create(period=period, act=act, asked_by=actor)
    tasks.work_on_period.defer(progress_id=progress.pk)
    audit.record(
        act=f"commissions.request_{act}",
        subject=f"period:{period.pk}",
        reason="asked for on screen",
        after={"progress": progress.pk},
    )
    return progress
