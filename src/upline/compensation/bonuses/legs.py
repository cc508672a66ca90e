"""The volume in the two legs below everybody: what comes in, what is left, and how old it is."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from upline.compensation import columns, memory
from upline.compensation.bonuses import lines as shared
from upline.compensation.bonuses.lines import Work
from upline.compensation.bonuses.stairstep import own_base
from upline.compensation.columns import Numbers
from upline.compensation.genealogy.binary import SIDES
from upline.compensation.kernels import trees
from upline.compensation.measures.evaluate import is_named, numbers, value
from upline.compensation.measures.sums import raise_out_of_range
from upline.compensation.measures.windows import carried_numbers
from upline.compensation.plan import schema

Array = npt.NDArray[Any]
_WHAT = "the legs of a binary bonus"


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg of everybody in whole units: carried in + new = used + left over + flushed.

    `ages` are what is left over, that of this period first.
    """

    new: Array
    total: Array
    used: Array
    ages: list[Array]
    carry: Array
    flushed: Array

    @property
    def carried(self) -> Array:
        return np.asarray(self.total - self.new)


@dataclass(frozen=True, slots=True)
class Volume:
    """Both legs by age in whole numbers of `unit`: that of this period first."""

    unit: Fraction
    left: list[Array]
    right: list[Array]

    def totals(self) -> tuple[Array, Array]:
        """Give what there is in each leg."""
        return _added(self.left), _added(self.right)


def volume_of(work: Work, units: list[Fraction], finer: int = 1) -> Volume:
    """Collect the volume of both legs in a unit of which all `units` are multiples."""
    own, new = _new(work)
    sides = [[one, *_carried(work, side)] for one, side in zip(new, SIDES, strict=True)]
    every = [own, *(column for side in sides for column in side)]
    most = _most(work)
    units = [*units, *(column.unit for column in every), *([most.unit] if most else [])]
    unit = columns.common_unit(units) / finer
    if sum(columns.greatest(one.values) * int(one.unit / unit) for one in every) >= columns.SAFE:
        raise_out_of_range(_WHAT)
    left, right = (
        [columns.as_int64(columns.scaled(one.values, int(one.unit / unit)), _WHAT) for one in side]
        for side in sides
    )
    volume = Volume(unit, left, right)
    if work.bonus.own_volume != "none":
        whole = columns.scaled(own.values, int(own.unit / unit))
        _add_own(work, volume, columns.as_int64(whole, _WHAT))
    return volume


def _new(work: Work) -> tuple[Numbers, tuple[Numbers, Numbers]]:
    """Give the volume of everybody that goes into a leg of his own, and what comes from below."""
    if work.bonus.given_legs is not None:
        given = work.figures.world.given_legs
        assert given is not None
        return columns.constant(0), given
    own = own_base(work)
    groups = shared.in_tree(work, own.values)
    trees.add_up(work.forest.parent, groups)
    left, right = work.figures.sequence(work.bonus.tree).legs_back(groups)
    return own, (Numbers(left, own.unit), Numbers(right, own.unit))


def _add_own(work: Work, volume: Volume, own: Array) -> None:
    side = work.bonus.own_volume
    left, right = volume.totals()
    goes_left = left < right if side == "weak" else np.asarray(side == "left")
    volume.left[0] = volume.left[0] + np.where(goes_left, own, 0)
    volume.right[0] = volume.right[0] + np.where(goes_left, 0, own)


# From period to period


def _key(work: Work, side: str, age: int = 0) -> str:
    """Give the name under which a leg is carried; where volumes age, with its age in periods."""
    return f"{work.name} {side}" + (f" @{age}" if age else "")


def _periods(work: Work) -> int | None:
    carry = work.bonus.carry
    return carry.periods if isinstance(carry, schema.Carry) else None


def _carried(work: Work, side: str) -> list[Numbers]:
    """Give what the period before left, by age; what has none counts as the youngest."""
    figures = work.figures
    plain = _key(work, side)
    ages: list[int] = []
    for name in figures.world.carried:
        start, _, age = name.partition(" @")
        if start == plain and age.isdigit():
            ages.append(int(age))
    is_plain = plain in figures.world.carried
    oldest = max(ages, default=int(is_plain))
    by_age = [carried_numbers(figures, _key(work, side, age)) for age in range(1, oldest + 1)]
    if is_plain:
        by_age[0] = columns.added(by_age[0], carried_numbers(figures, plain))
    return by_age


def kept(work: Work, ages: list[Array], used: Array, unit: Fraction) -> Leg:
    """Say what of a leg is left over, after what is used, too old, too much or flushed."""
    total = _added(ages)
    left = np.subtract(total, used, out=memory.empty(len(used), np.int64))
    over = _left_over(work, ages, left, unit)
    carry = _added(over)
    nothing = np.broadcast_to(np.int64(0), left.shape)
    flushed = nothing if carry is left else np.asarray(left - carry)
    return Leg(new=ages[0], total=total, used=used, ages=over, carry=carry, flushed=flushed)


def _left_over(work: Work, ages: list[Array], left: Array, unit: Fraction) -> list[Array]:
    carry, scope = work.bonus.carry, work.figures.member_scope
    if carry == "none":
        return [np.zeros_like(left)]
    if not isinstance(carry, schema.Carry):
        return [left]
    over = [left] if carry.periods is None else _newest(left, ages[: carry.periods])
    most = _most(work)
    if most is not None:
        assert carry.most is not None
        limit = np.maximum(columns.scaled(most.values, int(most.unit / unit)), 0)
        is_limited = is_named(carry.most, scope)
        over = _newest(np.where(is_limited, np.minimum(_added(over), limit), _added(over)), over)
    if carry.flush is not None:
        goes = work.member_rule(carry.flush)
        over = [np.where(goes, 0, part) for part in over]
    return over


def _most(work: Work) -> Numbers | None:
    """Give the most that may be left over in a leg."""
    carry = work.bonus.carry
    if not isinstance(carry, schema.Carry) or carry.most is None:
        return None
    return numbers(value(carry.most, work.figures.member_scope))


def _newest(amount: Array, ages: list[Array]) -> list[Array]:
    """Give the newest volume that makes up an amount, by age; a debt has no age."""
    parts = [np.where(amount < 0, amount, np.clip(ages[0], 0, np.maximum(amount, 0)))]
    rest = amount - parts[0]
    for older in ages[1:]:
        parts.append(np.clip(older, 0, rest))
        rest = rest - parts[-1]
    return parts


def _added(parts: list[Array]) -> Array:
    return np.asarray(sum(parts[1:], parts[0]))


def report(work: Work, unit: Fraction, left: Leg, right: Leg) -> None:
    """Carry what is left of both legs, and report what became of them."""
    figures = work.figures
    has_age = _periods(work) is not None
    for side, leg in zip(SIDES, (left, right), strict=True):
        for age, part in enumerate(leg.ages, 1):
            figures.carries[_key(work, side, age if has_age else 0)] = Numbers(part, unit)
        states = {
            side: leg.total,
            f"used_{side}": leg.used,
            f"carry_{side}": leg.carry,
            f"flushed_{side}": leg.flushed,
        }
        for name, state in states.items():
            figures.states[f"{work.name}.{name}"] = Numbers(state, unit)
