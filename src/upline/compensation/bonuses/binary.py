"""Bonus kind `binary`: two legs matched."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from upline.compensation import columns, memory
from upline.compensation.bonuses import lines as shared
from upline.compensation.bonuses.legs import Leg, Volume, kept, report, volume_of
from upline.compensation.bonuses.lines import NO_LEVEL, Lines, Paid, Work
from upline.compensation.columns import Numbers, Quotients, constant
from upline.compensation.kernels import legs as kernels
from upline.compensation.measures.evaluate import is_named, numbers, value
from upline.compensation.measures.windows import carried_numbers
from upline.compensation.parallel import in_parts, parts_of
from upline.compensation.plan import schema
from upline.compensation.plan import values as written

Array = npt.NDArray[Any]
Flagged = npt.NDArray[np.bool_]
# Where a cap leaves volume of whole legs unused, what is used is rounded up to so many decimals.
_USED_PLACES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """What was matched of the two legs, in whole numbers of `unit`.

    A cycle takes `units`, under `whole` one unit of each leg; `cycles` says how many there were,
    `is_two` who was matched two to one. With steps, `before` were climbed earlier and `cycles` now.
    """

    unit: Fraction
    units: tuple[int, int]
    left: Leg
    right: Leg
    cycles: Array
    is_two: Flagged
    before: Array

    @property
    def side(self) -> Numbers:
        """The volume on which a cycle is paid."""
        return Numbers(np.asarray(min(self.units)), self.unit)


def compute(work: Work) -> list[Paid]:
    """Match the legs of everybody, pay for it, and report what is left of them."""
    matching = match(work)
    report(work, matching.unit, matching.left, matching.right)
    name, figures = work.name, work.figures
    if work.bonus.steps is not None:
        position = Numbers(matching.before + matching.cycles, Fraction(1))
        figures.carries[f"{name} step"] = figures.states[f"{name}.step"] = position
        return [work.paid(_step_lines(work, matching))]
    if work.bonus.cycle != "whole":
        figures.states[f"{name}.cycles"] = Numbers(matching.cycles, Fraction(1))
    return [work.paid(_cycle_lines(work, matching))]


def match(work: Work) -> Matching:
    """Match the legs of everybody; writes nothing down."""
    return _climbed(work) if work.bonus.steps is not None else _cycled(work)


def _amount(part: written.Value, work: Work) -> Numbers:
    """Give an amount for each member, or one for all."""
    return numbers(value(part, work.figures.member_scope))


def _cap(work: Work) -> tuple[Numbers, Flagged] | None:
    """Give the cap and who has one, where it decides how much is used."""
    if work.bonus.cap is None or work.bonus.cap_uses == "all":
        return None
    cap = _amount(work.bonus.cap, work)
    named = is_named(work.bonus.cap, work.figures.member_scope)
    return Numbers(np.maximum(cap.values, 0), cap.unit), named


# Cycles


def _cycled(work: Work) -> Matching:
    bonus, count = work.bonus, len(work.figures.world)
    both = _taken(bonus)
    units = [*both]
    if not both and _cap(work) is not None:
        units = [Fraction(1, 10**_USED_PLACES)]
    volume = volume_of(work, units)
    a, b = (int(one / volume.unit) for one in both or (volume.unit, volume.unit))
    side = Numbers(np.asarray(min(a, b)), volume.unit)
    left, right = volume.totals()
    qualified = work.member_rule(bonus.requires)
    may, most = _terms(work, _pay(bonus), side, qualified)
    may_two, most_two = np.zeros(count, np.bool_), most
    if bonus.two_to_one is not None:
        chosen = qualified & work.member_rule(bonus.two_to_one.members)
        may_two, most_two = _terms(work, bonus.two_to_one.rate, side, chosen)
    cycles, used_left, used_right = (memory.zeros(count, np.int64) for _ in range(3))
    out = (cycles, used_left, used_right, np.zeros(count, np.bool_))
    units_of_cycle, is_anew = np.asarray([a, b], np.int64), is_decided_anew(bonus)

    def part(_: int, *some: int) -> None:
        mine = slice(*some)
        asked = (one[mine] for one in (may, may_two, most, most_two))
        legs = left[mine], right[mine]
        kernels.matched(*legs, units_of_cycle, is_anew, *asked, *(one[mine] for one in out))

    in_parts(parts_of(count), part)
    before = np.broadcast_to(np.int64(0), cycles.shape)
    taken = _Taken(cycles=cycles, left=used_left, right=used_right, is_two=out[3], before=before)
    return _matching(work, volume, (a, b), taken)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """What cycles or steps take of each leg."""

    cycles: Array
    left: Array
    right: Array
    is_two: Flagged
    before: Array


def _matching(work: Work, volume: Volume, units: tuple[int, int], taken: _Taken) -> Matching:
    return Matching(
        unit=volume.unit,
        units=units,
        left=kept(work, volume.left, taken.left, volume.unit),
        right=kept(work, volume.right, taken.right, volume.unit),
        cycles=taken.cycles,
        is_two=taken.is_two,
        before=taken.before,
    )


def is_decided_anew(bonus: schema.Binary) -> bool:
    """Say whether it is found out for each cycle which leg is strong."""
    return isinstance(bonus.cycle, schema.Cycle) and bonus.cycle.strong is not None


def pay_of(work: Work) -> Numbers:
    """Give everybody's rate, or sum for a cycle."""
    return _amount(_pay(work.bonus), work)


