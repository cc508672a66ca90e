"""Reading plan versions."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from functools import lru_cache

from upline.compensation import load_plan
from upline.compensation.plan.load import Plan
from upline.plans.errors import NoPlanInForce, PlanUnknown
from upline.plans.models import PlanVersion, State


def plan_in_force(*, every: str, on: date) -> PlanVersion:
    """Give the approved version of a calendar that is in force on a day. Raises NoPlanInForce."""
    found = (
        PlanVersion.objects.filter(every=every, state=State.APPROVED, starts_on__lte=on)
        .order_by("-starts_on")
        .first()
    )
    if found is None:
        raise NoPlanInForce(every=every, on=on)
    return found


def versions() -> list[PlanVersion]:
    """Give every version, the latest first."""
    return list(PlanVersion.objects.order_by("-starts_on", "-id"))


def version(number: int) -> PlanVersion:
    """Give a version by its number. Raises PlanUnknown."""
    found = PlanVersion.objects.filter(pk=number).first()
    if found is None:
        raise PlanUnknown(version=number)
    return found


@lru_cache(maxsize=32)
def _loaded(name: str, text: str) -> Plan:
    return load_plan(text, file=f"{name}.yaml")


def loaded(version: PlanVersion) -> Plan:
    """Give a version as the engine reads it, read once: its text never changes."""
    return _loaded(version.name, version.text)


def versions_by_id(numbers: Collection[int]) -> dict[int, PlanVersion]:
    """Give versions by their numbers, by one query."""
    return PlanVersion.objects.in_bulk(numbers)
