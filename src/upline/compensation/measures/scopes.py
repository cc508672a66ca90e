"""What names and functions mean for members, for orders and for pay lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from upline.compensation import columns
from upline.compensation.columns import (
    NO_DAY,
    Codes,
    Column,
    Days,
    Flags,
    Members,
    Numbers,
    constant,
)
from upline.compensation.errors import Fault, InputRefused, Place
from upline.compensation.measures import sums, windows
from upline.compensation.measures.customers import customers
from upline.compensation.measures.elsewhere import closed
from upline.compensation.measures.evaluate import formula, not_computed, numbers, value
from upline.compensation.measures.figures import Computed
from upline.compensation.plan import values as written
from upline.compensation.plan.calendars import is_elsewhere
from upline.compensation.plan.formula import Call, Name, Number, text_of
from upline.compensation.plan.names import LEGS, SUMS
from upline.compensation.plan.trees import SIDED


class Figures(Computed):
    """What a run has computed so far, and the scopes in which it goes on."""

    __slots__ = ()

    @property
    def member_scope(self) -> MemberScope:
        return MemberScope(self)

    @property
    def order_scope(self) -> OrderScope:
        return OrderScope(self)


def _constant_named(figures: Figures, name: str) -> Column | None:
    held = figures.world.plan.file.constants.get(name)
    if isinstance(held, written.Formula) and isinstance(held.node, Number):
        return constant(held.node.value)
    return None


@dataclass(frozen=True, slots=True)
class _OfOneRun:
    """What all scopes have in common."""

    figures: Figures

    @property
    def first_day(self) -> date:
        return self.figures.world.period.start

    def version_days(self) -> Days | None:
        return None

    def is_closed(self, measure: str) -> bool:
        world = self.figures.world
        return is_elsewhere(measure, world.plan.file, world.calendar)

    def position_of(self, member: str) -> int:
        return self.figures.position_of(member)


@dataclass(frozen=True, slots=True)
class MemberScope(_OfOneRun):
    """Bare names are a member's; all columns are in preorder of the sponsor tree."""

    @property
    def size(self) -> int:
        return len(self.figures.world)

    @property
    def of_orders(self) -> OrderScope:
        return self.figures.order_scope

    def name(self, node: Name) -> Column:
        if node.prefix in ("order", "buyer"):
            what = f"'{node.prefix}.{node.name}' in a place where every source counts alike"
            raise not_computed(what, node.place)
        return self.named(node.name)

    def assuming(self, named: Mapping[str, Column]) -> AssumingScope:
        """Give a scope in which some names stand for other values."""
        return AssumingScope(self.figures, named)

    def named(self, name: str) -> Column:
        """Give a member's value by its name, computing a measure when it is first asked for."""
        figures = self.figures
        if name in figures.members:
            return figures.members[name]
        with figures.lock:
            if name not in figures.members:
                figures.members[name] = self._found(name)
            return figures.members[name]

    def _found(self, name: str) -> Column:
        figures, world = self.figures, self.figures.world
        measure = world.plan.file.measures.get(name)
        if is_elsewhere(name, world.plan.file, world.calendar):
            column = closed(name, figures)
        elif measure is not None:
            column = value(measure.value, self)
        elif name in world.members:
            column = world.members[name]
        elif name == "id":
            ids = tuple(str(text) for text in world.ids.to_pylist())
            column = Codes(world.forest.rows.astype(np.int32), ids)
        elif (found := _constant_named(figures, name)) is not None:
            column = found
        elif name == "title" and "rank" in world.members:
            column = self._title_of_given()
        elif name == "placement_parent":
            column = self._placement_parent()
        elif name in ("side", "person"):
            column = Codes(np.asarray(-1, np.int32), ())
        elif name == "title":
            raise not_computed("The value 'title' of a member here")
        else:
            raise KeyError(name)
        return column

    def _placement_parent(self) -> Members:
        """Give who stands above each in the tree whose places come in."""
        world = self.figures.world
        file = world.plan.file
        tree = next(
            (world.trees[name] for name in world.trees if file.trees[name].fill == "given"), None
        )
        if tree is None:
            return Members(np.asarray(-1, np.int32))
        return Members(world.forest.parents_in(tree))

    def _title_of_given(self) -> Codes:
        """Give the highest rank that ever came in, and carry it."""
        rank = self.named("rank")
        assert isinstance(rank, Codes)
        codes = rank.values.copy()
        for position, label in self.figures.world.carried.get("title of rank", {}).items():
            if label in rank.labels:
                codes[position] = max(codes[position], rank.labels.index(label))
        title = Codes(codes, rank.labels, is_ranked=True)
        self.figures.carries["title of rank"] = title
        return title

    def call(self, node: Call) -> Column:
        figures, key = self.figures, text_of(node)
        found = figures.calls.get(key)
        if found is not None:
            return found
        with figures.lock:
            if key not in figures.calls:
                figures.calls[key] = self._computed(node)
            return figures.calls[key]

    def _computed(self, node: Call) -> Column:
        if node.function in SIDED:
            for side, leg in zip(SIDED, sums.sided(node, self), strict=True):
                self.figures.calls[text_of(replace(node, function=side))] = leg
            return self.figures.calls[text_of(node)]
        if node.function in SUMS or node.function in LEGS:
            return sums.summed(node, self)
        if node.function in windows.WINDOWED:
            return windows.windowed(node, self)
        match node.function:
            case "sponsor_has":
                holds = formula(node.arguments[0], self)
                assert isinstance(holds, Flags)
                above = self.figures.world.forest.parent
                spread = holds.spread(self.size).values
                return Flags(np.where(above >= 0, spread[np.maximum(above, 0)], 0).astype(bool))
            case "earned":
                return self._earned(node)
            case "days_since":
                return days_between(node, self, last_day(self.figures))
            case "within":
                return days_within(node, self, last_day(self.figures))
            case "position":
                return self._position(node)
            case "customers":
                return customers(node, self)
            case "person":
                return sums.of_persons(node, self)
        raise not_computed(f"The function {node.function}(...)", node.place)

    def _earned(self, node: Call) -> Numbers:
        argument = node.arguments[0]
        listed = argument.arguments if isinstance(argument, Call) else (argument,)
        total = constant(0)
        for name in listed:
            assert isinstance(name, Name)
            given = self.figures.world.given_earnings.get(name.name)
            if given is not None:
                part = Numbers(given, self.figures.world.earnings_unit)
                total = columns.added(total, part)
            if name.name in self.figures.earned:
                unit = self.figures.earned_unit[name.name]
                total = columns.added(total, Numbers(self.figures.earned[name.name], unit))
        return total.spread(self.size)

    def _position(self, node: Call) -> Numbers:
        keys: list[npt.NDArray[Any]] = []
        for index, argument in enumerate(node.arguments):
            column = formula(argument, self).spread(self.size)
            ranks = _ascending(column)
            keys.append(-ranks if index == 0 else ranks)
            if isinstance(column, Days):
                # Whose day is not known comes after all others.
                keys[-1] = np.where(column.values == NO_DAY, self.size, keys[-1])
        keys.append(numbers(self.named("number")).values)
        order = np.lexsort(keys[::-1])
        places = np.empty(self.size, np.int64)
        places[order] = np.arange(1, self.size + 1)
        return Numbers(places, Fraction(1))


