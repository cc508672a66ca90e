"""What one run has computed so far, and the two scopes that sums and windows ask for values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from threading import RLock
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from upline.compensation.columns import Column, Numbers
from upline.compensation.genealogy.sequence import Sequence
from upline.compensation.inputs import World
from upline.compensation.measures.evaluate import Scope
from upline.compensation.plan.formula import Node


@dataclass(frozen=True, slots=True)
class Choice:
    """What each of several bonuses would have paid, and which one it is; -1 where it is none."""

    options: tuple[str, ...]
    totals: tuple[Numbers, ...]
    chosen: npt.NDArray[np.int64]


@dataclass(slots=True)
class Computed:
    """Everything that one run has computed so far, each thing once.

    Bonuses that are computed at once ask for members' values under `lock`, so that none is computed
    twice.
    """

    world: World
    lock: RLock = field(default_factory=RLock)
    members: dict[str, Column] = field(default_factory=dict)
    orders: dict[str, Column] = field(default_factory=dict)
    # What members have of an order value, by the text of the function that adds it up.
    own: dict[str, Numbers] = field(default_factory=dict)
    # The sequences of other trees.
    sequences: dict[str, Sequence] = field(default_factory=dict)
    calls: dict[str, Column] = field(default_factory=dict)
    earned: dict[str, npt.NDArray[np.int64]] = field(default_factory=dict)
    earned_unit: dict[str, Fraction] = field(default_factory=dict)
    paid_on: dict[str, npt.NDArray[np.int64]] = field(default_factory=dict)
    carries: dict[str, Column] = field(default_factory=dict)
    choices: dict[str, Choice] = field(default_factory=dict)
    # How the boards of each bonus of that kind were played.
    boards: dict[str, Any] = field(default_factory=dict)
    # What bonuses and trees report beside pay, one value a member, as 'BONUS.NAME'.
    states: dict[str, Column] = field(default_factory=dict)
    # Values of this period that are carried, but computed only after all else.
    carried_later: dict[str, Node] = field(default_factory=dict)

    def sequence(self, tree: str) -> Sequence:
        """Give the sequence of another tree than the sponsor tree."""
        with self.lock:
            if tree not in self.sequences:
                self.sequences[tree] = Sequence.of(self.world.trees[tree], self.world.forest)
            return self.sequences[tree]

    def position_of(self, member: str) -> int:
        """Give the position of a member's id; -2, which nobody has, where there is none."""
        rows = pc.index_in(pa.array([member]), value_set=self.world.ids.cast(pa.string()))
        row = rows[0].as_py()
        return -2 if row is None else int(self.world.forest.positions[row])


class OrderValues(Scope, Protocol):
    """What sums ask of orders."""

    def named(self, name: str) -> Column: ...


class MemberValues(Scope, Protocol):
    """What sums and windows ask of members."""

    @property
    def figures(self) -> Computed: ...

    @property
    def of_orders(self) -> OrderValues: ...

    def named(self, name: str) -> Column: ...

    def assuming(self, named: Mapping[str, Column]) -> Scope: ...
