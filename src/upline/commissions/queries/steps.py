"""What may be done next with a period, and who may do it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from upline.commissions.models import Period, Reopening, Run, State
from upline.commissions.queries.checks import Check


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """An act that the state allows: `close`, `approve`, `post` or `reopen`; why the viewer may not."""

    act: str
    title: str
    may: bool
    why_not: str = ""


def steps_of(
    viewer: Any,
    period: Period,
    run: Run | None,
    checks: tuple[Check, ...],
    busy: str,
) -> tuple[NextStep, ...]:
    """Give what the state of a period allows next, for one who looks at it.

    `busy` is what stands in the way of everything, '' where nothing does.
    """
    actor = f"login:{viewer.pk}"
    reopening = Reopening.objects.filter(period=period, fence=period.fence, agreed_by="").first()
    found = []
    if period.state in (State.OPEN, State.FROZEN):
        title = gettext("Close this period")
        found.append(_step(viewer, "close", title, "periods.close", busy or _failing(checks)))
    if period.state == State.CALCULATED and run is not None:
        own = gettext("You computed it; a second person approves.")
        stands = own if run.computed_by == actor else ""
        title = gettext("Approve")
        found.append(_step(viewer, "approve", title, "periods.approve", busy or stands))
    if period.state in (State.APPROVED, State.POSTING, State.POSTED):
        title = gettext("Post and seal")
        found.append(_step(viewer, "post", title, "periods.approve", busy))
    if period.state in (State.FROZEN, State.CALCULATED):
        asked = reopening is not None and reopening.asked_by == actor
        own = gettext("You asked for it; a second person agrees.") if asked else ""
        title = gettext("Agree to reopen") if reopening is not None else gettext("Ask to reopen")
        found.append(_step(viewer, "reopen", title, "periods.close", busy or own))
    return tuple(found)


def _failing(checks: tuple[Check, ...]) -> str:
    """Say what stands in the way, '' where nothing does."""
    return " ".join(check.text for check in checks if check.is_needed and not check.is_ok)


def _step(viewer: Any, act: str, title: str, right: str, stands: str) -> NextStep:
    if not viewer.has_perm(right):
        stands = gettext("You do not have the right to do it.")
    return NextStep(act=act, title=title, may=not stands, why_not=stands)
