"""Reads CSV and Parquet as tables of text and exact values; lists every row that cannot be read."""

from __future__ import annotations

import csv as plain_csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import csv, parquet

from upline.compensation.errors import Fault, InputRefused, Place
from upline.compensation.tables import Source
from upline.runs.csv_text import write_csv
from upline.runs.packing import packing

ENDINGS = (".csv", ".parquet", ".pq")
_DELIMITERS = (",", ";", "\t")
_NO_FILE = "Give the path of a CSV file in UTF-8, or of a Parquet file."
_SAVE_AGAIN = "Save the table again as CSV in UTF-8, or as Parquet."


@dataclass(frozen=True, slots=True)
class CsvSource(Source):
    """A CSV file: blank lines and line breaks inside quotes move its rows down."""

    delimiter: str = ","

    def place(self, row: int, column: str = "") -> Place:
        """Say where a row, and a column of it, stands in the file (row 0 is the first)."""
        number = self.columns.index(column) + 1 if column in self.columns else 0
        lines = _lines_of_rows(Path(self.name), self.delimiter)
        return Place(self.name, int(lines[row]) if row < len(lines) else 0, number)


@lru_cache(maxsize=8)
def _lines_of_rows(path: Path, delimiter: str) -> npt.NDArray[np.int64]:
    """Give the line on which each row below the header begins."""
    lines = []
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        rows = plain_csv.reader(file, delimiter=delimiter)
        begins = 1
        for cells in rows:
            if cells:
                lines.append(begins)
            begins = rows.line_num + 1
    return np.asarray(lines[1:], np.int64)


def read_table(path: Path) -> tuple[pa.Table, Source]:
    """Read a table and say where its rows stand in the file.

    All cells of a CSV stay text; the delimiter (comma, semicolon or tab) is read off the header.
    Raises InputRefused with every row that has too many or too few cells, and with every line
    that is not UTF-8.
    """
    if not path.is_file():
        problem = f"There is no file {path}."
        raise InputRefused.because("file.missing", problem, _NO_FILE, Place(str(path)))
    if path.suffix.lower() in (".parquet", ".pq"):
        return _parquet(path)
    _lines_of_rows.cache_clear()
    return _csv(path)


def _parquet(path: Path) -> tuple[pa.Table, Source]:
    try:
        table = parquet.read_table(path)
    except (pa.ArrowInvalid, OSError) as error:
        problem = f"This is not a Parquet file that can be read: {error}."
        raise InputRefused.because(
            "file.unreadable", problem, _SAVE_AGAIN, Place(str(path))
        ) from error
    return table, Source(str(path), 1, tuple(table.column_names))


def _csv(path: Path) -> tuple[pa.Table, Source]:
    with path.open("rb") as file:
        header = file.readline().removeprefix(b"\xef\xbb\xbf")
    if header.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputRefused([_encoding_fault(Place(str(path), 1, 1))])
    if not header.strip():
        problem = "This file is empty; its first line should name the columns."
        remedy = "Give a table with a header, as in id,sponsor."
        raise InputRefused.because("file.empty", problem, remedy, Place(str(path), 1))
    delimiter = max(_DELIMITERS, key=lambda mark: header.count(mark.encode()))
    names = _names(header, delimiter, path)
    source = CsvSource(str(path), 2, tuple(names), delimiter)
    _refuse_open_quotes(path, delimiter)
    strange: list[csv.InvalidRow] = []

    def remember(row: csv.InvalidRow) -> str:
        strange.append(row)
        return "skip"

    try:
        # One thread keeps row numbers, which messages need.
        table = csv.read_csv(
            path,
            read_options=csv.ReadOptions(use_threads=False, column_names=names, skip_rows=1),
            parse_options=csv.ParseOptions(
                delimiter=delimiter, invalid_row_handler=remember, newlines_in_values=True
            ),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
                null_values=[""],
            ),
        )
    except pa.ArrowInvalid as error:
        wrong = _not_utf8(path, delimiter)
        if wrong:
            raise InputRefused([_encoding_fault(place) for place in wrong]) from error
        if "Empty CSV" in str(error):
            return pa.table({name: pa.array([], pa.string()) for name in names}), source
        problem = f"This CSV cannot be read: {error}."
        raise InputRefused.because(
            "file.unreadable", problem, _SAVE_AGAIN, Place(str(path))
        ) from error
    if strange:
        raise InputRefused(_cell_faults(strange, source))
    return table, source


def _refuse_open_quotes(path: Path, delimiter: str) -> None:
    """Refuse a quote that never closes: it would swallow all rows up to the end of the file."""
    with path.open("rb") as file:
        quotes = sum(block.count(b'"') for block in iter(lambda: file.read(1 << 20), b""))
    if quotes % 2 == 0:
        return
    begins = 1
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        rows = plain_csv.reader(file, delimiter=delimiter, strict=True)
        try:
            for _ in rows:
                begins = rows.line_num + 1
        except plain_csv.Error as error:
            if "unexpected end" not in str(error):
                return
            problem = "In this row a double quote opens that never closes."
            remedy = "Close it, or write a quote that belongs to the text twice."
            place = Place(str(path), begins)
            raise InputRefused.because("file.quotes", problem, remedy, place) from None


def _cell_faults(strange: list[csv.InvalidRow], source: CsvSource) -> list[Fault]:
    faults = []
    for row in strange:
        problem = (
            f"This row has {row.actual_columns} cells; the header names {row.expected_columns}."
        )
        remedy = "Put a text that contains the delimiter into double quotes."
        if row.actual_columns < row.expected_columns:
            remedy = "Leave a cell empty where there is nothing, but keep its delimiter."
        line = source.place((row.number or 0) - 2).line
        column = min(row.actual_columns, row.expected_columns) + 1
        faults.append(Fault(Place(source.name, line, column), "file.cells", problem, remedy))
    return faults


def _names(header: bytes, delimiter: str, path: Path) -> list[str]:
    try:
        text = header.decode("utf-8").strip("\r\n")
    except UnicodeDecodeError as error:
        column = header[: error.start].count(delimiter.encode()) + 1
        raise InputRefused([_encoding_fault(Place(str(path), 1, column))]) from None
    names = [name.strip() for name in next(plain_csv.reader([text], delimiter=delimiter))]
    faults = []
    for column, name in enumerate(names, start=1):
        place = Place(str(path), 1, column)
        if name and name in names[: column - 1]:
            problem = f"The header names '{name}' twice."
            faults.append(Fault(place, "file.header", problem, "Give each column its own name."))
        elif not name:
            problem = "This column has no name."
            faults.append(Fault(place, "file.header", problem, "Name it, or remove the column."))
    if faults:
        raise InputRefused(faults)
    return names


def _not_utf8(path: Path, delimiter: str) -> list[Place]:
    wrong = []
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                column = line[: error.start].count(delimiter.encode()) + 1
                wrong.append(Place(str(path), number, column))
    return wrong


def _encoding_fault(place: Place) -> Fault:
    remedy = "Save the file as UTF-8 (in a spreadsheet: 'CSV UTF-8'); Windows-1251 is not read."
    return Fault(place, "file.encoding", "This line is not UTF-8.", remedy)


def write_table(table: pa.Table, path: Path) -> None:
    """Write a table as CSV or Parquet, by the file's ending."""
    if path.suffix == ".parquet":
        parquet.write_table(table, path, **packing(table.schema))
        return
    with path.open("wb") as file:
        write_csv(table.column_names, [table], file)
