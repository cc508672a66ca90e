"""The greatest common divisor of long columns, left off as soon as it is 1."""

from __future__ import annotations

from upline.compensation.kernels import kernel


@kernel
def divisor_of(values, divisor):  # type: ignore[no-untyped-def]
    """Give the greatest common divisor of a number and all values; 0 where all are 0."""
    for value in values:
        if divisor == 1:
            return divisor
        if divisor == 0 or value % divisor:
            divisor = _common(divisor, value)
    return divisor


@kernel
def divisor_at(rows, table, divisor):  # type: ignore[no-untyped-def]
    """As divisor_of, for table[row] of each row; a row of -1 counts as -1."""
    for row in rows:
        if divisor == 1:
            return divisor
        value = table[row] if row >= 0 else -1
        if divisor == 0 or value % divisor:
            divisor = _common(divisor, value)
    return divisor


@kernel
def _common(a, b):  # type: ignore[no-untyped-def]
    a, b = abs(a), abs(b)
    while b:
        a, b = b, a % b
    return a
