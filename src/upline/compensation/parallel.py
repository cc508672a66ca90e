"""Work on parts of long columns, on threads where there is enough of it."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from itertools import pairwise
from typing import Any, TypeVar

import numpy.typing as npt

Item = TypeVar("Item")
Result = TypeVar("Result")

# Under so many rows one thread is faster than two. The variable lets tests cut small columns.
MANY = int(os.environ.get("UPLINE_PARTS_FROM", "500000"))
# Under so many it is not worth starting one.
_FEW = 2000


def parts_of(count: int, *, workers: int = 0) -> list[tuple[int, int]]:
    """Cut `count` rows into a part for each thread; one part where they are few."""
    workers = workers or (min(os.cpu_count() or 1, 4) if count >= MANY else 1)
    workers = max(min(workers, count), 1)
    return list(pairwise(count * part // workers for part in range(workers + 1)))


def bounds(values: npt.NDArray[Any]) -> tuple[int, int]:
    """Give the least and the greatest of whole numbers; 0 and 0 where there are none."""
    if not values.size:
        return 0, 0
    if values.size < MANY:
        return int(values.min()), int(values.max())
    flat = values.reshape(-1)
    found = in_parts(
        parts_of(len(flat)),
        lambda _, first, last: (int(flat[first:last].min()), int(flat[first:last].max())),
    )
    return min(least for least, _ in found), max(most for _, most in found)


def in_parts(parts: list[tuple[int, int]], work: Callable[[int, int, int], Result]) -> list[Result]:
    """Do work(part, first, last) for each part, at once where there are several.

    The work must not wait for other work: the caller does the first part himself, and threads that
    are kept do the rest. (Starting one for each call took a tenth of a run.)
    """
    others = [_helpers().submit(work, part, *parts[part]) for part in range(1, len(parts))]
    own = [work(0, *parts[0])] if parts else []
    return own + [other.result() for other in others]


@cache
def _helpers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(min(os.cpu_count() or 1, 8), thread_name_prefix="upline")


def at_once(count: int, *works: Callable[[], object]) -> None:
    """Do several things on `count` rows, at once where there are many."""
    workers = len(works) if count >= MANY else 1
    in_parts([(0, 0)] * workers, lambda part, *_: [work() for work in works[part::workers]])


class Meanwhile:
    """Does one thing after another beside its caller, or at once where it is about few rows."""

    def __init__(self, count: int) -> None:
        self._thread = ThreadPoolExecutor(1) if count >= _FEW else None

    def __enter__(self) -> Meanwhile:
        return self

    def __exit__(self, *_: object) -> None:
        if self._thread is not None:
            self._thread.shutdown()

    def submit(self, work: Callable[[], Result]) -> Future[Result]:
        """Give what the work will come to; what it raises is raised to whoever asks."""
        if self._thread is not None:
            return self._thread.submit(work)
        done: Future[Result] = Future()
        try:
            done.set_result(work())
        except Exception as error:  # noqa: BLE001 - raised again by whoever asks
            done.set_exception(error)
        return done


def side_by_side(works: Sequence[Callable[[], Result]], lanes: int) -> list[Result]:
    """Do works that may themselves use `in_parts`, at most so many at once.

    Raises the error of the first that fails, when all are done. A work must not do works itself.
    """
    waiting = deque((work, Future[Result]()) for work in works)
    futures = [future for _, future in waiting]

    def take() -> None:
        while waiting:
            try:
                work, future = waiting.popleft()
            except IndexError:
                return
            try:
                future.set_result(work())
            except Exception as error:  # noqa: BLE001 - raised by whoever asks for the result
                future.set_exception(error)

    others = [_lanes().submit(take) for _ in range(min(lanes, len(works)) - 1)]
    take()
    for other in others:
        other.result()
    return [future.result() for future in futures]


@cache
def _lanes() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(min(os.cpu_count() or 1, 8), thread_name_prefix="upline-lane")


# A forked process has none of the threads.
os.register_at_fork(after_in_child=_helpers.cache_clear)
os.register_at_fork(after_in_child=_lanes.cache_clear)


def mapped(work: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """Do the work on each item, several at once. It must not wait for other work."""
    return list(_helpers().map(work, items))
