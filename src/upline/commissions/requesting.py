"""Asking the worker to close or to post a period, or to settle what came too late."""

from __future__ import annotations

from django.db import transaction

from upline.commissions import persons, telling
from upline.commissions.calendars import calendar_named, period_labelled
from upline.commissions.errors import AdjustmentNot, AdjustmentUnknown, NothingLate, PeriodNot
from upline.commissions.models import Adjustment, Calendar, Period, Progress, State
from upline.foundation import audit, locking

_MAY_CLOSE = (State.OPEN, State.FROZEN)
_MAY_POST = (State.APPROVED, State.POSTING, State.POSTED)
_CLOSED = (State.POSTED, State.SEALED)
# What brings a period to its seal.
OF_CLOSE = (Progress.Act.CLOSE, Progress.Act.POST)
AT_WORK = (Progress.Step.WAITING, Progress.Step.RUNNING)


def request_close(*, calendar: str, label: str) -> Progress:
    """Let the worker freeze and compute a period in the name of the present person.

    While it is at work for the period, this gives what is under way. Raises PeriodNot,
    NeedsPerson.
    """
    period = period_labelled(calendar_named(calendar), label)
    return _request(period, Progress.Act.CLOSE, "closed", _MAY_CLOSE)


def request_posting(*, calendar: str, label: str) -> Progress:
    """Let the worker post an approved period and seal it. Raises PeriodNot, NeedsPerson."""
    period = period_labelled(calendar_named(calendar), label)
    return _request(period, Progress.Act.POST, "posted", _MAY_POST)


def request_adjusting(*, calendar: str, reason: str) -> Progress:
    """Let the worker compute what came too late for the closed periods of a calendar.

    The last closed period carries the progress; while it is at work there, this gives what is under
    way. Raises NothingLate, PeriodNot, ReasonMissing, NeedsPerson.
    """
    last = _last_closed(calendar_named(calendar))
    return _request(last, Progress.Act.ADJUST, "adjusted", _CLOSED, reason.strip())


def request_settling(*, number: int) -> Progress:
    """Let the worker post an approved adjustment.

    Raises AdjustmentUnknown, AdjustmentNot, PeriodNot, NeedsPerson.
    """
    found = Adjustment.objects.filter(pk=number).select_related("calendar").first()
    if found is None:
        raise AdjustmentUnknown(number=number)
    wanted = Adjustment.State.APPROVED
    if found.state != wanted:
        raise AdjustmentNot(number=number, state=found.state, act="posted", wanted=wanted)
    return _request(_last_closed(found.calendar), Progress.Act.SETTLE, "settled", _CLOSED)


def _last_closed(calendar: Calendar) -> Period:
    found = calendar.periods.exclude(state=State.OPEN).order_by("-starts_on").first()
    if found is None:
        raise NothingLate(calendar=calendar.name)
    return found


def _request(
    period: Period,
    act: str,
    participle: str,
    states: tuple[str, ...],
    reason: str = "asked for on screen",
) -> Progress:
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
        return begun(period, act, actor, reason=reason)


def begun(period: Period, act: str, actor: str, *, reason: str) -> Progress:
    """Let the worker begin with what is asked; the caller holds the lock and knows nobody is at it."""
    progress = Progress.objects.create(period=period, act=act, asked_by=actor, reason=reason)
    telling.work_soon(progress.pk)
    audit.record(
        act=f"commissions.request_{act}",
        subject=f"period:{period.pk}",
        reason=reason,
        after={"progress": progress.pk},
    )
    return progress
