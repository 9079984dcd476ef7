"""Large bodies: only a few threads have any in memory at a time, whatever servers send at once; the others wait in their sockets."""

from __future__ import annotations

import math
import threading
import time
import weakref
from types import TracebackType
from typing import Self

from monitor.fetching.outcome import Fetched


class Turns:
    """So many turns, for threads that share them. All that one thread holds count as one, so that it never waits for itself."""

    def __init__(self, count: int) -> None:
        self._free = threading.Semaphore(count)
        self._local = threading.local()

    def turn(self) -> Turn:
        """One that is yet to be taken, by the thread that asks for it."""
        if not hasattr(self._local, "holder"):
            self._local.holder = _Holder(self._free)
        return Turn(self._local.holder)


class Turn:
    """`with turns.turn() as turn:` ends with the block, or with the answer that it was left to. It `began` then, in monotonic seconds."""

    def __init__(self, holder: _Holder) -> None:
        self._holder = holder
        self._taken = False
        self.began = math.inf

    def take(self, timeout_s: float) -> bool:
        """Whether it is taken now, or was before; waits for it."""
        if not self._taken and self._holder.take(timeout_s):
            self._taken, self.began = True, time.monotonic()
        return self._taken

    def leave_to(self, fetched: Fetched) -> None:
        """Have it last until nobody holds this answer any more."""
        if self._taken:
            self._taken = False
            weakref.finalize(fetched, self._holder.give_back).atexit = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._taken:
            self._holder.give_back()


class _Holder:
    """A thread by the turns that it has taken; they may be given back by another one."""

    def __init__(self, free: threading.Semaphore) -> None:
        self._free = free
        self._turns = 0
        self._lock = threading.RLock()  # an answer may be let go at any moment, also by the collector

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
