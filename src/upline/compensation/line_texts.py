"""Pay lines as tables that people and programs read: ids instead of rows, decimals."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from upline.compensation.decimals import SHOWN_PLACES, decimals
from upline.compensation.inputs import World
from upline.compensation.line_rows import LineRows

Array = npt.NDArray[Any]


class LineTexts:
    """Writes the rows of lines out as tables of one schema."""

    def __init__(self, world: World, bonuses: tuple[str, ...], places: int) -> None:
        self._ids = world.id_texts()
        self._orders = world.order_ids.cast(pa.string())
        self._bonuses = pa.array(bonuses, pa.string())
        text, exact = pa.string(), pa.decimal128(38, SHOWN_PLACES)
        self.schema = pa.schema(
            [
                ("member", text),
                ("bonus", pa.dictionary(pa.int32(), text)),
                ("order", text),
                ("buyer", text),
                ("level", pa.int32()),
                ("base", exact),
                ("rate", exact),
                ("amount", pa.decimal128(38, places)),
            ]
        )
        self._places = places

    def table(self, rows: LineRows) -> pa.Table:
        """Give member, bonus, order, buyer, level, base, rate, amount."""
        bonus = pa.array(rows.bonus.astype(np.int32))
        return pa.table(
            [
                self._ids.take(pa.array(rows.member)),
                pa.DictionaryArray.from_arrays(bonus, self._bonuses),
                self._orders.take(pa.array(rows.order, mask=rows.order < 0)),
                self._ids.take(pa.array(rows.buyer, mask=rows.buyer < 0)),
                pa.array(rows.level.astype(np.int32), mask=rows.level < 0),
                decimals(rows.base, SHOWN_PLACES),
                decimals(rows.rate, SHOWN_PLACES),
                decimals(rows.amount, self._places),
            ],
            schema=self.schema,
        )
