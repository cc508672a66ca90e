"""Closing by schedule: dated rules of a calendar, and what is due by them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from upline.commissions import calendars, persons, requesting
from upline.commissions.errors import ClosingRuleMalformed
from upline.commissions.models import Calendar, ClosingRule, Judgement, Period, Progress, Run, State
from upline.foundation import audit, clock, locking

SCHEDULE, STANDING = "schedule:", "standing:"
_DAYS_AT_MOST, _HOURS = 90, 24
# What was refused is tried again, for what stood in the way may be mended.
TRIED_AGAIN_AFTER = timedelta(hours=1)


def set_closing_rule(
    *, calendar: str, starts_on: date, days_after: int, hour: int, reason: str
) -> ClosingRule:
    """Close periods that begin on a day or later by themselves, some days after each is over.

    Zero days after is the day that follows the last; the hour is that of the calendar's clocks.
    Raises ClosingRuleMalformed, NeedsPerson, ReasonMissing.
    """
    if not 0 <= days_after <= _DAYS_AT_MOST or not 0 <= hour < _HOURS:
        raise ClosingRuleMalformed(days=days_after, hour=hour)
    found = calendars.calendar_named(calendar)
    rule = ClosingRule(calendar=found, starts_on=starts_on, is_on=True, days_after=days_after)
    rule.hour = hour
    return _kept(rule, "commissions.set_closing_rule", reason)


def stop_closing(*, calendar: str, reason: str) -> ClosingRule:
    """Let no period of a calendar be closed by schedule any more; what is under way goes on.

    Raises NeedsPerson, ReasonMissing.
    """
    found = calendars.calendar_named(calendar)
    rule = ClosingRule(calendar=found, starts_on=calendars.first_day(found), is_on=False)
    return _kept(rule, "commissions.stop_closing", reason)


def rule_of(period: Period) -> ClosingRule | None:
    """Give the rule by which a period is closed, or None where it waits to be asked for."""
    rules = ClosingRule.objects.filter(calendar=period.calendar_id, starts_on__lte=period.starts_on)
    rule = rules.order_by("-id").first()
    return rule if rule is not None and rule.is_on else None


def due_at(rule: ClosingRule, period: Period) -> datetime:
    """Give the moment from which a period is to be closed by a rule."""
    day = period.ends_on + timedelta(days=rule.days_after)
    zone = ZoneInfo(period.calendar.time_zone)
    return datetime.combine(day, time(rule.hour), zone)


def keep_schedules() -> int:
    """Ask the worker for the next step of every close that is due; give how many were asked for.

    It may run twice, at once and after a kill: a step is asked for once, under the period's lock,
    and what persons took back or froze themselves is left to them.
    """
    asked = 0
    scheduled = ClosingRule.objects.values("calendar")
    for calendar in Calendar.objects.filter(pk__in=scheduled).order_by("name"):
        period = calendars.at_work(calendar)
        rule = rule_of(period)
        if rule is not None and due_at(rule, period) <= clock.now():
            asked += _go_on(calendars.period_labelled(calendar, period.label), rule)
    return asked


def _go_on(period: Period, rule: ClosingRule) -> bool:
    with transaction.atomic():
        locking.take("period", str(period.pk))
        period.refresh_from_db()
        act = _next_act(period)
        if act is None:
            return False
        requesting.begun(period, act, f"{SCHEDULE}{rule.pk}", reason="closed on schedule")
        return True


def _next_act(period: Period) -> str | None:
    """Give what the worker should do for a period that is due, None where it should not."""
    asked = Progress.objects.filter(period=period).order_by("-id")
    if asked.filter(state__in=requesting.AT_WORK).exists():
        return None
    last = asked.filter(act__in=requesting.OF_CLOSE).first()
    if (
        last is not None
        and last.state == Progress.Step.REFUSED
        and last.changed_at > clock.now() - TRIED_AGAIN_AFTER
    ):
        return None
    is_ours = last is not None and last.asked_by.startswith(SCHEDULE)
    if period.state == State.OPEN:
        # Taken back by two persons: a program does not close against them.
        return Progress.Act.CLOSE if period.fence == 0 else None
    if period.state == State.FROZEN:
        return Progress.Act.CLOSE if is_ours else None
    run = Run.objects.filter(period=period, fence=period.fence).defer("receipt").first()
    if run is None or not run.computed_by.startswith(SCHEDULE):
        return None
    if period.state == State.CALCULATED:
        # Killed between computing and judging.
        return None if Judgement.objects.filter(run=run).exists() else Progress.Act.CLOSE
    is_covered = run.approved_by.startswith(STANDING)
    return Progress.Act.POST if is_covered and period.state != State.SEALED else None


def _kept(rule: ClosingRule, act: str, reason: str) -> ClosingRule:
    with transaction.atomic():
        rule.set_by = persons.somebody(act="schedule", period=rule.calendar)
        rule.reason = reason.strip()
        audit.record(
            act=act,
            subject=f"calendar:{rule.calendar_id}",
            reason=reason,
            after={
                "starts_on": rule.starts_on.isoformat(),
                "is_on": rule.is_on,
                "days_after": rule.days_after,
                "hour": rule.hour,
            },
        )
        rule.save()
        return rule
