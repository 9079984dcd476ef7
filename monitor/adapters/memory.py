"""What the C library keeps of the memory that Python has given back: of use where that is glibc, of no effect elsewhere."""

from __future__ import annotations

import ctypes
import gc

_MMAP_THRESHOLD, _ARENA_MAX = -3, -8  # M_MMAP_THRESHOLD and M_ARENA_MAX of malloc.h
_ARENAS = 2
_LARGE_BYTES = 1 << 20


def spare_memory() -> None:
    """Give back what is free now, let all threads share two heaps, and give back what is large whenever it is free: by itself glibc
    makes eight heaps for each processor and keeps what was free in each, large or not. For a process of many threads that has loaded
    its configuration: a fifth of a daemon is such memory."""
    gc.collect()
    try:
        libc = ctypes.CDLL(None)
        libc.mallopt(_ARENA_MAX, _ARENAS)
        libc.mallopt(_MMAP_THRESHOLD, _LARGE_BYTES)
        libc.malloc_trim(0)
    except (OSError, AttributeError, TypeError):  # musl, macOS, Windows
        return
