"""Writes pay lines as a file, a part at a time: never all of them stand in memory as a table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from upline.compensation import Result
from upline.runs.csv_text import write_csv


def write_lines(result: Result, path: Path) -> None:
    """Write the lines of a run as CSV or Parquet, by the file's ending."""
    texts = result.line_texts()
    parts: Iterator[pa.Table] = (texts.table(rows) for rows in result.line_parts())
    if path.suffix == ".parquet":
        with parquet.ParquetWriter(path, texts.schema, compression="zstd") as writer:
            for part in parts:
                writer.write_table(part, row_group_size=part.num_rows)
        return
    with path.open("wb") as file:
        write_csv(texts.schema.names, parts, file)
