"""Arrow columns made from whole numbers, without a loop over rows."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from upline.generate.chance import Ints


def ids(prefix: str, numbers: Ints, digits: int) -> pa.StringArray:
    """Write numbers behind a letter with leading zeros.

    >>> ids("M", np.asarray([1, 42]), 7).to_pylist()
    ['M0000001', 'M0000042']
    """
    width = len(prefix) + digits
    letters = np.empty((len(numbers), width), dtype=np.uint8)
    letters[:, : len(prefix)] = np.frombuffer(prefix.encode("ascii"), dtype=np.uint8)
    rest = numbers.copy()
    for column in range(width - 1, len(prefix) - 1, -1):
        rest, digit = np.divmod(rest, 10)
        letters[:, column] = digit + ord("0")
    offsets = np.arange(0, (len(numbers) + 1) * width, width, dtype=np.int64)
    large = pa.LargeStringArray.from_buffers(
        len(numbers), pa.py_buffer(offsets), pa.py_buffer(letters.ravel())
    )
    return large.cast(pa.string())


def hundredths(values: Ints) -> pa.Decimal128Array:
    """Read whole hundredths as numbers with two decimals.

    >>> [str(value) for value in hundredths(np.asarray([1250, -5])).to_pylist()]
    ['12.50', '-0.05']
    """
    words = np.empty((len(values), 2), dtype="<i8")
    words[:, 0] = values
    words[:, 1] = values >> 63
    buffers = [None, pa.py_buffer(words.ravel())]
    return pa.Decimal128Array.from_buffers(pa.decimal128(18, 2), len(values), buffers)


def days(values: Ints) -> pa.Date32Array:
    """Read days since 1970-01-01."""
    return pa.array(values.astype(np.int32)).cast(pa.date32())


def labels(texts: list[str], codes: Ints) -> pa.Array:
    """Give the text of each code; -1 is empty."""
    positions = pa.array(codes, mask=codes < 0)
    return pa.array(texts, type=pa.string()).take(positions)
