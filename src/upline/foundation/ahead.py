"""Prepares the next piece while the present one is used, as while a server takes it in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Piece = TypeVar("Piece")


def prepared(prepare: Callable[[Item], Piece], items: Iterable[Item]) -> Iterator[Piece]:
    """Give prepare(item) for each item; a thread is one item ahead. It must use no database."""
    with ThreadPoolExecutor(1) as ahead:
        waiting = None
        for item in items:
            following = ahead.submit(prepare, item)
            if waiting is not None:
                yield waiting.result()
            waiting = following
        if waiting is not None:
            yield waiting.result()
