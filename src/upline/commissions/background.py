"""What the worker does when it is asked to: close a period, post it, or settle what came too late."""

from __future__ import annotations

import json
from types import TracebackType

from django.db import connection

from upline.commissions.adjusting import adjust_periods
from upline.commissions.computing import compute_period
from upline.commissions.freezing import freeze_period
from upline.commissions.models import Adjustment, Progress, State, Statement
from upline.commissions.posting import MEMBERS_AT_ONCE, post_period, seal_period
from upline.commissions.queries.closes import run_of
from upline.commissions.settling import post_adjustment
from upline.commissions.standing import cover_period
from upline.foundation import clock, context
from upline.foundation.errors import DomainError

# How many steps `freeze_period` and `compute_period` say.
CLOSE_STEPS = 7


def work_on(progress_id: int) -> None:
    """Do what a progress stands for, and note how far it is; what is refused is noted as such.

    Repeated after a kill it goes on where the period stands; what is over stays as it is.
    """
    asked = Progress.objects.select_related("period__calendar").get(pk=progress_id)
    if asked.state in (Progress.Step.DONE, Progress.Step.REFUSED):
        return
    with _Notes(progress_id) as notes, context.working(actor=asked.asked_by):
        try:
            _ACTS[asked.act](asked, notes)
        except DomainError as refused:
            notes.end(Progress.Step.REFUSED, refused)
        else:
            notes.end(Progress.Step.DONE)


def _close(asked: Progress, notes: _Notes) -> None:
    names = {"calendar": asked.period.calendar.name, "label": asked.period.label}
    notes.begin(CLOSE_STEPS)
    notes.say("Freezing")
    is_due = asked.asked_by.startswith("schedule:")
    freeze_period(**names, reason="closed on schedule" if is_due else "closed on request")
    compute_period(**names, say=notes.say)
    cover_period(**names)


def _post(asked: Progress, notes: _Notes) -> None:
    names = {"calendar": asked.period.calendar.name, "label": asked.period.label}
    run = run_of(**names)
    members = 0 if run is None else Statement.objects.filter(run=run).count()
    notes.begin(-(-members // MEMBERS_AT_ONCE) + 1)
    post_period(**names, say=notes.say)
    seal_period(**names)


def _adjust(asked: Progress, notes: _Notes) -> None:
    calendar = asked.period.calendar
    notes.begin(calendar.periods.exclude(state=State.OPEN).count())
    # A worker that was killed after it wrote them, and before it said so, begins again here.
    theirs = Adjustment.objects.filter(calendar=calendar, computed_by=asked.asked_by)
    if not theirs.filter(computed_at__gte=asked.started_at).exists():
        adjust_periods(calendar=calendar.name, reason=asked.reason, say=notes.say)


def _settle(asked: Progress, notes: _Notes) -> None:
    notes.begin(1)
    approved = Adjustment.objects.filter(
        calendar=asked.period.calendar, state=Adjustment.State.APPROVED
    )
    for adjustment in approved:
        post_adjustment(number=adjustment.pk)


class _Notes:
    """Writes how far the work is, by a connection of its own: others read it while the work goes on."""

    def __init__(self, progress_id: int) -> None:
        self.progress_id = progress_id
        self.done = 0

    def __enter__(self) -> _Notes:
        self.connection = connection.copy()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.connection.close()

    def begin(self, out_of: int) -> None:
        self._write("state = 'running', done = 0, out_of = %s", [out_of])

    def say(self, step: str) -> None:
        self._write("done = %s, step = %s", [self.done, step])
        self.done += 1

    def end(self, state: str, refused: DomainError | None = None) -> None:
        refusal = None if refused is None else json.dumps(refused.as_json())
        done = "out_of" if refused is None else "done"
        self._write(f"state = %s, done = {done}, refusal = %s::jsonb", [state, refusal])

    def _write(self, changes: str, values: list[object]) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE commissions_progress SET {changes}, changed_at = %s"  # noqa: S608
                " WHERE id = %s AND state IN ('waiting', 'running')",
                [*values, clock.now(), self.progress_id],
            )


_ACTS = {
    Progress.Act.CLOSE: _close,
    Progress.Act.POST: _post,
    Progress.Act.ADJUST: _adjust,
    Progress.Act.SETTLE: _settle,
}
