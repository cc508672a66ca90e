"""Who stands between a buyer and a receiver, on which level, and why he was paid or not.

This walks one line plainly, step by step, by the rules that the compiled walks follow for all; a
test holds both against each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from upline.compensation.bonuses import differential, level
from upline.compensation.bonuses.classes import RateTable
from upline.compensation.bonuses.heads import Heads, HeadTable
from upline.compensation.bonuses.lines import Work, members_named, receivers_named
from upline.compensation.decimals import exact_text
from upline.compensation.explain.facts import Step
from upline.compensation.explain.view import View
from upline.compensation.kernels import walks
from upline.compensation.measures.evaluate import numbers, value
from upline.compensation.plan import values as written

LONGEST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """An upline whom a walk passes.

    `outcome` is paid, requires, depth, near, no_rate, beyond, stopped, not_a_source, or taken (his
    share was no greater than what had been taken). `share` is what he has a right to, `took` what
    he took.
    """

    position: int
    level: int
    outcome: str
    share: Fraction = Fraction(0)
    took: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class LevelPaths:
    """Walks up a line of a level bonus."""

    view: View
    work: Work
    walk: level.Walk
    table: RateTable

    @classmethod
    def of(cls, view: View, work: Work) -> LevelPaths:
        """Prepare the walks of a bonus."""

        def make() -> LevelPaths:
            return cls(view, work, *level.settled(work, work.point_value()))

        found: LevelPaths = view.once(("paths", work.name), make)
        return found

    def start_of(self, buyer: int, order: int) -> int:
        """Give the place from which the walk for a buyer's order starts; -1 where none is named."""
        starts = self.work.bonus.starts
        position = buyer
        if starts not in ("parent", "buyer"):
            is_of_member = order < 0 or starts.startswith("buyer.")
            if is_of_member and starts.startswith("order."):
                return -1
            named = members_named if is_of_member else receivers_named
            key = ("starts", self.work.name, is_of_member)
            table = self.view.once(key, lambda: named(self.work, starts))
            position = int(table[buyer if is_of_member else order])
        return self.view.place(self.work, position) if position >= 0 else -1

    def uplines(self, start: int, buyer: int) -> Iterator[Visit]:
        """Give everybody above a start, from the nearest on, with the level on which he sees it."""
        if self.walk.heads is not None:
            yield from self._relative(self.walk.heads, start, buyer)
            return
        walk, bonus = self.walk, self.work.bonus
        at_start = bonus.starts != "parent"
        ended = ""
        count, offered, away = 0, 1, 1
        if not at_start:
            counts_start = walk.mode in (walks.REMOVE, walks.MERGE_UP, walks.BELOW)
            count = int(counts_start and bool(walk.counted[start]))
            if walk.stops[start]:
                ended = "stopped"
            elif walk.mode == walks.REMOVE and not walk.counted[start]:
                ended = "not_a_source"
        place = start if at_start else int(self.work.forest.parent[start])
        while place >= 0:
            seen = {walks.NONE: away, walks.ROLL_UP: offered, walks.COUNT_BETWEEN: count + 1}.get(
                walk.mode, max(count, 1) if walk.mode == walks.MERGE_UP else count
            )
            yield self._visit(place, buyer, seen, away, ended)
            if walk.qualified[place] and walk.depth[place] >= offered:
                offered += 1
            count += int(walk.counted[place])
            if walk.stops[place]:
                ended = ended or "stopped"
            away += 1
            place = int(self.work.forest.parent[place])

    def _relative(self, heads: Heads | HeadTable, start: int, buyer: int) -> Iterator[Visit]:
        """As uplines, where a head is one only as some uplines see it."""
        walk, bonus = self.walk, self.work.bonus
        at_start = bonus.starts != "parent"
        below = bonus.head_belongs_to == "generation_below"
        ended = "stopped" if walk.stops[start] and not at_start else ""
        passed = [int(heads.code[start])] if below and not at_start else []
        away = 1
        place = start if at_start else int(self.work.forest.parent[start])
        while place >= 0:
            count = sum(heads.holds(code, place) for code in passed)
            yield self._visit(place, buyer, count + (0 if below else 1), away, ended)
            passed.append(int(heads.code[place]))
            if walk.stops[place]:
                ended = ended or "stopped"
            away += 1
            place = int(self.work.forest.parent[place])

    def _visit(self, place: int, buyer: int, seen: int, away: int, ended: str) -> Visit:
        walk = self.walk
        position = self.view.position(self.work, place)
        listed = self.table.rates.shape[2] - 1
        row = self.table.rates[self.table.receiver[position], self.table.buyer[buyer]]
        if ended:
            outcome = ended
        elif not walk.qualified[place]:
            outcome = "requires"
        elif seen > walk.deepest:
            outcome = "beyond"
        elif walk.depth[place] < seen:
            outcome = "depth"
        elif away < self.work.bonus.from_level:
            outcome = "near"
        else:
            outcome = "paid" if row[min(seen, listed)] else "no_rate"
        return Visit(position=position, level=seen, outcome=outcome)

    def deepest_paid(self, position: int) -> int | None:
        """Give the deepest level that a member is paid, None where there is no end."""
        ends = [int(self.walk.depth[self.view.place(self.work, position)]), self.walk.deepest]
        paid = self.table.rates[self.table.receiver[position]].any(axis=0)
        if self.walk.deepest < level.NO_END:
            ends.append(max((index for index, has in enumerate(paid) if has), default=0))
        end = min(ends)
        return None if end >= level.NO_END else end


