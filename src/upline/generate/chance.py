"""Chance in whole numbers, repeatable on any machine and with any version of numpy."""

from __future__ import annotations

import zlib

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


class Chance:
    """One stream of numbers for a seed and a purpose.

    Only the raw bits of PCG64 are used: numpy promises them for good, while the methods of its
    Generator may change. A stream of its own for each purpose keeps one column from moving another.
    """

    def __init__(self, seed: int, purpose: str) -> None:
        self._bits = np.random.PCG64(np.random.SeedSequence([seed, zlib.crc32(purpose.encode())]))

    def below(self, bound: int | Ints, count: int) -> Ints:
        """Give `count` whole numbers from 0 up to, not including, `bound` (at most 2^31).

        >>> Chance(7, "dice").below(6, 5).tolist()
        [5, 1, 3, 2, 5]
        """
        high = self._bits.random_raw(count) >> np.uint64(32)
        limit = np.asarray(bound, dtype=np.uint64)
        return np.asarray((high * limit) >> np.uint64(32)).astype(np.int64)

    def happens(self, percent: int, count: int) -> npt.NDArray[np.bool_]:
        """Say yes `percent` times in a hundred."""
        return self.below(100, count) < percent

    def picks(self, weights: tuple[int, ...], count: int) -> Ints:
        """Give positions into `weights`, each as often as it weighs."""
        ends = np.cumsum(np.asarray(weights))
        return np.searchsorted(ends, self.below(int(ends[-1]), count), side="right").astype(
            np.int64
        )
