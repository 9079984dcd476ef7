"""Worker processes that parse foreign bytes: a document may hang, eat memory or crash its worker, and costs only itself."""

from __future__ import annotations

import codecs
import contextlib
import gc
import multiprocessing
import pickle
import resource
import select
import signal
import threading
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from pathlib import Path
from queue import LifoQueue
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from monitor.adapters.memory import spare_memory
from monitor.articles.article import Unreadable
from monitor.computing import holding, waiting
from monitor.fetching.outcome import LARGE_BYTES, Fetched
from monitor.sources.entry import Entry, Listing, Unlisted
from monitor.sources.source import Source

if TYPE_CHECKING:
    from monitor.stories.sketched import Sketched

T = TypeVar("T")
Call = tuple[Callable[..., Any], tuple[Any, ...]]
START_LIMIT_S = 60.0
_LONG_S = 0.2
_MAPPED_CODECS = ("gb18030", "big5", "big5hkscs", "shift_jis", "euc_kr", "iso2022_jp")
"""Each comes out of a library that cannot be mapped once memory is short; Python would call it unknown from then on."""


class _GivenUp(Exception):
    """The document, or its worker, came to a bad end; the text says which."""


class Workers:
    """Keeps the `Parse` port with `count` processes, each killed and replaced when a document takes more than `time_limit_s` seconds
    or `memory_limit_bytes` beyond what the libraries take themselves.

    Processes are spawned, never forked (the parent has threads and database connections), and read one small document of each kind
    before their first task, since the libraries take seconds to load. Threads may share one. Every worker has a pipe of its own and
    nothing in common with the others: in pebble 5.2, whose processes share one, the whole pool broke or hung once idle ones were killed.
    Of large documents one is read at a time: two would take twice the memory, and leave no worker to the small ones.
    """

    def __init__(self, count: int, time_limit_s: float = 10.0, memory_limit_bytes: int = 120 << 20) -> None:
        self._time_limit_s = time_limit_s
        self._memory_limit_bytes = memory_limit_bytes
        self._lock = threading.Lock()
        self._one_large = threading.Lock()
        self._closed = False
        self._workers: set[_Worker] = set()
        self._free: LifoQueue[_Worker] = LifoQueue()  # who read last has it all at hand
        for _ in range(count):
            self._free.put(self._start())

    def list_entries(self, source: Source, fetched: Fetched) -> Listing | Unlisted:
        """`sources.listing.list_entries` in a worker; Unlisted if the document had to be given up."""
        try:
            return self._run(len(fetched.body), _list_entries, source, fetched)
        except _GivenUp as reason:
            return Unlisted(reason=str(reason))

    def read_page(self, source: Source, fetched: Fetched, entry: Entry) -> Sketched | Unreadable:
        """`stories.sketched.read_page` in a worker; Unreadable if the document had to be given up."""
        try:
            return self._run(len(fetched.body), _read_page, source, fetched, entry)
        except _GivenUp as reason:
            return Unreadable(reason=str(reason))

    def from_entry(self, source: Source, entry: Entry, now: datetime) -> Sketched | Unreadable:
        """`stories.sketched.from_entry` in a worker; Unreadable if what the source carries had to be given up."""
        try:
            return self._run(len(entry.content or ""), _from_entry, source, entry, now)
        except _GivenUp as reason:
            return Unreadable(reason=str(reason))

    def close(self) -> None:
        """Kill all workers, at work or not; who waits for them is told so. Idempotent."""
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
        """The function's value from a worker, for a document of that size. Raises _GivenUp, or what the function raises: that is a bug,
        and the engine's to report."""
        with holding(self._one_large) if size > LARGE_BYTES else contextlib.nullcontext():
            return self._run_now(function, *args)

    def _run_now(self, function: Callable[..., T], *args: Any) -> T:
        with waiting():
            worker = self._free.get()
        try:
            if not worker.is_alive():  # killed while it was idle, when the system was out of memory
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
    """One process and the pipe to it. It belongs to one caller at a time."""

    def __init__(self, memory_limit_bytes: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs, memory_limit_bytes), name="reader", daemon=True)
        start(self._process)
        theirs.close()
        self._answer = select.poll()  # what `Connection.poll` makes anew each time
        self._answer.register(self._pipe, select.POLLIN)
        self._ready = False
        self._memory_limit_bytes = memory_limit_bytes

    def is_alive(self) -> bool:
        return self._process.is_alive()

    def run(self, function: Callable[..., Any], args: tuple[Any, ...], time_limit_s: float) -> Any:
        """What the function returns or raises there. After _GivenUp the worker is good for nothing."""
        try:
            if not self._ready:
                with waiting():
                    started = self._pipe.poll(START_LIMIT_S)
                if not started:
                    raise _GivenUp(f"a reader did not start within {START_LIMIT_S:g} s")
                self._ready = self._pipe.recv()
            self._pipe.send((function, args))
            with waiting():
                answered = self._answer.poll(time_limit_s * 1000)
            if not answered:
                raise _GivenUp(f"the document took more than {time_limit_s:g} s to read and was given up")
            value, error = self._pipe.recv()
        except (EOFError, OSError):
            self._process.join(10)  # it has closed its pipe: its end is near
            if not self._ready:
                raise _GivenUp(f"a reader could not start (exit code {self._process.exitcode}); its output says why") from None
            raise _GivenUp(f"the document made its reader crash (exit code {self._process.exitcode})") from None
        if isinstance(error, MemoryError):
            raise _GivenUp(f"the document took more than {self._memory_limit_bytes >> 20} MiB to read and was given up")
        if error is not None:
            raise error
        return value

    def kill(self) -> None:
        self._process.kill()
        self._process.join()


