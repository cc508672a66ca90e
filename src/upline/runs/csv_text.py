"""Writes a table as CSV in which only those texts stand in quotes that need them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

# What would end a cell or a row, or be taken for a quote.
_SPECIAL = '[,"\r\n]'
# So many rows at once: few enough for a text column to stay far below 2 GiB.
_ROWS = 500_000


def write_csv(names: Iterable[str], tables: Iterable[pa.Table], file: BinaryIO) -> None:
    """Write a header and the rows of tables that have these columns; null is an empty cell."""
    header = pa.table({name: [name] for name in names})
    file.write(_rows(header))
    for table in tables:
        file.writelines(
            _rows(table.slice(start, _ROWS)) for start in range(0, table.num_rows, _ROWS)
        )


def _rows(table: pa.Table) -> pa.Buffer:
    cells = [_cells(column) for column in table.itercolumns()]
    joined = pc.binary_join_element_wise(*cells, ",", null_handling="replace", null_replacement="")
    ended = pc.binary_join_element_wise(joined, "", "\n")
    return _text_of(ended)


def _cells(column: pa.ChunkedArray) -> pa.Array:
    texts = column.cast(pa.string()).combine_chunks()
    texts = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    if not _may_need_quotes(column.type):
        return texts
    needs = pc.match_substring_regex(texts, _SPECIAL)
    if not pc.any(needs).as_py():
        return texts
    quoted = pc.binary_join_element_wise('"', pc.replace_substring(texts, '"', '""'), '"', "")
    return pc.if_else(needs, quoted, texts)


def _may_need_quotes(kind: pa.DataType) -> bool:
    value = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(
        pa.types.is_string(value)
        or pa.types.is_large_string(value)
        or pa.types.is_string_view(value)
    )


def _text_of(rows: pa.Array) -> pa.Buffer:
    """Give the texts of rows as they lie behind each other in memory."""
    if not len(rows):
        return pa.py_buffer(b"")
    offsets = rows.buffers()[1]
    first, last = (
        int.from_bytes(offsets[at : at + 4].to_pybytes(), "little")
        for at in (4 * rows.offset, 4 * (rows.offset + len(rows)))
    )
    return rows.buffers()[2].slice(first, last - first)
