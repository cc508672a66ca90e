"""Programs kept running by one that watches them: started again when they end, ended with it."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
# Who lived so long has recovered: the next pause is the shortest again.
STEADY_SECONDS = 60.0
# Older lines of a log are moved aside once, so that a log takes at most twice this.
LOG_BYTES = 5_000_000

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A program to keep running, and the file that takes what it prints."""

    name: str
    command: tuple[str, ...]
    log: Path


def upline(*arguments: str) -> tuple[str, ...]:
    """Give the command line of a command of ours, for a process of its own."""
    return (sys.executable, "-m", "upline", *arguments)


def begin(
    command: Sequence[str], *, environ: Mapping[str, str], log: Path | None = None
) -> subprocess.Popen[bytes]:
    """Start a program that is killed when this process dies, however it dies.

    Killed, for the next start may follow at once and needs its port. It gets a session of its own:
    an interrupt at the terminal is for us, and whatever it starts can be ended with it. Without a
    log it prints where we print.
    """
    parent = os.getpid()

    def tie_to_parent() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)

    with contextlib.ExitStack() as stack:
        output = stack.enter_context(log.open("ab")) if log else None
        return subprocess.Popen(  # noqa: S603 - a command of ours
            command,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=tie_to_parent,  # noqa: PLW1509 - this process has one thread
        )


def has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Say whether a program has ended, and end whatever it started and left behind."""
    if process.returncode is not None:
        return True
    # Looked at and not yet collected: until then its number is nobody else's.
    if os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        return False
    _signal_group(process, signal.SIGKILL)
    process.wait()
    return True


def end(processes: Sequence[subprocess.Popen[bytes]], *, patience_seconds: float) -> None:
    """Ask programs to end, and end hard those that have not done so in time."""
    deadline = time.monotonic() + patience_seconds
    for process in processes:
        _signal(process, signal.SIGTERM)
    while not all(has_ended(process) for process in processes):
        if time.monotonic() >= deadline:
            for process in processes:
                _signal_group(process, signal.SIGKILL)
                process.wait()
            return
        time.sleep(0.02)


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, number)


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)


@dataclass(slots=True)
class Kept:
    """A part that runs, or waits to be started again."""

    part: Part
    process: subprocess.Popen[bytes] | None = None
    began_at: float = 0.0
    due_at: float = 0.0
    ends_in_a_row: int = 0

    def pause_after_end(self, now: float) -> float:
        """Note that it ended and give the seconds until the next start."""
        was_steady = now - self.began_at >= STEADY_SECONDS
        self.ends_in_a_row = 1 if was_steady else self.ends_in_a_row + 1
        return min(FIRST_PAUSE_SECONDS * 2 ** (self.ends_in_a_row - 1), LONGEST_PAUSE_SECONDS)


@dataclass(slots=True, kw_only=True)
class Supervisor:
    """Keeps parts running until told to stop."""

    parts: Sequence[Part]
    environ: Mapping[str, str]
    tell: Tell
    kept: list[Kept] = field(default_factory=list)

    def start(self) -> None:
        """Start every part."""
        for part in self.parts:
            _turn_over(part.log)
            self.kept.append(Kept(part))
        self.tend()

    def tend(self) -> None:
        """Look after every part once: start again, after a growing pause, what has ended."""
        now = time.monotonic()
        for one in self.kept:
            if one.process is not None and has_ended(one.process):
                pause = one.pause_after_end(now)
                one.due_at = now + pause
                self.tell(
                    f"The {one.part.name} ended ({_ending(one.process)}) "
                    f"and is started again in {pause:.1f} s; its log is {one.part.log}."
                )
                one.process = None
            if one.process is None and now >= one.due_at:
                one.process = begin(one.part.command, environ=self.environ, log=one.part.log)
                one.began_at = now

    def most_ends_in_a_row(self) -> Kept:
        """Give the part that ended most often without having been steady."""
        return max(self.kept, key=lambda one: one.ends_in_a_row)

    def stop(self, *, patience_seconds: float) -> None:
        """End every part."""
        running = [one.process for one in self.kept if one.process is not None]
        end(running, patience_seconds=patience_seconds)
        self.kept.clear()


def _ending(process: subprocess.Popen[bytes]) -> str:
    code = process.returncode
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"code {code}"


def _turn_over(log: Path) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))
