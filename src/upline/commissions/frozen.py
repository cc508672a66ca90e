"""What a period was frozen with, kept in the database as parts of Arrow tables."""

from __future__ import annotations

import hashlib

import pyarrow as pa

from upline.commissions.errors import FrozenDamaged
from upline.commissions.models import FrozenPart, Period

_PART_ROWS = 200_000


def keep(period: Period, name: str, table: pa.Table) -> None:
    """Keep a table with the present close of a period; a table without rows keeps its columns."""
    starts = range(0, max(table.num_rows, 1), _PART_ROWS)
    for number, start in enumerate(starts):
        part = table.slice(start, _PART_ROWS)
        body = _packed(part)
        FrozenPart.objects.create(
            period=period,
            fence=period.fence,
            table=name,
            number=number,
            rows=part.num_rows,
            digest=hashlib.sha256(body).hexdigest(),
            body=body,
        )


def kept(period: Period, name: str) -> pa.Table | None:
    """Give a table as it was kept, or None where it was not. Raises FrozenDamaged."""
    parts = FrozenPart.objects.filter(period=period, fence=period.fence, table=name)
    tables = []
    for part in parts.order_by("number").iterator(chunk_size=4):
        body = bytes(part.body)
        if hashlib.sha256(body).hexdigest() != part.digest:
            raise FrozenDamaged(number=part.number, table=name, period=str(period))
        tables.append(pa.ipc.open_stream(body).read_all())
    return pa.concat_tables(tables).unify_dictionaries().combine_chunks() if tables else None


def digests(period: Period) -> list[str]:
    """Give the digests of all parts of the present close, in their sequence."""
    parts = FrozenPart.objects.filter(period=period, fence=period.fence)
    return list(parts.order_by("table", "number").values_list("digest", flat=True))


def _packed(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_stream(sink, table.schema, options=options) as stream:
        stream.write_table(table)
    return sink.getvalue().to_pybytes()
