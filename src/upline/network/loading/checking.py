"""Find whom each row names, and every fault of the whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from django.db.models import Max

from upline.compensation.genealogy.forest import lay_out
from upline.foundation.copying import copy_out
from upline.network.loading.faults import Faults
from upline.network.loading.reading import Days, MemberColumns, PlaceColumns
from upline.network.models import HistorySeal

EPOCH = date(1970, 1, 1)
NOBODY = -1
Places = npt.NDArray[np.int64]


@dataclass(slots=True, kw_only=True)
class There:
    """The members there are: what a load may refer to and must not repeat."""

    id: Places
    code_key: pa.Array
    joined: Days
    number: Places


@dataclass(slots=True, kw_only=True)
class Seats:
    """The seats of one tree: row of the parent (or -1), whether the member stands there at all."""

    columns: PlaceColumns
    parent: Places
    is_placed: npt.NDArray[np.bool_]


@dataclass(slots=True, kw_only=True)
class Resolved:
    """Rows numbered: those of the load from 0, the members there are behind them."""

    columns: MemberColumns
    there: There
    order: Places
    sponsor: Places
    seats: list[Seats]


def members_there() -> There:
    """Read whom a load may refer to."""
    types = {"id": pa.int64(), "key": pa.string(), "joined": pa.date32(), "number": pa.int64()}
    found = copy_out(
        "SELECT id, upper(code), joined_on, number FROM network_member ORDER BY number", types
    )
    return There(
        id=found["id"].to_numpy(),
        code_key=found["key"].combine_chunks(),
        joined=found["joined"].cast(pa.int32()).to_numpy(),
        number=found["number"].to_numpy(),
    )


def checked(columns: MemberColumns, faults: Faults) -> Resolved:
    """Find the row of whom each row names; all faults are noted."""
    there = members_there()
    keys = pa.chunked_array([columns.code_key, there.code_key.cast(pa.string())])
    _codes(columns, there, faults)
    order = _order(columns, there, faults)
    joined = np.concatenate([columns.joined, there.joined])
    sponsor = _named(columns.sponsor, keys, ("sponsor", "sponsor_unknown"), faults)
    _days(columns.sponsor_since, columns.joined, "sponsor_since", faults)
    _days(columns.status_since, columns.joined, "status_since", faults)
    _after(columns.sponsor_since, joined, sponsor, ("sponsor", "joined_before_sponsor"), faults)
    _circles(sponsor, order, len(columns), "sponsor", faults)
    seats = []
    for place in columns.places:
        name = f"{place.tree.code}_parent"
        parent = _named(place.parent, keys, (name, "parent_unknown"), faults)
        _days(place.since, columns.joined, f"{place.tree.code}_since", faults)
        _circles(parent, order, len(columns), name, faults)
        seats.append(_seats(place, parent, there, faults))
    _sealed(columns, faults)
    return Resolved(columns=columns, there=there, order=order, sponsor=sponsor, seats=seats)


def _codes(columns: MemberColumns, there: There, faults: Faults) -> None:
    encoded = np.asarray(pc.dictionary_encode(columns.code_key).indices)
    remedy = "Give each member a code of their own; capital and small letters count as the same."
    faults.add(
        _repeats(encoded),
        "code",
        "code_twice",
        (lambda row: f"The code {columns.code[row].as_py()} stands twice.", remedy),
    )
    known = pc.is_in(columns.code_key, value_set=there.code_key.cast(pa.string()))
    faults.add(
        np.asarray(known.to_numpy(zero_copy_only=False), np.bool_)
        & np.asarray(pc.not_equal(columns.code_key, "").to_numpy(zero_copy_only=False), np.bool_),
        "code",
        "code_taken",
        (
            lambda row: f"The code {columns.code[row].as_py()} belongs to a member.",
            "Leave out who is there already.",
        ),
    )


def _repeats(values: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Mark the values that stood before."""
    order = np.argsort(values, kind="stable")
    again = np.zeros(len(values), np.bool_)
    again[order[1:]] = values[order[1:]] == values[order[:-1]]
    return again


def _order(columns: MemberColumns, there: There, faults: Faults) -> Places:
    """Give the rows in the order of joining; given numbers say it, else day and row do."""
    if columns.number is None:
        return np.argsort(columns.joined, kind="stable")
    numbers = columns.number
    taken = np.isin(numbers, there.number) if len(there.number) else np.zeros(len(numbers), bool)
    faults.add(
        (_repeats(numbers) & (numbers > 0)) | taken,
        "number",
        "number_twice",
        (lambda row: f"The number {numbers[row]} is taken.", "Give each member their own."),
    )
    return np.argsort(numbers, kind="stable")


