"""Computed results that a process keeps in memory, so that a page about one member is quick.

A result is loaded from what PostgreSQL keeps and computed by the engine, one at a time. Of closed
periods it never changes; a newer estimate is computed in the background while the one before still
answers, and says as of when it is.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import structlog
from django.db import connection

from upline.commissions import estimating, sizes
from upline.commissions.calendars import open_periods
from upline.commissions.computing import computed, frozen_inputs, frozen_plan, inputs_of
from upline.commissions.models import Calendar, Estimate, Period, State
from upline.compensation import Inputs, Result, memory
from upline.compensation.explain.view import View
from upline.plans.models import PlanVersion

log = structlog.get_logger(__name__)
Array = npt.NDArray[Any]
# A result of 200,000 members and 250,000 orders takes some 200 MB with its lines.
MOST_BYTES = 2 << 30
_MOST_ONCE = 20_000


@dataclass(slots=True, kw_only=True)
class Resident:
    """A computed result, and how its rows are called in the database.

    `lock` is held by whoever explains: an explanation keeps what it found for the next one.
    """

    period: Period
    estimate_id: int | None
    as_of: datetime
    version: PlanVersion
    result: Result
    view: View
    member_ids: Array
    countries: pa.Array
    fact_ids: Array
    lock: threading.RLock = field(default_factory=threading.RLock)
    bytes: int = 0

    def position_of(self, member_id: int) -> int | None:
        """Give a member's position in the result, or None for who is not in it."""
        at = int(np.searchsorted(self._sorted_ids, member_id))
        if at == len(self._order) or self._sorted_ids[at] != member_id:
            return None
        return int(self.result.world.forest.positions[self._order[at]])

    def member_id_at(self, position: int) -> int:
        """Give the id in the database of who is at a position."""
        return int(self.member_ids[self.result.world.forest.rows[position]])

    def fact_id_at(self, order: int) -> int:
        """Give the id of the fact that is an order of the result."""
        return int(self.fact_ids[self.result.world.orders.rows[order]])

    def explaining(self) -> View:
        """Give the view, without what it noted of thousands of others before."""
        self.view = self.view.with_at_most(_MOST_ONCE)
        return self.view

    _order: Array = field(init=False)
    _sorted_ids: Array = field(init=False)

    def __post_init__(self) -> None:
        self._order = np.argsort(self.member_ids, kind="stable")
        self._sorted_ids = self.member_ids[self._order]


Key = tuple[str, int]


class _Store:
    """What is resident, the least lately used first; one computation at a time."""

    def __init__(self) -> None:
        self._held: OrderedDict[Key, Resident] = OrderedDict()
        self._lock = threading.Lock()
        self._computing = threading.Lock()
        self._renewing: dict[Key, threading.Thread] = {}

    def find(self, key: Key) -> Resident | None:
        with self._lock:
            found = self._held.get(key)
            if found is not None:
                self._held.move_to_end(key)
            return found

    def load(
        self, key: Key, make: Callable[[], Resident | None], is_right: Callable[[Resident], bool]
    ) -> Resident | None:
        """Give what is held under a key if it is right, else make it; whoever comes second waits."""
        with self._computing:
            found = self.find(key)
            if found is not None and is_right(found):
                return found
            made = make()
            memory.forget()
            if made is not None:
                self._put(key, made)
            return made

    def _put(self, key: Key, made: Resident) -> None:
        made.bytes = sizes.bytes_of(made)
        with self._lock:
            self._held[key] = made
            self._held.move_to_end(key)
            while len(self._held) > 1 and self._bytes() > MOST_BYTES:
                self._held.popitem(last=False)
        log.info("commissions.resident", period=str(made.period), bytes=made.bytes)

    def _bytes(self) -> int:
        return sum(one.bytes for one in self._held.values())

    def renew(self, key: Key, work: Callable[[], object]) -> None:
        """Do work in the background, once at a time for a key."""

        def working() -> None:
            try:
                work()
            except Exception:
                log.exception("commissions.not_renewed", key=list(key))
            finally:
                with self._lock:
                    self._renewing.pop(key, None)
                connection.close()

        with self._lock:
            if key in self._renewing:
                return
            thread = threading.Thread(target=working, name=f"renew-{key[1]}", daemon=True)
            self._renewing[key] = thread
        thread.start()

    def settle(self) -> None:
        for thread in list(self._renewing.values()):
            thread.join()

    def clear(self) -> None:
        with self._lock:
            self._held.clear()


