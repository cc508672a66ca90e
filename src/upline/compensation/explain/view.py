"""A result as explanations look at it: names, texts, and conditions, each found once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from upline.compensation.bonuses import level
from upline.compensation.bonuses.lines import Sources, Work, sources_of
from upline.compensation.explain.conditions import Condition, Conditions
from upline.compensation.inputs import World
from upline.compensation.measures.scopes import Figures
from upline.compensation.plan import schema
from upline.compensation.plan import values as written
from upline.compensation.plan.parts import own_part
from upline.compensation.plan.units import Typing
from upline.compensation.result import Result


@dataclass(slots=True)
class View:
    """What every part of an explanation needs; a leader has thousands of lines over one line."""

    result: Result
    conditions: Conditions
    _once: dict[object, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, result: Result) -> View:
        world = result.world
        typing = Typing(world.plan.names)
        return cls(result, Conditions(result.figures.member_scope, world.plan.file, typing))

    def with_at_most(self, noted: int) -> View:
        """Give this view, or a new one where it has noted more than so many things."""
        return self if len(self._once) <= noted else View.of(self.result)

    @property
    def figures(self) -> Figures:
        return self.result.figures

    @property
    def world(self) -> World:
        return self.result.world

    @property
    def file(self) -> schema.PlanFile:
        return self.result.world.plan.file

    @property
    def typing(self) -> Typing:
        return self.conditions.typing

    def main_name(self, name: str) -> str:
        """Give the bonus under which a part of it is reported."""
        for main, bonus in self.file.bonuses.items():
            if name in (main, own_part(bonus)):
                return main
        raise KeyError(name)

    def work(self, name: str) -> Work:
        """Give the bonus of a name, or of the part that is reported under it, as it was computed."""
        main = self.main_name(name)
        return Work(main, self.file.bonuses[main], self.figures, keeps_lines=True, threads=1)

    def once(self, key: object, make: Callable[[], Any]) -> Any:
        """Find a thing once."""
        if key not in self._once:
            self._once[key] = make()
        return self._once[key]

    def held(self, part: written.Rule, position: int) -> Condition:
        """Hold a condition on members against one."""
        return self.conditions.held(part, position)

    def failed(self, part: written.Rule, position: int) -> tuple[Condition, ...]:
        """Give the conditions that a member fails."""
        found: tuple[Condition, ...] = self.once(
            ("failed", id(part), position), lambda: self.held(part, position).failed()
        )
        return found

    def rank_of(self, position: int) -> str:
        """Give a member's rank, '' without one."""
        if "rank" not in self.world.plan.names.ranks:
            return ""
        return str(self.figures.member_scope.named("rank").at(position) or "")

    def order_id(self, order: int) -> str:
        """Give the id of an order of the run."""
        return str(self.world.order_ids[int(self.world.orders.rows[order])].as_py())

    def sources(self, work: Work) -> Sources:
        """Give what a bonus is paid on."""
        start = getattr(work.bonus, "starts", "parent")
        found: Sources = self.once(("sources", work.name), lambda: sources_of(work, start=start))
        return found

    def place(self, work: Work, position: int) -> int:
        """Give a member's place in the tree of a bonus."""
        return int(work.forest.positions[self.world.forest.rows[position]])

    def position(self, work: Work, place: int) -> int:
        """Give the member's position for a place in the tree of a bonus."""
        return int(self.world.forest.positions[work.forest.rows[place]])

    def position_above(self, work: Work, position: int) -> int:
        """Give who stands directly above a member in the tree of a bonus, or -1."""
        above = int(work.forest.parent[self.place(work, position)])
        return -1 if above < 0 else self.position(work, above)

    def distances(self, work: Work) -> Any:
        """Give how many stand above each place of a bonus's tree."""
        return self.once(
            ("distances", work.bonus.tree), lambda: level.distances(work.forest.parent)
        )

    def starts_below(self, work: Work, position: int) -> Any:
        """Give the places below a member, nearest first, from which anything to be paid on starts."""
        place = self.place(work, position)
        sources = self.sources(work)
        first = place if getattr(work.bonus, "starts", "parent") != "parent" else place + 1
        end = end_of_group(work.forest.parent, place)
        # Sources are in the order of places, so those of the group lie together.
        starts = sources.starts[first : end + 1]
        counted = sources.base.values[int(starts[0]) : int(starts[-1])] != 0
        counts = np.concatenate([[0], np.cumsum(counted)])[starts - starts[0]]
        below = first + np.flatnonzero(np.diff(counts))
        return below[np.argsort(self.distances(work)[below], kind="stable")]


def end_of_group(parent: Any, place: int) -> int:
    """Give the place after the last one of a group: in preorder a group is an interval."""
    end = place + 1
    while end < len(parent):
        step = parent[end : end + 4096]
        outside = np.flatnonzero(step < place)
        if len(outside):
            return end + int(outside[0])
        end += len(step)
    return len(parent)


def money_text(exact: Fraction, places: int) -> str:
    """Write an amount with all its decimals."""
    whole = int(exact * 10**places)
    text = str(abs(whole)).rjust(places + 1, "0")
    sign = "-" if whole < 0 else ""
    return sign + (f"{text[:-places]}.{text[-places:]}" if places else text)


def row_with_id(ids: Any, wanted: str) -> int:
    """Give the row in which an id stands, as it is written in the file; -1 for none."""
    try:
        found = pa.scalar(wanted, pa.string()).cast(ids.type)
    except pa.ArrowInvalid:
        return -1
    return int(pc.index(ids, found).as_py())
