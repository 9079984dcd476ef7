"""The engine of a recording: the same steps, one after the other, by the clock of what was recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from monitor.adapters.clock import SetClock
from monitor.adapters.warc import Archive, Playback, Recorded
from monitor.engine.run_step import Event, run_step
from monitor.fetching.outcome import Fetched, Outcome, Request
from monitor.ports import Due
from monitor.sources.entry import Entry
from monitor.sources.source import Source
from monitor.steps.context import Context
from monitor.urls import canonical, host_of, identity


def replay(context: Context, archive: Archive, clock: SetClock, on_event: Callable[[Event], None]) -> None:
    """Run polling and reading over a recording; `context` must stand on `clock` and on a store of its own. Nothing is sent.

    A recorded answer of a configured source's address is a poll of it; any other page that no source listed is read for itself,
    so that recordings made by others, without feeds, replay too. The order is that of the records: same input, same result.
    """
    asked: set[str] = set()
    playback = Playback(archive, clock=clock)

    def fetch(request: Request) -> Outcome:
        asked.add(identity(request.url))
        return playback(request)

    strangers = _strangers(context.sources.values(), archive.records)
    sources = {**context.sources, **{source.id: source for source in strangers.values()}}
    context = replace(context, fetch=fetch, sources=sources)
    with context.store.writing() as tx:
        tx.sources.watch(list(sources.values()), clock.now())
    polled = {canonical(source.url): source for source in context.sources.values() if source.id not in strangers}
    by_site = {_site(source): source for source in sources.values()} | strangers
    for record in archive.records:
        clock.set(record.at)
        source = polled.get(canonical(record.url))
        if source is not None and source.enabled:
            with context.store.writing() as tx:
                tx.sources.poll_now(source.id, clock.now())
            on_event(run_step(context, Due(step="poll_source", key=source.id, lane="")))
        elif identity(record.url) not in asked and record.status == 200:
            _list_page(context, by_site, archive, record)
        _read_due(context, on_event)
    while (later := _next_read_at(context)) is not None:
        clock.set(later)
        _read_due(context, on_event)


def _read_due(context: Context, on_event: Callable[[Event], None]) -> None:
    """Read what is due in the order of its rows; delivering is not part of a replay."""
    while True:
        with context.store.reading() as tx:
            ids = tx.entries.due(context.clock.now(), limit=500)
        if not ids:
            return
        for entry_id in ids:
            on_event(run_step(context, Due(step="read_entry", key=str(entry_id), lane="")))


def _next_read_at(context: Context) -> datetime | None:
    with context.store.reading() as tx:
        return tx.entries.next_read_at()


def _list_page(context: Context, by_site: Mapping[str, Source], archive: Archive, record: Recorded) -> None:
    """Make an entry of a recorded page that no source listed."""
    outcome = archive.outcome(record)
    if not isinstance(outcome, Fetched) or "html" not in outcome.headers.get("content-type", "text/html"):
        return
    source = by_site.get(_plain_host(record.url))
    if source is None or urlsplit(record.url).path in {"", "/"}:
        return
    page = Entry(keys=(identity(record.url),), url=record.url)
    with context.store.writing() as tx:
        for entry in tx.entries.unknown(source.id, [page]):
            tx.entries.add(source.id, "", entry, now=context.clock.now(), first_poll=False, recorded=None)


def _strangers(sources: Iterable[Source], records: Sequence[Recorded]) -> dict[str, Source]:
    """A source for every recorded site that no configured source stands for."""
    known = {_site(source) for source in sources} | {_plain_host(source.url) for source in sources}
    hosts = sorted({_plain_host(record.url) for record in records} - known)
    return {host: Source(id=host, name=host, url=f"https://{host}/", kind="page") for host in hosts if host}


def _site(source: Source) -> str:
    return _plain_host(source.home or source.url)


def _plain_host(url: str) -> str:
    return host_of(url).removeprefix("www.")
