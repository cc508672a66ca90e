"""Digests over values, not over bytes of files: the same figures give the same digest anywhere."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from upline.compensation.columns import Codes, Column, Days, Flags, Members, Numbers, Quotients
from upline.compensation.decimals import decimal_texts
from upline.compensation.kernels import divisors
from upline.compensation.own_ids import looked_up

Array = npt.NDArray[Any]
Rows = Array | slice
# So many values at once: a part that stays in the processor's cache.
_AT_ONCE = 1 << 17


def of_text(text: str) -> str:
    """Digest a text; line ends count alike."""
    return hashlib.sha256("\n".join(text.splitlines()).encode()).hexdigest()


def of_parts(parts: dict[str, str]) -> str:
    """Digest named digests, whatever the order in which they are given."""
    written = "\n".join(f"{name} {parts[name]}" for name in sorted(parts))
    return hashlib.sha256(written.encode()).hexdigest()


def of_ids(ids: pa.Array, rows: Rows = slice(None)) -> str:
    """Digest ids in the order of `rows`, as texts: first how long each is, then all of them."""
    digest: Any = hashlib.sha256()
    texts = [_texts(ids, part) for part in _parts(rows, len(ids))]
    for part in texts:
        lengths = np.asarray(pc.fill_null(pc.binary_length(part), 0))
        digest.update(lengths.astype("<i4", copy=False))
    for part in texts:
        _, offsets, held = part.buffers()
        ends = np.frombuffer(offsets, np.int32)[part.offset : part.offset + len(part) + 1]
        if len(part) and held is not None:
            digest.update(memoryview(held)[int(ends[0]) : int(ends[-1])])
    return str(digest.hexdigest())


def _texts(ids: pa.Array, rows: Rows) -> pa.Array:
    chosen = ids[rows] if isinstance(rows, slice) else ids.take(pa.array(rows))
    if chosen.type == pa.int64() and not chosen.null_count:
        return decimal_texts(Numbers(np.asarray(chosen), Fraction(1)))
    return chosen.cast(pa.string()) if pa.types.is_integer(ids.type) else chosen


def of_column(column: Column, rows: Rows, ids: Array | None = None) -> str:
    """Digest a column in the order of `rows`; members by the rank of their id in `ids`.

    A full slice takes a column as it stands.
    """
    spread = column if isinstance(rows, slice) else column.spread(len(rows))
    digest: Any = hashlib.sha256()
    match spread:
        case Numbers(values=values, unit=unit):
            _add_numbers(digest, values, unit, rows)
        case Flags(values=values):
            for part in _taken(values, rows):
                digest.update(part.astype(np.int8))
        case Days(values=values):
            for part in _taken(values, rows):
                digest.update(np.ascontiguousarray(part, "<i4"))
        case Codes(values=values, labels=labels):
            _add_codes(digest, values, labels, rows)
        case Members(values=values):
            assert ids is not None
            for part in _taken(values, rows):
                digest.update(looked_up(ids, part).astype("<i8", copy=False))
        case Quotients(above=above, below=below):
            _add_numbers(digest, above.values, above.unit, rows)
            _add_numbers(digest, below.values, below.unit, rows)
    return str(digest.hexdigest())


def _parts(rows: Rows, count: int) -> Iterator[Rows]:
    """Cut rows into parts."""
    total = count if isinstance(rows, slice) else len(rows)
    for first in range(0, total, _AT_ONCE):
        last = min(first + _AT_ONCE, total)
        yield slice(first, last) if isinstance(rows, slice) else rows[first:last]


def _taken(values: Array, rows: Rows) -> Iterator[Array]:
    """Give the values of rows, part by part."""
    for part in _parts(rows, len(values)):
        yield values[part] if isinstance(part, slice) else values.take(part)


class NumbersDigest:
    """The digest of whole numbers times a unit, which come part by part.

    `divisor` is what all of them have in common: one unit for a column, as great as its values
    allow, is the same for any scale it came in.
    """

    def __init__(self, unit: Fraction, divisor: int, count: int, digest: Any = None) -> None:
        self._digest: Any = hashlib.sha256() if digest is None else digest
        self._divisor = divisor
        self._digest.update(f"{unit * divisor}".encode() if divisor else f"0 {count}".encode())

    def add(self, values: Array) -> None:
        """Add the values that come next."""
        if self._divisor == 0:
            return
        whole = values if self._divisor == 1 else values // self._divisor
        self._digest.update(np.ascontiguousarray(whole, "<i8"))

    def hexdigest(self) -> str:
        """Give the digest of all that was added."""
        return str(self._digest.hexdigest())


def _add_numbers(digest: Any, values: Array, unit: Fraction, rows: Rows) -> None:
    if values.dtype == object:
        chosen = values[rows]
        divisor = math.gcd(*chosen.tolist()) if len(chosen) else 0
        whole = chosen // divisor if divisor else chosen
        if any(abs(value) >= 2**63 for value in whole.tolist()):
            digest.update(f"{unit * divisor}".encode())
            digest.update(repr(whole.tolist()).encode())
            return
        # As numbers of 64 bits that have nothing in common any more.
        NumbersDigest(unit * (divisor or 1), int(divisor > 0), len(chosen), digest).add(whole)
        return
    divisor = 0
    for part in _taken(values, rows):
        divisor = int(divisors.divisor_of(np.ascontiguousarray(part, np.int64), divisor))
        if divisor == 1:
            break
    stream = NumbersDigest(
        unit, divisor, len(values) if isinstance(rows, slice) else len(rows), digest
    )
    for part in _taken(values, rows):
        stream.add(part)


class CodesDigest:
    """The digest of codes that come part by part: first the labels in use, then their places."""

    def __init__(self, labels: tuple[str, ...], in_use: Array, digest: Any = None) -> None:
        self._digest: Any = hashlib.sha256() if digest is None else digest
        used = sorted({labels[code] for code in in_use.tolist()})
        places = {label: place for place, label in enumerate(used)}
        self._table = np.asarray([places.get(label, -1) for label in labels] + [-1], "<i4")
        self._digest.update("\n".join(used).encode())

    def add(self, values: Array) -> None:
        """Add the codes that come next; -1 is none."""
        self._digest.update(np.ascontiguousarray(self._table[values]))

    def hexdigest(self) -> str:
        """Give the digest of all that was added."""
        return str(self._digest.hexdigest())


def _add_codes(digest: Any, values: Array, labels: tuple[str, ...], rows: Rows) -> None:
    is_used = np.zeros(len(labels) + 1, np.bool_)
    for part in _taken(values, rows):
        is_used[part] = True
    stream = CodesDigest(labels, np.flatnonzero(is_used[:-1]), digest)
    for part in _taken(values, rows):
        stream.add(part)
