"""What a long command is doing, on a terminal only."""

from __future__ import annotations

import sys
import time
from types import TracebackType


class Steps:
    """Say each step as it begins and how long the last one took; silent where nobody looks."""

    def __init__(self) -> None:
        self._is_shown = sys.stderr.isatty()
        self._began = 0.0
        self._doing = ""

    def __enter__(self) -> Steps:
        return self

    def __call__(self, doing: str) -> None:
        self._end()
        self._doing, self._began = doing, time.perf_counter()
        if self._is_shown:
            sys.stderr.write(f"\r\x1b[2K{doing} ...")
            sys.stderr.flush()

    def pause(self) -> None:
        """End the present step, so that something can be asked."""
        self._end()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def _end(self) -> None:
        if self._is_shown and self._doing:
            seconds = time.perf_counter() - self._began
            sys.stderr.write(f"\r\x1b[2K{self._doing}: {seconds:.1f} s\n")
            sys.stderr.flush()
        self._doing = ""
