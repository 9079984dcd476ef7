"""One reader: a process that runs calls under limits. A document that hangs, uses up memory or crashes the process costs only itself.

There are two pools of readers: `workers`, for many threads each of which waits for an answer, and `readers`, for one thread that has work
done in advance.
"""

from __future__ import annotations

import codecs
import contextlib
import gc
import multiprocessing
import pickle
import resource
import signal
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor.adapters.memory import spare_memory
from monitor.articles.article import Unreadable
from monitor.fetching.outcome import LARGE_BYTES, Fetched
from monitor.sources.entry import Entry, Listing, Unlisted
from monitor.sources.source import Source

if TYPE_CHECKING:
    from monitor.stories.sketched import Sketched

Call = tuple[Callable[..., Any], tuple[Any, ...]]
START_LIMIT_S = 60.0
_LONG_S = 0.2
_MAPPED_CODECS = ("gb18030", "big5", "big5hkscs", "shift_jis", "euc_kr", "iso2022_jp")
"""Codecs that come from a shared library each. Loaded only when memory is short, that would fail, and Python would remember them as
unknown."""


class Reader:
    """A process and the `pipe` to it. The process sends True through the pipe when it is ready; from then on it answers each pickled call
    `(function, args)`, in order, with `(value, None)` or `(None, error)`.

    A call may use `memory_limit_bytes` on top of what the libraries need; otherwise its error is a MemoryError. Limiting its time is up
    to the pool. `equip` is a first call that is made before the limit is set. The process is spawned, never forked (the parent has threads
    and database connections), and reads one small document of each kind before it is ready, since the libraries take seconds to load.
    """

    def __init__(self, memory_limit_bytes: int, equip: Call | None = None) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(
            target=_serve,
            args=(theirs, memory_limit_bytes),
            kwargs={"equipped": equip is not None},
            name="reader",
            daemon=True,
        )
        _start(self.process)
        theirs.close()
        if equip is not None:
            # Not with the arguments of the process. Those go through a pipe whose other end this process holds, too: if they exceed what
            # a pipe takes at once, and the new process dies before it has read them, the parent would wait for ever.
            with contextlib.suppress(OSError):  # it has died, which the pool will notice
                self.pipe.send(equip)

    def kill(self) -> None:
        """End the process, busy or not."""
        self.process.kill()
        self.process.join()


def took_too_long(time_limit_s: float) -> str:
    """The reason for giving up a document that took longer than this."""
    return f"the document took more than {time_limit_s:g} s to read and was given up"


def took_too_much(memory_limit_bytes: int) -> str:
    """The reason for giving up a document that took more memory than this."""
    return f"the document took more than {memory_limit_bytes >> 20} MiB to read and was given up"


def crashed(exit_code: int | None) -> str:
    """The reason for giving up a document whose reader ended with this code."""
    return f"the document made its reader crash (exit code {exit_code})"


# The functions that readers run. They import their libraries only there: the daemon, which does not need them, is smaller by a tenth.


def list_entries(source: Source, fetched: Fetched) -> Listing | Unlisted:
    """`sources.listing.list_entries`."""
    from monitor.sources.listing import list_entries

    return list_entries(source, fetched)


def read_page(source: Source, fetched: Fetched, entry: Entry) -> Sketched | Unreadable:
    """`stories.sketched.read_page`."""
    from monitor.stories.sketched import read_page

    return read_page(source, fetched, entry)


def from_entry(source: Source, entry: Entry, now: datetime) -> Sketched | Unreadable:
    """`stories.sketched.from_entry`."""
    from monitor.stories.sketched import from_entry

    return from_entry(source, entry, now)


def _start(process: Any) -> None:
    """Start a process that ignores Ctrl-C from the first moment: the signal goes to the whole group, but only the parent acts on it."""
    resource_tracker.ensure_running()  # otherwise starting the first process would start this one, and so unblock the signal
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


# What runs in the process itself:


def _serve(pipe: Connection, memory_limit_bytes: int, *, equipped: bool) -> None:
    """The main function of a reader, until the other end of the pipe is closed. If `equipped`, the first call comes through the pipe."""
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
    """Answer one call. Returns whether it may have left free memory behind: it was large, or took so long that it probably grew large."""
    answer: tuple[Any, Exception | None]
    call = pipe.recv_bytes()
    size, began = len(call), time.process_time()
    try:
        function, args = pickle.loads(call)  # noqa: S301  it comes from our parent
        del call
        answer = function(*args), None
    except (EOFError, OSError):
        raise
    except MemoryError:
        answer = None, MemoryError()
    except Exception as error:  # noqa: BLE001  it is raised again in the parent
        error.add_note(traceback.format_exc())
        answer = None, error
    pipe.send(answer)
    return size > LARGE_BYTES or time.process_time() - began > _LONG_S


def _prepare(memory_limit_bytes: int) -> None:
    """Load and warm up the libraries, then limit the memory that this process may use on top of that."""
    at = datetime(2024, 1, 1, tzinfo=UTC)
    feed = Source(id="warm", name="warm", url="https://warm.example/", kind="feed")
    page = Source(id="warm", name="warm", url="https://warm.example/", kind="page")
    list_entries(feed, Fetched(url=feed.url, status=200, body=_FEED, fetched_at=at))
    list_entries(page, Fetched(url=page.url, status=200, body=_PAGE, fetched_at=at))
    read_page(page, Fetched(url=page.url, status=200, body=_PAGE, fetched_at=at), Entry(keys=("warm",)))
    for charset in _MAPPED_CODECS:
        codecs.lookup(charset)
    gc.freeze()  # the objects of the libraries stay, and need not be searched for garbage at every large document
    with contextlib.suppress(OSError, ValueError):  # systems without /proc or RLIMIT_AS have no such limit
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        limit = pages * resource.getpagesize() + memory_limit_bytes
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


_FEED = b"<rss version='2.0'><channel><item><title>Warm</title><pubDate>Mon, 01 Jan 2024 00:00:00 GMT</pubDate></item></channel></rss>"
_PAGE = (
    b"<html><head><title>Warm</title></head><body><article><h1>Police warm up before the day begins</h1>"
    b"<time>1 January 2024</time><p>" + b"Officers said that nothing had happened yet. " * 20 + b"</p></article></body></html>"
)