# What a worker calls. The libraries behind it are loaded there: a daemon that has none of them is smaller by a tenth.


def _list_entries(source: Source, fetched: Fetched) -> Listing | Unlisted:
    from monitor.sources.listing import list_entries

    return list_entries(source, fetched)


def _read_page(source: Source, fetched: Fetched, entry: Entry) -> Sketched | Unreadable:
    from monitor.stories.sketched import read_page

    return read_page(source, fetched, entry)


def _from_entry(source: Source, entry: Entry, now: datetime) -> Sketched | Unreadable:
    from monitor.stories.sketched import from_entry

    return from_entry(source, entry, now)


def start(process: Any) -> None:
    """Start a process that is deaf to Ctrl-C from its first moment on: that goes to the whole group, and the parent decides."""
    resource_tracker.ensure_running()  # the first process would start it, which lets the signal through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def serve(pipe: Connection, memory_limit_bytes: int, *, equipped: bool = False) -> None:
    """A worker's life: say True when it is ready, then answer each (function, args) that comes through the pipe with (value, error),
    until the other end is closed. One that is to be `equipped` finds a first call in the pipe, and makes it before the limit is set."""
    if equipped:
        function, args = pipe.recv()
        function(*args)
    _prepare(memory_limit_bytes)
    with contextlib.suppress(EOFError, OSError):
        pipe.send(True)
        while True:
            if _answer_next(pipe):
                spare_memory()


def _answer_next(pipe: Connection) -> bool:
    """Whether the task that was answered leaves memory behind: it was large, or took as long as only what grows large does."""
    answer: tuple[Any, Exception | None]
    task = pipe.recv_bytes()
    size, began = len(task), time.process_time()
    try:
        function, args = pickle.loads(task)  # noqa: S301  our own parent's
        del task
        answer = function(*args), None
    except (EOFError, OSError):
        raise
    except MemoryError:
        answer = None, MemoryError()
    except Exception as error:  # noqa: BLE001  it is raised again where the call came from
        error.add_note(traceback.format_exc())
        answer = None, error
    pipe.send(answer)
    return size > LARGE_BYTES or time.process_time() - began > _LONG_S


def _prepare(memory_limit_bytes: int) -> None:
    """Load and warm the libraries, then limit what this process may take beyond that."""
    at = datetime(2024, 1, 1, tzinfo=UTC)
    feed, page = (
        Source(id="warm", name="warm", url="https://warm.example/", kind="feed"),
        Source(id="warm", name="warm", url="https://warm.example/", kind="page"),
    )
    _list_entries(feed, Fetched(url=feed.url, status=200, body=_FEED, fetched_at=at))
    _list_entries(page, Fetched(url=page.url, status=200, body=_PAGE, fetched_at=at))
    _read_page(page, Fetched(url=page.url, status=200, body=_PAGE, fetched_at=at), Entry(keys=("warm",)))
    for charset in _MAPPED_CODECS:
        codecs.lookup(charset)
    gc.freeze()  # what the libraries brought stays, and need not be looked through at every large document
    with contextlib.suppress(OSError, ValueError):  # systems without /proc or without RLIMIT_AS go without this limit
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        limit = pages * resource.getpagesize() + memory_limit_bytes
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


_FEED = b"<rss version='2.0'><channel><item><title>Warm</title><pubDate>Mon, 01 Jan 2024 00:00:00 GMT</pubDate></item></channel></rss>"
_PAGE = (
    b"<html><head><title>Warm</title></head><body><article><h1>Police warm up before the day begins</h1>"
    b"<time>1 January 2024</time><p>" + b"Officers said that nothing had happened yet. " * 20 + b"</p></article></body></html>"
)
