"""Binary trees: on which side everybody stands."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from upline.compensation.columns import Codes
from upline.compensation.genealogy.forest import Positions
from upline.compensation.kernels import trees
from upline.compensation.tables import Reader

SIDES = ("left", "right")
_SIDE_OF = {side: code for code, side in enumerate(SIDES)}


def sides_of(members: Reader, parent: Positions, ids: pa.Array) -> npt.NDArray[np.bool_]:
    """Say for each row of members whether it stands on the right; lists every fault of the sides.

    Whoever has nobody above needs no side.
    """
    if not members.has("side"):
        members.raw("side")
        return np.zeros(len(members), np.bool_)
    sides = members.codes("side")
    known = np.asarray([*(_SIDE_OF.get(label, -1) for label in sides.labels), -1], np.int8)
    is_right, taken = np.empty(len(parent), np.bool_), np.zeros(2 * len(parent), np.bool_)
    # An empty side is code -1, the last of the table.
    codes = np.ascontiguousarray(sides.values)
    if trees.take_places(parent, codes, known, taken, is_right):
        side = known[codes]
        _list_unknown_sides(members, sides, np.flatnonzero((parent >= 0) & (side < 0)))
        _list_shared_places(members, parent, np.where(parent >= 0, side, -1), ids)
    return is_right


def _list_unknown_sides(members: Reader, sides: Codes, rows: npt.NDArray[np.int64]) -> None:
    for row in rows.tolist():
        text = sides.at(row)
        problem = f"'{text}' is no side." if text else "This member has a place, but no side."
        members.fault(row, "side", "table.side", problem, "Write left or right.")


def _list_shared_places(
    members: Reader, parent: Positions, side: npt.NDArray[Any], ids: pa.Array
) -> None:
    """List everybody who stands where another stands already."""
    rows = np.flatnonzero(side >= 0)
    places = parent[rows].astype(np.int64) * 2 + side[rows]
    order = np.argsort(places, kind="stable")
    taken = places[order]
    for index in np.flatnonzero(taken[1:] == taken[:-1]).tolist():
        row, first = (
            int(rows[order[k]]) for k in (index + 1, np.searchsorted(taken, taken[index]))
        )
        above = ids[int(parent[row])].as_py()
        problem = f"The {SIDES[int(side[row])]} place below '{above}' is taken twice."
        remedy = f"'{ids[first].as_py()}' stands there; give each a place of his own."
        members.fault(row, "side", "tree.place_twice", problem, remedy)
