"""Pay lines as tables that people and programs read: ids instead of rows, decimals."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from upline.compensation.decimals import NARROW_DIGITS, SHOWN_PLACES, decimals, narrow_decimals
from upline.compensation.inputs import World
from upline.compensation.line_rows import LineRows, LineSequence
from upline.compensation.own_ids import known, own, taken

Array = npt.NDArray[Any]
_TEXT, _NAMED = pa.string(), pa.dictionary(pa.int32(), pa.string())


class LineTexts:
    """Writes the rows of lines out as tables, made to be written to a file.

    Ids that came as whole numbers stay such; else who is paid is a dictionary of each table's own.
    Figures take 64 bits where those of all lines do, so all tables have one schema.
    """

    def __init__(self, world: World, sequence: LineSequence) -> None:
        self._ids = world.own_ids()
        self._orders = own(world.order_ids)
        self._bonuses = pa.array(sequence.bonuses, _TEXT)
        self._narrow = sequence.narrow()
        self._places = {"base": SHOWN_PLACES, "rate": SHOWN_PLACES, "amount": sequence.places}
        self.schema = pa.schema(
            [
                pa.field("member", self._ids.type if self._is_numbered else _NAMED, nullable=False),
                pa.field("bonus", _NAMED, nullable=False),
                ("order", self._orders.type),
                ("buyer", self._ids.type),
                ("level", pa.int32()),
                *(pa.field(name, self._kind(name), nullable=False) for name in self._places),
            ]
        )

    @property
    def usual_schema(self) -> pa.Schema:
        """Give what whoever computes with lines expects: texts, and decimals of the usual width."""
        usual = {name: pa.decimal128(38, places) for name, places in self._places.items()}
        usual |= dict.fromkeys(("member", "order", "buyer"), _TEXT)
        return pa.schema([(one.name, usual.get(one.name, one.type)) for one in self.schema])

    def table(self, rows: LineRows) -> pa.Table:
        """Give member, bonus, order, buyer, level, base, rate, amount."""
        bonus = pa.array(rows.bonus.astype(np.int32))
        return pa.table(
            [
                self._receivers(rows.member),
                pa.DictionaryArray.from_arrays(bonus, self._bonuses),
                taken(self._orders, rows.order),
                taken(self._ids, rows.buyer),
                known(rows.level.astype(np.int32)),
                self._figures("base", rows.base),
                self._figures("rate", rows.rate),
                self._figures("amount", rows.amount),
            ],
            schema=self.schema,
        )

    @property
    def _is_numbered(self) -> bool:
        return bool(pa.types.is_integer(self._ids.type))

    def _receivers(self, members: Array) -> pa.Array:
        """Name each member once, where ids are texts: his lines stand together."""
        if self._is_numbered:
            return taken(self._ids, members)
        begins = np.ones(len(members), np.bool_)
        np.not_equal(members[1:], members[:-1], out=begins[1:])
        names = self._ids.take(pa.array(members[begins]))
        places = np.cumsum(begins, dtype=np.int32)
        return pa.DictionaryArray.from_arrays(pa.array(places - np.int32(1)), names)

    def _kind(self, name: str) -> pa.DataType:
        kind, digits = (
            (pa.decimal64, NARROW_DIGITS) if name in self._narrow else (pa.decimal128, 38)
        )
        return kind(digits, self._places[name])

    def _figures(self, name: str, values: Array) -> pa.Array:
        write = narrow_decimals if name in self._narrow else decimals
        return write(values, self._places[name])