_STORE = _Store()


def of_period(period: Period) -> Resident:
    """Give the result of a period that is frozen or further, computing it where it is not held.

    Raises RunRefused, FrozenDamaged.
    """
    key = (f"period.{period.fence}", period.pk)
    found = _STORE.find(key) or _STORE.load(key, lambda: _of_frozen(period), lambda _: True)
    assert found is not None
    return found


def of_estimate(estimate: Estimate) -> Resident | None:
    """Give what an estimate is made of, or None where it is refused.

    Where an older one of its period is held, that one answers while this one is computed.
    """
    if estimate.refusal is not None:
        return None
    period = estimate.period
    key = ("estimate", period.pk)
    held = _STORE.find(key)
    if held is None:
        return _renewed(key, period)
    if held.estimate_id != estimate.pk:
        _STORE.renew(key, lambda: _renewed(key, period))
    return held


def warm() -> None:
    """Compute the estimates of open periods and the last closed period, where there are any.

    It takes seconds; a site calls it in a thread of its own when it starts.
    """
    for calendar in Calendar.objects.order_by("id"):
        for period in open_periods(calendar)[-1:]:
            estimate = estimating.latest(period)
            if estimate is not None:
                of_estimate(estimate)
        closed = calendar.periods.exclude(state__in=[State.OPEN, State.FROZEN])
        for period in closed.select_related("calendar").order_by("-ends_on")[:1]:
            of_period(period)


def warm_in_background() -> None:
    """Begin `warm` in a thread; what cannot be computed is logged."""
    _STORE.renew(("warm", 0), warm)


def settle() -> None:
    """Wait for what is computed in the background."""
    _STORE.settle()


def clear() -> None:
    """Forget all results, as a test does between companies."""
    _STORE.clear()


def _present(period: Period) -> int | None:
    found = Estimate.objects.filter(period=period, refusal__isnull=True)
    return found.order_by("-id").values_list("id", flat=True).first()


def _renewed(key: Key, period: Period) -> Resident | None:
    return _STORE.load(
        key, lambda: _of_estimate(period), lambda held: held.estimate_id == _present(period)
    )


def _of_estimate(period: Period) -> Resident | None:
    while True:
        estimate = estimating.latest(period)
        if estimate is None or estimate.refusal is not None or estimate.plan is None:
            return None
        tables = estimating.tables_of(estimate.pk, period)
        if tables:
            break
        # A later one took its place between the two statements.
    inputs = inputs_of(period, tables)
    return _resident(period, estimate.plan, inputs, as_of=estimate.as_of, estimate_id=estimate.pk)


def _of_frozen(period: Period) -> Resident:
    _, _, _, inputs = frozen_inputs(period)
    return _resident(period, frozen_plan(period), inputs, as_of=period.changed_at)


def _resident(
    period: Period,
    version: PlanVersion,
    inputs: Inputs,
    *,
    as_of: datetime,
    estimate_id: int | None = None,
) -> Resident:
    result = computed(period, version, inputs)
    members, orders = inputs.members, inputs.orders
    assert isinstance(members, pa.Table)
    assert isinstance(orders, pa.Table)
    return Resident(
        period=period,
        estimate_id=estimate_id,
        as_of=as_of,
        version=version,
        result=result,
        view=View.of(result),
        member_ids=members["member_id"].to_numpy(),
        countries=members["country"].combine_chunks(),
        fact_ids=orders["fact_id"].to_numpy(),
    )
