"""Standing approvals: given by two persons, ended by one; and the closes that they cover."""

from __future__ import annotations

import re
from datetime import date

from django.db import transaction
from django.db.models import Q

from upline.commissions import persons
from upline.commissions.calendars import calendar_named, period_labelled
from upline.commissions.computing import latest_run
from upline.commissions.errors import (
    PeriodNot,
    StandingMalformed,
    StandingNot,
    StandingOverlaps,
    StandingUnknown,
)
from upline.commissions.limits import Limit, Terms, held_to
from upline.commissions.models import (
    Calendar,
    Judgement,
    Period,
    Reopening,
    Run,
    StandingApproval,
    State,
)
from upline.commissions.posting import approved
from upline.commissions.summaries import run_before
from upline.foundation import audit, clock, context, locking

# The largest share and change that anybody means; beyond it a figure was mistyped.
_MOST_HUNDREDTHS = 1_000_000
_ALL_OF_IT = 10_000


def propose_standing(
    *, calendar: str, starts_on: date, ends_on: date, terms: Terms, reason: str
) -> StandingApproval:
    """Propose to approve closes of the days [starts_on, ends_on) within limits; nothing counts yet.

    Raises StandingMalformed, StandingOverlaps, NeedsPerson, ReasonMissing.
    """
    found = calendar_named(calendar)
    _refuse_malformed(starts_on, ends_on, terms)
    with transaction.atomic():
        locking.take("company", f"standing:{found.name}")
        actor = persons.somebody(act="approve", period=found)
        _refuse_overlap(found, starts_on, ends_on)
        _refuse_no_reason(reason, "commissions.propose_standing", f"calendar:{found.name}")
        standing = StandingApproval.objects.create(
            calendar=found,
            starts_on=starts_on,
            ends_on=ends_on,
            reason=reason.strip(),
            given_by=actor,
            currency=terms.currency,
            ratio_hundredths=terms.ratio_hundredths,
            change_hundredths=terms.change_hundredths,
            change_from_minor=terms.change_from_minor,
            largest_minor=terms.largest_minor,
        )
        audit.record(
            act="commissions.propose_standing",
            subject=f"standing:{standing.pk}",
            reason=reason,
            after={
                "calendar": found.name,
                "starts_on": starts_on.isoformat(),
                "ends_on": ends_on.isoformat(),
                **{name: getattr(terms, name) for name in Terms.__slots__},
            },
        )
        return standing


def agree_standing(*, number: int, reason: str = "") -> StandingApproval:
    """Agree to a proposed standing approval, as another person; from now on it covers closes.

    Repeated by the same person it changes nothing. Raises StandingUnknown, StandingNot,
    NeedsPerson, NeedsAnother.
    """
    with transaction.atomic():
        standing = _locked(number)
        actor = persons.another(standing.given_by, act="agree to", period=standing)
        if standing.ended_at is not None:
            raise StandingNot(number=number, state="ended", act="agreed to")
        if standing.agreed_by:
            return standing
        standing.agreed_by, standing.agreed_at = actor, clock.now()
        standing.save(update_fields=["agreed_by", "agreed_at"])
        audit.record(
            act="commissions.agree_standing",
            subject=f"standing:{number}",
            reason=reason or "agreed to as proposed",
            after={"given_by": standing.given_by},
        )
        return standing


def end_standing(*, number: int, reason: str) -> StandingApproval:
    """End a standing approval, or withdraw a proposed one: any person alone. Repeatable.

    What it approved stays approved. Raises StandingUnknown, NeedsPerson, ReasonMissing.
    """
    with transaction.atomic():
        standing = _locked(number)
        actor = persons.somebody(act="end", period=standing)
        if standing.ended_at is not None:
            return standing
        _refuse_no_reason(reason, "commissions.end_standing", f"standing:{number}")
        standing.ended_by, standing.ended_at = actor, clock.now()
        standing.ended_reason = reason.strip()
        standing.save(update_fields=["ended_by", "ended_at", "ended_reason"])
        audit.record(
            act="commissions.end_standing",
            subject=f"standing:{number}",
            reason=reason,
            before={"agreed_by": standing.agreed_by},
        )
        return standing


