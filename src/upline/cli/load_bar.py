"""How far a long load is: a bar on a terminal, a line for each step elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn


class LoadBar:
    """Show the present step and how much of the whole is done."""

    def __init__(self) -> None:
        self._console = Console(file=sys.stdout, highlight=False)
        self._bar = Progress(
            BarColumn(bar_width=32),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeElapsedColumn(),
            TextColumn("{task.description}"),
            console=self._console,
            disable=not self._console.is_terminal,
        )
        self._task = self._bar.add_task("", total=100)
        self._doing = ""
        self._began = 0.0

    def __enter__(self) -> LoadBar:
        self._bar.start()
        return self

    def step(self, doing: str) -> None:
        """Show what is being done now."""
        self._end_step()
        self._doing, self._began = doing, time.perf_counter()
        self._bar.update(self._task, description=doing)

    def percent(self, done: int) -> None:
        """Show how much of the whole is done."""
        self._bar.update(self._task, completed=done)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._end_step()
        self._bar.stop()

    def _end_step(self) -> None:
        if self._doing and not self._console.is_terminal:
            seconds = time.perf_counter() - self._began
            self._console.print(f"{self._doing}: {seconds:.1f} s", soft_wrap=True)
            self._console.file.flush()
        self._doing = ""
