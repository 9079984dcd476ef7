"""Steps compute one at a time, and say where they wait.

Python runs one thread at a time anyway, but settles anew at every system call which: some thirty times a poll, and each time the next
thread has to be woken, often on another core. With many threads that have something to do this is a third of what a poll costs. So a
step takes the turn once, and gives it up only where it has to wait: for the network, a worker, the disk or a lock.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

_turn = threading.Lock()


class _Thread(threading.local):
    has_turn = False


_this = _Thread()


class computing:  # noqa: N801  a `with` statement's word
    """`with computing():` this thread has the turn, but where it is `waiting`. Nothing to a thread that has it already."""

    __slots__ = ("_took",)

    def __enter__(self) -> None:
        self._took = not _this.has_turn
        if self._took:
            _take()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._took:
            _give_up()


class waiting:  # noqa: N801
    """`with waiting():` others have the turn meanwhile. Nothing to a thread that has none.

    Everything that may block belongs into one, above all a lock whose holder may be waiting for the turn.
    """

    __slots__ = ("_gave_up",)

    def __enter__(self) -> None:
        self._gave_up = _this.has_turn
        if self._gave_up:
            _give_up()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._gave_up:
            _take()


@contextmanager
def holding(lock: threading.Lock) -> Iterator[None]:
    """`with holding(lock):` instead of `with lock:` where its holder may be waiting for the turn."""
    if not lock.acquire(blocking=False):
        with waiting():
            lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _take() -> None:
    _turn.acquire()
    _this.has_turn = True


def _give_up() -> None:
    _this.has_turn = False
    _turn.release()
