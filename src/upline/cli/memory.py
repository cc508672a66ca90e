"""How a command that computes once and ends treats memory."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager

# As in malloc.h of the GNU C library: what is set meanwhile, and what holds by custom.
_M_TRIM_THRESHOLD, _M_MMAP_MAX, _M_ARENA_MAX = -1, -4, -8
_MEANWHILE = {_M_TRIM_THRESHOLD: 2**31 - 1, _M_MMAP_MAX: 0, _M_ARENA_MAX: 1}
_BY_CUSTOM = {_M_TRIM_THRESHOLD: 128 << 10, _M_MMAP_MAX: 65_536, _M_ARENA_MAX: 0}


@contextmanager
def kept_memory() -> Iterator[None]:
    """Keep what is freed meanwhile for what comes next.

    Columns of millions come and go. Given back to the system each time, their pages have to be
    cleared each time anew, which took a third of a run's processor time. Nor are circles of objects
    looked for: they are few, and the process ends soon.
    """
    import pyarrow as pa

    pool, was_enabled = pa.default_memory_pool(), gc.isenabled()
    gc.disable()
    _set(_MEANWHILE)
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        yield
    finally:
        pa.set_memory_pool(pool)
        _set(_BY_CUSTOM)
        if was_enabled:
            gc.enable()


def _set(settings: dict[int, int]) -> None:
    """Set how the C library allots memory, where it is one that has such settings."""
    c_library = ctypes.CDLL(None)
    if hasattr(c_library, "mallopt"):
        for name, value in settings.items():
            c_library.mallopt(name, value)
