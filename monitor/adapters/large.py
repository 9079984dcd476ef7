"""Limits how many threads hold large bodies in memory at a time. The others wait, with the data still in their sockets."""

from __future__ import annotations

import math
import threading
import time
import weakref
from types import TracebackType
from typing import Self

from monitor.fetching.outcome import Fetched


class Turns:
    """`count` turns, shared by threads. All turns of one thread count as one, so that it never waits for itself."""

    def __init__(self, count: int) -> None:
        self._free = threading.Semaphore(count)
        self._local = threading.local()

    def turn(self) -> Turn:
        """A turn for the calling thread, which it has yet to `take`."""
        if not hasattr(self._local, "holder"):
            self._local.holder = _Holder(self._free)
        return Turn(self._local.holder)


class Turn:
    """`with turns.turn() as turn:` gives the turn back at the end of the block, or when the answer it was left to is let go. `began` is
    when it was taken, in monotonic seconds."""

    def __init__(self, holder: _Holder) -> None:
        self._holder = holder
        self._taken = False
        self.began = math.inf

    def take(self, timeout_s: float) -> bool:
        """Wait for the turn; returns whether it has been taken, now or before."""
        if not self._taken and self._holder.take(timeout_s):
            self._taken, self.began = True, time.monotonic()
        return self._taken

    def leave_to(self, fetched: Fetched) -> None:
        """Keep the turn until nobody holds this answer any more."""
        if self._taken:
            self._taken = False
            weakref.finalize(fetched, self._holder.give_back).atexit = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._taken:
            self._holder.give_back()


class _Holder:
    """The turns that one thread has taken. Another thread may give them back."""

    def __init__(self, free: threading.Semaphore) -> None:
        self._free = free
        self._turns = 0
        self._lock = threading.RLock()  # re-entrant: garbage collection may let an answer go at any moment

    def take(self, timeout_s: float) -> bool:
        with self._lock:
            self._turns += 1
            if self._turns == 1 and not self._free.acquire(timeout=timeout_s):
                self._turns = 0
                return False
            return True

    def give_back(self) -> None:
        with self._lock:
            self._turns -= 1
            if not self._turns:
                self._free.release()
