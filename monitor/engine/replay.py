"""The engine of a recording: the same steps by the clock of what was recorded.

Polls and filing are done here, one after the other in the order of the records; pages are read ahead by other processes and filed in the
order in which they were asked for, `_LAG` behind. How many processes there are, and how fast, makes no difference to the result.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from heapq import heappop, heappush

from monitor.adapters.clock import SetClock
from monitor.adapters.readers import GivenUp, Readers
from monitor.adapters.warc import Archive, Located, Playback, Recorded
from monitor.articles.article import Unreadable
from monitor.engine.reading import Answer, Desk, ReadAhead, Span, Unread, may_be_page
from monitor.engine.run_step import run_step
from monitor.fetching.outcome import Failed, Outcome, Request, Throttled
from monitor.ports import Due, ListedEntry
from monitor.steps.context import Context
from monitor.steps.file_article import file_article
from monitor.steps.read_entry import Later, Reading, keep, to_read
from monitor.urls import canonical

_LAG = 64
_CHECKPOINT = 500

log = logging.getLogger("monitor")


def replay(
    context: Context,
    archive: Archive,
    clock: SetClock,
    desk: Desk,
    readers: Readers,
    *,
    span: Span,
    on_record: Callable[[], object],
    on_checkpoint: Callable[[datetime], object],
) -> None:
    """Run polling and reading over a recording; `context` must stand on `clock` and on a store of its own. Nothing is sent.

    A recorded answer of a configured source's address is a poll of it; any other page that no source listed is read for itself,
    so that recordings made by others, without feeds, replay too. `on_checkpoint` hears from time to time, and at the end, up to which
    time all is in the store: from there on a replay goes on as if it had never stopped.
    """
    run = _Replay(context, archive, clock, desk, readers)
    run.begin(span.after)
    at = span.after
    done = (
        0 if at is None else archive.index.count(at)
    )  # checkpoints come at the same records, stopped or not: they file what waits
    for number, record in enumerate(archive.index.in_order(at, span.last), done):
        if at is not None and number % _CHECKPOINT >= _CHECKPOINT - 1 and record.at > at:
            run.file_all()
            on_checkpoint(at)
        at = record.at
        run.take(record)
        on_record()
    run.file_all()
    run.read_again(span.as_of)
    if at is not None:
        on_checkpoint(at)


class _Replay:
    def __init__(self, context: Context, archive: Archive, clock: SetClock, desk: Desk, readers: Readers) -> None:
        self._archive = archive
        self._clock = clock
        self._desk = desk
        self._ahead = ReadAhead(readers)
        self._playback = Playback(archive, clock=clock)
        self._context = replace(context, fetch=self._fetch)
        self._polled = {canonical(source.url): source for source in context.sources.values()}
        self._asked: deque[tuple[Unread, Reading | None]] = deque()  # with the reading where it is known already
        self._under_way: set[int] = set()
        self._again: list[datetime] = []  # a heap: when what could not be had is due again
        self._resumed_with_due = False

    def begin(self, after: datetime | None) -> None:
        """Make the configured sources those that are polled; go on after a checkpoint."""
        sources = list(self._context.sources.values())
        with self._context.store.writing() as tx:
            tx.sources.watch(sources, self._clock.now())
            self._resumed_with_due = tx.entries.next_read_at() is not None
            if after is not None:
                self._clock.set(after)
                for source in sources:
                    for listed in tx.entries.of_source(source.id, 1_000_000_000):
                        if listed.entry.url:
                            self._archive.index.mark(listed.entry.url)

    def take(self, record: Recorded) -> None:
        """Let the clock come to this record and do what it stands for."""
        self._clock.set(record.at)
        source = self._polled.get(canonical(record.url))
        if source is not None:
            with self._context.store.writing() as tx:
                tx.sources.poll_now(source.id, self._clock.now())
            run_step(self._context, Due(step="poll_source", key=source.id, lane=""))
            self._ask_for_due()
            return
        if self._is_due_again():
            self._ask_for_due()
        if self._is_page(record) and isinstance(located := self._archive.locate(record), Located):
            self._ask(Unread(located, record.at))

    def read_again(self, as_of: datetime | None) -> None:
        """Try again what could not be had, as often as the steps would, up to `as_of`."""
        while (later := self._next_read_at()) is not None and (as_of is None or later <= as_of):
            self._clock.set(later)
            self._ask_for_due()
            self.file_all()

    def file_all(self) -> None:
        """Wait for everything that was asked for, and file it."""
        while self._asked:
            self._file(*self._asked.popleft())

    def _ask_for_due(self) -> None:
        """Ask for the entries that are due, in the order of their rows."""
        while True:
            with self._context.store.reading() as tx:
                due = tx.entries.due(self._clock.now(), limit=500 + len(self._under_way))
            fresh = [entry_id for entry_id in due if entry_id not in self._under_way]
            for entry_id in fresh:
                listed = to_read(self._context, entry_id)
                if isinstance(listed, ListedEntry):
                    self._under_way.add(entry_id)
                    if listed.entry.url:
                        self._archive.index.mark(listed.entry.url)
                    source = self._context.sources[listed.source_id]
                    self._ask(Unread(self._answer(listed), self._clock.now(), (source, listed)))
            if not fresh:
                return

    def _is_due_again(self) -> bool:
        is_due = self._resumed_with_due
        while self._again and self._again[0] <= self._clock.now():
            heappop(self._again)
            is_due = True
        return is_due

    def _ask(self, unread: Unread) -> None:
        if isinstance(
            unread.answer, Failed | Throttled
        ):  # no page to read, and mostly something for later: nothing that may lag behind
            reading = self._desk.read(unread)
            if isinstance(reading, Later):
                self._file(unread, reading)
            else:
                self._asked.append((unread, reading))
        else:
            self._ahead.ask(unread)
            self._asked.append((unread, None))
        while len(self._asked) > _LAG:
            self._file(*self._asked.popleft())

    def _answer(self, listed: ListedEntry) -> Answer:
        if listed.entry.url is None:
            return Failed(kind="connect", detail="no address")
        return self._playback.locate(Request(url=listed.entry.url))

    def _file(self, unread: Unread, reading: Reading | None) -> None:
        if reading is None:
            found = self._ahead.take()
            reading = self._desk.without_page(unread, found.reason) if isinstance(found, GivenUp) else found
        try:
            self._keep(unread, reading)
        except Exception as error:  # as in run_step: a bug in one row must not stop the others
            log.exception("%s could not be filed", unread.url)
            if unread.listed is not None:
                with self._context.store.writing() as tx:
                    tx.entries.finish(unread.listed[1].id, "failed", f"{type(error).__name__}: {error}")
        if unread.listed is not None:
            self._under_way.discard(unread.listed[1].id)

    def _keep(self, unread: Unread, reading: Reading) -> None:
        context = self._context
        if unread.listed is not None:
            keep(replace(context, clock=SetClock(unread.at)), *unread.listed, reading)
            if isinstance(reading, Later):
                heappush(self._again, unread.at + timedelta(seconds=reading.after_s))
        elif not isinstance(reading, Unreadable | Later):
            with context.store.writing() as tx:
                file_article(tx, context.rules, reading, unread.at, alerting=True, channels=context.channels)

    def _fetch(self, request: Request) -> Outcome:
        self._archive.index.mark(request.url)
        return self._playback(request)

    def _next_read_at(self) -> datetime | None:
        with self._context.store.reading() as tx:
            return tx.entries.next_read_at()

    def _is_page(self, record: Recorded) -> bool:
        """Whether this is a page to be read for itself: not spared, the first of its address, and not listed by a source before."""
        return (
            not record.spared
            and may_be_page(record)
            and not self._archive.index.is_marked(record.url)
            and self._archive.index.is_first(record)
        )
