"""Columns of a table to be loaded: read exactly, with every fault by row and what to write instead.

A table comes from a CSV file, where all is text, or from Parquet with types of its own. What is
left empty is null in both. Values that were read with a fault stand as 0 or empty until `refuse`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from upline.catalog.errors import TableFault, TableRefused
from upline.money import currency_places

Integers = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]

FAULTS_OF_A_KIND = 1_000
DECIMALS = 6
_DECIMAL = r"^[0-9]{1,12}([.][0-9]{1,6})?$"
_MOMENT = r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}([.]\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?)?$"
_WITH_ZONE = r"\d(Z|[+-]\d{2}:\d{2})$"


class Reading:
    """A table while it is read: its columns, and the faults found so far."""

    def __init__(self, table: pa.Table, *, what: str) -> None:
        self.table = table
        self.what = what
        self.faults: list[TableFault] = []

    @property
    def rows(self) -> int:
        return int(self.table.num_rows)

    def expect(self, required: Iterable[str], optional: Iterable[str]) -> None:
        """Refuse a table that lacks columns, or has some that nobody reads: it may be a slip."""
        names = self.table.column_names
        for name in required:
            if name not in names:
                remedy = "Add it, with this name in the header."
                self.fault(0, name, "column_missing", f"There is no column '{name}'.", remedy)
        known = {*required, *optional}
        for name in names:
            if name not in known or names.count(name) > 1:
                remedy = f"Remove or rename it; known are: {', '.join(sorted(known))}."
                self.fault(0, name, "column_unknown", f"Nobody reads a column '{name}'.", remedy)
        self.refuse()

    def fault(self, row: int, column: str, code: str, problem: str, remedy: str) -> None:
        """Add one fault; row 1 is the first of values, 0 the table as a whole."""
        found = TableFault(
            row=row, column=column, code=f"table.{code}", problem=problem, remedy=remedy
        )
        self.faults.append(found)

    def faults_where(
        self,
        wrong: Truths | pa.Array,
        column: str,
        code: str,
        says: Callable[[int], str],
        remedy: str,
    ) -> None:
        """Add a fault for each row that is wrong; of very many, how many more there are."""
        places = np.flatnonzero(np.asarray(wrong))
        for place in places[:FAULTS_OF_A_KIND]:
            self.fault(int(place) + 1, column, code, says(int(place)), remedy)
        if len(places) > FAULTS_OF_A_KIND:
            more = f"{len(places) - FAULTS_OF_A_KIND} more rows have the same fault."
            self.fault(self.rows, column, code, more, remedy)

    def refuse(self) -> None:
        """Raise TableRefused if anything is wrong."""
        if self.faults:
            raise TableRefused(what=self.what, faults=self.faults)

    def texts(self, name: str, *, is_required: bool = True) -> pa.Array:
        """Give a column as text without blanks around it; an empty cell is an empty text."""
        if name not in self.table.column_names:
            return pa.array([""] * self.rows, pa.string())
        column = self.table[name].combine_chunks()
        flat = column.chunk(0) if isinstance(column, pa.ChunkedArray) else column
        texts = pc.utf8_trim_whitespace(pc.fill_null(flat.cast(pa.string()), ""))
        if is_required:
            remedy = "Fill it in every row."
            empty = pc.equal(texts, "")
            self.faults_where(
                empty, name, "empty", lambda _: f"The cell of '{name}' is empty.", remedy
            )
        return texts

    def no_longer(self, texts: pa.Array, name: str, length: int) -> None:
        """Refuse texts that their column has no room for."""
        wrong = pc.greater(pc.utf8_length(texts), length)
        remedy = f"Write at most {length} characters."
        self.faults_where(
            wrong, name, "too_long", lambda row: f"'{texts[row]}' is too long.", remedy
        )

    def one_of(self, name: str, allowed: Sequence[str], *, is_required: bool = True) -> pa.Array:
        """Give a column of words of which only some are allowed."""
        texts = self.texts(name, is_required=is_required)
        known = pc.is_in(texts, pa.array([*allowed, ""]))
        remedy = f"Write one of: {', '.join(allowed)}."
        self.faults_where(pc.invert(known), name, "unknown_word", self._quoted(texts), remedy)
        return texts

    def millionths(self, name: str, *, is_required: bool = True) -> tuple[Integers, Truths]:
        """Give decimals as whole millionths, and where there are any."""
        if name in self.table.column_names and pa.types.is_floating(self.table[name].type):
            remedy = "Store it as decimal or text: a float may have lost cents already."
            self.fault(0, name, "float", f"The column '{name}' holds floats.", remedy)
            return np.zeros(self.rows, np.int64), np.zeros(self.rows, bool)
        texts = self.texts(name, is_required=is_required)
        plain = _without_empty_places(texts)
        is_there = pc.not_equal(texts, "")
        is_read = pc.match_substring_regex(plain, _DECIMAL)
        remedy = "Write a number as 1234.50: not below zero, without blanks and signs between."
        wrong = pc.and_(is_there, pc.invert(is_read))
        self.faults_where(wrong, name, "number", self._quoted(texts), remedy)
        exact = pc.if_else(is_read, plain, "0").cast(pa.decimal128(18, DECIMALS))
        shifted = pc.multiply(exact, pa.scalar(10**DECIMALS, pa.decimal128(7, 0)))
        whole = shifted.cast(pa.int64()).to_numpy(zero_copy_only=False)
        return whole, np.asarray(is_there)

    def minor(self, name: str, currencies: pa.Array, *, is_required: bool = True) -> Integers:
        """Give amounts in minor units of each row's currency."""
        millionths, _ = self.millionths(name, is_required=is_required)
        places = {one: currency_places(one) for one in pc.unique(currencies).to_pylist()}
        coded = pc.dictionary_encode(currencies)
        units = np.array(
            [10 ** (DECIMALS - places[one]) for one in coded.dictionary.to_pylist()] or [1],
            np.int64,
        )[coded.indices.to_numpy(zero_copy_only=False)]
        whole, rest = np.divmod(millionths, units)
        remedy = "Write no more decimals than the currency has."
        self.faults_where(
            rest != 0,
            name,
            "decimals",
            lambda row: f"'{self.table[name][row]}' has too many decimals for {currencies[row]}.",
            remedy,
        )
        return whole

    def whole(self, name: str, *, default: int) -> Integers:
        """Give whole numbers above zero, a default where the cell is empty."""
        millionths, is_there = self.millionths(name, is_required=False)
        whole, rest = np.divmod(millionths, 10**DECIMALS)
        wrong = is_there & ((rest != 0) | (whole < 1) | (whole > 1_000_000))
        remedy = "Write a whole number from 1 to 1000000."
        self.faults_where(wrong, name, "whole_number", self._of(name), remedy)
        return np.where(is_there, whole, default)

    def moments(self, name: str, zones: pa.Array, *, is_required: bool = True) -> pa.Array:
        """Give moments in UTC. One without a zone is told by the clocks of its row's own zone."""
        column = self.table[name].type if name in self.table.column_names else None
        if column is not None and pa.types.is_timestamp(column) and column.tz:
            return _flat(self.table[name]).cast(pa.timestamp("us", "UTC"), safe=False)
        texts = self.texts(name, is_required=is_required)
        is_read = pc.match_substring_regex(texts, _MOMENT)
        plain = pc.replace_substring(texts, " ", "T")
        has_zone = pc.and_(is_read, pc.match_substring_regex(plain, _WITH_ZONE))
        found = _told(plain, has_zone, pa.timestamp("us", "UTC"))
        for zone in pc.unique(zones).to_pylist():
            here = pc.and_(pc.and_(is_read, pc.invert(has_zone)), pc.equal(zones, zone))
            told = _told(plain, here, pa.timestamp("us"))
            local = pc.assume_timezone(told, zone, ambiguous="earliest", nonexistent="earliest")
            found = pc.coalesce(found, local.cast(pa.timestamp("us", "UTC")))
        wrong = pc.and_(pc.not_equal(texts, ""), pc.is_null(found))
        remedy = "Write 2026-10-05, 2026-10-05T14:30:00, or 2026-10-05T14:30:00+02:00."
        self.faults_where(wrong, name, "moment", self._quoted(texts), remedy)
        return found

    def _quoted(self, texts: pa.Array) -> Callable[[int], str]:
        return lambda row: f"'{texts[row]}' cannot be read."

    def _of(self, name: str) -> Callable[[int], str]:
        return lambda row: f"'{self.table[name][row]}' cannot be read."


