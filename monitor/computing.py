"""Steps take turns at computing: one thread at a time has the turn, and gives it up while it waits.

Python runs one thread at a time anyway, but it may switch threads at every system call: some thirty times in a poll, and each time the
next thread has to be woken, often on another core. When many threads have work to do, that is a third of what a poll costs. So a step
takes the turn once and gives it up only where it has to wait: for the network, a worker, the disk or a lock.
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
    """`with computing():` this thread has the turn, except where it is `waiting`. Has no effect in a thread that has the turn already."""

    __slots__ = ("_took",)

    def __enter__(self) -> None:
        self._took = not _this.has_turn
        if self._took:
            _take()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._took:
            _give_up()


class waiting:  # noqa: N801
    """`with waiting():` this thread gives up the turn meanwhile. Has no effect in a thread that does not have it.

    Everything that may block belongs in such a block, above all taking a lock whose holder may be waiting for the turn.
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
    """`with holding(lock):` stands for `with lock:` where whoever holds the lock may be waiting for the turn."""
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
