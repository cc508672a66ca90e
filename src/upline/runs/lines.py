"""Writes pay lines as a file, a part at a time: never all of them stand in memory as a table."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from upline.compensation import Result
from upline.runs.csv_text import write_csv
from upline.runs.tables import IDS


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
    few = [
        name
        for name in schema.names
        if name not in IDS or pa.types.is_dictionary(schema.field(name).type)
    ]
    writer = parquet.ParquetWriter(
        path,
        schema,
        compression={name: "zstd" if name in few else "snappy" for name in schema.names},
        use_dictionary=few,
        write_statistics=["member", "bonus"],
        store_decimal_as_integer=True,
        # Whoever reads the file finds texts and decimals, however they are kept in it.
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
