"""Lawful gates: who fails one is paid nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from upline.compensation.bonuses.lines import Cut, Paid
from upline.compensation.columns import Flags
from upline.compensation.measures.evaluate import rule
from upline.compensation.measures.scopes import Figures


def gates_of(figures: Figures) -> dict[str, Flags]:
    """Say for every lawful gate who passes it."""
    count = len(figures.world)
    return {
        name: Flags(np.broadcast_to(rule(gate.needs, figures.member_scope), (count,)))
        for name, gate in figures.world.plan.file.legal.items()
    }


def passed(paid: list[Paid], gates: dict[str, Flags], figures: Figures) -> list[Paid]:
    """Take away what those would be paid who fail a gate; the first that they fail is noted."""
    for name, gate in figures.world.plan.file.legal.items():
        may = gates[name].values
        if gate.otherwise == "pay_nothing" and not may.all():
            paid = [_of_those(part, name, may) for part in paid]
    return paid


def _of_those(part: Paid, name: str, may: npt.NDArray[np.bool_]) -> Paid:
    lines, cuts = part.lines, part.cuts
    if lines is not None:
        rows = np.flatnonzero(may[lines.receiver])
        lines = lines.taken(rows)
        cuts = tuple(cut.taken(rows) for cut in cuts)
    lost = Cut(step="legal", name=name, totals=np.where(may, 0, part.totals), lines=None)
    if lost.totals.any():
        cuts = (*cuts, lost)
    return replace(part, totals=np.where(may, part.totals, 0), lines=lines, cuts=cuts)
