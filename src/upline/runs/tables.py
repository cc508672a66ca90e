"""Reads CSV and Parquet as tables of text and exact values; lists every row that cannot be read."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
from pyarrow import csv, parquet

from upline.compensation.errors import Fault, InputRefused, Place
from upline.compensation.tables import Source

_DELIMITERS = (",", ";", "\t")


def read_table(path: Path) -> tuple[pa.Table, Source]:
    """Read a table and say where its rows stand in the file.

    All cells of a CSV stay text; the delimiter (comma, semicolon or tab) is read off the header.
    Raises InputRefused with every row that has too many or too few cells, and with every line
    that is not UTF-8.
    """
    if not path.is_file():
        problem = f"There is no file {path}."
        remedy = "Give the path of a CSV file in UTF-8, or of a Parquet file."
        raise InputRefused.because("file.missing", problem, remedy, Place(str(path)))
    if path.suffix.lower() in (".parquet", ".pq"):
        return _parquet(path)
    return _csv(path)


def _parquet(path: Path) -> tuple[pa.Table, Source]:
    try:
        table = parquet.read_table(path)
    except (pa.ArrowInvalid, OSError) as error:
        problem = f"This is not a Parquet file that can be read: {error}."
        raise InputRefused.because("file.unreadable", problem, "", Place(str(path))) from error
    return table, Source(str(path), 1, tuple(table.column_names))


def _csv(path: Path) -> tuple[pa.Table, Source]:
    faults: list[Fault] = []
    with path.open("rb") as file:
        header = file.readline().removeprefix(b"\xef\xbb\xbf")
    if not header.strip():
        problem = "This file is empty; its first line should name the columns."
        raise InputRefused.because("file.empty", problem, "", Place(str(path), 1))
    if header.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputRefused([_encoding_fault(path, 1)])
    delimiter = max(_DELIMITERS, key=lambda mark: header.count(mark.encode()))
    names = _names(header, delimiter, path)

    def strange(row: csv.InvalidRow) -> str:
        line = (row.number or 0) + 0
        problem = f"This row has {row.actual_columns} cells; the header names {row.expected_columns}."
        remedy = "Put a text that contains the delimiter into double quotes."
        faults.append(Fault(Place(str(path), line), "file.cells", problem, remedy))
        return "skip"

    try:
        # One thread keeps row numbers, which messages need.
        table = csv.read_csv(
            path,
            read_options=csv.ReadOptions(use_threads=False),
            parse_options=csv.ParseOptions(delimiter=delimiter, invalid_row_handler=strange),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
                null_values=[""],
            ),
        )
    except pa.ArrowInvalid as error:
        wrong = _lines_not_utf8(path)
        if wrong:
            raise InputRefused([_encoding_fault(path, line) for line in wrong]) from error
        problem = f"This CSV cannot be read: {error}."
        raise InputRefused.because("file.unreadable", problem, "", Place(str(path))) from error
    if faults:
        raise InputRefused(faults)
    return table, Source(str(path), 2, tuple(table.column_names))


def _names(header: bytes, delimiter: str, path: Path) -> list[str]:
    try:
        text = header.decode("utf-8").strip("\r\n")
    except UnicodeDecodeError:
        raise InputRefused([_encoding_fault(path, 1)]) from None
    names = [name.strip().strip('"') for name in text.split(delimiter)]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        problem = f"The header names '{twice[0]}' twice."
        remedy = "Give each column its own name."
        raise InputRefused.because("file.header", problem, remedy, Place(str(path), 1))
    return names


def _lines_not_utf8(path: Path) -> list[int]:
    wrong = []
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                wrong.append(number)
    return wrong


def _encoding_fault(path: Path, line: int) -> Fault:
    remedy = "Save the file as UTF-8 (in a spreadsheet: 'CSV UTF-8'); Windows-1251 is not read."
    return Fault(Place(str(path), line), "file.encoding", "This line is not UTF-8.", remedy)


def write_table(table: pa.Table, path: Path) -> None:
    """Write a table as CSV or Parquet, by the file's ending."""
    if path.suffix == ".parquet":
        parquet.write_table(table, path, compression="zstd")
        return
    plain = pa.table(
        {
            name: column.cast(pa.string())
            if pa.types.is_dictionary(column.type) or pa.types.is_decimal(column.type)
            else column
            for name, column in zip(table.column_names, table.columns, strict=True)
        }
    )
    csv.write_csv(plain, path, csv.WriteOptions(quoting_style="needed"))
