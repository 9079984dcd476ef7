"""A pool of reader processes for many threads: each call runs in a process, and the calling thread waits for the answer."""

from __future__ import annotations

import contextlib
import select
import threading
from collections.abc import Callable
from datetime import datetime
from queue import LifoQueue
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from monitor.adapters.reader import (
    START_LIMIT_S,
    Reader,
    crashed,
    from_entry,
    list_entries,
    read_page,
    took_too_long,
    took_too_much,
)
from monitor.articles.article import Unreadable
from monitor.computing import holding, waiting
from monitor.fetching.outcome import LARGE_BYTES, Fetched
from monitor.sources.entry import Entry, Listing, Unlisted
from monitor.sources.source import Source

if TYPE_CHECKING:
    from monitor.stories.sketched import Sketched

T = TypeVar("T")


class _GivenUp(Exception):
    """The document, or its worker, had to be given up; the text says why."""


class Workers:
    """Implements the `Parse` port with `count` processes. One is killed and replaced when a document takes more than `time_limit_s`
    seconds, or more than `memory_limit_bytes` on top of what the libraries need themselves.

    Threads may share it. Every process has a pipe of its own and shares nothing with the others: in pebble 5.2, whose processes share
    one, the whole pool broke or hung when idle ones were killed. Large documents are read one at a time: two would take twice the
    memory, and leave no process free for the small ones.
    """

    def __init__(self, count: int, time_limit_s: float = 10.0, memory_limit_bytes: int = 120 << 20) -> None:
        self._time_limit_s = time_limit_s
        self._memory_limit_bytes = memory_limit_bytes
        self._lock = threading.Lock()
        self._one_large = threading.Lock()
        self._closed = False
        self._workers: set[_Worker] = set()
        self._free: LifoQueue[_Worker] = LifoQueue()  # the latest used first: its caches are warm
        for _ in range(count):
            self._free.put(self._start())

    def list_entries(self, source: Source, fetched: Fetched) -> Listing | Unlisted:
        """`sources.listing.list_entries` in a worker; Unlisted if the document had to be given up."""
        try:
            return self._run(len(fetched.body), list_entries, source, fetched)
        except _GivenUp as reason:
            return Unlisted(reason=str(reason))

    def read_page(self, source: Source, fetched: Fetched, entry: Entry) -> Sketched | Unreadable:
        """`stories.sketched.read_page` in a worker; Unreadable if the document had to be given up."""
        try:
            return self._run(len(fetched.body), read_page, source, fetched, entry)
        except _GivenUp as reason:
            return Unreadable(reason=str(reason))

    def from_entry(self, source: Source, entry: Entry, now: datetime) -> Sketched | Unreadable:
        """`stories.sketched.from_entry` in a worker; Unreadable if what the source carries had to be given up."""
        try:
            return self._run(len(entry.content or ""), from_entry, source, entry, now)
        except _GivenUp as reason:
            return Unreadable(reason=str(reason))

    def close(self) -> None:
        """Kill all workers, busy or not; callers that wait for one get a result that says so. Idempotent."""
        with self._lock:
            self._closed = True
            for worker in self._workers:
                worker.kill()
            self._workers.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _start(self) -> _Worker:
        with self._lock:
            if self._closed:
                raise _GivenUp("the readers have been stopped")
            worker = _Worker(self._memory_limit_bytes)
            self._workers.add(worker)
            return worker

    def _run(self, size: int, function: Callable[..., T], *args: Any) -> T:
        """Call the function in a worker, for a document of `size` bytes. Raises _GivenUp, or what the function raises: that is a bug, and
        for the engine to report."""
        with holding(self._one_large) if size > LARGE_BYTES else contextlib.nullcontext():
            return self._run_now(function, *args)

    def _run_now(self, function: Callable[..., T], *args: Any) -> T:
        with waiting():
            worker = self._free.get()
        try:
            if not worker.is_alive():  # killed while idle, perhaps because the system was out of memory
                worker = self._replace(worker)
            return worker.run(function, args, self._time_limit_s)  # type: ignore[no-any-return]
        except _GivenUp:
            worker = self._replace(worker)
            raise
        finally:
            self._free.put(worker)

    def _replace(self, worker: _Worker) -> _Worker:
        with waiting():
            with self._lock:
                self._workers.discard(worker)
                worker.kill()
            return self._start()


class _Worker:
    """A reader process, used by one caller at a time."""

    def __init__(self, memory_limit_bytes: int) -> None:
        self._reader = Reader(memory_limit_bytes)
        self._answer = select.poll()  # `Connection.poll` would make a new one each time
        self._answer.register(self._reader.pipe, select.POLLIN)
        self._ready = False
        self._memory_limit_bytes = memory_limit_bytes

    def is_alive(self) -> bool:
        return self._reader.process.is_alive()

    def run(self, function: Callable[..., Any], args: tuple[Any, ...], time_limit_s: float) -> Any:
        """Return or raise what the function does in the process. After _GivenUp the worker must not be used again."""
        pipe, process = self._reader.pipe, self._reader.process
        try:
            if not self._ready:
                with waiting():
                    started = pipe.poll(START_LIMIT_S)
                if not started:
                    raise _GivenUp(f"a reader did not start within {START_LIMIT_S:g} s")
                self._ready = pipe.recv()
            pipe.send((function, args))
            with waiting():
                answered = self._answer.poll(time_limit_s * 1000)
            if not answered:
                raise _GivenUp(took_too_long(time_limit_s))
            value, error = pipe.recv()
        except (EOFError, OSError):
            process.join(10)  # it has closed its pipe, so it is about to end
            if not self._ready:
                raise _GivenUp(f"a reader could not start (exit code {process.exitcode}); its output says why") from None
            raise _GivenUp(crashed(process.exitcode)) from None
        if isinstance(error, MemoryError):
            raise _GivenUp(took_too_much(self._memory_limit_bytes))
        if error is not None:
            raise error
        return value

    def kill(self) -> None:
        self._reader.kill()
