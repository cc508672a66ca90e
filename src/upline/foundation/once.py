"""Answers that are asked for several times while one page is read, and are the same each time.

Kept only while a request reads (`GET`, `HEAD`), and never longer than it: what writes asks anew.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

Answer = TypeVar("Answer")

_kept: ContextVar[dict[Hashable, Any] | None] = ContextVar("kept_answers", default=None)


@contextmanager
def kept_answers() -> Iterator[None]:
    """Keep answers inside; those of an outer reading are not seen."""
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def once(key: Hashable, ask: Callable[[], Answer]) -> Answer:
    """Give the answer kept under a key, or ask for it; outside of a reading always ask."""
    kept = _kept.get()
    if kept is None:
        return ask()
    if key not in kept:
        kept[key] = ask()
    answer: Answer = kept[key]
    return answer
