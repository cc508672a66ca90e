"""How much memory a result takes: the arrays and tables that it holds, each once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pyarrow as pa


def bytes_of(held: object) -> int:
    """Add up the bytes of all arrays and tables that can be reached from an object.

    >>> bytes_of({"a": np.zeros(4, np.int64), "b": [np.zeros(2, np.int32)]})
    40
    """
    return sum(_sizes(held, set()))


def _sizes(held: Any, seen: set[int]) -> Iterable[int]:
    waiting = [held]
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, np.ndarray):
            base = one if one.base is None or not isinstance(one.base, np.ndarray) else one.base
            if base is one or id(base) not in seen:
                seen.add(id(base))
                yield base.nbytes
        elif isinstance(one, pa.Table | pa.Array | pa.ChunkedArray):
            yield one.nbytes
        else:
            waiting.extend(_parts(one))


def _parts(one: Any) -> Iterable[Any]:
    if isinstance(one, Mapping):
        return one.values()
    if isinstance(one, list | tuple):
        return one
    if is_dataclass(one):
        return (getattr(one, field.name) for field in fields(one) if hasattr(one, field.name))
    slots = getattr(type(one), "__slots__", ())
    names = (slots,) if isinstance(slots, str) else slots
    return (getattr(one, name) for name in names if hasattr(one, name))