def cover_period(*, calendar: str, label: str) -> Judgement | None:
    """Approve a computed period by the standing approval of its days, or say why it waits.

    A run is judged once: repeated, this gives what was found; None where a person approved it
    unjudged. Whether it waits hangs on the figures that the run keeps, never on who asks. Raises
    PeriodNot where nothing is computed.
    """
    period = period_labelled(calendar_named(calendar), label)
    with transaction.atomic():
        locking.take("period", str(period.pk))
        period.refresh_from_db()
        if period.state in (State.OPEN, State.FROZEN):
            raise PeriodNot(
                period=period, state=period.state, act="judged", wanted=State.CALCULATED
            )
        run = latest_run(period)
        judged = Judgement.objects.filter(run=run).select_related("standing").first()
        if judged is not None or period.state != State.CALCULATED:
            return judged
        judged = _judged(period, run)
        if judged.is_covered:
            with context.working(actor=f"standing:{judged.standing_id}"):
                approved(period, run, reason="within the limits of a standing approval")
        elif judged.standing_id is not None:
            _note_what_passed(period, judged)
        return judged


def standing_of(period: Period) -> StandingApproval | None:
    """Give the standing approval in force that covers all days of a period, or None."""
    rows = StandingApproval.objects.filter(
        ~Q(agreed_by=""),
        calendar=period.calendar_id,
        ended_at__isnull=True,
        starts_on__lte=period.starts_on,
        ends_on__gte=period.ends_on,
    )
    return rows.first()


def terms_of(standing: StandingApproval) -> Terms:
    """Give the limits of a standing approval."""
    return Terms(**{name: getattr(standing, name) for name in Terms.__slots__})


def limits_of(standing: StandingApproval, period: Period, run: Run) -> tuple[Limit, ...]:
    """Hold a run to the limits of a standing approval."""
    earlier = run_before(period)
    found = held_to(terms_of(standing), run.summary, None if earlier is None else earlier.summary)
    asked = Reopening.objects.filter(period=period, fence=period.fence).first()
    if asked is None:
        return found
    # Somebody doubts it, and a program does not overrule a person.
    return (*found, Limit(name="reopening", is_passed=True))


def _judged(period: Period, run: Run) -> Judgement:
    standing = standing_of(period)
    if standing is not None:
        # Who ends it at this moment waits, or was first.
        standing = StandingApproval.objects.select_for_update(of=("self",)).get(pk=standing.pk)
    if standing is None or standing.ended_at is not None:
        return Judgement.objects.create(run=run, is_covered=False, limits=[])
    limits = limits_of(standing, period, run)
    return Judgement.objects.create(
        run=run,
        standing=standing,
        is_covered=not any(one.is_passed for one in limits),
        limits=[one.as_json() for one in limits],
    )


def _note_what_passed(period: Period, judged: Judgement) -> None:
    audit.record(
        act="commissions.wait_for_person",
        subject=f"period:{period.pk}",
        reason="a limit of the standing approval is passed",
        after={
            "standing": judged.standing_id,
            "passed": [
                f"{one['name']} {one['of']}".strip() for one in judged.limits if one["is_passed"]
            ],
        },
    )


def _locked(number: int) -> StandingApproval:
    found = StandingApproval.objects.select_for_update(of=("self",)).filter(pk=number).first()
    if found is None:
        raise StandingUnknown(number=number)
    return found


def _refuse_malformed(starts_on: date, ends_on: date, terms: Terms) -> None:
    if starts_on >= ends_on:
        raise StandingMalformed(fault="it has no days")
    if re.fullmatch("[A-Z]{3}", terms.currency) is None:
        raise StandingMalformed(fault=f"'{terms.currency}' is no currency")
    if not 0 < terms.ratio_hundredths <= _ALL_OF_IT:
        raise StandingMalformed(fault="what is paid of the turnover lies above 0 % and up to 100 %")
    if not 0 <= terms.change_hundredths <= _MOST_HUNDREDTHS:
        raise StandingMalformed(fault="the change of a bonus lies between 0 % and 10000 %")
    if terms.largest_minor <= 0 or terms.change_from_minor < 0:
        raise StandingMalformed(fault="a sum is not above nothing")


def _refuse_no_reason(reason: str, act: str, subject: str) -> None:
    if not reason.strip():
        raise audit.ReasonMissing(act=act, subject=subject)


def _refuse_overlap(calendar: Calendar, starts_on: date, ends_on: date) -> None:
    other = calendar.standing_approvals.filter(
        ended_at__isnull=True, starts_on__lt=ends_on, ends_on__gt=starts_on
    ).first()
    if other is not None:
        raise StandingOverlaps(number=other.pk, calendar=calendar.name)