def _ascending(column: Column) -> npt.NDArray[np.int64]:
    if isinstance(column, Numbers):
        column_values = column.values
    else:
        assert isinstance(column, Days | Flags)
        column_values = column.values
    _, where = np.unique(column_values, return_inverse=True)
    return where.astype(np.int64)


@dataclass(frozen=True, slots=True)
class AssumingScope(_OfOneRun):
    """Bare names are a member's, but some are assumed: the rank, say, that everybody would hold."""

    assumed: Mapping[str, Column]

    @property
    def size(self) -> int:
        return len(self.figures.world)

    def name(self, node: Name) -> Column:
        if not node.prefix and node.name in self.assumed:
            return self.assumed[node.name]
        return self.figures.member_scope.name(node)

    def call(self, node: Call) -> Column:
        return self.figures.member_scope.call(node)


@dataclass(frozen=True, slots=True)
class OrderScope(_OfOneRun):
    """Bare names are an order's; columns are in the order in which a world keeps its orders."""

    @property
    def size(self) -> int:
        return len(self.figures.world.orders)

    def version_days(self) -> Days | None:
        dates = self.figures.world.orders.columns["date"]
        assert isinstance(dates, Days)
        return dates

    def name(self, node: Name) -> Column:
        if node.prefix == "buyer":
            member = self.figures.world.orders.member
            return self.figures.member_scope.named(node.name).taken(member)
        return self.named(node.name)

    def named(self, name: str) -> Column:
        """Give an order's value by its name, computing an order value when first asked for."""
        figures = self.figures
        if name in figures.orders:
            return figures.orders[name]
        world = figures.world
        order_value = world.plan.file.order_values.get(name)
        if order_value is not None:
            column = value(order_value.value, self)
        elif name in world.orders.columns:
            column = world.orders.columns[name]
        elif name == "order_count":
            column = constant(1)
        elif name == "member":
            column = Members(world.orders.member)
        elif name == "id":
            ids = tuple(str(text) for text in world.order_ids.to_pylist())
            column = Codes(world.orders.rows.astype(np.int64), ids)
        elif name in ("kind", "customer", "currency"):
            column = Codes(np.asarray(-1, np.int32), ())
        elif (found := _constant_named(figures, name)) is not None:
            column = found
        else:
            raise KeyError(name)
        figures.orders[name] = column
        return column

    def call(self, node: Call) -> Column:
        dates = self.named("date").values  # type: ignore[union-attr]
        if node.function == "days_since":
            return days_between(node, self, dates)
        if node.function == "within":
            return days_within(node, self, dates)
        if node.function == "paid_on":
            return _paid_on(node, self.figures, self.size)
        raise not_computed(f"The function {node.function}(...) here", node.place)


