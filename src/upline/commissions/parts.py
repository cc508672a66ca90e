"""Arrow tables as parts in the database: each a stream with its digest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa

from upline.commissions.errors import FrozenDamaged

_PART_ROWS = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some rows of a table, packed."""

    number: int
    rows: int
    digest: str
    body: bytes


class Kept(Protocol):
    """A row that keeps a part."""

    number: int
    digest: str
    body: bytes


def split(table: pa.Table) -> Iterator[Part]:
    """Give a table in parts; one without rows keeps its columns."""
    for number, start in enumerate(range(0, max(table.num_rows, 1), _PART_ROWS)):
        part = table.slice(start, _PART_ROWS)
        body = _packed(part)
        digest = hashlib.sha256(body).hexdigest()
        yield Part(number=number, rows=part.num_rows, digest=digest, body=body)


def joined(parts: Iterable[Kept], *, name: str, period: object) -> pa.Table | None:
    """Put parts together in their sequence, or give None where there are none.

    Raises FrozenDamaged for a part that is not what its digest says.
    """
    tables = []
    for part in parts:
        body = bytes(part.body)
        if hashlib.sha256(body).hexdigest() != part.digest:
            raise FrozenDamaged(number=part.number, table=name, period=str(period))
        tables.append(pa.ipc.open_stream(body).read_all())
    return pa.concat_tables(tables).unify_dictionaries().combine_chunks() if tables else None


def _packed(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_stream(sink, table.schema, options=options) as stream:
        stream.write_table(table)
    return bytes(sink.getvalue().to_pybytes())
