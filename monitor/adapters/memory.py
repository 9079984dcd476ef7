"""Makes the C library return memory that Python has freed. Has an effect only with glibc."""

from __future__ import annotations

import ctypes
import gc

_MMAP_THRESHOLD, _ARENA_MAX = -3, -8  # M_MMAP_THRESHOLD and M_ARENA_MAX of malloc.h
_ARENAS = 2
_LARGE_BYTES = 1 << 20


def spare_memory() -> None:
    """Return what is free now, let all threads share two heaps, and from now on return large blocks as soon as they are free. By
    default glibc makes eight heaps for each processor and keeps the free memory of each. Meant for a process of many threads that
    has just loaded its configuration: it saves about a fifth of a daemon's memory."""
    gc.collect()
    try:
        libc = ctypes.CDLL(None)
        libc.mallopt(_ARENA_MAX, _ARENAS)
        libc.mallopt(_MMAP_THRESHOLD, _LARGE_BYTES)
        libc.malloc_trim(0)
    except (OSError, AttributeError, TypeError):  # musl, macOS, Windows
        return