@dataclass(frozen=True, slots=True)
class SharePaths:
    """Walks up a line of a differential bonus."""

    view: View
    work: Work
    qualified: Any
    blocks: Any
    share: Any
    total: Any

    @classmethod
    def of(cls, view: View, work: Work) -> SharePaths:
        """Prepare the walks of a bonus."""

        def make() -> SharePaths:
            bonus, scope = work.bonus, view.figures.member_scope
            qualified = work.member_rule(bonus.requires)
            blocks = work.member_rule(bonus.blocks) if bonus.blocks is not None else qualified
            total = None if bonus.total is None else numbers(value(bonus.total, scope))
            return cls(view, work, qualified, blocks, differential.shares_of(work), total)

        found: SharePaths = view.once(("paths", work.name), make)
        return found

    def uplines(self, start: int, buyer: int) -> Iterator[Visit]:
        """Give the buyer, where he takes part, and everybody above with what he took."""
        bonus, parent = self.work.bonus, self.work.forest.parent
        takes_rest = bonus.takes == "remaining"
        taken = Fraction(0)
        left = self.total.at(buyer) if self.total is not None else Fraction(0)
        place, away = (start, 0) if bonus.buyer != "ignored" else (int(parent[start]), 1)
        while place >= 0:
            position = self.view.position(self.work, place)
            share = max(self.share.at(position), Fraction(0))
            may = bool(self.qualified[position])
            is_near = bonus.buyer != "paid" if away == 0 else away < bonus.from_level
            part = Fraction(0)
            if (may and not is_near) or self.blocks[position]:
                part = max(min(left, share) if takes_rest else share - taken, Fraction(0))
                left -= part
                taken = max(taken, share)
            if not may:
                outcome = "requires"
            elif share == 0:
                outcome = "no_rate"
            elif is_near:
                outcome = "near"
            else:
                outcome = "paid" if part else "taken"
            yield Visit(position=position, level=away, outcome=outcome, share=share, took=part)
            place, away = int(parent[place]), away + 1


def steps_between(
    view: View, work: Work, visits: Iterator[Visit], receiver: int
) -> tuple[tuple[Step, ...], int]:
    """Give the steps before a receiver, and how many were left out of a long line."""
    steps: list[Step] = []
    left_out = 0
    for visit in visits:
        if visit.position == receiver:
            break
        if len(steps) < LONGEST:
            steps.append(step_of(view, work, visit))
        else:
            left_out += 1
    return tuple(steps), left_out


def step_of(view: View, work: Work, visit: Visit) -> Step:
    """Say what somebody on the line took there, or why he was passed over."""
    member = view.world.id_of(visit.position)
    took = exact_text(visit.took) if visit.took else ""
    unit = share_unit(view, work) if took else ""
    if visit.outcome in ("paid", "taken"):
        return Step(
            member=member, is_passed_over=False, level=visit.level, took=took, took_unit=unit
        )
    failed: tuple[Any, ...] = ()
    paid_levels = ""
    why = visit.outcome
    if why == "requires":
        failed = failed_by(view, work, visit.position)
    elif why in ("depth", "beyond"):
        why, end = "depth", LevelPaths.of(view, work).deepest_paid(visit.position)
        paid_levels = "" if end is None else str(end)
    elif why == "near":
        paid_levels = str(work.bonus.from_level)
    return Step(
        member=member,
        is_passed_over=True,
        why=why,
        failed=failed,
        level=visit.level,
        paid_levels=paid_levels,
        took=took,
        took_unit=unit,
    )


def share_unit(view: View, work: Work) -> str:
    """Give the unit of a differential's shares."""
    share = work.bonus.share if work.bonus.share is not None else work.bonus.slots
    return view.typing.value(share, "member")


def failed_by(view: View, work: Work, position: int) -> tuple[Any, ...]:
    """Give the conditions of a bonus that a member fails, also those by which levels count."""
    rules: list[written.Rule] = [work.bonus.requires]
    counts = getattr(work.bonus, "counts", None)
    if counts is not None:
        rules.append(counts)
    return tuple(condition for rule in rules for condition in view.failed(rule, position))
