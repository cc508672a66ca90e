"""Pay lines and what every kind of bonus shares: sources, receivers' terms, rounding, caps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from upline.compensation import columns
from upline.compensation.columns import Days, Numbers
from upline.compensation.errors import Fault, InputRefused
from upline.compensation.finding import is_rising, sorted_rows
from upline.compensation.genealogy.forest import Forest
from upline.compensation.genealogy.sequence import Sequence
from upline.compensation.kernels import grouping, trees
from upline.compensation.kernels.rounding import MODES
from upline.compensation.measures.evaluate import is_named, not_computed, numbers, rule, value
from upline.compensation.measures.scopes import Figures
from upline.compensation.measures.sums import raise_out_of_range
from upline.compensation.orders import Orders
from upline.compensation.plan import schema
from upline.compensation.plan import values as written
from upline.compensation.plan.legs import unit_of
from upline.compensation.plan.units import Typing

Array = npt.NDArray[Any]
NO_LEVEL = -1
# Money is always written with its currency: an amount that is a plain number is so many points.
_POINTS = ("points", "number")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Pay lines as columns; positions are of the sponsor tree's preorder.

    `order` is the order's place in the world's orders or -1; `amount` is in units of the bonus's
    decimal places; `base` and `rate` are exact and explain the amount.
    """

    receiver: Array
    buyer: Array
    order: Array
    level: Array
    amount: Array
    base: Numbers
    rate: Numbers

    def __len__(self) -> int:
        return len(self.amount)

    def taken(self, rows: Array) -> Lines:
        """Give the lines of the rows, in their order."""
        return Lines(
            receiver=self.receiver[rows],
            buyer=self.buyer[rows],
            order=self.order[rows],
            level=self.level[rows],
            amount=self.amount[rows],
            base=self.base.taken(rows),
            rate=self.rate.taken(rows),
        )


