"""Digests over values, not over bytes of files: the same figures give the same digest anywhere."""

from __future__ import annotations

import hashlib
import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from upline.compensation.columns import Codes, Column, Days, Flags, Members, Numbers, Quotients


def of_text(text: str) -> str:
    """Digest a text; line ends count alike."""
    return hashlib.sha256("\n".join(text.splitlines()).encode()).hexdigest()


def of_parts(parts: dict[str, str]) -> str:
    """Digest named digests, whatever the order in which they are given."""
    written = "\n".join(f"{name} {parts[name]}" for name in sorted(parts))
    return hashlib.sha256(written.encode()).hexdigest()


def of_ids(ids: pa.Array) -> str:
    """Digest ids in the order given, as texts."""
    digest = hashlib.sha256()
    if pa.types.is_integer(ids.type):
        ids = ids.cast(pa.string())
    lengths = np.asarray(pc.fill_null(pc.binary_length(ids), 0)).astype("<i4")
    digest.update(lengths.tobytes())
    for start in range(0, len(ids), 1_000_000):
        part = ids.slice(start, 1_000_000).to_pylist()
        digest.update("".join(text or "" for text in part).encode())
    return digest.hexdigest()


def of_column(
    column: Column, rows: npt.NDArray[Any] | slice, ids: npt.NDArray[Any] | None = None
) -> str:
    """Digest a column in the order of `rows`; members by the rank of their id in `ids`.

    A full slice takes a column as it stands, without copying it.
    """
    spread = column if isinstance(rows, slice) else column.spread(len(rows))
    digest = hashlib.sha256()
    match spread:
        case Numbers(values=values, unit=unit):
            _add_numbers(digest, values[rows], unit)
        case Flags(values=values):
            digest.update(values[rows].astype(np.int8).tobytes())
        case Days(values=values):
            digest.update(values[rows].astype("<i4").tobytes())
        case Codes(values=values, labels=labels):
            _add_codes(digest, values[rows], labels)
        case Members(values=values):
            assert ids is not None
            chosen = values[rows]
            known = np.where(chosen < 0, -1, ids[np.maximum(chosen, 0)])
            digest.update(known.astype("<i8").tobytes())
        case Quotients(above=above, below=below):
            _add_numbers(digest, above.values[rows], above.unit)
            _add_numbers(digest, below.values[rows], below.unit)
    return digest.hexdigest()


def _add_numbers(digest: Any, values: npt.NDArray[Any], unit: Any) -> None:
    """One unit for a column, as great as its values allow: the same for any scale it came in."""
    if values.dtype == object:
        divisor = math.gcd(*values.tolist()) if len(values) else 0
    else:
        divisor = int(np.gcd.reduce(values)) if len(values) else 0
    if divisor == 0:
        digest.update(f"0 {len(values)}".encode())
        return
    digest.update(f"{unit * divisor}".encode())
    whole = values if divisor == 1 else values // divisor
    if whole.dtype == object:
        if all(abs(value) < 2**63 for value in whole.tolist()):
            whole = whole.astype(np.int64)
        else:
            digest.update(repr(whole.tolist()).encode())
            return
    digest.update(np.ascontiguousarray(whole, "<i8"))


def _add_codes(digest: Any, values: npt.NDArray[Any], labels: tuple[str, ...]) -> None:
    used = sorted({labels[code] for code in np.unique(values[values >= 0]).tolist()})
    places = {label: place for place, label in enumerate(used)}
    table = np.asarray([places.get(label, -1) for label in labels] + [-1], np.int32)
    digest.update("\n".join(used).encode())
    digest.update(np.ascontiguousarray(table[values], "<i4"))
