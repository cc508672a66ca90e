"""From the columns that come in to exact columns; every value that cannot be read is listed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from upline.compensation.columns import NO_DAY, Codes, Days, Flags, Numbers
from upline.compensation.errors import Fault, InputRefused, Place


class ArrowStream(Protocol):
    """Any frame that hands its columns out through the Arrow PyCapsule interface."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object: ...


TableLike = ArrowStream | Mapping[str, Any]


_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_NO_VALUES = np.zeros(0, np.int64)


class _TooFine(ValueError):
    """A number has more decimals than its column may hold."""


@dataclass(frozen=True, slots=True)
class Source:
    """What a table is called in messages, the line of its first row, and its columns' order."""

    name: str
    first_line: int = 1
    columns: tuple[str, ...] = ()

    def place(self, row: int, column: str = "") -> Place:
        """Say where a row, and a column of it, stands in the file (row 0 is the first)."""
        number = self.columns.index(column) + 1 if column in self.columns else 0
        return Place(self.name, row + self.first_line, number)


@dataclass(slots=True)
class Reader:
    """Reads columns of one table and keeps every fault."""

    table: pa.Table
    source: Source
    faults: list[Fault] = field(default_factory=list)

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def has(self, name: str) -> bool:
        return name in self.table.column_names

    def fault(self, row: int, column: str, code: str, problem: str, remedy: str = "") -> None:
        self.faults.append(Fault(self.source.place(row, column), code, problem, remedy))

    def raw(self, name: str) -> pa.ChunkedArray:
        """Give a column; a missing one is a fault and reads as empty."""
        if not self.has(name):
            present = ", ".join(self.table.column_names)
            remedy = f"Present are: {present}. Rename a column, or add '{name}'."
            problem = f"There is no column '{name}'."
            self.faults.append(Fault(Place(self.source.name), "table.column", problem, remedy))
            return pa.chunked_array([pa.nulls(len(self), pa.string())])
        column = self.table.column(name)
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        if pa.types.is_large_string(column.type) or pa.types.is_string_view(column.type):
            column = column.cast(pa.string())
        return column

    def _list_bad(
        self,
        name: str,
        texts: pa.ChunkedArray,
        reads: Callable[[str], object],
        what: str,
        remedy: str,
    ) -> None:
        """List every text that cannot be read; one at least, for the column was refused."""
        before = len(self.faults)
        for row, text in enumerate(texts.to_pylist()):
            if text is None:
                continue
            try:
                reads(str(text).strip())
            except _TooFine:
                problem = f"'{text}' in '{name}' has too many decimals."
                self.fault(row, name, "table.decimals", problem, remedy)
            except (ValueError, InvalidOperation):
                self.fault(row, name, "table.value", f"'{text}' in '{name}' is not {what}.", remedy)
        if len(self.faults) == before:
            problem = f"The column '{name}' cannot be read: each cell should be {what}."
            place = self.source.place(0, name)
            self.faults.append(Fault(place, "table.value", problem, remedy))

    def numbers(self, name: str, places: int, default: Fraction = Fraction(0)) -> Numbers:
        """Read exact numbers with at most `places` decimals; an empty cell is `default`."""
        unit = Fraction(1, 10**places)
        whole_default = int(default / unit)
        column = self.raw(name)
        if pa.types.is_floating(column.type):
            remedy = "Give decimals as text or as a decimal type; binary fractions lose cents."
            problem = f"'{name}' holds binary floating point numbers."
            self.faults.append(Fault(Place(self.source.name), "table.float", problem, remedy))
            return Numbers(np.zeros(len(self), np.int64), unit)
        if pa.types.is_integer(column.type):
            try:
                values = _filled(column.cast(pa.int64()), 0).astype(np.int64, copy=False)
            except pa.ArrowInvalid as error:
                problem = f"'{name}' holds a whole number past 64 bits: {error}."
                self.faults.append(Fault(Place(self.source.name), "table.value", problem))
                return Numbers(np.zeros(len(self), np.int64), unit)
            values = _times_power(values, places)
        else:
            values = self._decimals(name, column, places)
        if whole_default:
            values = np.where(_is_empty(column), whole_default, values)
        return Numbers(values, unit)

    def _decimals(self, name: str, column: pa.ChunkedArray, places: int) -> npt.NDArray[Any]:
        wanted = pa.decimal128(38, places)
        if pa.types.is_decimal64(column.type) and column.type.scale == places:
            return _filled_whole(column)
        if pa.types.is_decimal128(column.type) and column.type.scale == places:
            return _whole_units(column)
        try:
            if pa.types.is_string(column.type):
                column = pc.utf8_trim_whitespace(column)
                column = pc.if_else(pc.equal(column, ""), pa.scalar(None, column.type), column)
            exact = column.cast(wanted)
        except pa.ArrowInvalid:
            remedy = f"Write digits with a point, at most {places} decimals, as in 1234.50."
            remedy += " If the column has more, declare it as {unit: ..., places: N} in the plan."

            def read(text: str) -> None:
                # Python reads more as a number than is meant here: 1_000, other scripts' digits.
                if not _NUMBER.fullmatch(text):
                    raise ValueError(text)
                if Decimal(text).quantize(Decimal(1).scaleb(-places)) != Decimal(text):
                    raise _TooFine(text)

            self._list_bad(name, column.cast(pa.string()), read, "a number", remedy)
            return np.zeros(len(self), np.int64)
        return _whole_units(exact)

    def codes(self, name: str, default: str = "") -> Codes:
        """Read texts; an empty cell is `default`, or -1 without one."""
        found = self._codes(name)
        if not default or not (found.values < 0).any():
            return found
        labels = found.labels if default in found.labels else (*found.labels, default)
        code = np.int32(labels.index(default))
        return Codes(np.where(found.values < 0, code, found.values), labels)

    def _codes(self, name: str) -> Codes:
        if self.has(name) and pa.types.is_dictionary(self.table.column(name).type):
            found = _dictionary_codes(self.table.column(name))
            if found is not None:
                return found
        column = self.raw(name)
        if not pa.types.is_string(column.type):
            column = column.cast(pa.string())
        column = pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)
        encoded = column.combine_chunks().dictionary_encode()
        if isinstance(encoded, pa.ChunkedArray):
            encoded = encoded.combine_chunks()
        values = _filled(encoded.indices.cast(pa.int32()), -1).astype(np.int32, copy=False)
        return Codes(values, tuple(encoded.dictionary.to_pylist()))

    def flags(self, name: str, *, default: bool = False) -> Flags:
        """Read yes or no: true/false, yes/no, 1/0; an empty cell is `default`."""
        column = self.raw(name)
        if pa.types.is_boolean(column.type):
            return Flags(_filled(column, fill=default).astype(np.bool_))
        texts = pc.utf8_lower(pc.utf8_trim_whitespace(column.cast(pa.string())))
        truths = pc.is_in(texts, pa.array(["yes", "true", "1", "y", "t"]))
        known = pc.is_in(
            texts, pa.array(["yes", "true", "1", "y", "t", "no", "false", "0", "n", "f", ""])
        )
        if pc.all(pc.or_(known, texts.is_null())).as_py() is False:

            def read(text: str) -> None:
                if text.lower() not in (
                    "yes",
                    "true",
                    "1",
                    "y",
                    "t",
                    "no",
                    "false",
                    "0",
                    "n",
                    "f",
                    "",
                ):
                    raise ValueError(text)

            self._list_bad(name, texts, read, "yes or no", "Write yes or no.")
        found = _filled(truths, fill=False).astype(np.bool_)
        return Flags(found | _is_empty(texts) if default else found)

    def days(self, name: str, time_zone: str, default: int = NO_DAY) -> Days:
        """Read days: dates, moments (as days of the time zone), or texts in ISO form.

        An empty cell is `default`, a number of days since 1970-01-01.
        """
        column = self.raw(name)
        if pa.types.is_string(column.type):
            column = self._parsed_days(name, pc.utf8_trim_whitespace(column), time_zone)
        if pa.types.is_timestamp(column.type):
            if column.type.tz is not None:
                column = pc.local_timestamp(column.cast(pa.timestamp("us", time_zone)))
            column = pc.floor_temporal(column, unit="day").cast(pa.date32())
        if not pa.types.is_date(column.type) and not pa.types.is_null(column.type):
            problem = f"'{name}' holds {column.type}, not days."
            remedy = "Give dates, or texts such as 2026-10-31."
            self.faults.append(Fault(Place(self.source.name), "table.dates", problem, remedy))
            return Days(np.full(len(self), NO_DAY, np.int32))
        days = column.cast(pa.date32()).cast(pa.int32())
        return Days(_filled(days, default).astype(np.int32, copy=False))

    def _parsed_days(self, name: str, texts: pa.ChunkedArray, time_zone: str) -> pa.ChunkedArray:
        texts = pc.if_else(pc.equal(texts, ""), pa.scalar(None, texts.type), texts)
        for wanted in (pa.date32(), pa.timestamp("us")):
            try:
                return texts.cast(wanted)
            except pa.ArrowInvalid:
                continue
        try:
            days = [_day(text, time_zone) for text in texts.to_pylist()]
        except ValueError:
            remedy = "Write 2026-10-31, or a moment such as 2026-10-31T23:59:00+02:00."
            self._list_bad(name, texts, lambda text: _day(text, time_zone), "a day", remedy)
            days = [_day_or_none(text, time_zone) for text in texts.to_pylist()]
        return pa.chunked_array([pa.array(days, pa.date32())])