def _pay(bonus: schema.Binary) -> written.Value:
    pay = bonus.per_cycle if bonus.rate is None else bonus.rate
    assert pay is not None
    return pay


def _taken(bonus: schema.Binary) -> tuple[Fraction, ...]:
    """Give what one cycle takes from left and right or from strong and weak; nothing for `whole`."""
    cycle = bonus.cycle
    if not isinstance(cycle, schema.Cycle):
        return ()
    pair = (cycle.left, cycle.right) if cycle.strong is None else (cycle.strong, cycle.weak)
    return tuple(one for one in pair if one is not None)


def _terms(work: Work, pay: written.Value, side: Numbers, chosen: Flagged) -> tuple[Flagged, Array]:
    """Say who is matched at a rate or a sum, and at most how many cycles of each are used."""
    per_unit = _amount(pay, work)
    may = chosen & (per_unit.values > 0)
    most = memory.filled(len(may), np.int64, kernels.NO_MOST)
    capped = _cap(work)
    if capped is None:
        return may, most
    cap, has_cap = capped
    # Whole legs are used by steps of so many decimals, however fine their volume is.
    step = 1 if _taken(work.bonus) else int(Fraction(1, 10**_USED_PLACES) / side.unit)
    if pay is not work.bonus.per_cycle:
        worth = work.point_value() or constant(1)
        # Without a point value the lines are refused, not left out.
        known = np.where(worth.values == 0, 1, worth.values)
        per_unit = columns.multiplied(
            per_unit, columns.multiplied(side, Numbers(known, worth.unit * step))
        )
    rows = np.flatnonzero(may & has_cap)
    if len(rows):
        cycles = columns.rounded(Quotients(cap.taken(rows), per_unit.taken(rows)), 0, "ceil").values
        steps = np.asarray(np.minimum(cycles, kernels.NO_MOST // step)).astype(np.int64)
        most[rows] = steps * step
    return may, most


def _cycle_lines(work: Work, matching: Matching) -> Lines:
    bonus = work.bonus
    is_two = matching.is_two
    parts = [_lines_at(work, matching, ~is_two, _pay(bonus))]
    if bonus.two_to_one is not None:
        parts.append(_lines_at(work, matching, is_two, bonus.two_to_one.rate))
    return shared.joined(parts) if len(parts) > 1 else parts[0]


def _lines_at(work: Work, matching: Matching, chosen: Flagged, pay: written.Value) -> Lines:
    rows = np.flatnonzero(chosen & (matching.cycles > 0))
    base, rate = Numbers(matching.cycles[rows], Fraction(1)), _amount(pay, work).taken(rows)
    if pay is not work.bonus.per_cycle:
        base = columns.multiplied(base, matching.side)
        worth = work.point_value()
        shared.check_point_values(work, worth, rows)
        rate = rate if worth is None else columns.multiplied(rate, worth.taken(rows))
    return _lines(work, rows, NO_LEVEL, base, rate.spread(len(rows)))


def _lines(work: Work, rows: Array, level: int, base: Numbers, rate: Numbers) -> Lines:
    nobody = np.full(len(rows), -1, np.int64)
    return Lines(
        receiver=rows,
        buyer=nobody,
        order=nobody,
        level=np.full(len(rows), level, np.int32),
        amount=shared.line_amounts(base, rate, work.rounding),
        base=base,
        rate=rate,
    )


# Steps


def _climbed(work: Work) -> Matching:
    """Let everybody climb as many further steps as the usable volume of both legs covers."""
    bonus, count = work.bonus, len(work.figures.world)
    ratio = bonus.max_ratio
    sales = [step.sales for step in bonus.steps]
    # So that the share of the stronger leg is whole, too.
    volume = volume_of(work, sales, 1 if ratio is None else ratio.denominator)
    left, right = (np.maximum(one, 0) for one in volume.totals())
    weak, strong = np.minimum(left, right), np.maximum(left, right)
    if ratio is not None:
        strong = np.minimum(strong, weak // ratio.denominator * ratio.numerator)
    before = steps_before(work)
    spent, climbed = np.zeros(count, np.int64), np.zeros(count, np.int64)
    may = work.member_rule(bonus.requires)
    within = _WithinCap(work)
    for index, needed in enumerate(int(one / volume.unit) for one in sales):
        goes = may & (before + climbed == index) & (spent + needed <= weak + strong)
        goes &= within.goes_on()
        within.pay(bonus.steps[index], goes)
        climbed += goes
        spent += np.where(goes, needed, 0)
    from_weak = np.minimum(weak, spent)
    from_left = np.where(left < right, from_weak, spent - from_weak)
    taken = _Taken(
        cycles=climbed,
        left=from_left,
        right=spent - from_left,
        is_two=np.zeros(count, np.bool_),
        before=before,
    )
    return _matching(work, volume, (1, 1), taken)


def usable(bonus: schema.Binary, left: Fraction, right: Fraction) -> Fraction:
    """Give what of two legs can be used for steps."""
    weak, strong = sorted((left, right))
    return weak + (strong if bonus.max_ratio is None else min(strong, bonus.max_ratio * weak))


def steps_before(work: Work) -> Array:
    """Give how many steps everybody had climbed before this period."""
    carried = carried_numbers(work.figures, f"{work.name} step")
    return columns.as_int64(columns.rounded(carried, 0, "down").values, "steps")


class _WithinCap:
    """What the steps of a period have paid so far, where the cap says how far to go."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._cap = _cap(work)
        self._paid = Numbers(np.zeros(len(work.figures.world), np.int64), Fraction(1))

    def goes_on(self) -> Flagged:
        """Say who has not reached his cap."""
        if self._cap is None:
            return np.asarray(1, np.bool_)
        cap, has_cap = self._cap
        return np.asarray(~has_cap | columns.compared("<", self._paid, cap))

    def pay(self, step: schema.Step, goes: Flagged) -> None:
        if self._cap is not None:
            pay = _amount(step.pay, self._work)
            part = Numbers(np.where(goes, pay.values, 0), pay.unit)
            self._paid = columns.added(self._paid, part)


def _step_lines(work: Work, matching: Matching) -> Lines:
    """Give a line for each step; one that pays nothing has none."""
    last = matching.before + matching.cycles
    parts = []
    for index, step in enumerate(work.bonus.steps):
        pay = _amount(step.pay, work)
        climbed = (matching.before <= index) & (index < last) & (pay.values != 0)
        rows = np.flatnonzero(climbed)
        base = pay.taken(rows).spread(len(rows))
        parts.append(_lines(work, rows, index + 1, base, constant(1).spread(len(rows))))
    return shared.joined(parts)
