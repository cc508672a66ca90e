"""The bonus kind binary: two legs matched by cycles, by steps or whole; carry, flush and cap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from tests.reference.drafts import Draft, in_money, pays, unit_of
from tests.reference.scope import is_empty, number, of_member, of_order, of_receiver
from tests.reference.world import NotCovered
from upline.compensation.plan.schema import Binary, Carry, Cycle

if TYPE_CHECKING:
    from tests.reference.period import Period

NONE = Fraction(0)


@dataclass(slots=True)
class Leg:
    """The volume of one leg by age, new volume having age 0; or what refunds have left owing."""

    by_age: dict[int, Fraction] = field(default_factory=dict)
    debt: Fraction = NONE

    @property
    def volume(self) -> Fraction:
        """All that is there; negative where something is owed."""
        return sum(self.by_age.values(), NONE) - self.debt

    def add(self, volume: Fraction) -> None:
        """Put new volume in: it makes good what is owed first. What is negative is taken."""
        if volume < 0:
            self.take(-volume)
            return
        paid_back = min(self.debt, volume)
        self.debt -= paid_back
        self.by_age[0] = self.by_age.get(0, NONE) + volume - paid_back

    def take(self, volume: Fraction) -> None:
        """Take volume out, the oldest first; what is not there is owed."""
        for age in sorted(self.by_age, reverse=True):
            taken = min(volume, self.by_age[age])
            self.by_age[age] -= taken
            volume -= taken
        self.debt += volume

    def older(self) -> Leg:
        """Give the same one period later."""
        return Leg({age + 1: volume for age, volume in self.by_age.items()}, self.debt)


@dataclass(frozen=True, slots=True)
class Legs:
    """Something of the left and something of the right."""

    left: Fraction
    right: Fraction

    def of(self, side: str) -> Fraction:
        """Give that of one side."""
        return self.left if side == "left" else self.right

    @property
    def weak_side(self) -> str:
        """Name the lesser side; where both are equal the right one."""
        return "left" if self.left < self.right else "right"

    def weak_and_strong(self, weak: Fraction, strong: Fraction) -> Legs:
        """Give so much of the side that is weak here, and so much of the other."""
        return Legs(weak, strong) if self.weak_side == "left" else Legs(strong, weak)


NOTHING = Legs(NONE, NONE)


@dataclass(frozen=True, slots=True)
class Matched:
    """How much each leg gives, what that pays, a line each, and for how many cycles or steps."""

    used: Legs
    pays: tuple[Fraction, ...]
    count: int


UNMATCHED = Matched(NOTHING, (), 0)


@dataclass(slots=True)
class Kept:
    """What a member takes along from period to period."""

    left: Leg = field(default_factory=Leg)
    right: Leg = field(default_factory=Leg)
    steps: int = 0


def drafts(period: Period, name: str, bonus: Binary) -> list[Draft]:
    """Match the legs of each member, pay what matched, carry what is left."""
    before: Mapping[str, Kept] = {}
    if period.previous is not None:
        before = period.previous.kept[name]  # type: ignore[assignment]
    found: list[Draft] = []
    later: dict[str, Kept] = {}
    for member in period.company.members:
        kept = before.get(member, Kept())
        now = Kept(kept.left.older(), kept.right.older(), kept.steps)
        _add_new(period, name, bonus, member, now)
        volumes = Legs(now.left.volume, now.right.volume)
        matched = UNMATCHED
        if pays(period, bonus, member):
            matched = _matched(period, bonus, member, volumes, now.steps)
        now.left.take(matched.used.left)
        now.right.take(matched.used.right)
        found += [
            Draft(receiver=member, bonus=name, amount=amount, level=step if bonus.steps else None)
            for step, amount in enumerate(matched.pays, now.steps + 1)
        ]
        now.steps += matched.count if bonus.steps is not None else 0
        later[member] = _carried(period, bonus, member, now)
        states = _states(bonus, volumes, matched, later[member])
        period.states |= {(member, f"{name}.{state}"): value for state, value in states.items()}
    period.kept[name] = later
    return found


def _states(bonus: Binary, volumes: Legs, matched: Matched, kept: Kept) -> dict[str, Fraction]:
    states = {}
    for side, leg in (("left", kept.left), ("right", kept.right)):
        carried, used = leg.volume, matched.used.of(side)
        states[side] = volumes.of(side)
        states[f"used_{side}"] = used
        states[f"carry_{side}"] = carried
        states[f"flushed_{side}"] = volumes.of(side) - used - carried
    if bonus.steps is not None:
        states["step"] = Fraction(kept.steps)
    elif bonus.cycle != "whole":
        states["cycles"] = Fraction(matched.count)
    return states


# What is in the legs


def _add_new(period: Period, name: str, bonus: Binary, member: str, now: Kept) -> None:
    """Put in what is new below the member, and his own volume where the plan says so."""
    new = Legs(*(_new(period, name, bonus, member, side) for side in ("left", "right")))
    own_side = bonus.own_volume
    if own_side == "weak":
        own_side = Legs(now.left.volume + new.left, now.right.volume + new.right).weak_side
    own = NONE if own_side == "none" else _bases(period, name, bonus).get(member, NONE)
    now.left.add(new.left + (own if own_side == "left" else 0))
    now.right.add(new.right + (own if own_side == "right" else 0))


def _new(period: Period, name: str, bonus: Binary, member: str, side: str) -> Fraction:
    if bonus.given_legs is not None:
        return _given(period, member, side)
    company = period.company
    tree = company.tree(bonus.tree)
    bases = _bases(period, name, bonus)
    leg = [
        one
        for child in tree.children[member]
        if company.side(child) == side
        for one in (child, *tree.below(child))
    ]
    return sum((bases.get(one, NONE) for one in leg), NONE)


def _given(period: Period, member: str, side: str) -> Fraction:
    rows = [
        row
        for row in period.company.world.given_legs
        if row["member"] == member and (is_empty(row.get("period")) or row["period"] == period.id)
    ]
    return sum((number(row[side]) for row in rows), NONE)


def _bases(period: Period, name: str, bonus: Binary) -> dict[str, Fraction]:
    """Give each member's own volume."""
    key = ("binary bases", name)
    if key not in period.memo:
        period.memo[key] = dict(_found_bases(period, bonus))
    return period.memo[key]  # type: ignore[return-value]


