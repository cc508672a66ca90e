"""Alarms: closes that are late, were refused, or wait for a person; told to finance once each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.mail import send_mail
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from upline.commissions import calendars
from upline.commissions.events import AlarmRaised
from upline.commissions.models import (
    Calendar,
    ClosingRule,
    Judgement,
    Period,
    Progress,
    RaisedAlarm,
    Run,
    State,
)
from upline.commissions.scheduling import SCHEDULE, due_at, rule_of
from upline.foundation import clock, outbox
from upline.people.models import Login

# A close takes minutes; one that is not through after an hour needs somebody.
PATIENCE = timedelta(hours=1)
_KIND = RaisedAlarm.Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A close that somebody should look at: `late`, `refused` or `waits`, and since when.

    `passed` is how many limits of a standing approval are passed; `code` what was refused.
    """

    period: Period
    kind: str
    since: datetime
    passed: int = 0
    code: str = ""


def present_alarms() -> tuple[Alarm, ...]:
    """Give the alarms of this moment, by calendar.

    They are found in what is there, so that a worker that stands still hides none.
    """
    concerned = set(ClosingRule.objects.values_list("calendar_id", flat=True))
    concerned |= set(
        Period.objects.filter(
            state=State.CALCULATED, runs__judgement__standing__isnull=False
        ).values_list("calendar_id", flat=True)
    )
    found = []
    for calendar in Calendar.objects.filter(pk__in=concerned).order_by("name"):
        alarm = _alarm_of(calendars.at_work(calendar))
        if alarm is not None:
            found.append(alarm)
    return tuple(found)


def tell_finance() -> int:
    """Put each alarm that was not told yet into the outbox; give how many there were."""
    told = 0
    for alarm in present_alarms():
        with transaction.atomic():
            period = calendars.period_labelled(alarm.period.calendar, alarm.period.label)
            _raised, is_new = RaisedAlarm.objects.get_or_create(
                period=period, fence=period.fence, kind=alarm.kind
            )
            if is_new:
                outbox.append(AlarmRaised(period_id=period.pk, kind=alarm.kind))
                told += 1
    return told


def on_alarm_raised(event: AlarmRaised) -> None:
    """Write to everybody of finance, each in their language."""
    period = Period.objects.select_related("calendar").get(pk=event.period_id)
    logins = Login.objects.filter(
        is_active=True, role_grants__role="finance", role_grants__withdrawn_at__isnull=True
    )
    for login in logins.select_related("person").distinct().order_by("pk"):
        language = login.person.language if login.person is not None else "en"
        with translation.override(language or "en"):
            send_mail(_subject(event.kind, period), _body(event.kind), None, [login.email])


def _alarm_of(period: Period) -> Alarm | None:
    run = None
    if period.pk is not None and period.state not in (State.OPEN, State.FROZEN):
        run = Run.objects.filter(period=period, fence=period.fence)
        run = run.select_related("judgement").defer("receipt").first()
    if run is not None and period.state == State.CALCULATED:
        return _waiting(period, run)
    rule = rule_of(period)
    if rule is None or clock.now() < due_at(rule, period):
        return None
    since = due_at(rule, period)
    refusal = _refusal(period)
    if refusal:
        return Alarm(period=period, kind=_KIND.REFUSED, since=since, code=refusal)
    if clock.now() < since + PATIENCE:
        return None
    return Alarm(period=period, kind=_KIND.LATE, since=since)


def _waiting(period: Period, run: Run) -> Alarm | None:
    judged: Judgement | None = getattr(run, "judgement", None)
    is_held = judged is not None and judged.standing_id is not None
    if not is_held and not run.computed_by.startswith(SCHEDULE):
        return None
    passed = sum(one["is_passed"] for one in judged.limits) if judged is not None else 0
    return Alarm(period=period, kind=_KIND.WAITS, since=run.computed_at, passed=passed)


def _refusal(period: Period) -> str:
    """Give the code of what the worker was refused last, '' where nothing was."""
    if period.pk is None:
        return ""
    closing = (Progress.Act.CLOSE, Progress.Act.POST)
    last = Progress.objects.filter(period=period, act__in=closing).order_by("-id").first()
    if last is None or last.state != Progress.Step.REFUSED or last.refusal is None:
        return ""
    return str(last.refusal["code"])


def _subject(kind: str, period: Period) -> str:
    said = {
        _KIND.LATE: _("A close is late: %(period)s"),
        _KIND.REFUSED: _("A close was refused: %(period)s"),
        _KIND.WAITS: _("A close waits for a person: %(period)s"),
    }
    return said[_KIND(kind)] % {"period": period.label}


def _body(kind: str) -> str:
    said = {
        _KIND.LATE: _("The period should have been closed by its schedule. Is the worker running?"),
        _KIND.REFUSED: _("The page of the period in the office says what stands in the way."),
        _KIND.WAITS: _(
            "It is computed. The page of the period in the office shows its figures and, where"
            " limits are passed, which."
        ),
    }
    return said[_KIND(kind)]
