"""What a run gives, as Arrow tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

import upline
from upline.compensation import columns, digests
from upline.compensation.bonuses.board import board_state
from upline.compensation.bonuses.lines import Paid, id_ranks
from upline.compensation.carry_tables import (
    carries_of,
    lost_carries_of,
)
from upline.compensation.columns import Codes, Column, Flags, Members, Numbers, filled_rows
from upline.compensation.decimals import SHOWN_PLACES, decimal_text, decimal_texts, decimals
from upline.compensation.genealogy.places import place_state
from upline.compensation.inputs import World
from upline.compensation.line_digests import LineDigests
from upline.compensation.line_rows import LineRows, LineSequence
from upline.compensation.line_texts import LineTexts
from upline.compensation.measures.scopes import Figures
from upline.compensation.plan.calendars import calendars_of, is_elsewhere, is_unknown
from upline.compensation.receipts import digests_of
from upline.compensation.wallets import Pay, Payable
from upline.money import currency_places

Array = npt.NDArray[Any]
# So many lines are picked out at once: enough to work on several threads, little to hold.
LINES_AT_ONCE = 1 << 20


@dataclass(slots=True)
class Result:
    """The outcome of one period; tables are made when they are asked for."""

    figures: Figures
    paid: list[Paid]
    gates: dict[str, Flags]
    keeps_lines: bool = True
    _tables: dict[str, pa.Table] = field(default_factory=dict)
    _own_currency: Pay | None = None
    _line_sequence: LineSequence | None = None
    _line_digests: dict[str, str] | None = None
    _ranks_of_ids: tuple[Array, Array] | None = None

    @property
    def world(self) -> World:
        return self.figures.world

    @property
    def places(self) -> int:
        """Decimals in which amounts of all bonuses can be shown, those of other calendars included."""
        file = self.world.plan.file
        roundings = (bonus.rounding or file.rounding for bonus in file.bonuses.values())
        places = [file.rounding.places, *(rounding.places for rounding in roundings)]
        if "all" in self.world.given_earnings:
            places.append(len(str(self.world.earnings_unit.denominator)) - 1)
        return max(places)

    @property
    def lines(self) -> pa.Table:
        """member, bonus, order, buyer, level, base, rate, amount; by member, bonus, order, buyer."""
        return self._once("lines", self._lines)

    @property
    def totals(self) -> pa.Table:
        """member, bonus, amount, posted (rounded to the smallest unit of the plan's currency)."""
        return self._once("totals", self._totals)

    @property
    def pay(self) -> pa.Table:
        """member, amount, currency (the plan's), pay_amount, pay_currency (his own)."""
        return self._once("pay", self._pay)

    def in_own_currency(self) -> Pay:
        """Give what each member is paid; raises InputRefused where a currency or rate is missing."""
        if self._own_currency is None:
            payable = Payable(self.figures, self.paid, self.gates)
            self._own_currency = payable.in_own_currency()
        return self._own_currency

    @property
    def ranks(self) -> pa.Table:
        """member, ladder, rank, title (null below the first)."""
        return self._once("ranks", self._ranks)

    @property
    def carries(self) -> pa.Table:
        """member, name, value: what the next period's run needs of this one, and other calendars'."""
        return self._once("carries", lambda: carries_of(self.figures))

    @property
    def lost_carries(self) -> pa.Table:
        """member, name, value: what came in and no rule of the plan goes on with."""
        return self._once("lost_carries", lambda: lost_carries_of(self.figures))

    @property
    def legal(self) -> pa.Table:
        """member, gate, holds."""
        return self._once("legal", self._legal)

    @property
    def wallets(self) -> pa.Table:
        """member, wallet, amount."""
        return self._once("wallets", self._wallets)

    @property
    def cuts(self) -> pa.Table:
        """member, bonus, step (budget, limit, legal), name, amount: what was taken at the end."""
        return self._once("cuts", self._cuts)

    @property
    def states(self) -> pa.Table:
        """member, name (as in `free_goods.half_price_items`), value: what is reported beside pay.

        Who has none, 0 or no of it has no row.
        """
        return self._once("states", self._states)

    def reports(self, name: str) -> bool:
        """Say whether this run has a state of that name, whoever has any of it."""
        return name in self.figures.states

    def asked_state(self, member: str, state: str) -> str | None:
        """Give a state that is found only when asked for, as there would be too many to list.

        `grid.level_below.ID` of a matrix, `starter.heads_board_with` of boards; None for any other.
        """
        position = self.figures.position_of(member)
        found = place_state(self.figures, position, state)
        return found if found is not None else board_state(self.figures, position, state)

    def measure(self, name: str) -> pa.Table:
        """member, value: a measure as text; money by the plan's rounding.

        Raises KeyError, also for a measure of another calendar that no rule of this one asks for.
        """
        if is_unknown(name, self.world.plan.file, self.world.calendar):
            raise KeyError(name)
        column = self.figures.member_scope.named(name).spread(len(self.world))
        unit = self.world.plan.names.member[name]
        texts = [self._text(column, row, unit) for row in self._by_row()]
        return pa.table({"member": self._ids(), "value": pa.array(texts, pa.string())})

    def order_value(self, name: str) -> pa.Table:
        """order, value: an order value as text; money by the plan's rounding. Raises KeyError."""
        world = self.world
        column = self.figures.order_scope.named(name).spread(len(world.orders))
        unit = world.plan.names.order[name]
        texts = [self._text(column, row, unit) for row in range(len(world.orders))]
        ids = world.order_ids.take(pa.array(world.orders.rows)).cast(pa.string())
        return pa.table({"order": ids, "value": pa.array(texts, pa.string())})

    def company_total(self) -> Fraction:
        """Give the sum of all lines, in the plan's currency."""
        return sum(
            (Fraction(int(part.totals.sum()), 10**part.places) for part in self.paid), Fraction(0)
        )

    def receipt(self) -> dict[str, Any]:
        """Give digests of plan, inputs and outputs over canonical values."""
        inputs, outputs = digests_of(self)
        several = len(calendars_of(self.world.plan.file)) > 1
        return {
            "engine": upline.__version__,
            "plan": self.world.plan.id,
            "period": [str(self.world.period.start), str(self.world.period.end)],
            **({"calendar": self.world.calendar} if several else {}),
            **({} if self.keeps_lines else {"lines": "not kept"}),
            "plan_digest": digests.of_text(self.world.plan.source),
            "inputs": inputs,
            "inputs_digest": digests.of_parts(inputs),
            "outputs": outputs,
            "outputs_digest": digests.of_parts(outputs),
        }

    # Tables

    def _once(self, name: str, make: Any) -> pa.Table:
        if name not in self._tables:
            self._tables[name] = make()
        return self._tables[name]

    def _by_row(self) -> list[int]:
        return [int(position) for position in self.world.forest.positions]

    def _ids(self) -> pa.Array:
        return self.world.id_texts()

    def _text(self, column: Column, index: int, unit: str) -> str | None:
        if isinstance(column, Flags):
            return "yes" if column.at(index) else "no"
        if isinstance(column, Members):
            position = column.at(index)
            return None if position < 0 else self.world.id_of(position)
        if isinstance(column, Numbers | columns.Quotients):
            exact = column.at(index)
            if unit == "money" or isinstance(column, columns.Quotients):
                rounding = self.world.plan.file.rounding
                places = rounding.places if unit == "money" else SHOWN_PLACES
                single = Numbers(
                    np.asarray([exact.numerator], object), Fraction(1, exact.denominator)
                )
                exact = columns.rounded(single, places, rounding.mode).at(0)
            return decimal_text(exact)
        return column.at(index)

    def _texts(self, column: Column) -> pa.Array:
        """Write what is reported of some members, all of whom have something of it."""
        if isinstance(column, Numbers):
            return decimal_texts(column)
        if isinstance(column, Members):
            return self.world.ids_at(column.values)
        if isinstance(column, Codes):
            return _labelled(column)
        assert not isinstance(column, columns.Quotients)
        written = [self._text(column, index, "") for index in range(len(column.values))]
        return pa.array(written, pa.string())

    def line_rows(self) -> LineRows:
        """Give the lines as whole numbers, by rows of the inputs."""
        sequence = self.line_sequence()
        return sequence.rows(0, len(sequence))

    def line_sequence(self) -> LineSequence:
        """Give the lines in canonical order, to be picked out part by part."""
        if self._line_sequence is None:
            self._line_sequence = LineSequence(self.paid, self.world, self.places, self.id_ranks())
        return self._line_sequence

    def line_parts(self) -> Iterator[LineRows]:
        """Give the lines part by part, so that never all of them are in memory as rows.

        Whoever takes all of them has digested them, too: a receipt need not go through them again.
        """
        sequence = self.line_sequence()
        digesting = LineDigests(sequence) if self._line_digests is None else None
        for part in sequence.parts(LINES_AT_ONCE):
            if digesting is not None:
                digesting.add(part)
            yield part
        if digesting is not None:
            self._line_digests = digesting.digests()

    def line_texts(self) -> LineTexts:
        """Give what writes rows of lines out as tables."""
        return LineTexts(self.world, self.line_sequence())

    def line_digests(self) -> dict[str, str]:
        """Give the digest of each column of the lines; nothing where there are none."""
        if self._line_digests is None:
            for _ in self.line_parts():
                pass
        return self._line_digests or {}

    def id_ranks(self) -> tuple[Array, Array]:
        """Give the places of members' and of orders' ids in sorted order, by row."""
        if self._ranks_of_ids is None:
            self._ranks_of_ids = id_ranks(self.world.ids), id_ranks(self.world.order_ids)
        return self._ranks_of_ids

    def _lines(self) -> pa.Table:
        texts = self.line_texts()
        parts = [texts.schema.empty_table(), *map(texts.table, self.line_parts())]
        return pa.concat_tables(parts).cast(texts.usual_schema).combine_chunks()

    def _totals(self) -> pa.Table:
        member = self.id_ranks()[0][self.world.forest.rows]
        parts = []
        for index, part in enumerate(self.paid):
            rows = np.flatnonzero(part.totals)
            amounts = part.totals[rows] * 10 ** (self.places - part.places)
            parts.append((rows, np.full(len(rows), index, np.int32), amounts))
        rows = np.concatenate([part[0] for part in parts] or [np.zeros(0, np.int64)])
        bonus = np.concatenate([part[1] for part in parts] or [np.zeros(0, np.int32)])
        amounts = np.concatenate([part[2] for part in parts] or [np.zeros(0, np.int64)])
        order = np.argsort(member[rows] * len(self.paid) + bonus)
        rows, bonus, amounts = rows[order], bonus[order], amounts[order]
        names = pa.array([part.bonus for part in self.paid], pa.string())
        file = self.world.plan.file
        exact = Numbers(amounts, Fraction(1, 10**self.places))
        places = currency_places(file.currency)
        posted = columns.rounded(exact, places, file.rounding.mode)
        return pa.table(
            {
                "member": self.world.ids_at(rows),
                "bonus": pa.DictionaryArray.from_arrays(pa.array(bonus, pa.int32()), names),
                "amount": decimals(amounts, self.places),
                "posted": decimals(posted.values, places),
            }
        )

    def paid_members(self) -> Array:
        """Give the members with something to be paid, by id."""
        member = self.id_ranks()[0][self.world.forest.rows]
        rows = np.flatnonzero(self.in_own_currency().totals.values)
        return np.asarray(rows[np.argsort(member[rows])])

    def _pay(self) -> pa.Table:
        file = self.world.plan.file
        rows, pay = self.paid_members(), self.in_own_currency()
        exact = columns.rounded(pay.totals.taken(rows), self.places, file.rounding.mode)
        codes = pay.currencies.taken(rows).values
        labels = pay.currencies.labels
        places = np.asarray([currency_places(label) for label in labels], np.int64)[codes]
        most = int(places.max(initial=0)) if len(rows) else currency_places(file.currency)
        return pa.table(
            {
                "member": self.world.ids_at(rows),
                "amount": decimals(exact.values, self.places),
                "currency": pa.repeat(file.currency, len(rows)),
                "pay_amount": decimals(pay.units[rows] * 10 ** (most - places), most),
                "pay_currency": pa.array(labels, pa.string()).take(pa.array(codes)),
            }
        )

    def ladders(self) -> list[str]:
        """Give the names of the ladders on which members have ranks."""
        return [name for name in self.world.plan.names.ranks if name != "title"]

    def _ranks(self) -> pa.Table:
        order = np.asarray(self.world.forest.positions)
        tables = []
        for name in self.ladders():
            rank = self.figures.member_scope.named(name)
            assert isinstance(rank, Codes)
            title = self._title() if name == "rank" else rank
            title = rank if title is None else title
            tables.append(
                pa.table(
                    {
                        "member": self._ids(),
                        "ladder": pa.repeat(name, len(self.world)),
                        "rank": _labelled(rank.spread(len(self.world)).taken(order)),
                        "title": _labelled(title.spread(len(self.world)).taken(order)),
                    }
                )
            )
        if not tables:
            names = ("member", "ladder", "rank", "title")
            return pa.schema([(name, pa.string()) for name in names]).empty_table()
        return pa.concat_tables(tables)

    def _title(self) -> Codes | None:
        """Give the titles; None where ranks came in and nobody has asked for the highest."""
        if is_elsewhere("title", self.world.plan.file, self.world.calendar):
            self.figures.member_scope.named("title")
        title = self.figures.members.get("title")
        return title if isinstance(title, Codes) else None

    def _legal(self) -> pa.Table:
        order = np.asarray(self.world.forest.positions)
        tables = [
            pa.table(
                {
                    "member": self._ids(),
                    "gate": pa.repeat(name, len(self.world)),
                    "holds": pa.array(flags.values[order]),
                }
            )
            for name, flags in self.gates.items()
        ]
        empty = pa.schema([("member", pa.string()), ("gate", pa.string()), ("holds", pa.bool_())])
        return pa.concat_tables(tables) if tables else empty.empty_table()

    def _wallets(self) -> pa.Table:
        """Split each member's total; the last wallet takes what rounding leaves of a whole split."""
        kind = pa.decimal128(38, self.places)
        tables = [
            pa.schema(
                [("member", pa.string()), ("wallet", pa.string()), ("amount", kind)]
            ).empty_table()
        ]
        payable = Payable(self.figures, self.paid, self.gates)
        for name, units in payable.by_wallet(self.places).items():
            rows = np.flatnonzero(units)
            tables.append(
                pa.table(
                    {
                        "member": self.world.ids_at(rows),
                        "wallet": pa.repeat(name, len(rows)),
                        "amount": decimals(units[rows], self.places),
                    }
                )
            )
        return pa.concat_tables(tables)

    def _cuts(self) -> pa.Table:
        """List what each step took of each bonus, step by step as they follow each other."""
        text = pa.string()
        kind = pa.decimal128(38, self.places)
        names = ("member", "bonus", "step", "name", "amount")
        kinds = (text, text, text, text, kind)
        parts = [pa.schema(list(zip(names, kinds, strict=True))).empty_table()]
        member = self.id_ranks()[0][self.world.forest.rows]
        for part in self.paid:
            for cut in part.cuts:
                rows = np.flatnonzero(cut.totals)
                rows = rows[np.argsort(member[rows])]
                amounts = cut.totals[rows] * 10 ** (self.places - part.places)
                said = (pa.repeat(word, len(rows)) for word in (part.bonus, cut.step, cut.name))
                columns_of_cut = [self.world.ids_at(rows), *said, decimals(amounts, self.places)]
                parts.append(pa.table(columns_of_cut, names))
        return pa.concat_tables(parts)

    def _states(self) -> pa.Table:
        names = ("member", "name", "value")
        parts = [pa.schema([(name, pa.string()) for name in names]).empty_table()]
        member = self.id_ranks()[0][self.world.forest.rows]
        for name, column in sorted(self.figures.states.items()):
            spread = column.spread(len(self.world))
            rows = filled_rows(spread)
            rows = rows[np.argsort(member[rows])]
            named = pa.repeat(name, len(rows))
            texts = self._texts(spread.taken(rows))
            parts.append(pa.table([self.world.ids_at(rows), named, texts], names))
        return pa.concat_tables(parts)


def _labelled(column: Codes) -> pa.Array:
    labels = pa.array(column.labels, pa.string())
    return labels.take(pa.array(column.values, mask=column.values < 0))
