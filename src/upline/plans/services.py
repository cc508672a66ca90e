"""Drafting and approving plan versions."""

from __future__ import annotations

import hashlib

from django.db import transaction

from upline.compensation import Plan, PlanRefused, load_plan, refuse_blocked
from upline.compensation.run import refuse_unclosable
from upline.foundation import audit, clock, context, locking
from upline.plans.errors import (
    PlanDecided,
    PlanHasFaults,
    PlanNeedsAnother,
    PlanNotComputed,
    PlanStartTaken,
    PlanUnknown,
)
from upline.plans.models import PlanVersion, State


def draft_plan(*, text: str, file: str = "plan.yaml") -> PlanVersion:
    """Keep a text as the draft of a plan version.

    The same text again gives the version that there is. Raises PlanHasFaults with every fault, or
    every error of the review, PlanNotComputed where the engine would refuse it.
    """
    digest = hashlib.sha256(text.encode()).hexdigest()
    plan = _sound(text, file)
    try:
        refuse_unclosable(plan)
    except PlanRefused as refused:
        raise PlanNotComputed(faults=str(refused)) from refused
    with transaction.atomic():
        locking.take("plan", "versions")
        known = PlanVersion.objects.filter(digest=digest).first()
        if known is not None:
            return known
        version = PlanVersion.objects.create(
            name=plan.file.plan,
            every=plan.file.calendar.every,
            starts_on=plan.file.version,
            text=text,
            digest=digest,
            drafted_by=context.present().actor,
        )
        _record("plans.draft", version, "drafted")
        return version


def approve_plan(*, version_id: int, reason: str = "") -> PlanVersion:
    """Put a draft in force from its day on; a second person does it.

    Approving it again changes nothing. A draft that the check has come to block since it was kept
    is not approved; a version in force is never judged again. Raises PlanUnknown, PlanDecided,
    PlanNeedsAnother, PlanHasFaults, PlanStartTaken.
    """
    with transaction.atomic():
        version = _locked(version_id)
        if version.state == State.APPROVED:
            return version
        actor = context.present().actor
        if version.state != State.DRAFT:
            raise PlanDecided(version=version_id, state=version.state)
        if version.drafted_by == actor:
            raise PlanNeedsAnother(actor=actor)
        _sound(version.text, "plan.yaml")
        others = PlanVersion.objects.filter(every=version.every, starts_on=version.starts_on)
        if others.filter(state=State.APPROVED).exists():
            raise PlanStartTaken(every=version.every, starts_on=version.starts_on)
        _decide(version, State.APPROVED, reason or "approved")
        return version


def withdraw_plan(*, version_id: int, reason: str) -> PlanVersion:
    """Put a draft aside for good. Raises PlanUnknown, PlanDecided."""
    with transaction.atomic():
        version = _locked(version_id)
        if version.state == State.APPROVED:
            raise PlanDecided(version=version_id, state=version.state)
        if version.state == State.DRAFT:
            _decide(version, State.WITHDRAWN, reason)
        return version


def _sound(text: str, file: str) -> Plan:
    """Read a plan that neither faults nor errors of the review keep from being in force."""
    try:
        plan = load_plan(text, file=file)
        refuse_blocked(plan)
    except PlanRefused as refused:
        raise PlanHasFaults(count=len(refused.faults), faults=str(refused)) from refused
    return plan


def _locked(version_id: int) -> PlanVersion:
    locking.take("plan", "versions")
    version = PlanVersion.objects.select_for_update().filter(pk=version_id).first()
    if version is None:
        raise PlanUnknown(version=version_id)
    return version


def _decide(version: PlanVersion, state: str, reason: str) -> None:
    context.require_oneself(act=f"{'approve' if state == State.APPROVED else 'withdraw'} a plan")
    before = version.state
    version.state = state
    version.decided_by = context.present().actor
    version.decided_at = clock.now()
    version.save(update_fields=["state", "decided_by", "decided_at"])
    _record(f"plans.{state}", version, reason, before)


def _record(act: str, version: PlanVersion, reason: str, before: str = "") -> None:
    audit.record(
        act=act,
        subject=f"plan:{version.pk}",
        reason=reason,
        before={"state": before} if before else None,
        after={"state": str(version.state), "digest": version.digest},
    )
