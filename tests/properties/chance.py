"""Where random plans and companies take their choices from: hypothesis, or a seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


class Chance(Protocol):
    """Makes choices."""

    def number(self, low: int, high: int) -> int: ...

    def pick(self, options: Sequence[T]) -> T: ...

    def one_in(self, count: int) -> bool: ...

    def some(self, options: Sequence[T], most: int) -> list[T]: ...


class Drawn:
    """Choices that hypothesis draws, so that it can make a failing example smaller."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        self._draw = draw

    def number(self, low: int, high: int) -> int:
        return self._draw(st.integers(low, high))

    def pick(self, options: Sequence[T]) -> T:
        return options[self._draw(st.integers(0, len(options) - 1))]

    def one_in(self, count: int) -> bool:
        return self._draw(st.integers(0, count - 1)) == count - 1

    def some(self, options: Sequence[T], most: int) -> list[T]:
        wanted = self.number(0, min(most, len(options)))
        chosen: list[T] = []
        for _ in range(wanted):
            one = self.pick(options)
            if one not in chosen:
                chosen.append(one)
        return chosen


class Seeded(Drawn):
    """Choices that follow from a seed: quicker, for long runs."""

    def __init__(self, seed: int | str) -> None:
        self._random = random.Random(seed)  # noqa: S311 - made-up data

    def number(self, low: int, high: int) -> int:
        return self._random.randint(low, high)

    def pick(self, options: Sequence[T]) -> T:
        return self._random.choice(options)

    def one_in(self, count: int) -> bool:
        return self._random.randrange(count) == 0
