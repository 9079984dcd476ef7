"""Large bodies: of those only a few are in memory at a time, whatever servers send at once; the others wait in their sockets."""

from __future__ import annotations

import threading
import weakref
from types import TracebackType
from typing import Self

from monitor.fetching.outcome import Fetched


class Turns:
    """So many turns; threads may share them."""

    def __init__(self, count: int) -> None:
        self._free = threading.Semaphore(count)

    def turn(self) -> Turn:
        """One that is yet to be taken, by who reads a body."""
        return Turn(self._free)


class Turn:
    """`with turns.turn() as turn:` ends with the block, or with the answer that it was left to."""

    def __init__(self, free: threading.Semaphore) -> None:
        self._free = free
        self._taken = False

    def take(self, timeout_s: float) -> bool:
        """Whether it is taken now, or was before; waits for it."""
        self._taken = self._taken or self._free.acquire(timeout=timeout_s)
        return self._taken

    def leave_to(self, fetched: Fetched) -> None:
        """Have it last until nobody holds this answer any more."""
        if self._taken:
            self._taken = False
            weakref.finalize(fetched, self._free.release).atexit = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._taken:
            self._free.release()