def _day_or_none(text: str | None, time_zone: str) -> date | None:
    """Give the day where a text is one; the others are faults that are listed already."""
    try:
        return _day(text, time_zone)
    except ValueError:
        return None


def _day(text: str | None, time_zone: str) -> date | None:
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    return moment.astimezone(ZoneInfo(time_zone)).date() if moment.tzinfo else moment.date()


def _is_empty(column: pa.ChunkedArray) -> npt.NDArray[np.bool_]:
    """Say which cells hold nothing, or only blanks."""
    if pa.types.is_string(column.type):
        column = pc.fill_null(pc.equal(pc.utf8_trim_whitespace(column), ""), fill_value=True)
        return np.asarray(column.to_numpy(), np.bool_)
    return np.asarray(column.is_null().to_numpy(), np.bool_)


def _filled(column: pa.ChunkedArray | pa.Array, fill: object) -> npt.NDArray[Any]:
    if column.null_count:
        column = pc.fill_null(column, fill)
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    return np.asarray(column.to_numpy(zero_copy_only=False))


def _dictionary_codes(column: pa.ChunkedArray) -> Codes | None:
    """Take a dictionary column as it is; None where its entries are no distinct full texts."""
    array = column.unify_dictionaries().combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        return None
    labels = array.dictionary.to_pylist()
    if not all(isinstance(label, str) and label for label in labels) or len(set(labels)) < len(
        labels
    ):
        return None
    return Codes(
        _filled(array.indices.cast(pa.int32()), -1).astype(np.int32, copy=False), tuple(labels)
    )


