"""A pool of readers for one thread that has work done in advance: it submits calls as they come up and takes the results in any order."""

from __future__ import annotations

import contextlib
import logging
import pickle
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from types import TracebackType
from typing import Any, NamedTuple, Self

from monitor.adapters.reader import START_LIMIT_S, Call, Reader, crashed, took_too_long, took_too_much

_AHEAD = 2
_SMALL = 32_768  # bytes that a pipe takes at once; a larger task is handed only to an idle process

log = logging.getLogger("monitor")


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUp:
    """Takes the place of the result if a task took too much time or memory, killed its process, or raised an exception."""

    reason: str


class _Task(NamedTuple):
    ticket: int
    payload: bytes


class Readers:
    """`count` processes that run functions. One is killed and replaced when a task takes more than `time_limit_s` seconds, or more than
    `memory_limit_bytes` on top of what the libraries need themselves; the result of such a task is GivenUp, others are not affected.

    `equip` is called once in each process before its first task. A process gets its next task while it still works on one, so that it
    need not wait for the parent. No threads are involved, and an object of this class may be used by only one thread.
    """

    def __init__(
        self, count: int, *, equip: Call | None = None, time_limit_s: float = 10.0, memory_limit_bytes: int = 1 << 30
    ) -> None:
        self._equip = equip
        self._time_limit_s = time_limit_s
        self._memory_limit_bytes = memory_limit_bytes
        self._waiting: deque[_Task] = deque()
        self._done: dict[int, Any] = {}
        self._tickets = 0
        self._seats = [self._seat() for _ in range(count)]

    def submit(self, function: Callable[..., Any], *args: Any) -> int:
        """Have the call run; returns a ticket for its result."""
        self._tickets += 1
        self._waiting.append(_Task(self._tickets, pickle.dumps((function, args), pickle.HIGHEST_PROTOCOL)))
        self._hand_out()
        return self._tickets

    def result(self, ticket: int) -> Any:
        """Wait for what the call returned, or GivenUp. Each ticket can be used only once."""
        while ticket not in self._done:
            self._hand_out()
            self._wait()
        self._hand_out()
        return self._done.pop(ticket)

    def close(self) -> None:
        """Kill all processes, busy or not."""
        for seat in self._seats:
            seat.kill()
        self._seats.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _seat(self) -> _Seat:
        return _Seat(reader=Reader(self._memory_limit_bytes, self._equip), deadline=time.monotonic() + START_LIMIT_S)

    def _hand_out(self) -> None:
        """Give tasks to idle processes first, then one more to each busy one."""
        for most in range(_AHEAD):
            for number, seat in enumerate(self._seats):
                if not self._waiting:
                    return
                if seat.ready and len(seat.tasks) == most and (not most or len(self._waiting[0].payload) < _SMALL):
                    task = self._waiting.popleft()
                    if not seat.tasks:
                        seat.deadline = time.monotonic() + self._time_limit_s
                    seat.tasks.append(task)
                    try:
                        seat.reader.pipe.send_bytes(task.payload)
                    except OSError:  # killed while idle, perhaps because the system was out of memory
                        self._waiting.appendleft(seat.tasks.pop())
                        self._replace(number)

    def _wait(self) -> None:
        """Wait until a process answers or has taken too long."""
        soonest = min(seat.deadline for seat in self._seats if seat.tasks or not seat.ready)
        spoke = wait([seat.reader.pipe for seat in self._seats], max(0.0, soonest - time.monotonic()))
        now = time.monotonic()
        for number, seat in enumerate(self._seats):
            if seat.reader.pipe in spoke:
                try:
                    answer = seat.reader.pipe.recv()
                except (EOFError, OSError):
                    self._replace(number)
                    continue
                self._heard(seat, answer)
            elif seat.deadline <= now and (seat.tasks or not seat.ready):
                self._replace(number, took_too_long(self._time_limit_s))

    def _heard(self, seat: _Seat, answer: Any) -> None:
        seat.deadline = time.monotonic() + self._time_limit_s
        if not seat.ready:
            seat.ready = True
            return
        value, error = answer
        if isinstance(error, MemoryError):
            value = GivenUp(reason=took_too_much(self._memory_limit_bytes))
        elif error is not None:
            log.error("a document met a bug", exc_info=error)
            value = GivenUp(reason=f"{type(error).__name__}: {error}")
        self._done[seat.tasks.popleft().ticket] = value

    def _replace(self, number: int, reason: str | None = None) -> None:
        """Replace a process that cannot be used any more. Only its first task is given up, the next one goes back to the queue."""
        seat = self._seats[number]
        seat.kill()
        if seat.ready and seat.tasks:
            why = reason or crashed(seat.reader.process.exitcode)
            self._done[seat.tasks.popleft().ticket] = GivenUp(reason=why)
        elif not seat.ready:
            seat.starts_left -= 1
            if not seat.starts_left:
                raise RuntimeError(f"a reader does not start (exit code {seat.reader.process.exitcode})")
        self._waiting.extendleft(reversed(seat.tasks))
        fresh = self._seat()
        fresh.starts_left = seat.starts_left
        self._seats[number] = fresh


@dataclass(slots=True)
class _Seat:
    """A reader and the tasks given to it; it works on the first of them."""

    reader: Reader
    deadline: float
    ready: bool = False
    tasks: deque[_Task] = field(default_factory=deque)
    starts_left: int = 3

    def kill(self) -> None:
        self.reader.kill()
        with contextlib.suppress(OSError):
            self.reader.pipe.close()
