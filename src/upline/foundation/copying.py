"""Many rows at once, between PostgreSQL and Arrow tables, by COPY.

A million rows go in or out in seconds; both ways run in the present transaction.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

import pyarrow as pa
from django.db import connection
from pyarrow import csv

from upline.foundation.ahead import prepared

_CHUNK_ROWS = 200_000
# From so many rows on, tables are counted after a load.
LARGE_LOAD = 1_000
# Below, `cursor.cursor` is the driver's own: the one that Django puts around it in development
# copies nothing that has parameters.


def copy_in(table: str, rows: pa.Table | Iterable[pa.Table]) -> None:
    """Append the rows of an Arrow table, or of several; column names are the table's. Null stays null.

    Several are asked for one after the other, so that all need not be held at once. Texts may hold
    anything but the null byte.
    """
    parts = iter([rows] if isinstance(rows, pa.Table) else rows)
    first = next(parts, None)
    if first is None:
        return
    columns = ", ".join(f'"{name}"' for name in first.column_names)
    statement = f'COPY "{table}" ({columns}) FROM STDIN (FORMAT csv)'
    chunks = (
        part.slice(start, _CHUNK_ROWS)
        for part in chain([first], parts)
        for start in range(0, part.num_rows, _CHUNK_ROWS)
    )
    with connection.cursor() as cursor, cursor.cursor.copy(statement) as copy:
        for text in prepared(_text_of, chunks):
            copy.write(text)


def count_rows(tables: Sequence[str] = ()) -> None:
    """Let PostgreSQL count tables anew, or all: right after a load it would plan as if they were empty.

    Tables of somebody else are passed over; its own housekeeping counts them within minutes.
    """
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE " + ", ".join(f'"{name}"' for name in tables))


def _text_of(rows: pa.Table) -> memoryview:
    sink = io.BytesIO()
    csv.write_csv(rows, sink, csv.WriteOptions(include_header=False))
    return sink.getbuffer()


def copy_out(
    query: str, types: Mapping[str, pa.DataType], parameters: Sequence[object] = ()
) -> pa.Table:
    """Give what a query finds as an Arrow table with columns of these types, in this order."""
    found = io.BytesIO()
    statement = f"COPY ({query}) TO STDOUT (FORMAT csv, FORCE_QUOTE *)"
    with connection.cursor() as cursor, cursor.cursor.copy(statement, parameters or None) as copy:
        for block in copy:
            found.write(block)
    if not found.tell():
        return pa.schema(list(types.items())).empty_table()
    return csv.read_csv(
        pa.py_buffer(found.getbuffer()),
        read_options=csv.ReadOptions(column_names=list(types)),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            column_types=dict(types),
            # An unquoted empty cell is null, a quoted one is an empty text.
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            null_values=[""],
            true_values=["t"],
            false_values=["f"],
        ),
    )
