"""Writes pay lines as a file, a part at a time: never all of them stand in memory as a table."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from upline.compensation import Result
from upline.runs.csv_text import write_csv

# The ways of Parquet that need no search for each value, as a dictionary does.
_DIFFERENCES, _SPLIT = "DELTA_BINARY_PACKED", "BYTE_STREAM_SPLIT"


def write_lines(result: Result, path: Path) -> None:
    """Write the lines of a run as CSV or Parquet, by the file's ending."""
    texts = result.line_texts()
    parts = (texts.table(rows) for rows in result.line_parts())
    if path.suffix == ".parquet":
        _write_parquet(texts.schema, parts, path)
        return
    with path.open("wb") as file:
        write_csv(texts.schema.names, parts, file)


def _write_parquet(schema: pa.Schema, parts: Iterable[pa.Table], path: Path) -> None:
    """Write each part as a row group while the next is made."""
    few = [one.name for one in schema if _repeats(one)]
    packed = {one.name: way for one in schema if (way := _packing(one))}
    squeezed = {"zstd": few, "lz4": [name for name, way in packed.items() if way == _SPLIT]}
    compression = dict.fromkeys(schema.names, "snappy") | dict.fromkeys(packed, "none")
    for method, names in squeezed.items():
        compression |= dict.fromkeys(names, method)
    writer = parquet.ParquetWriter(
        path,
        schema,
        compression=compression,
        use_dictionary=few,
        column_encoding=packed or None,
        write_statistics=["member"],
        store_decimal_as_integer=True,
        # Whoever reads the file finds texts, numbers and decimals, however they are kept in it.
        store_schema=False,
    )
    with writer, ThreadPoolExecutor(1) as beside:
        writing: Future[None] | None = None
        for part in parts:
            if writing is not None:
                writing.result()
            writing = beside.submit(writer.write_table, part, row_group_size=part.num_rows)
        if writing is not None:
            writing.result()


def _repeats(field: pa.Field) -> bool:
    """Say whether a column comes with a list of its values, or has long ones."""
    return pa.types.is_dictionary(field.type) or pa.types.is_decimal128(field.type)


def _packing(field: pa.Field) -> str:
    """Give how numbers that hardly repeat are packed: by their differences, or byte by byte."""
    if _repeats(field):
        return ""
    if pa.types.is_integer(field.type):
        return _DIFFERENCES
    return _SPLIT if pa.types.is_decimal64(field.type) else ""
