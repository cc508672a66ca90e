"""Overrides on broken-away groups: what a guarantee adds or takes, and why there is none."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from upline.compensation.bonuses import breakaway
from upline.compensation.bonuses.lines import Work
from upline.compensation.explain.facts import Nothing, Step
from upline.compensation.explain.view import View

_LONGEST = 100


def guarantee(view: View, work: Work, head: int) -> tuple[Fraction, str]:
    """Give what the leader of a leg leaves to the one above him, and who that is."""
    legs = _legs(view, work)
    at = int(np.flatnonzero(legs.head == head)[0])
    added = Fraction(int(legs.added[at]), 10**work.rounding.places)
    return added, view.world.id_of(int(legs.receiver[at]))


def passed_over(view: View, work: Work, head: int, receiver: int) -> tuple[tuple[Step, ...], int]:
    """Give who stands between the leader of a leg and the one who is paid on it."""
    steps: list[Step] = []
    more = 0
    here = view.position_above(work, head)
    while here not in (receiver, -1):
        if len(steps) < _LONGEST:
            failed = view.failed(work.bonus.requires, here)
            who = view.world.id_of(here)
            steps.append(Step(member=who, is_passed_over=True, why="requires", failed=failed))
        else:
            more += 1
        here = view.position_above(work, here)
    return tuple(steps), more


def no_override(view: View, work: Work, position: int) -> Nothing:
    """Say that no group below has broken away, or that none has a base."""
    legs = _legs(view, work)
    mine = legs.receiver == position
    if not mine.any():
        return Nothing(code="no_legs")
    return Nothing(code="too_small" if legs.base.values[mine].any() else "no_volume")


def _legs(view: View, work: Work) -> breakaway.Legs:
    found: breakaway.Legs = view.once(("legs", work.name), lambda: breakaway.legs_of(work))
    return found