def _found_bases(period: Period, bonus: Binary) -> dict[str, Fraction]:
    assert bonus.base is not None
    if period.company.typing.base_context(bonus.base) == "member":
        return {
            member: period.amount(bonus.base, of_member(member))
            for member in period.company.members
        }
    bases: dict[str, Fraction] = {}
    for order in period.orders:
        scope = of_order(order)
        if bonus.orders is None or period.rule(bonus.orders, scope):
            buyer = str(order["member"])
            bases[buyer] = bases.get(buyer, NONE) + period.amount(bonus.base, scope)
    return bases


# Matching


def _matched(period: Period, bonus: Binary, member: str, legs: Legs, climbed: int) -> Matched:
    """Match what a member has; nothing where he has no rate."""
    if bonus.steps is not None:
        return _climbed(period, bonus, member, legs, climbed)
    scope = of_receiver(member)
    pair = _two_to_one(period, bonus, member, legs)
    if pair is not None:
        assert bonus.two_to_one is not None
        worth = _worth(period, bonus, member, period.amount(bonus.two_to_one.rate, scope))
        return _paid(period, bonus, member, pair, worth)
    found = _cycles(bonus, legs)
    if bonus.per_cycle is not None:
        worth = period.amount(bonus.per_cycle, scope)
        return _paid(period, bonus, member, replace(found, each=Fraction(1)), worth)
    assert bonus.rate is not None
    worth = _worth(period, bonus, member, period.amount(bonus.rate, scope))
    return _paid(period, bonus, member, found, worth)


@dataclass(frozen=True, slots=True)
class Found:
    """So many cycles; what one takes of each leg at each, and how much of it is paid on."""

    takes: tuple[Legs, ...]
    each: Fraction


def _two_to_one(period: Period, bonus: Binary, member: str, legs: Legs) -> Found | None:
    """Give the pairings of one unit with two, where the member's type and his legs allow them."""
    rule = bonus.two_to_one
    if rule is None or not period.rule(rule.members, of_member(member)):
        return None
    weak, strong = min(legs.left, legs.right), max(legs.left, legs.right)
    if bonus.cycle == "whole":
        if weak <= 0 or strong < 2 * weak:
            return None
        period.hits["binary two to one"] += 1
        return Found((legs.weak_and_strong(weak, 2 * weak),), weak)
    assert isinstance(bonus.cycle, Cycle)
    unit = bonus.cycle.left
    if unit is None or unit != bonus.cycle.right:
        raise NotCovered("two to one where a cycle does not take the same of both sides")
    few, many = weak // unit, strong // unit
    if few <= 0 or many < 2 * few:
        return None
    period.hits["binary two to one"] += 1
    return Found((legs.weak_and_strong(unit, 2 * unit),) * few, unit)


