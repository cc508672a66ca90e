"""What a period was frozen with, kept in the database as parts of Arrow tables."""

from __future__ import annotations

import pyarrow as pa

from upline.commissions import parts
from upline.commissions.models import FrozenPart, Period

# What a period leaves to the next one: computed, and no part of what it is computed from.
LEFT = "carries_out"


def keep(period: Period, name: str, table: pa.Table) -> None:
    """Keep a table with the present close of a period; a table without rows keeps its columns."""
    for part in parts.split(table):
        FrozenPart.objects.create(
            period=period,
            fence=period.fence,
            table=name,
            number=part.number,
            rows=part.rows,
            digest=part.digest,
            body=part.body,
        )


def kept(period: Period, name: str) -> pa.Table | None:
    """Give a table as it was kept, or None where it was not. Raises FrozenDamaged."""
    found = FrozenPart.objects.filter(period=period, fence=period.fence, table=name)
    ordered = found.order_by("number").iterator(chunk_size=4)
    return parts.joined(ordered, name=name, period=period)


def digests(period: Period) -> list[str]:
    """Give the digests of all parts that the present close is computed from, in their sequence."""
    found = FrozenPart.objects.filter(period=period, fence=period.fence).exclude(table=LEFT)
    return list(found.order_by("table", "number").values_list("digest", flat=True))
