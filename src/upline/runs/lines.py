"""Writes pay lines as a file, a part at a time: never all of them stand in memory as a table."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from upline.compensation import Result
from upline.runs.csv_text import write_csv
from upline.runs.packing import packing


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
    writer = parquet.ParquetWriter(path, schema, **packing(schema))
    with writer, ThreadPoolExecutor(1) as beside:
        writing: Future[None] | None = None
        for part in parts:
            if writing is not None:
                writing.result()
            writing = beside.submit(writer.write_table, part, row_group_size=part.num_rows)
        if writing is not None:
            writing.result()
