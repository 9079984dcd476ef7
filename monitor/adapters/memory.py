"""What the C library keeps of the memory that Python has given back: of use where that is glibc, of no effect elsewhere."""

from __future__ import annotations

import ctypes
import gc

_ARENA_MAX = -8  # M_ARENA_MAX of malloc.h
_ARENAS = 2


def spare_memory() -> None:
    """Give back what is free now, and let all threads share two heaps: by itself glibc makes eight for each processor and keeps what
    was free in each. For a process of many threads that has loaded its configuration: a fifth of a daemon is such memory."""
    gc.collect()
    try:
        libc = ctypes.CDLL(None)
        libc.mallopt(_ARENA_MAX, _ARENAS)
        libc.malloc_trim(0)
    except (OSError, AttributeError, TypeError):  # musl, macOS, Windows
        return
