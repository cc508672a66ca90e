"""What a run gives, as Arrow tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
from upline.compensation.columns import Codes, Column, Flags, Members, Numbers
from upline.compensation.decimals import SHOWN_PLACES, decimal_text
from upline.compensation.genealogy.places import place_state
from upline.compensation.inputs import World
from upline.compensation.line_digests import LineDigests
from upline.compensation.line_rows import LineRows, LineSequence
from upline.compensation.line_texts import LineTexts
from upline.compensation.measures.scopes import Figures
from upline.compensation.measures.windows import resolve_carries
from upline.compensation.outputs import TABLES, usual
from upline.compensation.plan.calendars import calendars_of, is_elsewhere, is_unknown
from upline.compensation.receipts import digests_of
from upline.compensation.wallets import Pay, Payable

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
    _member_ranks: Array | None = None
    _order_ranks: Array | None = None
    _by_id: Array | None = None

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
        return self._usual("totals")

    @property
    def pay(self) -> pa.Table:
        """member, amount, currency (the plan's), pay_amount, pay_currency (his own)."""
        return self._usual("pay")

    def in_own_currency(self) -> Pay:
        """Give what each member is paid; raises InputRefused where a currency or rate is missing."""
        if self._own_currency is None:
            payable = Payable(self.figures, self.paid, self.gates)
            self._own_currency = payable.in_own_currency()
        return self._own_currency

    @property
    def ranks(self) -> pa.Table:
        """member, ladder, rank, title (null below the first)."""
        return self._usual("ranks")

    @property
    def carries(self) -> pa.Table:
        """member, name, value: what the next period's run needs of this one, and other calendars'."""
        return self._usual("carries")

    @property
    def lost_carries(self) -> pa.Table:
        """member, name, value: what came in and no rule of the plan goes on with."""
        return self._usual("lost_carries")

    @property
    def legal(self) -> pa.Table:
        """member, gate, holds."""
        return self._usual("legal")

    @property
    def wallets(self) -> pa.Table:
        """member, wallet, amount."""
        return self._usual("wallets")

    @property
    def cuts(self) -> pa.Table:
        """member, bonus, step (budget, limit, legal), name, amount: what was taken at the end."""
        return self._usual("cuts")

    @property
    def states(self) -> pa.Table:
        """member, name (as in `free_goods.half_price_items`), value: what is reported beside pay.

        Who has none, 0 or no of it has no row.
        """
        return self._usual("states")

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
        texts = [self.text_of(column, row, unit) for row in self._by_row()]
        return pa.table({"member": self._ids(), "value": pa.array(texts, pa.string())})

    def order_value(self, name: str) -> pa.Table:
        """order, value: an order value as text; money by the plan's rounding. Raises KeyError."""
        world = self.world
        column = self.figures.order_scope.named(name).spread(len(world.orders))
        unit = world.plan.names.order[name]
        texts = [self.text_of(column, row, unit) for row in range(len(world.orders))]
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

    def resolve(self) -> None:
        """Find what tables and receipt have in common, so that they can be made at once.

        Raises InputRefused where a currency or a rate of somebody who is paid is missing.
        """
        self.paid_members()
        resolve_carries(self.figures.member_scope)
        for name in self.ladders():
            self.figures.member_scope.named(name)
        self.titles()

    def as_kept(self, name: str) -> pa.Table:
        """Give a table of TABLES as files keep it: ids as they came, figures in 64 bits."""
        return self._once(f"{name} as kept", lambda: TABLES[name](self))

    def _usual(self, name: str) -> pa.Table:
        return self._once(name, lambda: usual(self.as_kept(name)))

    def _once(self, name: str, make: Callable[[], pa.Table]) -> pa.Table:
        if name not in self._tables:
            self._tables[name] = make()
        return self._tables[name]

    def _by_row(self) -> list[int]:
        return [int(position) for position in self.world.forest.positions]

    def _ids(self) -> pa.Array:
        return self.world.id_texts()

    def text_of(self, column: Column, index: int, unit: str) -> str | None:
        """Write one figure as a text; money by the plan's rounding, None for nobody or nothing."""
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

    def line_rows(self) -> LineRows:
        """Give the lines as whole numbers, by rows of the inputs."""
        sequence = self.line_sequence()
        return sequence.rows(0, len(sequence))

    def line_sequence(self) -> LineSequence:
        """Give the lines in canonical order, to be picked out part by part."""
        if self._line_sequence is None:
            ranks = self.member_ranks(), self.order_ranks()
            self._line_sequence = LineSequence(self.paid, self.world, self.places, ranks)
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

    def member_ranks(self) -> Array:
        """Give the places of members' ids in sorted order, by row."""
        if self._member_ranks is None:
            self._member_ranks = id_ranks(self.world.ids)
        return self._member_ranks

    def order_ranks(self) -> Array:
        """Give the places of orders' ids in sorted order, by row."""
        if self._order_ranks is None:
            self._order_ranks = id_ranks(self.world.order_ids)
        return self._order_ranks

    def _lines(self) -> pa.Table:
        texts = self.line_texts()
        parts = [texts.schema.empty_table(), *map(texts.table, self.line_parts())]
        return pa.concat_tables(parts).cast(texts.usual_schema).combine_chunks()

    def paid_members(self) -> Array:
        """Give the members with something to be paid, by id."""
        by_id = self.members_by_id()
        return np.asarray(by_id[np.flatnonzero(self.in_own_currency().totals.values[by_id])])

    def members_by_id(self) -> Array:
        """Give the positions of all members in the sequence of their ids."""
        if self._by_id is None:
            ranks = self.member_ranks()
            rows = np.empty_like(ranks)
            rows[ranks] = np.arange(len(ranks))
            self._by_id = self.world.forest.positions[rows]
        return self._by_id

    def ladders(self) -> list[str]:
        """Give the names of the ladders on which members have ranks."""
        return [name for name in self.world.plan.names.ranks if name != "title"]

    def titles(self) -> Codes | None:
        """Give the titles; None where ranks came in and nobody has asked for the highest."""
        if is_elsewhere("title", self.world.plan.file, self.world.calendar):
            self.figures.member_scope.named("title")
        title = self.figures.members.get("title")
        return title if isinstance(title, Codes) else None
