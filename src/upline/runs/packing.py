"""How tables are packed in Parquet files: by what their columns hold, quick to write and to read."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

# Texts that hardly repeat within a file: a dictionary of them would cost a search for each row and
# save nothing.
_HARDLY_REPEAT = ("id", "member", "order", "buyer", "value")
# The ways that need no search for each value, as a dictionary does.
_DIFFERENCES, _SPLIT = "DELTA_BINARY_PACKED", "BYTE_STREAM_SPLIT"


def packing(schema: pa.Schema) -> dict[str, Any]:
    """Give the options of a writer of Parquet for tables of a schema."""
    few = [one.name for one in schema if _repeats(one)]
    packed = {one.name: way for one in schema if (way := _way(one))}
    compression = dict.fromkeys(schema.names, "snappy") | dict.fromkeys(few, "zstd")
    for name, way in packed.items():
        compression[name] = "lz4" if way == _SPLIT else "none"
    return {
        "compression": compression,
        "use_dictionary": few,
        "column_encoding": packed or None,
        "write_statistics": [name for name in schema.names if name == "member"],
        "store_decimal_as_integer": True,
        # Whoever reads the file finds texts, numbers and decimals, however they are kept in it.
        "store_schema": False,
    }


def _repeats(field: pa.Field) -> bool:
    """Say whether a column comes with a list of its values, is likely to, or has long ones."""
    if pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
        return field.name not in _HARDLY_REPEAT
    return pa.types.is_dictionary(field.type) or pa.types.is_decimal128(field.type)


def _way(field: pa.Field) -> str:
    """Give how numbers that hardly repeat are packed: by their differences, or byte by byte."""
    if field.type in (pa.int32(), pa.int64()):
        return _DIFFERENCES
    return _SPLIT if pa.types.is_decimal64(field.type) else ""