def _cycles(bonus: Binary, legs: Legs) -> Found:
    """Take whole cycles one after another; the strong leg is found anew for each."""
    cycle = bonus.cycle
    if cycle == "whole":
        both = max(NONE, min(legs.left, legs.right))
        return Found((Legs(both, both),), both)
    assert isinstance(cycle, Cycle)
    takes = []
    left, right = legs.left, legs.right
    while True:
        if cycle.strong is None:
            taken = Legs(cycle.left, cycle.right)  # type: ignore[arg-type]
        else:
            taken = Legs(left, right).weak_and_strong(cycle.weak, cycle.strong)  # type: ignore[arg-type]
        if left < taken.left or right < taken.right:
            return Found(tuple(takes), min(taken.left, taken.right))
        left, right = left - taken.left, right - taken.right
        takes.append(taken)


def _worth(period: Period, bonus: Binary, member: str, rate: Fraction) -> Fraction:
    """Give what one unit of matched volume pays."""
    if not rate:
        return NONE
    unit = bonus.given_legs or unit_of(period, bonus.base, "base")
    return in_money(period, bonus, rate, [unit], of_receiver(member))


def _paid(period: Period, bonus: Binary, member: str, found: Found, worth: Fraction) -> Matched:
    """Pay for what matched; under `cap_uses: paid` only as much is used as makes the cap."""
    if not worth or not found.takes:
        return UNMATCHED
    takes, each = found.takes, found.each
    how = "whole" if bonus.cycle == "whole" else "cycles"
    most = _cap(period, bonus, member)
    if most is not None and most < worth * each * len(takes):
        period.hits["binary beyond the cap, not used"] += 1
        if bonus.cycle == "whole":
            few = Fraction(ceil(most / worth * 10**4), 10**4)
            takes = (Legs(takes[0].left * few / each, takes[0].right * few / each),)
            each = few
        else:
            takes = takes[: ceil(most / (worth * each))]
    period.hits[f"binary {how}"] += bool(takes and takes[0].left)
    used = Legs(sum((one.left for one in takes), NONE), sum((one.right for one in takes), NONE))
    return Matched(used, (worth * each * len(takes),), len(takes))


def _cap(period: Period, bonus: Binary, member: str) -> Fraction | None:
    """Give the cap that limits what is used; None where everything that matched is."""
    if bonus.cap is None or bonus.cap_uses == "all":
        return None
    most = period.value(bonus.cap, of_receiver(member))
    return None if most is None else number(most)


def _climbed(period: Period, bonus: Binary, member: str, legs: Legs, climbed: int) -> Matched:
    """Climb as many further steps as the usable sales cover; the weaker leg is used up first."""
    assert bonus.steps is not None
    weak, strong = max(NONE, min(legs.left, legs.right)), max(NONE, legs.left, legs.right)
    beside = strong if bonus.max_ratio is None else min(strong, bonus.max_ratio * weak)
    cap = _cap(period, bonus, member)
    needed, paid = NONE, []
    for step in bonus.steps[climbed:]:
        if needed + step.sales > weak + beside or (cap is not None and sum(paid) >= cap):
            break
        needed += step.sales
        paid.append(period.amount(step.pay, of_receiver(member)))
        period.hits["binary step"] += 1
    from_weak = min(needed, weak)
    used = legs.weak_and_strong(from_weak, needed - from_weak)
    return Matched(used, tuple(paid), len(paid))


# Carrying


def _carried(period: Period, bonus: Binary, member: str, now: Kept) -> Kept:
    """Give what stays for the next period."""
    carry = bonus.carry
    if carry == "all":
        return now
    if carry == "none" or (carry.flush is not None and period.rule(carry.flush, of_member(member))):
        period.hits["binary flush"] += bool(now.left.volume or now.right.volume)
        return Kept(steps=now.steps)
    for leg in (now.left, now.right):
        _age_out(period, carry, leg)
        most = period.value(carry.most, of_receiver(member)) if carry.most is not None else None
        if most is not None and leg.volume > number(most):
            period.hits["binary carry cut"] += 1
            leg.take(leg.volume - number(most))
    return now


def _age_out(period: Period, carry: Carry, leg: Leg) -> None:
    if carry.periods is None:
        return
    for age in [age for age in leg.by_age if age >= carry.periods]:
        period.hits["binary too old"] += bool(leg.by_age.pop(age))
