"""Memory that is used again: touching fresh memory for the first time costs more than filling it.

Large arrays live in anonymous maps that return to a small store when the last view of them is
gone, so that a second run in the same process touches no fresh page.
"""

from __future__ import annotations

import mmap
import weakref
from collections import defaultdict, deque
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
_LEAST_BYTES = 1 << 20
_MOST_KEPT_BYTES = 512 << 20


class _Store:
    """Maps that nobody uses, by size. Appending and popping are atomic, so it needs no lock."""

    def __init__(self) -> None:
        self._free: dict[int, deque[mmap.mmap]] = defaultdict(deque)
        self._kept = 0

    def take(self, size: int) -> mmap.mmap:
        try:
            held = self._free[size].pop()
        except IndexError:
            fresh = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
            if hasattr(mmap, "MADV_HUGEPAGE"):
                fresh.madvise(mmap.MADV_HUGEPAGE)
            return fresh
        self._kept -= size
        return held

    def clear(self) -> None:
        for size, free in self._free.items():
            while free:
                free.pop()
                self._kept -= size

    def give_back(self, held: mmap.mmap, size: int) -> None:
        if self._kept + size <= _MOST_KEPT_BYTES:
            self._kept += size
            self._free[size].append(held)


_STORE = _Store()


def forget() -> None:
    """Give free memory back to the system, where no other run is to follow soon."""
    _STORE.clear()


def empty(count: int, kind: Any) -> Array:
    """Give an array of `count` values of a dtype, filled with anything."""
    wanted = count * np.dtype(kind).itemsize
    if wanted < _LEAST_BYTES:
        return np.empty(count, kind)
    size = -(-wanted // _LEAST_BYTES) * _LEAST_BYTES
    held = _STORE.take(size)
    array = np.frombuffer(held, kind, count)
    # Views of the array keep it alive; the map is free again only when all of them are gone.
    weakref.finalize(array, _STORE.give_back, held, size).atexit = False
    return array


def filled(count: int, kind: Any, value: int) -> Array:
    """Give an array of `count` times the same value."""
    array = empty(count, kind)
    array.fill(value)
    return array


def zeros(count: int, kind: Any) -> Array:
    """Give an array of `count` zeros."""
    return filled(count, kind, 0)
