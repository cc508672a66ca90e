"""What an estimate says of all members at once, as columns for the team."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from upline.commissions import resident
from upline.commissions.models import Estimate
from upline.commissions.queries.seeing import words_of
from upline.commissions.resident import Resident
from upline.commissions.summaries import pay_minor
from upline.compensation.columns import Codes, Flags, Numbers

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class TeamFigures:
    """Columns by member: `member_ids[i]` has `ranks[i]`, `paid_minor[i]`, `volumes[name][i]`.

    Ranks are places on the ladder from the lowest, -1 for none. Volumes are measures of the plan
    with a title, in points, to be shown and compared, never to be paid by; `conditions[name][i]`
    says whether a titled condition of the plan holds. Pay is in the plan's currency.
    """

    held: Resident
    member_ids: Array
    ranks: Array
    paid_minor: Array
    volumes: dict[str, Array]
    conditions: dict[str, Array]
    as_of: datetime

    @property
    def version(self) -> int | None:
        """Give what changes whenever anything here may have changed."""
        return self.held.estimate_id

    @property
    def currency(self) -> str:
        return self.held.result.world.plan.file.currency

    def rank_titles(self, language: str) -> list[str]:
        """Give the titles of ranks from the lowest."""
        words = words_of(self.held.version.pk, language)
        return [words.rank(name) for name in _rank_names(self.held)]

    def titles(self, language: str) -> dict[str, str]:
        """Give the titles of volumes and conditions."""
        words = words_of(self.held.version.pk, language)
        measures = self.held.result.world.plan.file.measures
        return {
            name: words.voice.words(measures[name].title)
            for name in (*self.volumes, *self.conditions)
        }


_made: dict[int, TeamFigures] = {}


def team_figures(calendar: str | None = None) -> TeamFigures | None:
    """Give the columns of the estimate of the present period, or None where there is none.

    One query; columns are made once for each estimate.
    """
    found = Estimate.objects.select_related("period__calendar").defer("summary")
    if calendar is not None:
        found = found.filter(period__calendar__name=calendar)
    estimate = found.order_by("period__calendar_id", "-period__starts_on", "-id").first()
    held = None if estimate is None else resident.of_estimate(estimate)
    if held is None:
        return None
    known = _made.get(held.period.calendar_id)
    if known is None or known.held is not held:
        known = _figures(held)
        _made[held.period.calendar_id] = known
    return known


def _figures(held: Resident) -> TeamFigures:
    world = held.result.world
    with held.lock:
        scope = held.result.figures.member_scope
        ranks = np.full(len(world), -1, np.int64)
        if _rank_names(held):
            column = scope.named("rank")
            assert isinstance(column, Codes)
            ranks = np.asarray(column.spread(len(world)).values, np.int64)
        volumes, conditions = {}, {}
        for name, measure in world.plan.file.measures.items():
            if not measure.title:
                continue
            values = scope.named(name)
            if isinstance(values, Flags):
                conditions[name] = np.asarray(values.spread(len(world)).values, bool)
            elif isinstance(values, Numbers) and world.plan.names.member.get(name) == "points":
                volumes[name] = _floats(values.spread(len(world)))
    return TeamFigures(
        held=held,
        member_ids=held.member_ids[world.forest.rows],
        ranks=ranks,
        paid_minor=pay_minor(held.result),
        volumes=volumes,
        conditions=conditions,
        as_of=held.as_of,
    )


def _rank_names(held: Resident) -> list[str]:
    return list(held.result.world.plan.names.ranks.get("rank", ()))


def _floats(column: Numbers) -> Array:
    values = column.values.astype(np.float64)
    return np.asarray(values * (column.unit.numerator / column.unit.denominator))
