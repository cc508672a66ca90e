"""File locks that the kernel gives back when their holder dies, however it dies."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path


def taken(path: Path, *, shared: bool = False) -> int | None:
    """Take a lock now and give its descriptor, or None where somebody else holds it.

    The lock is of the kind `flock`: it belongs to the open file, so a forked child keeps it alive
    and a program that is given the descriptor holds it until it ends.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def is_held(path: Path) -> bool:
    """Say whether anybody holds the lock alone, without making the file."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        # Shared: two who ask at once must not take each other for a holder.
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def is_file_of(descriptor: int, path: Path) -> bool:
    """Say whether an open file is still the one at a path."""
    return os.path.samestat(os.fstat(descriptor), path.stat())


def waited_for(path: Path) -> int:
    """Take a lock, waiting for it without using the processor, and give its descriptor.

    The file is not made: where it is gone, the whole folder was removed.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor


def taken_within(path: Path, seconds: float, *, shared: bool = False) -> int | None:
    """Take a lock, waiting so long for it; None where it stayed taken."""
    deadline = time.monotonic() + seconds
    while (descriptor := taken(path, shared=shared)) is None:
        if time.monotonic() >= deadline:
            return None
        time.sleep(0.02)
    return descriptor


class Lease:
    """A lock that is held until it is given back, or until this process and its forks have ended."""

    __slots__ = ("_descriptor",)

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    def give_back(self) -> None:
        """Give the lock back; repeating it changes nothing.

        The file is closed and not unlocked: who shares it, such as a forked worker, keeps it.
        """
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Lease:
        return self

    def __exit__(self, *_: object) -> None:
        self.give_back()