@dataclass(frozen=True, slots=True)
class LineScope(_OfOneRun):
    """Bare names are the receiver's; `order.` and `buyer.` belong to what a line comes from.

    Without receivers and buyers every member is his own.
    """

    receiver: npt.NDArray[Any] | None
    buyer: npt.NDArray[Any] | None
    order: npt.NDArray[Any] | None = None
    events_of_orders: npt.NDArray[Any] | None = None
    event: npt.NDArray[Any] | None = None

    @property
    def size(self) -> int:
        return len(self.figures.world) if self.receiver is None else len(self.receiver)

    def name(self, node: Name) -> Column:
        if node.prefix == "order":
            if self.order is None:
                problem = (
                    f"'order.{node.name}' is asked for where a line comes from no single order."
                )
                remedy = "Use lines: per_order, or a value of buyer or receiver."
                raise InputRefused.because("line.no_order", problem, remedy, node.place)
            return self.figures.order_scope.named(node.name).taken(self.order)
        rows = self.buyer if node.prefix == "buyer" else self.receiver
        column = self.figures.member_scope.named(node.name)
        return column if rows is None else column.taken(rows)

    def call(self, node: Call) -> Column:
        if node.function == "event_sum":
            return self._event_sum(node)
        if node.function == "within":
            return days_within(node, self, last_day(self.figures))
        if node.function == "days_since":
            return days_between(node, self, last_day(self.figures))
        if node.function == "paid_on" and self.order is not None:
            scope = self.figures.order_scope
            return _paid_on(node, self.figures, scope.size).taken(self.order)
        column = self.figures.member_scope.call(node)
        return column if self.receiver is None else column.taken(self.receiver)

    def _event_sum(self, node: Call) -> Numbers:
        if self.events_of_orders is None or self.event is None:
            problem = "event_sum(...) needs a bonus whose lines are one for each event."
            remedy = "Write lines: event, with the name of an order's text field."
            raise InputRefused.because("line.no_event", problem, remedy, node.place)
        scope = self.figures.order_scope
        part = numbers(formula(node.arguments[0], scope)).spread(scope.size)
        events = self.events_of_orders
        in_period = self.figures.world.orders.in_period
        chosen = np.flatnonzero(events >= 0 if in_period is None else (events >= 0) & in_period)
        totals = np.zeros(int(events.max(initial=-1)) + 1, part.values.dtype)
        np.add.at(totals, events[chosen], part.values[chosen])
        return Numbers(totals[self.event], part.unit)


def _paid_on(node: Call, figures: Figures, count: int) -> Numbers:
    argument = node.arguments[0]
    total = Numbers(np.zeros(count, np.int64), Fraction(1))
    for name in argument.arguments if isinstance(argument, Call) else (argument,):
        assert isinstance(name, Name)
        paid = figures.paid_on.get(name.name)
        if paid is not None:
            total = columns.added(total, Numbers(paid, figures.earned_unit[name.name]))
    return total


def last_day(figures: Figures) -> npt.NDArray[Any]:
    """Give the last day of the period, which stands for all rows."""
    return np.asarray(np.datetime64(figures.world.period.end, "D").astype(np.int64) - 1)


def days_between(
    node: Call, scope: MemberScope | OrderScope | LineScope, until: npt.NDArray[Any]
) -> Numbers:
    """Count whole days from a date to `until`; an empty date is refused."""
    since = formula(node.arguments[0], scope)
    assert isinstance(since, Days)
    if (since.values == NO_DAY).any():
        text = text_of(node.arguments[0])
        problem = f"days_since({text}) is asked where '{text}' is empty."
        remedy = f"Fill it in, or ask for given({text}) and within(...) instead."
        place = node.place if node.place.line else Place("plan")
        raise InputRefused([Fault(place, "formula.empty_date", problem, remedy)])
    days = until.astype(np.int64) - since.values.astype(np.int64)
    return Numbers(np.asarray(days), Fraction(1))


def days_within(
    node: Call, scope: MemberScope | OrderScope | LineScope, day: npt.NDArray[Any]
) -> Flags:
    """Say whether `day` is one of the n days that begin with a date."""
    count = node.arguments[0]
    assert isinstance(count, Number)
    since = formula(node.arguments[1], scope)
    assert isinstance(since, Days)
    passed = day.astype(np.int64) - since.values.astype(np.int64)
    holds = (since.values != NO_DAY) & (passed >= 0) & (passed < int(count.value))
    return Flags(np.asarray(holds))
