"""Bring the columns of a table of members into form, whatever types they came in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from django.conf import settings
from pyarrow import csv, parquet

from upline.network.domain import sides_of
from upline.network.loading.faults import Faults
from upline.network.models import Status, Tree

NEEDED = ("code", "joined_on", "country")
KNOWN = (
    *NEEDED,
    *("sponsor", "sponsor_since", "number", "status", "status_since"),
    *("person", "given_name", "family_name", "language"),
)
STATUSES = (str(Status.ACTIVE), str(Status.FROZEN), str(Status.TERMINATED))
LANGUAGES = tuple(code for code, _ in settings.LANGUAGES)
ROOT = "root"
Days = npt.NDArray[np.int32]


def read_members(path: str | Path) -> pa.Table:
    """Read a CSV or a Parquet file of members; every column of a CSV stays text until checked."""
    path = Path(path)
    if path.suffix == ".parquet":
        return parquet.read_table(path)
    names = csv.open_csv(path).schema.names
    return csv.read_csv(
        path,
        convert_options=csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True
        ),
        parse_options=csv.ParseOptions(newlines_in_values=True),
    )


@dataclass(slots=True, kw_only=True)
class PlaceColumns:
    """Where members stand in one tree: the code of the parent, the slot (0: none), the day."""

    tree: Tree
    parent: pa.Array
    slot: npt.NDArray[np.int32]
    is_root: npt.NDArray[np.bool_]
    since: Days


@dataclass(slots=True, kw_only=True)
class MemberColumns:
    """Members as columns in form; days are days since 1970."""

    code: pa.Array
    code_key: pa.Array
    joined: Days
    country: pa.Array
    sponsor: pa.Array
    sponsor_since: Days
    status: pa.Array
    status_since: Days
    number: npt.NDArray[np.int64] | None
    person: pa.Array | None
    given_name: pa.Array
    family_name: pa.Array
    language: pa.Array
    places: list[PlaceColumns]

    def __len__(self) -> int:
        return len(self.code)


def in_form(table: Any, trees: Sequence[Tree], faults: Faults) -> MemberColumns | None:
    """Read the columns; what cannot be read is a fault, and None if nothing can be."""
    given = table if isinstance(table, pa.Table) else pa.table(table)
    names = set(KNOWN)
    for tree in trees:
        names |= {f"{tree.code}_parent", f"{tree.code}_side", f"{tree.code}_since"}
    for name in given.column_names:
        if name not in names:
            faults.whole(
                name, "column_unknown", f"There is no column {name}.", f"Known: {sorted(names)}."
            )
    for name in NEEDED:
        if name not in given.column_names:
            faults.whole(name, "column_missing", f"The column {name} is missing.", "Add it.")
    if faults.found:
        return None
    return _Reader(given, faults).columns(trees)


class _Reader:
    """Reads columns of one table."""

    def __init__(self, table: pa.Table, faults: Faults) -> None:
        self.table = table
        self.faults = faults

    def columns(self, trees: Sequence[Tree]) -> MemberColumns:
        code = self.text("code")
        empty = np.asarray(pc.equal(code, "").to_numpy(zero_copy_only=False), np.bool_)
        self.faults.add(empty, "code", "code_missing", ("The code is missing.", "Give each one."))
        long = np.asarray(
            pc.greater(pc.utf8_length(code), 40).to_numpy(zero_copy_only=False), np.bool_
        )
        self.faults.add(long, "code", "code_long", ("The code is too long.", "Use 40 letters."))
        joined = self.days("joined_on", None)
        status = self.choice("status", STATUSES, STATUSES[0])
        return MemberColumns(
            code=code,
            code_key=pc.utf8_upper(code),
            joined=joined,
            country=self.country(),
            sponsor=pc.utf8_upper(self.text("sponsor")),
            sponsor_since=self.days("sponsor_since", joined),
            status=status,
            status_since=self.days("status_since", joined),
            number=self.numbers(),
            person=self.text("person") if "person" in self.table.column_names else None,
            given_name=self.name("given_name", code),
            family_name=self.name("family_name", None),
            language=self.choice("language", LANGUAGES, LANGUAGES[0]),
            places=[
                self.places(tree, joined)
                for tree in trees
                if f"{tree.code}_parent" in self.table.column_names
            ],
        )

    def column(self, name: str) -> pa.Array | None:
        if name not in self.table.column_names:
            return None
        found = self.table.column(name).combine_chunks()
        return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found

    def text(self, name: str) -> pa.Array:
        """Give a column as trimmed text, empty where there is nothing."""
        found = self.column(name)
        if found is None:
            return pa.array([""] * 1).take(pa.array(np.zeros(len(self.table), np.int32)))
        if pa.types.is_dictionary(found.type):
            found = found.dictionary_decode()
        return pc.utf8_trim_whitespace(pc.fill_null(found.cast(pa.string()), ""))

    def name(self, column: str, instead: pa.Array | None) -> pa.Array:
        found = self.text(column)
        if instead is not None:
            found = pc.if_else(pc.equal(found, ""), instead, found)
        return pc.utf8_slice_codeunits(found, 0, 200)

    def country(self) -> pa.Array:
        found = self.text("country")
        good = pc.match_substring_regex(found, "^[A-Z]{2}$")
        self.faults.add(
            ~np.asarray(good.to_numpy(zero_copy_only=False), np.bool_),
            "country",
            "country_unreadable",
            (lambda row: f"{found[row].as_py()!r} is not a country.", "Write two capital letters."),
        )
        return found

    def choice(self, name: str, allowed: Sequence[str], default: str) -> pa.Array:
        found = self.text(name)
        found = pc.if_else(pc.equal(found, ""), default, found)
        good = pc.is_in(found, value_set=pa.array(allowed))
        self.faults.add(
            ~np.asarray(good.to_numpy(zero_copy_only=False), np.bool_),
            name,
            f"{name}_unknown",
            (lambda row: f"{found[row].as_py()!r} is unknown.", f"Write {', '.join(allowed)}."),
        )
        return found

    def days(self, name: str, instead: Days | None) -> Days:
        """Give a column of days as days since 1970; what is empty is that of another column."""
        found = self.column(name)
        if found is None and instead is not None:
            return instead
        assert found is not None, "needed columns were checked"
        if pa.types.is_date(found.type) or pa.types.is_timestamp(found.type):
            days = found.cast(pa.date32())
        else:
            text = self.text(name)
            found = pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)
            whole = pc.match_substring_regex(text, r"^\d{4}-\d{2}-\d{2}$")
            kept = pc.if_else(whole, found, pa.scalar(None, pa.string()))
            days = pc.strptime(kept, format="%Y-%m-%d", unit="s", error_is_null=True)
            # The calendar's own writing back shows days that do not exist, as 31 February.
            days = pc.if_else(
                pc.equal(pc.strftime(days, format="%Y-%m-%d"), kept),
                days,
                pa.scalar(None, days.type),
            ).cast(pa.date32())
        wrong = np.asarray(days.is_null().to_numpy(zero_copy_only=False), np.bool_)
        values = np.array(
            pc.fill_null(days.cast(pa.int32()), 0).to_numpy(zero_copy_only=False), np.int32
        )
        if instead is not None:
            is_empty = np.asarray(found.is_null().to_numpy(zero_copy_only=False), np.bool_)
            values[is_empty] = instead[is_empty]
            wrong &= ~is_empty
        shown = self.table.column(name)
        self.faults.add(
            wrong,
            name,
            "day_unreadable",
            (lambda row: f"{shown[row].as_py()!r} is not a day.", "Write it as 2026-11-05."),
        )
        return values

    def numbers(self) -> npt.NDArray[np.int64] | None:
        """Give the joining numbers, if there are any."""
        if "number" not in self.table.column_names:
            return None
        text = self.text("number")
        good = pc.match_substring_regex(text, r"^[1-9]\d{0,17}$")
        wrong = ~np.asarray(good.to_numpy(zero_copy_only=False), np.bool_)
        self.faults.add(
            wrong,
            "number",
            "number_unreadable",
            (lambda row: f"{text[row].as_py()!r} is not a number.", "Write whole numbers from 1."),
        )
        return np.asarray(pc.if_else(good, text, "0").cast(pa.int64()).to_numpy())

    def places(self, tree: Tree, joined: Days) -> PlaceColumns:
        """Read parent, side and day in one tree."""
        parent, side = self.text(f"{tree.code}_parent"), self.text(f"{tree.code}_side")
        sides = sides_of(tree.kind, tree.width)
        slot = pc.fill_null(pc.index_in(side, value_set=pa.array(sides)), -1)
        slots = np.asarray(slot.to_numpy(), np.int32) + 1
        has_parent = np.asarray(pc.not_equal(parent, "").to_numpy(zero_copy_only=False), np.bool_)
        is_root = np.asarray(pc.equal(side, ROOT).to_numpy(zero_copy_only=False), np.bool_)
        self.faults.add(
            (has_parent & (slots == 0))
            | (~has_parent & ~is_root & np.asarray(pc.not_equal(side, ""), np.bool_)),
            f"{tree.code}_side",
            "side_unknown",
            (
                lambda row: f"{side[row].as_py()!r} is no slot under a parent.",
                f"Write {', '.join(sides)} with a parent, or {ROOT} without one.",
            ),
        )
        slots[~has_parent] = 0
        since = self.days(f"{tree.code}_since", joined)
        return PlaceColumns(
            tree=tree, parent=pc.utf8_upper(parent), slot=slots, is_root=is_root, since=since
        )
