"""Reads inputs, lists all their faults, and lays them out for computing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from upline.compensation import columns, memory
from upline.compensation.carried import Carried, divided
from upline.compensation.columns import (
    NO_DAY,
    Codes,
    Column,
    Days,
    Flags,
    Members,
    Numbers,
    Quotients,
)
from upline.compensation.errors import Fault, InputRefused
from upline.compensation.exchange import faults_of_rates, in_worth, worth_of_orders
from upline.compensation.finding import Finder, are_distinct
from upline.compensation.genealogy.binary import sides_of
from upline.compensation.genealogy.filling import filled_trees, misplaced
from upline.compensation.genealogy.forest import Forest, Positions, lay_out
from upline.compensation.given import Given, given_earnings, given_legs
from upline.compensation.inputs import Inputs, World
from upline.compensation.kernels import grouping
from upline.compensation.orders import MadeOnce, Orders, Unplaced
from upline.compensation.parallel import MANY, Meanwhile, side_by_side
from upline.compensation.plan.asked import order_fields_named, reach_days
from upline.compensation.plan.calendars import spec_of
from upline.compensation.plan.fields import default_of, places_of
from upline.compensation.plan.load import Plan
from upline.compensation.plan.schema import FieldSpec, GivenRanks
from upline.compensation.plan.trees import asks_for, trees_used
from upline.compensation.tables import Reader, Source, TableLike, arrow_table


def prepare(plan: Plan, inputs: Inputs) -> World:
    """Read and lay out the inputs; raises InputRefused with every fault in all of them."""
    return Preparation(plan, inputs).world()


# The row of the k-th to join, and the k of each row.
_Joining = tuple[Positions, Positions]


class Preparation:
    """Reads and lays out the inputs of a run; then other orders over the same members."""

    def __init__(self, plan: Plan, inputs: Inputs) -> None:
        spec_of(inputs.calendar or plan.file.calendar.every, plan.file)
        self.plan = plan
        self.inputs = inputs
        self.faults: list[Fault] = faults_of_rates(plan.file, inputs.rates)
        members = arrow_table(inputs.members, "members")
        orders = arrow_table(inputs.orders, "orders")
        self.members = self._reader("members", members)
        self.orders = self._reader("orders", orders)

    def _reader(self, name: str, table: pa.Table) -> Reader:
        return Reader(table, _with_columns(self.inputs.source(name), table), self.faults)

    def world(self) -> World:
        # Orders are read and brought together by member while the tree is laid out.
        with Meanwhile(len(self.members) + len(self.orders)) as meanwhile:
            # First what the tree waits for.
            self._joined_as = meanwhile.submit(self._joining)
            self._order_ids = meanwhile.submit(self._read_order_ids)
            self._order_dates = meanwhile.submit(self._order_days)
            ids = self._ids(self.members)
            self._finder = Finder(ids)
            if not self._finder.is_distinct:
                self._list_twice(self.members, ids)
            self._orders_read = meanwhile.submit(self._read_orders)
            return self._world(ids)

    def world_with(self, orders: pa.Table, world: World) -> World:
        """Lay out other orders over a world that this gave; after a refusal it may be asked again."""
        self.orders = self._reader("orders", orders)
        with Meanwhile(len(self.members) + len(self.orders)) as meanwhile:
            self._order_ids = meanwhile.submit(self._read_order_ids)
            self._order_dates = meanwhile.submit(self._order_days)
            self._orders_read = meanwhile.submit(self._read_orders)
            laid_out, outside = self._orders(world.forest)
            order_ids = self._order_ids.result()
        if self.faults:
            faults = list(self.faults)
            self.faults.clear()
            raise InputRefused(faults)
        laid_out.bring()
        return replace(
            world,
            order_ids=order_ids,
            orders=laid_out,
            orders_outside=outside,
            ignored_columns=self._ignored(),
            carried=Carried(world.carried),
        )

    def _world(self, ids: pa.Array) -> World:
        parent = self._references(self.members, "sponsor", "sponsor")
        joining = self._joined_as.result()
        # Faults of the other trees are listed after those of the first.
        aside = replace(self.members, faults=[])
        works: list[Callable[[], dict[str, Forest | None]]] = [
            lambda: {"sponsor": self._forest(self.members, parent, joining, "sponsor")},
            lambda: {**self._other_trees(aside, joining)},
        ]
        first, second = side_by_side(works, 2 if len(self.members) >= MANY else 1)
        forest = first["sponsor"]
        others = {name: tree for name, tree in second.items() if tree is not None}
        self.faults += aside.faults
        self._refuse_beyond(others, parent)
        self._refuse_if_faulty_tables(forest)
        assert forest is not None
        others |= filled_trees(self.plan.file.trees, parent, *joining)
        columns = self._member_columns(forest, joining[1])
        file, inputs = self.plan.file, self.inputs
        given = self._given("given earnings", inputs.given_earnings)
        earnings, unit = given_earnings(file, given, forest)
        legs = given_legs(file, self._given("given legs", inputs.given_legs), forest)
        calendar = inputs.calendar or file.calendar.every
        carried, elsewhere = divided(self._carried(forest), calendar, file)
        order_ids = self._order_ids.result()
        orders, outside = self._orders(forest)
        if self.faults:
            raise InputRefused(self.faults)
        orders.bring()
        return World(
            plan=self.plan,
            period=self.inputs.period,
            calendar=calendar,
            ids=ids,
            order_ids=order_ids,
            forest=forest,
            trees=others,
            members=columns,
            orders=orders,
            given_earnings=earnings,
            earnings_unit=unit,
            given_legs=legs,
            carried=carried,
            carried_elsewhere=elsewhere,
            rates=self.inputs.rates,
            orders_outside=outside,
            ignored_columns=self._ignored(),
        )

    def _refuse_if_faulty_tables(self, forest: Forest | None) -> None:
        if forest is None:
            # Go on reading, so that faults in values are listed together with those of the tree.
            joining = age = np.arange(len(self.members), dtype=np.int32)
            loose, _ = lay_out(np.full(len(joining), -1, np.int32), joining, age)
            assert loose is not None
            self._member_columns(loose, age)
            self._orders(loose)
            raise InputRefused(self.faults)

    # Members

    def _ids(self, reader: Reader) -> pa.Array:
        ids = reader.raw("id")
        if not pa.types.is_integer(ids.type):
            ids = pc.utf8_trim_whitespace(ids.cast(pa.string()))
        # One piece is taken as it is: combining would copy it.
        ids = (
            ids.chunk(0)
            if ids.num_chunks == 1
            else pa.concat_arrays([pa.array([], ids.type), *ids.chunks])
        )
        if not reader.has("id"):
            return ids
        if ids.null_count or (pa.types.is_string(ids.type) and pc.any(pc.equal(ids, "")).as_py()):
            for row, text in enumerate(ids.to_pylist()):
                if text in (None, ""):
                    reader.fault(
                        row, "id", "table.no_id", "This row has no id.", "Give each an id."
                    )
        return ids

    def _read_order_ids(self) -> pa.Array:
        ids = self._ids(self.orders)
        if not are_distinct(ids):
            self._list_twice(self.orders, ids)
        return ids

    def _list_twice(self, reader: Reader, ids: pa.Array) -> None:
        if not reader.has("id"):
            return
        seen: dict[Any, int] = {}
        for row, text in enumerate(ids.to_pylist()):
            if text in (None, ""):
                continue
            if text in seen:
                first = reader.source.place(seen[text]).line
                problem = f"The id '{text}' stands twice."
                remedy = f"It is first in line {first}; keep one row, or give this one its own id."
                reader.fault(row, "id", "table.id_twice", problem, remedy)
            else:
                seen[text] = row

    def _references(self, reader: Reader, column: str, what: str) -> Positions:
        """Read a column of member ids as rows; -1 where it is empty."""
        if not reader.has(column):
            reader.raw(column)
            return np.full(len(reader), -1, np.int32)
        raw = reader.raw(column)
        rows, is_empty = self._finder.rows(raw)
        self._list_unknown(reader, column, what, rows, is_empty)
        return rows

    def _list_unknown(
        self,
        reader: Reader,
        column: str,
        what: str,
        found: Positions,
        is_empty: npt.NDArray[Any] | None,
    ) -> None:
        unknown = found < 0 if is_empty is None else (found < 0) & ~is_empty
        if unknown.any():
            texts = reader.raw(column).to_pylist()
            for row in np.flatnonzero(unknown).tolist():
                problem = f"The {what} '{texts[row]}' is no member."
                remedy = "Add that member, or correct the id; leave it empty if there is none."
                reader.fault(row, column, "table.unknown_member", problem, remedy)

    def _joining(self) -> _Joining:
        count = len(self.members)
        if not self.members.has("number"):
            as_listed = np.arange(count, dtype=np.int32)
            return as_listed, as_listed
        numbers = columns.as_int64(self.members.numbers("number", 0).values, "join numbers")
        low = int(numbers.min()) if count else 0
        dense = memory.filled(count, np.int32, -1)
        if grouping.inverted(numbers, low, dense):
            return dense, np.subtract(
                numbers, low, out=memory.empty(count, np.int32), casting="unsafe"
            )
        order = np.argsort(numbers, kind="stable").astype(np.int32)
        same = np.flatnonzero(np.diff(numbers[order]) == 0)
        for index in same.tolist():
            row = int(order[index + 1])
            problem = f"Two members joined as number {numbers[row]}."
            remedy = "Give each its own number: it breaks every tie."
            self.members.fault(row, "number", "table.number_twice", problem, remedy)
        age = np.empty(count, np.int32)
        age[order] = np.arange(count, dtype=np.int32)
        return order, age

    def _forest(
        self, reader: Reader, parent: Positions, joining: _Joining, column: str
    ) -> Forest | None:
        forest, circle = lay_out(parent, *joining)
        if forest is None:
            ids = self._finder.ids
            for row in circle:
                above = ids[int(parent[row])].as_py()
                problem = f"'{ids[row].as_py()}' stands below himself, by way of '{above}'."
                remedy = f"Correct the {column} of one member of this circle."
                reader.fault(row, column, "tree.circle", problem, remedy)
        return forest

    def _other_trees(self, reader: Reader, joining: _Joining) -> dict[str, Forest]:
        file = self.plan.file
        names = [name for name, tree in file.trees.items() if tree.fill == "given"]
        if not reader.has("placement_parent"):
            if trees_used(self.plan.file).intersection(names):
                reader.raw("placement_parent")
            return {}
        if not names:
            return {}
        parent = self._references(reader, "placement_parent", "placement parent")
        forest = self._forest(reader, parent, joining, "placement_parent")
        sided = None
        if any(file.trees[name].kind == "binary" for name in names):
            is_right = sides_of(reader, parent, self._finder.ids)
            if forest is not None:
                sided = replace(forest, is_right=forest.in_preorder(is_right))
        if forest is None:
            return {}
        return {
            name: sided if sided is not None and file.trees[name].kind == "binary" else forest
            for name in names
        }

    def _refuse_beyond(self, trees: Mapping[str, Forest], sponsor: Positions) -> None:
        """List who stands where a matrix that came in has no place."""
        for name, tree in trees.items():
            form = self.plan.file.trees[name]
            for row, why in misplaced(tree, sponsor, form.width, form.depth):
                who = self._finder.ids[row].as_py()
                problem = f"'{who}' has no place in the tree '{name}': {why}."
                remedy = "Give him another placement parent, or the tree in the plan another form."
                self.members.fault(row, "placement_parent", "tree.no_place", problem, remedy)

    def _member_columns(self, forest: Forest, age: Positions) -> Mapping[str, Column]:
        """Read every column of members; it is brought into preorder when it is asked for."""
        by_row: dict[str, Column] = {}
        file = self.plan.file
        by_row["joined"], by_row["joined_in_period"] = self._joined()
        for name, spec in file.members.items():
            by_row[name] = _placed(self._column(self.members, name, spec), forest)
        for name in ("side", "person"):
            if name not in by_row and (self.members.has(name) or asks_for(file, name)):
                by_row[name] = self.members.codes(name)
        if isinstance(file.ranks, GivenRanks):
            by_row["rank"] = self._given_rank(file.ranks.given)

        def number() -> Column:
            return Numbers(forest.in_preorder(age).astype(np.int64), Fraction(1))

        made: dict[str, Callable[[], Column]] = {
            "number": number,
            "sponsor": lambda: Members(forest.parent),
        }
        for name, column in by_row.items():
            made[name] = partial(_in_preorder, column, forest)
        return MadeOnce(made)

    def _joined(self) -> tuple[Days, Flags]:
        period = self.inputs.period
        if not self.members.has("joined"):
            return Days(np.asarray(NO_DAY, np.int32)), Flags(np.asarray(0, np.bool_))
        days = self.members.days("joined", self.plan.file.time_zone)
        first, end = _day_number(period.start), _day_number(period.end)
        return days, Flags((days.values >= first) & (days.values < end))

    def _given_rank(self, given: list[str]) -> Codes:
        if not self.members.has("rank"):
            self.members.raw("rank")
            return Codes(np.full(len(self.members), -1, np.int32), tuple(given), is_ranked=True)
        codes = self.members.codes("rank")
        table = np.full(len(codes.labels) + 1, -1, np.int32)
        if codes.labels == tuple(given):
            return replace(codes, is_ranked=True)
        for code, label in enumerate(codes.labels):
            if label in given:
                table[code] = given.index(label)
                continue
            for row in np.flatnonzero(codes.values == code).tolist():
                problem = f"'{label}' is no rank of the plan."
                remedy = f"Ranks: {', '.join(given)}; leave it empty for none."
                self.members.fault(row, "rank", "table.rank", problem, remedy)
        return Codes(table[codes.values], tuple(given), is_ranked=True)

    def _column(self, reader: Reader, name: str, spec: FieldSpec) -> Column:
        currency = self.plan.file.currency
        default = default_of(spec, currency)
        match spec.unit:
            case "text":
                return reader.codes(name, default=default if isinstance(default, str) else "")
            case "yes_no":
                return reader.flags(name, default=default is True)
            case "date":
                day = _day_number(default) if default is not None else NO_DAY
                return reader.days(name, self.plan.file.time_zone, default=day)
            case "member":
                return Members(self._references(reader, name, "member"))
        number = default if isinstance(default, Fraction) else Fraction(0)
        return reader.numbers(name, places_of(spec, currency), number)

    def _ignored(self) -> tuple[str, ...]:
        known = {*self.plan.names.member, "name", "id", "sponsor", "rank"}
        known_orders = {*self.plan.names.order, "id"}
        members = [
            f"members.{name}" for name in self.members.table.column_names if name not in known
        ]
        orders = [
            f"orders.{name}" for name in self.orders.table.column_names if name not in known_orders
        ]
        return (*members, *orders)

    # Orders

    def _read_orders(self) -> tuple[Unplaced, int]:
        """Read the orders of the period, and those that the plan looks back at.

        Gives how many others there are, too.
        """
        raw, days = self.orders.raw("member"), self._order_dates.result()
        columns, named = self._order_columns(days), self._finder.named(raw)
        first, end = _day_number(self.inputs.period.start), _day_number(self.inputs.period.end)
        inside = _between(days.values, first, end)
        reach = reach_days(self.plan.file)
        kept = inside
        if reach and inside is not None:
            kept = inside | ((days.values > end - 1 - reach) & (days.values < end))
        chosen = None if kept is None or kept.all() else np.flatnonzero(kept)
        unplaced = Unplaced(named, columns, chosen, None if kept is inside else inside)
        unplaced.bring(order_fields_named(self.plan.file))
        return unplaced, 0 if inside is None else int(len(inside) - np.count_nonzero(inside))

    def _orders(self, forest: Forest) -> tuple[Orders, int]:
        """Put orders by member; gives how many others there are, too."""
        unplaced, outside = self._orders_read.result()
        if unplaced.chosen is not None:
            # Those left out may name nobody, too.
            self._list_orders_of_unknown()
        orders = Orders(unplaced, forest)
        if orders.unknown and unplaced.chosen is None:
            self._list_orders_of_unknown()
        return orders, outside

    def _list_orders_of_unknown(self) -> None:
        if not self.orders.has("member"):
            return
        raw = self.orders.raw("member")
        found, is_empty = self._finder.rows(raw)
        self._list_unknown(self.orders, "member", "member", found, is_empty)
        if is_empty is not None:
            for row in np.flatnonzero(is_empty).tolist():
                problem = "This order names no member."
                remedy = "Every order is credited to a member; a customer's order to his partner."
                self.orders.fault(row, "member", "table.no_member", problem, remedy)

    def _order_days(self) -> Days:
        days = self.orders.days("date", self.plan.file.time_zone)
        if self.orders.has("date") and len(days.values) and int(days.values.min()) == NO_DAY:
            listed = {fault.place for fault in self.faults}
            for row in np.flatnonzero(days.values == NO_DAY).tolist():
                if self.orders.source.place(row, "date") not in listed:
                    remedy = "Write the day of the order, as in 2026-10-31."
                    problem = "This order has no date."
                    self.orders.fault(row, "date", "table.no_date", problem, remedy)
        return days

    def _order_columns(self, days: Days) -> dict[str, Column]:
        file = self.plan.file
        columns: dict[str, Column] = {"date": days}
        exchange = worth_of_orders(self.orders, file, self.inputs.exchange)
        for name, spec in file.orders.items():
            column = self._column(self.orders, name, spec)
            if exchange is not None and spec.unit == "money" and isinstance(column, Numbers):
                column = in_worth(column, exchange, self.orders, file, self.inputs.exchange)
            columns[name] = column
        for name in ("kind", "customer", "currency"):
            if name not in columns and self.orders.has(name):
                columns[name] = self.orders.codes(name)
        return columns

    # What else comes in

    def _given(self, name: str, frame: TableLike | None) -> Given | None:
        """Give a table of figures by member, with the rows of its members."""
        if frame is None:
            return None
        reader = self._reader(name, arrow_table(frame, name))
        return reader, self._references(reader, "member", "member")

    def _carried(self, forest: Forest) -> dict[str, dict[int, str]]:
        if self.inputs.carries is None:
            return {}
        reader = self._reader("carries", arrow_table(self.inputs.carries, "carries"))
        rows, is_empty = self._finder.rows(reader.raw("member"))
        is_unknown = rows < 0 if is_empty is None else (rows < 0) & ~is_empty
        for row in np.flatnonzero(is_unknown).tolist():
            problem = "These carries belong to somebody who is no member any more."
            remedy = "Keep every former member in the list, or remove the carry on purpose."
            reader.fault(row, "member", "table.unknown_member", problem, remedy)
        names, values = reader.raw("name"), reader.raw("value")
        is_given = np.asarray(pc.and_(names.is_valid(), values.is_valid()), np.bool_)
        chosen = np.flatnonzero(is_given & ~is_unknown)
        named = names.take(pa.array(chosen)).combine_chunks().dictionary_encode()
        codes = np.asarray(named.indices)
        order = np.argsort(codes, kind="stable")
        cuts = np.searchsorted(codes[order], np.arange(len(named.dictionary) + 1))
        rows = rows[chosen[order]]
        positions = np.where(rows >= 0, forest.positions[rows], -1).tolist()
        texts = values.take(pa.array(chosen[order])).to_pylist()
        return {
            name: dict(zip(positions[low:high], texts[low:high], strict=True))
            for name, low, high in zip(
                named.dictionary.to_pylist(), cuts[:-1].tolist(), cuts[1:].tolist(), strict=True
            )
        }


def _in_preorder(column: Column, forest: Forest) -> Column:
    if isinstance(column, Quotients):
        raise TypeError("a quotient does not come in")
    return column.with_values(forest.in_preorder(column.values))


def _placed(column: Column, forest: Forest) -> Column:
    """Turn rows of members that a column names into positions."""
    if not isinstance(column, Members):
        return column
    return Members(forest.positions_of(column.values))


def _between(days: npt.NDArray[np.int32], first: int, end: int) -> npt.NDArray[np.bool_] | None:
    """Say which days lie in [first, end); None where all do."""
    if len(days) and int(days.min()) >= first and int(days.max()) < end:
        return None
    return np.asarray((days >= first) & (days < end))


def _with_columns(source: Source, table: pa.Table) -> Source:
    if source.columns:
        return source
    return Source(source.name, source.first_line, tuple(table.column_names))


def _day_number(day: object) -> int:
    return int(np.datetime64(str(day), "D").astype(np.int64))
