"""Worker processes that parse foreign bytes: a document may hang, eat memory or crash its worker, and costs only itself."""

from __future__ import annotations

import contextlib
import multiprocessing
import resource
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError
from concurrent.futures import TimeoutError as FutureTimeoutError
from concurrent.futures.process import BrokenProcessPool
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from monitor.articles.article import Article, Unreadable
from monitor.articles.page import read_page
from monitor.fetching.outcome import Fetched
from monitor.sources.entry import Entry, Listing, Unlisted
from monitor.sources.listing import list_entries
from monitor.sources.source import Source

T = TypeVar("T")


class _Stopped(Exception):
    """A document was given up; the text says why."""


class Workers:
    """Keeps the `Parse` port with `count` processes, each stopped and replaced when a document takes more than `time_limit_s`
    seconds or `memory_limit_bytes` beyond what the libraries take themselves.

    Processes are spawned, never forked (the parent has threads and database connections), and read one small document of each kind
    before their first task, since the libraries take seconds to load. Threads may share one.
    """

    def __init__(self, count: int, time_limit_s: float = 10.0, memory_limit_bytes: int = 1 << 30) -> None:
        self._count = count
        self._time_limit_s = time_limit_s
        self._memory_limit_bytes = memory_limit_bytes
        self._lock = threading.Lock()
        self._waiting: set[ProcessFuture] = set()
        self._closed = False
        self._pool = self._start()

    def list_entries(self, source: Source, fetched: Fetched) -> Listing | Unlisted:
        """`sources.listing.list_entries` in a worker; Unlisted if the document had to be given up."""
        try:
            return self._run(list_entries, source, fetched)
        except _Stopped as stopped:
            return Unlisted(reason=str(stopped))

    def read_page(self, source: Source, fetched: Fetched, entry: Entry) -> Article | Unreadable:
        """`articles.page.read_page` in a worker; Unreadable if the document had to be given up."""
        try:
            return self._run(read_page, source, fetched, entry)
        except _Stopped as stopped:
            return Unreadable(reason=str(stopped))

    def close(self) -> None:
        """Stop all workers, at work or not; who waits for them is told so. Idempotent."""
        with self._lock:
            self._closed = True
            self._stop(self._pool)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _start(self) -> ProcessPool:
        pool = ProcessPool(
            max_workers=self._count,
            initializer=_prepare,
            initargs=(self._memory_limit_bytes,),
            context=multiprocessing.get_context("spawn"),
        )
        pool.schedule(int)  # pebble starts no process before the first task
        return pool

    def _run(self, function: Callable[..., T], *args: Any) -> T:
        """The function's value from a worker. Raises _Stopped, or what the function raises: that is a bug, and the engine's to report."""
        for _ in range(2):
            pool = self._pool
            try:
                future = self._schedule(pool, function, args)
                return future.result()  # type: ignore[no-any-return]
            except FutureTimeoutError:
                raise _Stopped(f"the document took more than {self._time_limit_s:g} s to read and was given up") from None
            except MemoryError:
                raise _Stopped(
                    f"the document took more than {self._memory_limit_bytes >> 20} MiB to read, and was given up"
                ) from None
            except ProcessExpired as expired:
                raise _Stopped(f"the document made its reader crash (exit code {expired.exitcode})") from None
            except (BrokenProcessPool, CancelledError):
                self._replace(pool)
        raise _Stopped("the readers were killed from outside twice; the document is read at the next poll")

    def _schedule(self, pool: ProcessPool, function: Callable[..., T], args: tuple[Any, ...]) -> ProcessFuture:
        with self._lock:
            if self._closed:
                raise _Stopped("the readers have been stopped")
            try:
                future = pool.schedule(function, args=args, timeout=self._time_limit_s)
            except RuntimeError as error:  # pebble's way to say that the pool broke before
                raise BrokenProcessPool from error
            self._waiting.add(future)
        future.add_done_callback(self._waiting.discard)
        return future

    def _replace(self, broken: ProcessPool) -> None:
        """Start again. An idle worker that is killed from outside (the system is out of memory) is the end of a pool for pebble."""
        with self._lock:
            if self._pool is broken and not self._closed:
                self._stop(broken)
                self._pool = self._start()

    def _stop(self, pool: ProcessPool) -> None:
        pool.stop()
        pool.join()
        for future in tuple(self._waiting):
            future.cancel()


def _prepare(memory_limit_bytes: int) -> None:
    """Load and warm the libraries, then limit what this process may take beyond that."""
    at = datetime(2024, 1, 1, tzinfo=UTC)
    feed, page = (
        Source(id="warm", name="warm", url="https://warm.example/", kind="feed"),
        Source(id="warm", name="warm", url="https://warm.example/", kind="page"),
    )
    list_entries(feed, Fetched(url=feed.url, status=200, body=_FEED, fetched_at=at))
    list_entries(page, Fetched(url=page.url, status=200, body=_PAGE, fetched_at=at))
    read_page(page, Fetched(url=page.url, status=200, body=_PAGE, fetched_at=at), Entry(keys=("warm",)))
    with contextlib.suppress(OSError, ValueError):  # systems without /proc or without RLIMIT_AS go without this limit
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        limit = pages * resource.getpagesize() + memory_limit_bytes
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


_FEED = b"<rss version='2.0'><channel><item><title>Warm</title><pubDate>Mon, 01 Jan 2024 00:00:00 GMT</pubDate></item></channel></rss>"
_PAGE = (
    b"<html><head><title>Warm</title></head><body><article><h1>Police warm up before the day begins</h1>"
    b"<time>1 January 2024</time><p>" + b"Officers said that nothing had happened yet. " * 20 + b"</p></article></body></html>"
)
