"""Sums over orders, groups, legs and the company."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from upline.compensation import columns, memory
from upline.compensation.columns import Codes, Flags, Numbers
from upline.compensation.errors import InputRefused
from upline.compensation.genealogy.forest import Forest
from upline.compensation.genealogy.sequence import Sequence
from upline.compensation.kernels import trees
from upline.compensation.measures.evaluate import formula, not_computed, numbers
from upline.compensation.measures.figures import Computed, MemberValues
from upline.compensation.measures.personal import Enrolled, values_apart
from upline.compensation.plan.formula import Call, Node, Number, text_of
from upline.compensation.plan.trees import SIDED, tells_personal, tree_of
from upline.compensation.plan.units import Typing


def summed(node: Call, scope: MemberValues) -> Numbers:
    """Compute one of own, group, downline, recruits, team, company, left, right or a leg function."""
    if node.function in SIDED:
        return sided(node, scope)[SIDED.index(node.function)]
    place, more, stops = _asked(node, scope)
    if node.function == "own":
        return place.column
    if node.function == "company":
        return Numbers(np.asarray(_total(place.column)), place.column.unit)
    return Numbers(place.summed(more, stops), place.column.unit)


def sided(node: Call, scope: MemberValues) -> tuple[Numbers, Numbers]:
    """Compute left and right at once: whoever asks for one mostly asks for the other."""
    place, more, stops = _asked(node, scope)
    left, right = place.legs_of_sides(more, stops)
    return Numbers(left, place.column.unit), Numbers(right, place.column.unit)


def _asked(
    node: Call, scope: MemberValues
) -> tuple[_Place, Numbers | None, npt.NDArray[np.bool_] | None]:
    """Give what is summed where, how much more the enrolled count, and who lets nothing pass."""
    more = None
    if tells_personal(node):
        column, more = values_apart(_summed_argument(node), scope)
    else:
        column = summed_column(node, scope)
    if node.function == "legs_sum":
        # A leg may be cut between two whole units of what is summed.
        most = numbers(formula(node.arguments[1], scope))
        unit = columns.common_unit([column.unit, most.unit])
        column = in_unit(column, unit)
        more = None if more is None else in_unit(more, unit)
    stops = None
    if node.until is not None:
        holds = formula(node.until, scope)
        assert isinstance(holds, Flags)
        stops = holds.spread(scope.size).values
    return _Place(node, scope, _tree(node, scope), column), more, stops


@dataclass(frozen=True, slots=True)
class _Place:
    """A function over members, in the tree that it speaks of."""

    node: Call
    scope: MemberValues
    tree: Forest
    column: Numbers

    def summed(
        self, more: Numbers | None, stops: npt.NDArray[np.bool_] | None
    ) -> npt.NDArray[np.int64]:
        """Give everybody's sum; where `more` is given, who is enrolled counts so much more."""
        found = self._in_tree(*self._in_sequence(more, stops))
        return found if self.sequence is None else self.sequence.back(found)

    def legs_of_sides(
        self, more: Numbers | None, stops: npt.NDArray[np.bool_] | None
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Give everybody's left and right leg, likewise."""
        assert self.sequence is not None
        return self.sequence.legs_back(self._legs(*self._in_sequence(more, stops)))

    def _in_sequence(
        self, more: Numbers | None, stops: npt.NDArray[np.bool_] | None
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_] | None, Enrolled | None]:
        """Bring what is summed, who stops it, and who counts more into the tree's sequence."""
        placed = None if stops is None else self._placed(stops)
        enrolled = None
        if more is not None:
            forest = self.scope.figures.world.forest
            enrolled = Enrolled.of(self.tree, forest, self._whole(more), placed)
        return self._whole(self.column), placed, enrolled

    @property
    def sequence(self) -> Sequence | None:
        """The sequence of the tree; None where it is the sponsor tree."""
        figures = self.scope.figures
        if self.tree is figures.world.forest:
            return None
        return figures.sequence(tree_of(self.node, figures.world.plan.file))

    def _whole(self, column: Numbers) -> npt.NDArray[np.int64]:
        what = f"what {self.node.function}(...) adds up"
        whole = columns.as_int64(column.values, what)
        if columns.greatest(whole) * max(len(whole), 1) >= columns.SAFE:
            raise_out_of_range(what)
        return self._placed(whole)

    def _placed(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Bring a column into the preorder of the tree."""
        return values if self.sequence is None else self.sequence.into(values)

    def _in_tree(
        self,
        values: npt.NDArray[np.int64],
        stops: npt.NDArray[np.bool_] | None,
        enrolled: Enrolled | None,
    ) -> npt.NDArray[np.int64]:
        parent, function = self.tree.parent, self.node.function
        if function in ("recruits", "team"):
            depth = 1
            if function == "team":
                number = self.node.arguments[1]
                assert isinstance(number, Number)
                depth = int(number.value)
            total = _levels_below(parent, values, stops, depth)
            return total if enrolled is None else enrolled.to_sponsors(total, within=depth)
        if function in ("group", "downline"):
            groups = self._groups(values, stops)
            sums = groups if function == "group" else groups - values
            return sums if enrolled is None else enrolled.to_sponsors(sums)
        return self._of_legs(self._legs(values, stops, enrolled))

    def _groups(
        self, values: npt.NDArray[np.int64], stops: npt.NDArray[np.bool_] | None
    ) -> npt.NDArray[np.int64]:
        node = self.node
        if node.function in ("leg", "legs_from") and stops is None and self.sequence is None:
            # The group is a measure of most plans that ask for legs.
            group = replace(node, function="group", arguments=node.arguments[1:])
            if not tells_personal(node):
                return columns.as_int64(numbers(self.scope.call(group)).values, "groups")
        groups = values.copy()
        if stops is None:
            trees.add_up(self.tree.parent, groups)
        else:
            trees.add_up_until(self.tree.parent, groups, stops)
        return groups

    def _legs(
        self,
        values: npt.NDArray[np.int64],
        stops: npt.NDArray[np.bool_] | None,
        enrolled: Enrolled | None,
    ) -> npt.NDArray[np.int64]:
        """Give the group of everybody as a leg of whoever stands above."""
        legs = _unless(self._groups(values, stops), stops)
        return legs if enrolled is None else enrolled.to_legs(legs)

    def _of_legs(self, legs: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Compute what is asked of the legs, each given at the one who stands at its top."""
        parent, function = self.tree.parent, self.node.function
        if function == "legs":
            return _to_parents(parent, (legs > 0).astype(np.int64))
        if function == "legs_sum":
            return _capped_legs(legs, self._most(), parent)
        number = self.node.arguments[0]
        assert isinstance(number, Number)
        return _nth_legs(function, int(number.value), legs, parent)

    def _most(self) -> npt.NDArray[np.int64]:
        """Give the most of one leg of everybody, in the units of what is summed."""
        most = numbers(formula(self.node.arguments[1], self.scope)).spread(self.scope.size)
        limit = in_unit(most, self.column.unit).values
        return self._placed(columns.as_int64(limit, "the most of one leg"))


def _tree(node: Call, scope: MemberValues) -> Forest:
    world = scope.figures.world
    name = tree_of(node, world.plan.file)
    if name == "sponsor":
        return world.forest
    found = world.trees.get(name)
    if found is None:
        raise not_computed(f"Sums in the tree '{name}'", node.place)
    return found


def _total(column: Numbers) -> int:
    values = column.values
    if values.dtype != object and columns.greatest(values) * max(values.size, 1) >= columns.SAFE:
        values = values.astype(object)
    return int(values.sum())


def _levels_below(
    parent: npt.NDArray[Any],
    values: npt.NDArray[np.int64],
    stops: npt.NDArray[np.bool_] | None,
    depth: int,
) -> npt.NDArray[np.int64]:
    total = np.zeros_like(values)
    level = values
    for _ in range(depth):
        level = _to_parents(parent, _unless(level, stops))
        total += level
    return total


def _unless(
    values: npt.NDArray[np.int64], stops: npt.NDArray[np.bool_] | None
) -> npt.NDArray[np.int64]:
    return values if stops is None else np.where(stops, 0, values)


def _to_parents(parent: npt.NDArray[Any], values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    out = np.zeros_like(values)
    trees.add_to_parent(parent, values, out)
    return out


def _capped_legs(
    legs: npt.NDArray[np.int64], most: npt.NDArray[np.int64], parent: npt.NDArray[Any]
) -> npt.NDArray[np.int64]:
    out = np.zeros_like(legs)
    trees.add_capped_to_parent(parent, legs, most, out)
    return out


def _nth_legs(
    function: str, number: int, legs: npt.NDArray[np.int64], parent: npt.NDArray[Any]
) -> npt.NDArray[np.int64]:
    lowest = np.iinfo(np.int64).min
    depth = number if function == "leg" else number - 1
    if function == "leg" and number == 1:
        # Of the strongest leg alone nothing below is kept.
        most = memory.filled(len(legs), np.int64, lowest)
        trees.greatest_leg(parent, legs, most)
        return most
    top = np.full((max(depth, 1), len(legs)), lowest, np.int64)
    trees.greatest_legs(parent, legs, top)
    top[top == lowest] = 0
    if function == "leg":
        return np.asarray(top[number - 1]).copy()
    everything = _to_parents(parent, legs)
    return np.asarray(everything - top[: number - 1].sum(axis=0))


def in_unit(column: Numbers, unit: Fraction) -> Numbers:
    """Give numbers in a unit of which theirs is a whole multiple."""
    return Numbers(columns.scaled(column.values, int(column.unit / unit)), unit)


def of_persons(node: Call, scope: MemberValues) -> Numbers:
    """Add up a figure over all positions of each one's person; an empty person is one by himself."""
    column = numbers(formula(node.arguments[0], scope)).spread(scope.size)
    whole = columns.as_int64(column.values, "what person(...) adds up")
    if columns.greatest(whole) * max(len(whole), 1) >= columns.SAFE:
        raise_out_of_range("what person(...) adds up")
    persons = scope.named("person")
    assert isinstance(persons, Codes)
    code = persons.spread(scope.size).values
    sums = np.zeros(len(persons.labels) + 1, np.int64)
    np.add.at(sums, code, whole)
    return Numbers(np.where(code < 0, whole, sums[code]), column.unit)


def own_sums(node: Call, scope: MemberValues) -> Numbers:
    """Add up an order value over the orders of each member, each sum once a run."""
    own, key = scope.figures.own, text_of(replace(node, until=None, tree=""))
    if key not in own:
        column = numbers(formula(node.arguments[0], scope.of_orders))
        own[key] = per_member(scope.figures, column, order_mask(node, scope))
    return own[key]


def per_member(figures: Computed, column: Numbers, mask: npt.NDArray[np.bool_] | None) -> Numbers:
    """Add up a value of orders over the orders of each member."""
    world = figures.world
    whole = columns.as_they_lie(column.spread(len(world.orders)), "the values of orders")
    if mask is not None:
        whole = np.where(mask, whole, 0)
    if len(whole) and columns.greatest(whole) * len(whole) >= columns.SAFE:
        raise_out_of_range("the sum of order values")
    return Numbers(world.orders.summed(whole), column.unit)


def raise_out_of_range(what: str) -> None:
    """Refuse figures that would not fit 64-bit sums."""
    problem = f"{what} may pass 9.2 x 10^18 of its smallest unit."
    remedy = "Declare fewer decimals ({unit: ..., places: 2}), or round(...) the value in the plan."
    raise InputRefused.because("range.too_large", problem, remedy)


def order_mask(node: Call, scope: MemberValues) -> npt.NDArray[np.bool_] | None:
    """Say which orders a sum takes: those of the period, or of the last days, that meet `where`."""
    world = scope.figures.world
    if node.last_days:
        dates = world.orders.columns["date"].values  # type: ignore[union-attr]
        end = np.datetime64(world.period.end, "D").astype(np.int64)
        mask: npt.NDArray[np.bool_] | None = np.asarray(dates > end - 1 - node.last_days)
    else:
        mask = world.orders.in_period
    if node.where is not None:
        holds = formula(node.where, scope.of_orders)
        assert isinstance(holds, Flags)
        mask = holds.values if mask is None else mask & holds.values
    return mask


def is_order_argument(node: Call, figures: Computed) -> bool:
    """Say whether a function sums a value of orders, not of members."""
    argument = _summed_argument(node)
    if node.function == "own" or node.where is not None or node.last_days:
        return True
    typing = Typing(figures.world.plan.names)
    return typing.summed_context(argument) == "order"


def _summed_argument(node: Call) -> Node:
    return node.arguments[1 if node.function in ("leg", "legs_from") else 0]


def summed_column(node: Call, scope: MemberValues) -> Numbers:
    """Give, for each member, what a function over members adds up."""
    argument = _summed_argument(node)
    figures = scope.figures
    if is_order_argument(node, figures):
        return own_sums(replace(node, function="own", arguments=(argument,)), scope)
    return numbers(formula(argument, scope)).spread(scope.size)
