"""Ranks and volumes of the present estimate, brought into the order of the genealogy."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from upline.commissions import queries as commissions
from upline.commissions.errors import CalendarUnknown
from upline.network.genealogy import Genealogy

# The condition of a plan that says who takes part in a period.
ACTIVE = "active"
NO_RANK = -1


@dataclass(frozen=True, kw_only=True)
class TeamColumns:
    """What an estimate says by place; `is_active` is None where the plan knows no such condition."""

    as_of: datetime
    version: str
    rank: npt.NDArray[np.int16]
    rank_titles: tuple[str, ...]
    volumes: Mapping[str, npt.NDArray[np.float64]]
    titles: Mapping[str, str]
    is_active: npt.NDArray[np.bool_] | None

    def rank_at(self, place: int) -> str:
        """Give the title of the rank of a place, or nothing."""
        rank = int(self.rank[place])
        return "" if rank == NO_RANK else self.rank_titles[rank]

    def volumes_at(self, place: int) -> list[tuple[str, Decimal]]:
        """Give the volumes of a place with their titles."""
        return [(self.titles[name], written(each[place])) for name, each in self.volumes.items()]


_lock = threading.Lock()
_made: tuple[str, dict[str, Any]] | None = None


def team_columns(tree: Genealogy, language: str) -> TeamColumns | None:
    """Give the columns of the estimate of the present period, or None where there is none.

    They are brought into order once for each tree and estimate.
    """
    try:
        figures = commissions.team_figures()
    except CalendarUnknown:
        return None
    if figures is None:
        return None
    version = f"{tree.version} {figures.version}"
    return TeamColumns(
        as_of=figures.as_of,
        version=version,
        rank_titles=tuple(figures.rank_titles(language)),
        titles=figures.titles(language),
        **_in_order(tree, figures, version),
    )


def _in_order(tree: Genealogy, figures: commissions.TeamFigures, version: str) -> dict[str, Any]:
    global _made  # noqa: PLW0603 - one a process, swapped whole
    made = _made
    if made is not None and made[0] == version:
        return made[1]
    with _lock:
        ids = figures.member_ids
        active = figures.conditions.get(ACTIVE)
        columns = {
            "rank": tree.in_order(figures.ranks.astype(np.int16), ids, NO_RANK),
            "volumes": {
                name: tree.in_order(values, ids) for name, values in figures.volumes.items()
            },
            "is_active": None if active is None else tree.in_order(active, ids, missing=False),
        }
        _made = (version, columns)
    return columns


def written(points: float) -> Decimal:
    """Give points to the hundredth, whole ones without decimals."""
    exact = Decimal(f"{points:.2f}")
    return exact.quantize(Decimal(1)) if exact == exact.to_integral_value() else exact
