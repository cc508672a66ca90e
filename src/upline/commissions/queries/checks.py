"""What is looked at before a period is closed: each check with what to do where it fails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal
from django.utils.translation import get_language, gettext, ngettext

from upline.commissions import facts, gathering
from upline.commissions.calendars import period_before
from upline.commissions.models import Estimate, Period, State
from upline.commissions.queries.seeing import has_days_until, refusal_of
from upline.foundation.errors import DomainError
from upline.foundation.models import Delivery
from upline.ledger import queries as ledger
from upline.network.models import Waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at; what `is_needed` and not ok stands in the way of the close.

    Where it is not ok, `text` is a sentence that says so by itself.
    """

    name: str
    title: str
    is_ok: bool
    is_needed: bool = True
    text: str = ""
    remedy: str = ""


def checks_before_close(period: Period, estimate: Estimate | None) -> tuple[Check, ...]:
    """Look at what a close needs and at what is better known before it."""
    return (
        _over(period),
        _earlier(period),
        _plan(period),
        _computable(estimate),
        _news(),
        _rates(),
        _late(estimate),
        _unplaced(),
    )


def _over(period: Period) -> Check:
    days = {"last": _day(period.ends_on - timedelta(days=1)), "next": _day(period.ends_on)}
    is_ok = not has_days_until(period)
    text = gettext("Last day: %(day)s") % {"day": days["last"]}
    if not is_ok:
        text = gettext("It still runs. Last day: %(last)s; can be closed from: %(next)s.") % days
    return Check(
        name="over",
        title=gettext("The period is over"),
        is_ok=is_ok,
        text=text,
        remedy=gettext("Close it after its last day: orders may still come in."),
    )


def _earlier(period: Period) -> Check:
    earlier = period_before(period)
    is_ok = earlier is None or earlier.state in (State.POSTED, State.SEALED)
    text = gettext("There is no earlier period.")
    if earlier is not None:
        text = (
            gettext("Earlier period: %(period)s")
            if is_ok
            else gettext("Not posted yet: %(period)s.")
        )
        text %= {"period": earlier.label}
    return Check(
        name="earlier",
        title=gettext("The earlier period is posted"),
        is_ok=is_ok,
        text=text,
        remedy=gettext("Close the earlier period first."),
    )


def _plan(period: Period) -> Check:
    title = gettext("A plan is in force and fits the calendar")
    try:
        version, _ = gathering.plan_of(period)
    except DomainError as refused:
        return Check(
            name="plan", title=title, is_ok=False, text=refused.problem, remedy=refused.advice
        )
    since = gettext("since %(day)s") % {"day": _day(version.starts_on)}
    return Check(name="plan", title=title, is_ok=True, text=f"{version.name}, {since}")


def _computable(estimate: Estimate | None) -> Check:
    """Say whether the estimate could be computed: missing rates and figures show there."""
    title = gettext("The period can be computed")
    if estimate is None:
        return Check(
            name="computable",
            title=title,
            is_ok=False,
            is_needed=False,
            text=gettext("There is no estimate yet."),
            remedy=gettext("It is computed within a minute while a worker runs."),
        )
    refusal = refusal_of(estimate.refusal)
    if refusal is None:
        return Check(name="computable", title=title, is_ok=True)
    return Check(
        name="computable", title=title, is_ok=False, text=refusal.text, remedy=refusal.remedy
    )


def _news() -> Check:
    dead = Delivery.objects.filter(state="dead", handler__in=facts.news_handlers()).count()
    return Check(
        name="news",
        title=gettext("News of orders is delivered"),
        is_ok=not dead,
        text=_count(
            dead, ngettext("%(count)s message failed.", "%(count)s messages failed.", dead)
        ),
        remedy=gettext("Mend what failed and deliver it again."),
    )


def _rates() -> Check:
    waiting = len(ledger.sheets(state="entered"))
    return Check(
        name="rates",
        title=gettext("No exchange rates wait for approval"),
        is_ok=not waiting,
        is_needed=False,
        text=_count(
            waiting,
            ngettext("%(count)s sheet of rates waits.", "%(count)s sheets of rates wait.", waiting),
        ),
        remedy=gettext("Approve or reject them: only approved rates count."),
    )


def _late(estimate: Estimate | None) -> Check:
    late = 0 if estimate is None else estimate.summary.get("late", 0)
    return Check(
        name="late",
        title=gettext("No late orders of closed periods wait"),
        is_ok=not late,
        is_needed=False,
        text=_count(
            late, ngettext("%(count)s late order waits.", "%(count)s late orders wait.", late)
        ),
        remedy=gettext("They are not part of this period; an adjustment will pay them."),
    )


def _unplaced() -> Check:
    waiting = Waiting.objects.filter(ended_on__isnull=True).count()
    return Check(
        name="unplaced",
        title=gettext("Everybody has a place in the placement trees"),
        is_ok=not waiting,
        is_needed=False,
        text=_count(
            waiting,
            ngettext("%(count)s member waits.", "%(count)s members wait.", waiting),
        ),
        remedy=gettext("Place them, or they count in no placement tree."),
    )


def _count(count: int, text: str) -> str:
    shown: Any = format_decimal(count, locale=get_language() or "en")
    return text % {"count": shown} if count else ""


def _day(day: date) -> str:
    return str(format_date(day, format="long", locale=get_language() or "en"))