def decimals_of(millionths: Integers) -> pa.Array:
    """Write millionths as plain decimals without empty places.

    >>> decimals_of(np.array([12_500_000, 3_000_000, 1])).to_pylist()
    ['12.5', '3', '0.000001']
    """
    unit = pa.scalar(Decimal(1).scaleb(-DECIMALS), pa.decimal128(7, DECIMALS))
    exact = pc.multiply(pa.array(millionths).cast(pa.decimal128(19, 0)), unit)
    return _without_empty_places(exact.cast(pa.string()))


def volumes_as_json(reading: Reading, names: Sequence[str]) -> pa.Array:
    """Write the volumes of each row as JSON; an empty cell brings none."""
    inside = pa.array([""] * reading.rows, pa.string())
    for name in sorted(names):
        millionths, is_there = reading.millionths(name, is_required=False)
        part = pc.binary_join_element_wise(f'"{name}": "', decimals_of(millionths), '",', "")
        named = pc.if_else(pa.array(is_there), part, "")
        inside = pc.binary_join_element_wise(inside, named, "")
    return pc.binary_join_element_wise("{", pc.utf8_rtrim(inside, ","), "}", "")


def _without_empty_places(texts: pa.Array) -> pa.Array:
    plain = pc.replace_substring_regex(texts, r"([.]\d*?)0+$", r"\1")
    return pc.replace_substring_regex(plain, r"[.]$", "")


def _told(texts: pa.Array, chosen: pa.Array, kind: pa.DataType) -> pa.Array:
    """Read the chosen rows; a day that is written well and does not exist becomes null."""
    some = pc.if_else(chosen, texts, pa.scalar(None, pa.string()))
    try:
        return some.cast(kind)
    except pa.ArrowInvalid:
        read = [None if one is None else _moment(one) for one in some.to_pylist()]
        return pa.array(read, kind)


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else found


def _flat(column: pa.ChunkedArray) -> pa.Array:
    found = column.combine_chunks()
    return found.chunk(0) if isinstance(found, pa.ChunkedArray) else found
