"""Computing a frozen period: totals, lines, ranks and carries, written as one act."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
from django.db import transaction

from upline.commissions import frozen, rates, storing, summaries
from upline.commissions.calendars import calendar_named, period_labelled
from upline.commissions.errors import PeriodFenced, PeriodNot, RunRefused
from upline.commissions.models import Period, Run, State
from upline.compensation import Inputs, Refused, Result, memory, run
from upline.compensation.periods import Period as Span
from upline.foundation import audit, clock, context, locking
from upline.foundation.progress import Say, silent
from upline.plans import queries as plans
from upline.plans.models import PlanVersion


def compute_period(*, calendar: str, label: str, say: Say = silent) -> Run:
    """Compute a frozen period and keep what comes out; a computed one gives the run that there is.

    The same frozen tables give the same digest. Raises PeriodNot, RunRefused, FrozenDamaged,
    PeriodFenced; then nothing was written.
    """
    period = period_labelled(calendar_named(calendar), label)
    if period.state == State.OPEN:
        raise PeriodNot(period=period, state=period.state, act="computed", wanted=State.FROZEN)
    if period.state != State.FROZEN:
        return latest_run(period)
    say("Reading what was frozen")
    version, members, orders, inputs = frozen_inputs(period)
    say("Computing")
    result = computed(period, version, inputs)
    receipt = result.receipt()
    memory.forget()
    with transaction.atomic():
        kept = _locked(period)
        row = Run.objects.create(
            period=kept,
            fence=kept.fence,
            plan=version,
            computed_by=context.present().actor,
            bonuses=[part.bonus for part in result.paid],
            places=result.places,
            currency=result.world.plan.file.currency,
            receipt=receipt,
            digest=digest_of(receipt, frozen.digests(kept)),
            summary=summaries.summary_of(result, members, kept, inputs.exchange),
        )
        storing.keep(row, result, members, orders, say)
        say("Keeping what the next period needs")
        frozen.keep(kept, "carries_out", result.carries)
        kept.state = State.CALCULATED
        kept.changed_at = clock.now()
        kept.save(update_fields=["state", "changed_at"])
        audit.record(
            act="commissions.compute",
            subject=f"period:{kept.pk}",
            reason="computed from what was frozen",
            after={"run": row.pk, "digest": row.digest},
        )
        return row


def latest_run(period: Period) -> Run:
    """Give the run of the present close of a period."""
    return Run.objects.get(period=period, fence=period.fence)


def computed(period: Period, version: PlanVersion, inputs: Inputs) -> Result:
    """Compute what was frozen, without writing. Raises RunRefused."""
    try:
        return run(plans.loaded(version), inputs)
    except Refused as refused:
        raise RunRefused(period=period, faults=str(refused)) from refused


def frozen_inputs(period: Period) -> tuple[PlanVersion, pa.Table, pa.Table, Inputs]:
    """Give plan, members and orders of the present close, and all of it as the engine takes it."""
    names = ("members", "orders", "carries", "exchange", "pay_exchange")
    kept = {name: frozen.kept(period, name) for name in names}
    tables = {name: table for name, table in kept.items() if table is not None}
    return frozen_plan(period), tables["members"], tables["orders"], inputs_of(period, tables)


def inputs_of(period: Period, tables: Mapping[str, pa.Table]) -> Inputs:
    """Give the tables of a period as the engine takes them."""
    return Inputs(
        members=tables["members"],
        orders=tables["orders"],
        period=Span(start=period.starts_on, end=period.ends_on, label=period.label),
        carries=tables.get("carries"),
        exchange=rates.read(tables.get("exchange")),
        pay_exchange=rates.read(tables.get("pay_exchange")),
    )


def frozen_plan(period: Period) -> PlanVersion:
    """Give the plan version that the present close is computed under."""
    plan = frozen.kept(period, "plan")
    assert plan is not None
    return PlanVersion.objects.get(pk=plan["version"][0].as_py())


def digest_of(receipt: dict[str, Any], parts: Sequence[str]) -> str:
    """Give one digest over the receipt and over every part that it was computed from."""
    text = json.dumps([receipt, list(parts)], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _locked(period: Period) -> Period:
    locking.take("period", str(period.pk))
    kept = Period.objects.select_for_update(of=("self",)).get(pk=period.pk)
    if (kept.fence, kept.state) != (period.fence, State.FROZEN):
        raise PeriodFenced(period=period)
    return kept