def _times_power(values: npt.NDArray[Any], places: int) -> npt.NDArray[Any]:
    if places == 0:
        return values
    limit = 2**62 // 10**places
    if values.size and max(abs(int(values.max())), abs(int(values.min()))) > limit:
        return np.asarray(values.astype(object) * 10**places)
    return values * np.int64(10**places)


def _filled_whole(column: pa.ChunkedArray) -> npt.NDArray[Any]:
    """Give 64-bit decimals as whole numbers of their last place; nulls are 0."""
    parts = []
    for chunk in column.chunks:
        part = np.frombuffer(chunk.buffers()[1], np.int64)[chunk.offset : chunk.offset + len(chunk)]
        if chunk.null_count:
            part = np.where(np.asarray(chunk.is_null()), 0, part)
        parts.append(part)
    return np.asarray(parts[0]) if len(parts) == 1 else np.concatenate(parts or [_NO_VALUES])


def _whole_units(column: pa.ChunkedArray) -> npt.NDArray[Any]:
    """Give decimals as whole numbers of their last place; nulls are 0."""
    parts = []
    for chunk in column.chunks:
        words = np.frombuffer(chunk.buffers()[1], np.int64).reshape(-1, 2)
        words = words[chunk.offset : chunk.offset + len(chunk)]
        low, high = words[:, 0], words[:, 1]
        if np.array_equal(high, low >> 63):
            part = low.copy()
        else:
            part = high.astype(object) * 2**64 + (low.astype(object) % 2**64)
        if chunk.null_count:
            part[np.asarray(chunk.is_null())] = 0
        parts.append(part)
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)


def arrow_table(frame: TableLike, name: str) -> pa.Table:
    """Take any frame with the Arrow PyCapsule interface, or a mapping of names to lists.

    Raises InputRefused for anything else.
    """
    if isinstance(frame, pa.Table):
        return frame
    try:
        if isinstance(frame, Mapping):
            return pa.table(dict(frame))
        if hasattr(frame, "__arrow_c_stream__"):
            return pa.table(frame)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as error:
        problem = f"The table '{name}' cannot be read: {error}."
        remedy = "Let each column hold values of one kind; give numbers as decimal text."
        raise InputRefused.because("table.unreadable", problem, remedy, Place(name)) from error
    problem = f"The table '{name}' is {type(frame).__name__}, which is no table."
    remedy = "Give an Arrow table, a Polars or pandas frame, or a mapping of names to lists."
    raise InputRefused.because("table.unreadable", problem, remedy, Place(name))