def joined(parts: list[Lines]) -> Lines:
    """Put lines behind each other, with base and rate in common units."""
    base_unit = columns.common_unit([part.base.unit for part in parts])
    rate_unit = columns.common_unit([part.rate.unit for part in parts])

    def whole(column: Numbers, unit: Fraction, count: int) -> Array:
        return columns.scaled(column.spread(count).values, int(column.unit / unit))

    return Lines(
        receiver=np.concatenate([part.receiver for part in parts]),
        buyer=np.concatenate([part.buyer for part in parts]),
        order=np.concatenate([part.order for part in parts]),
        level=np.concatenate([part.level for part in parts]),
        amount=np.concatenate([part.amount for part in parts]),
        base=Numbers(
            np.concatenate([whole(part.base, base_unit, len(part)) for part in parts]), base_unit
        ),
        rate=Numbers(
            np.concatenate([whole(part.rate, rate_unit, len(part)) for part in parts]), rate_unit
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """What a budget, a limit or a legal gate took from a bonus, in units of its decimal places.

    `step` is 'budget', 'limit' or 'legal', `name` the limit's or gate's. `totals` are by position,
    `lines` by line; without these the lines are gone altogether, or were not kept. `most` is what
    was allowed and `earned` what it was held against: by position, of a budget by order.
    """

    step: str
    name: str
    totals: Array
    lines: Array | None
    most: Numbers | None = None
    earned: Numbers | None = None

    def taken(self, rows: Array) -> Cut:
        """Give the cut where only some of the lines are left."""
        return self if self.lines is None else replace(self, lines=self.lines[rows])


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """What one bonus name pays: totals per position and, unless left out, its lines.

    `cuts` are what was taken from it after all bonuses were computed, first to last.
    """

    bonus: str
    places: int
    totals: Array
    lines: Lines | None
    cuts: tuple[Cut, ...] = ()


@dataclass(frozen=True, slots=True)
class Work:
    """A bonus to compute: its rules, what is known so far, and whether lines are wanted."""

    name: str
    bonus: Any
    figures: Figures
    keeps_lines: bool
    threads: int

    @property
    def rounding(self) -> schema.Rounding:
        return self.bonus.rounding or self.figures.world.plan.file.rounding

    @property
    def mode(self) -> int:
        return MODES[self.rounding.mode]

    @property
    def forest(self) -> Forest:
        if self.bonus.tree == "sponsor":
            return self.figures.world.forest
        found = self.figures.world.trees.get(self.bonus.tree)
        if found is None:
            raise not_computed(f"The tree '{self.bonus.tree}'", self.bonus.place)
        return found

    def member_rule(self, part: written.Rule) -> npt.NDArray[np.bool_]:
        """Compute a condition on members for all of them."""
        holds = rule(part, self.figures.member_scope)
        return np.ascontiguousarray(np.broadcast_to(holds, (len(self.figures.world),)))

    def point_value(self) -> Numbers | None:
        """Give each member's point value, or None where the bonus's lines are money anyway."""
        part = self.bonus.point_value or self.figures.world.plan.file.point_value
        if part is None or not needs_point_value(self.bonus, self.figures):
            return None
        return numbers(value(part, self.figures.member_scope))

    def paid(self, lines: Lines, *, bonus: str | None = None) -> Paid:
        """Cut the lines by the cap and add them up."""
        return self.added_up(capped(lines, self), bonus=bonus)

    def added_up(self, lines: Lines, *, bonus: str | None = None) -> Paid:
        """Add lines up as they are."""
        if columns.greatest(lines.amount) * max(len(lines), 1) >= columns.SAFE:
            raise_out_of_range(f"What '{self.name}' pays")
        totals = np.zeros(len(self.figures.world), np.int64)
        if _is_one_each(lines):
            totals[lines.receiver] = lines.amount
        else:
            np.add.at(totals, lines.receiver, lines.amount)
        return replace(self.paid_in_all(totals, bonus=bonus), lines=lines)

    def paid_in_all(self, totals: Array, *, bonus: str | None = None) -> Paid:
        """Give what everybody is paid, without lines."""
        return Paid(
            bonus=bonus or self.name, places=self.rounding.places, totals=totals, lines=None
        )


def needs_point_value(bonus: Any, figures: Figures) -> bool:
    """Say whether base times rate comes out as points."""
    typing = Typing(figures.world.plan.names)
    if isinstance(bonus, schema.Award):
        return typing.value(bonus.amount, "member") in _POINTS
    if isinstance(bonus, schema.Own) and bonus.amount is not None:
        return typing.value(bonus.amount, "receiver") in _POINTS
    if isinstance(bonus, schema.Binary):
        return bonus.steps is None and unit_of(bonus, typing) == "points"
    base = getattr(bonus, "base", None)
    if base is None:
        return False
    unit = typing.value(base, typing.base_context(base))
    rates = [
        getattr(bonus, field, None) for field in ("rate", "levels", "generations", "share", "slots")
    ]
    return unit == "points" and not any(
        typing.value(rate, "receiver") == "money" for rate in rates if rate is not None
    )


def check_point_values(work: Work, point_value: Numbers | None, receivers: Array) -> None:
    """Refuse receivers whose point value is not listed; a missing one is never 0."""
    if point_value is None or not len(receivers) or point_value.values.all():
        return
    lacking = np.unique(
        receivers[point_value.spread(len(work.figures.world)).values[receivers] == 0]
    )
    if len(lacking):
        part = work.bonus.point_value or work.figures.world.plan.file.point_value
        assert part is not None
        place = written.place_of_value(part)
        who = ", ".join(work.figures.world.id_of(int(p)) for p in lacking[:5].tolist())
        more = f" and {len(lacking) - 5} more" if len(lacking) > 5 else ""
        problem = f"'{work.name}' pays {who}{more}, for whom the plan lists no point value."
        remedy = "Add their entry, or an 'otherwise', to point_value."
        raise InputRefused([Fault(place, "line.point_value", problem, remedy)])


@dataclass(frozen=True, slots=True)
class Sources:
    """What a bonus is paid on, grouped by the position from which a line starts.

    Without names of their own the sources are all orders. `order[k]` and `buyer[k]` say where source k comes from (-1: no single order); positions and
    `starts` are those of the bonus's tree, `buyer` of the sponsor tree.
    """

    starts: Array
    base: Numbers
    orders: Orders | None = None
    named_order: Array | None = None
    named_buyer: Array | None = None

    @property
    def order(self) -> Array:
        if self.named_order is not None:
            return self.named_order
        return np.arange(len(self.base.values))

    @property
    def buyer(self) -> Array:
        if self.named_buyer is not None:
            return self.named_buyer
        assert self.orders is not None
        return self.orders.member


def sources_of(work: Work, *, start: str = "parent") -> Sources:
    """Collect the sources of a bonus: its orders, or members with their figure."""
    bonus, figures = work.bonus, work.figures
    typing = Typing(figures.world.plan.names)
    if typing.base_context(bonus.base) == "member":
        return _member_sources(work, start)
    base = numbers(value(bonus.base, figures.order_scope)).spread(len(figures.world.orders))
    mask = order_mask(work)
    orders = figures.world.orders
    starting = None if start in ("parent", "buyer") else receivers_named(work, start)
    if bonus.lines == "per_buyer":
        return _buyer_sources(work, base, mask, starting)
    if mask is None and starting is None and work.forest is figures.world.forest:
        return Sources(orders.starts, base, orders)
    chosen = np.arange(len(orders)) if mask is None else np.flatnonzero(mask)
    groups = (orders.member if starting is None else starting)[chosen]
    chosen, groups = chosen[groups >= 0], groups[groups >= 0]
    return _grouped(work, base.taken(chosen), chosen, orders.member[chosen], groups)


def order_mask(work: Work) -> npt.NDArray[np.bool_] | None:
    """Say which orders a bonus is paid on; None for all."""
    bonus, figures = work.bonus, work.figures
    mask = figures.world.orders.in_period
    parts = []
    if getattr(bonus, "orders", None) is not None:
        parts.append(rule(bonus.orders, figures.order_scope))
    if getattr(bonus, "sources", None) is not None:
        parts.append(work.member_rule(bonus.sources)[figures.world.orders.member])
    for part in parts:
        mask = part if mask is None else mask & part
    if mask is None:
        return None
    return np.broadcast_to(mask, (len(figures.world.orders),))


def receivers_named(work: Work, name: str) -> Array:
    """Give for each order the position that `order.field`, `buyer.field` or `field` names."""
    prefix, _, field = name.rpartition(".")
    figures = work.figures
    if prefix == "buyer" or (not prefix and field not in figures.world.plan.names.order):
        return members_named(work, field)[figures.world.orders.member]
    column = figures.order_scope.named(field)
    assert isinstance(column, columns.Members)
    return column.values


def members_named(work: Work, name: str) -> Array:
    """Give for each member the position that `buyer.field` or `field` names."""
    column = work.figures.member_scope.named(name.rpartition(".")[2])
    assert isinstance(column, columns.Members)
    return column.values


def _buyer_sources(
    work: Work, base: Numbers, mask: npt.NDArray[np.bool_] | None, starting: Array | None
) -> Sources:
    """Add up the orders of each buyer, or of each buyer from each start."""
    orders = work.figures.world.orders
    whole = summable(base, "the base of a bonus")
    if mask is not None:
        whole = np.where(mask, whole, 0)
    if starting is None:
        return _one_a_member(work, Numbers(orders.summed(whole), base.unit), None)
    chosen = np.flatnonzero((starting >= 0) & (whole != 0))
    pairs = orders.member[chosen].astype(np.int64) * len(work.figures.world) + starting[chosen]
    distinct, where = np.unique(pairs, return_inverse=True)
    sums = np.zeros(len(distinct), np.int64)
    np.add.at(sums, where, whole[chosen])
    buyer, start = np.divmod(distinct, max(len(work.figures.world), 1))
    nothing = np.full(len(distinct), -1, np.int64)
    return _grouped(work, Numbers(sums, base.unit), nothing, buyer, start)


def _member_sources(work: Work, start: str) -> Sources:
    base = member_base(work)
    if start in ("parent", "buyer"):
        return _one_a_member(work, base, None)
    return _one_a_member(work, base, members_named(work, start))


def member_base(work: Work) -> Numbers:
    """Give each member's base, nothing for those who are no source."""
    figures = work.figures
    base = numbers(value(work.bonus.base, figures.member_scope)).spread(len(figures.world))
    if getattr(work.bonus, "sources", None) is None:
        return base
    return Numbers(np.where(work.member_rule(work.bonus.sources), base.values, 0), base.unit)


def summable(base: Numbers, what: str) -> Array:
    """Give whole numbers whose sum fits 64 bits; refuse others."""
    whole = columns.as_int64(base.values, what)
    if columns.greatest(whole) * max(len(np.atleast_1d(whole)), 1) >= columns.SAFE:
        raise_out_of_range(what)
    return whole


def _one_a_member(work: Work, base: Numbers, starting: Array | None) -> Sources:
    chosen = np.flatnonzero(base.values)
    if starting is not None:
        chosen = chosen[starting[chosen] >= 0]
    nothing = np.broadcast_to(np.int64(-1), chosen.shape)
    groups = chosen if starting is None else starting[chosen]
    return _grouped(work, base.taken(chosen), nothing, chosen, groups)


def _grouped(work: Work, base: Numbers, order: Array, buyer: Array, groups: Array) -> Sources:
    """Group sources by the position from which they start, in the bonus's tree."""
    forest = work.forest
    if forest is not work.figures.world.forest:
        groups = forest.positions[work.figures.world.forest.rows[groups]]
    groups = np.ascontiguousarray(groups, np.int32)
    starts = np.zeros(len(forest) + 1, np.int64)
    trees.group_starts(groups, starts)
    if grouping.is_rising(groups):
        return Sources(starts, base, None, order, buyer)
    rows = np.empty(len(groups), np.int64)
    trees.group_rows(groups, starts, rows)
    return Sources(starts, base.taken(rows), None, order[rows], buyer[rows])


def in_tree(work: Work, column: Array) -> Array:
    """Bring a column of members from the sponsor tree's order into the bonus's tree's."""
    sequence = _sequence(work)
    return column if sequence is None else sequence.into(column)


def from_tree(work: Work, positions: Array) -> Array:
    """Turn positions of the bonus's tree into those of the sponsor tree."""
    sequence = _sequence(work)
    return positions if sequence is None else np.asarray(sequence.places[positions])


def to_members(work: Work, column: Array) -> Array:
    """Bring a column of the bonus's tree back into the sponsor tree's order."""
    sequence = _sequence(work)
    return column if sequence is None else sequence.back(column)


def _sequence(work: Work) -> Sequence | None:
    if work.forest is work.figures.world.forest:
        return None
    return work.figures.sequence(work.bonus.tree)


def fraction_of(base: Fraction, rate: Fraction, places: int) -> tuple[int, int]:
    """Give a and b so that whole base x whole rate x a / b is an amount in units of the places.

    b is a power of ten wherever it can be: kernels divide by those without a division.

    >>> fraction_of(Fraction(1, 100), Fraction(1, 20), 2)
    (5, 100)
    """
    exact = base * rate * 10**places
    above, below = exact.numerator, exact.denominator
    for digits in range(7):
        if 10**digits % below == 0:
            return above * (10**digits // below), 10**digits
    return above, below


def line_amounts(base: Numbers, rate: Numbers, rounding: schema.Rounding) -> Array:
    """Round base x rate, line by line."""
    product = columns.multiplied(base, rate)
    amounts = columns.rounded(product, rounding.places, rounding.mode).values
    return columns.as_int64(amounts, "pay lines")


def capped(lines: Lines, work: Work) -> Lines:
    """Cut what passes the cap of members, line after line by date and order, or by joining."""
    if work.bonus.cap is None:
        return lines
    if _is_one_each(lines):
        return _each_capped(lines, work)
    scope = work.figures.member_scope
    count = len(work.figures.world)
    cap = numbers(value(work.bonus.cap, scope))
    most = np.maximum(columns.rounded(cap, work.rounding.places, "down").spread(count).values, 0)
    gained = np.zeros(count, np.int64)
    np.add.at(gained, lines.receiver, np.maximum(lines.amount, 0))
    over = is_named(work.bonus.cap, scope) & (gained > most)
    if not over.any():
        return lines
    order = _one_after_another(lines, np.flatnonzero(over[lines.receiver]), work)
    receiver = lines.receiver[order]
    amounts = lines.amount.copy()
    amounts[order] = _within(amounts[order], receiver, most[receiver])
    return replace(lines, amount=amounts)


def _is_one_each(lines: Lines) -> bool:
    """Say whether lines go up by receiver, so that nobody has two."""
    return bool(grouping.is_rising(lines.receiver))


def _each_capped(lines: Lines, work: Work) -> Lines:
    """Cut the only line of each to his cap."""
    scope, rows = work.figures.member_scope, lines.receiver
    cap = numbers(value(work.bonus.cap, scope)).taken(rows)
    most = np.maximum(columns.rounded(cap, work.rounding.places, "down").values, 0)
    has_cap = is_named(work.bonus.cap, scope)
    is_cut = (has_cap[rows] if has_cap.ndim else has_cap) & (lines.amount > most)
    return replace(lines, amount=np.where(is_cut, most, lines.amount))


def _one_after_another(lines: Lines, rows: Array, work: Work) -> Array:
    """Put rows receiver by receiver, each one's as they follow each other."""
    receiver = lines.receiver[rows]
    return np.asarray(rows[np.lexsort((*sequence_keys(lines, rows, work.figures), receiver))])


def _within(amounts: Array, receiver: Array, most: Array) -> Array:
    """Let each line pay by how much it moves its receiver's sum, held at his most.

    Lines follow each other, one receiver after another. All lines of a receiver come to his sum or
    his most, whatever is below 0 among them: a refund takes back only what its sale was paid.
    """
    starts = np.flatnonzero(np.diff(receiver, prepend=-1))
    lengths = np.diff(starts, append=len(amounts))
    sums = np.cumsum(amounts)
    sums -= np.repeat(sums[starts] - amounts[starts], lengths)
    held = np.minimum(sums, most)
    before = np.roll(held, 1)
    before[starts] = 0
    return np.asarray(held - before)


def sequence_keys(lines: Lines, rows: Array, figures: Figures) -> tuple[Array, ...]:
    """Give the keys, last one first, by which lines follow each other.

    Lines of one day and order, or of one buyer, differ at most in level and amount.
    """
    world = figures.world
    number = numbers(figures.member_scope.named("number")).values
    order = lines.order[rows]
    dates = world.orders.columns.get("date")
    days = np.zeros(len(rows), np.int64)
    keys = np.zeros(len(rows), np.int64)
    has = order >= 0
    if has.any() and isinstance(dates, Days):
        days[has] = dates.values[order[has]]
        keys[has] = id_ranks(world.order_ids)[world.orders.rows[order[has]]]
    joined = np.where(lines.buyer[rows] < 0, -1, number[np.maximum(lines.buyer[rows], 0)])
    return lines.amount[rows], lines.level[rows], joined, keys, days


def nowhere(kinds: Iterable[type]) -> tuple[Array, ...]:
    """Give columns of no lines, for a walk that writes none."""
    return tuple(np.zeros(0, kind) for kind in kinds)


def cursors_of(counts: list[Array]) -> tuple[list[Array], int]:
    """Give where each part writes each receiver's lines, of whom it has so many, and how many there are.

    Lines stand by receiver, those of one part by part.
    """
    starts = np.cumsum(np.sum(counts, axis=0))
    count = int(starts[-1]) if len(starts) else 0
    cursor = starts
    cursors = []
    for part in reversed(counts):
        cursor = cursor - part
        cursors.append(cursor)
    return cursors[::-1], count


def id_ranks(ids: Any) -> Array:
    """Give each id's place in sorted order."""
    if is_rising(ids):
        return np.arange(len(ids))
    order = sorted_rows(ids)
    ranks = np.empty(len(order), np.int64)
    ranks[order] = np.arange(len(order))
    return ranks
