"""Many rows at once, between PostgreSQL and Arrow tables, by COPY.

A million rows go in or out in seconds; both ways run in the present transaction.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import pyarrow as pa
from django.db import connection
from pyarrow import csv

_CHUNK_ROWS = 200_000
# Below, `cursor.cursor` is the driver's own: the one that Django puts around it in development
# copies nothing that has parameters.


def copy_in(table: str, rows: pa.Table) -> None:
    """Append the rows of an Arrow table; its column names are the table's. A null stays null.

    Texts may hold anything but the null byte.
    """
    columns = ", ".join(f'"{name}"' for name in rows.column_names)
    statement = f'COPY "{table}" ({columns}) FROM STDIN (FORMAT csv)'
    options = csv.WriteOptions(include_header=False)
    with connection.cursor() as cursor, cursor.cursor.copy(statement) as copy:
        for start in range(0, rows.num_rows, _CHUNK_ROWS):
            sink = io.BytesIO()
            csv.write_csv(rows.slice(start, _CHUNK_ROWS), sink, options)
            copy.write(sink.getbuffer())


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