def _named(
    column: pa.Array, keys: pa.ChunkedArray, said: tuple[str, str], faults: Faults
) -> Places:
    """Find the row of each code, -1 where there is none to find."""
    name, code = said
    found = np.asarray(pc.fill_null(pc.index_in(column, value_set=keys), NOBODY).to_numpy())
    is_empty = np.asarray(pc.equal(column, "").to_numpy(zero_copy_only=False), np.bool_)
    faults.add(
        (found < 0) & ~is_empty,
        name,
        code,
        (
            lambda row: f"There is no member {column[row].as_py()}.",
            "Load that member too, or correct the code.",
        ),
    )
    return np.where(is_empty, NOBODY, found).astype(np.int64)


def _days(since: Days, joined: Days, name: str, faults: Faults) -> None:
    faults.add(
        since < joined,
        name,
        "before_joining",
        (lambda row: f"{_day(since[row])} is before joining.", "Give the day of joining or later."),
    )


def _after(since: Days, starts: Days, above: Places, said: tuple[str, str], faults: Faults) -> None:
    """Refuse those who stand under somebody before that one joined."""
    name, code = said
    late = (above >= 0) & (starts[above] > since)
    faults.add(
        late,
        name,
        code,
        (
            lambda row: (
                f"{_day(since[row])} is before the one above joined, on {_day(starts[above[row]])}."
            ),
            f"Correct a date, or say in {name.removesuffix('_parent')}_since from when it holds.",
        ),
    )


def _circles(above: Places, order: Places, count: int, name: str, faults: Faults) -> None:
    # Nobody who is there already stands under somebody new, so circles lie within the load.
    parent = np.where(above < count, above, NOBODY).astype(np.int32)
    joining = order.astype(np.int32)
    age = np.empty(count, np.int32)
    age[joining] = np.arange(count, dtype=np.int32)
    _, circle = lay_out(parent, joining, age) if count else (None, [])
    faults.add(
        np.asarray(sorted(circle), np.int64),
        name,
        "circle",
        ("This member stands above themselves.", "Correct one of those in the circle."),
    )


def _seats(place: PlaceColumns, parent: Places, there: There, faults: Faults) -> Seats:
    tree, count = place.tree, len(parent)
    has_parent = parent >= 0
    is_placed = has_parent | place.is_root
    # Who has somebody below and nobody above is a root, said or not.
    inside = parent[has_parent & (parent < count)]
    is_placed[inside] = True
    starts, taken = _placed_there(tree.pk, there)
    starts = np.concatenate([np.where(is_placed, place.since, np.iinfo(np.int32).max), starts])
    name = f"{tree.code}_parent"
    unplaced = has_parent & (starts[parent] == np.iinfo(np.int32).max)
    faults.add(
        unplaced, name, "parent_not_placed", ("The parent has no position.", "Place them first.")
    )
    _after(place.since, starts, np.where(unplaced, NOBODY, parent), (name, "placed_early"), faults)
    seats = parent * (tree.width + 1) + place.slot
    rows = np.flatnonzero(has_parent)
    twice = np.zeros(count, np.bool_)
    twice[rows] = _repeats(seats[rows])
    if len(taken):
        twice |= has_parent & np.isin(seats, (taken[:, 0] + count) * (tree.width + 1) + taken[:, 1])
    faults.add(
        twice,
        f"{tree.code}_side",
        "slot_twice",
        ("The slot is taken by another member.", "Give each slot to one member."),
    )
    return Seats(columns=place, parent=parent, is_placed=is_placed)


def _placed_there(tree_id: int, there: There) -> tuple[Days, npt.NDArray[np.int64]]:
    """Give since when each member there has a position, and the slots that are taken, by row."""
    never = np.iinfo(np.int32).max
    starts = np.full(len(there.id), never, np.int32)
    types = {"m": pa.int64(), "p": pa.int64(), "slot": pa.int64(), "since": pa.date32()}
    found = copy_out(
        "SELECT member_id, parent_id, slot, lower(span) FROM network_placement"
        " WHERE tree_id = %s AND upper_inf(span)",
        types,
        [tree_id],
    )
    if not len(found):
        return starts, np.empty((0, 2), np.int64)
    ids = pa.array(there.id)
    starts[pc.index_in(found["m"], value_set=ids).to_numpy()] = (
        found["since"].cast(pa.int32()).to_numpy()
    )
    seated = found.filter(pc.is_valid(found["p"]))
    rows = pc.index_in(seated["p"], value_set=ids).to_numpy().astype(np.int64)
    return starts, np.stack([rows, seated["slot"].to_numpy()], axis=1)


def _sealed(columns: MemberColumns, faults: Faults) -> None:
    before_on = HistorySeal.objects.aggregate(last=Max("before_on"))["last"]
    if before_on is None:
        return
    faults.add(
        columns.joined < (before_on - EPOCH).days,
        "joined_on",
        "history_sealed",
        (
            lambda row: f"{_day(columns.joined[row])} lies before {before_on}, which is sealed.",
            "Let them join on that day or later.",
        ),
    )


def _day(days: Any) -> date:
    return EPOCH + timedelta(days=int(days))
