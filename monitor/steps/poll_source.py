"""Source -> Entries: one look at a feed, page or sitemap."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from monitor.fetching.outcome import Fetched, NotModified, Outcome, Throttled
from monitor.ports import Transaction
from monitor.sources.entry import Listing, Unlisted
from monitor.sources.schedule import SourceState, after_poll, is_same_body, request_for, triage
from monitor.sources.source import Source
from monitor.steps.context import Context, Done
from monitor.urls import host_of

THROTTLED_REST_S = 60.0
MOST_UNDATED = 20
"""So many undated items of a first poll are read: an index page names no dates, and its top is today's news."""


def poll_source(context: Context, key: str) -> Done:
    """Ask the source what is new, and keep a row for every entry it has not listed before."""
    source = context.sources.get(key)
    with context.store.reading() as tx:
        state = tx.sources.get(key)
    if source is None or state is None or state.next_poll_at is None or state.next_poll_at > context.clock.now():
        return Done(result="left", reason="not watched, or not due")
    outcome = context.fetch(request_for(source, state, context.clock.now()))
    listing = None
    if isinstance(outcome, Fetched) and not is_same_body(state, outcome):
        listing = context.parse.list_entries(source, outcome)
    now = context.clock.now()
    with context.store.writing() as tx:
        current = tx.sources.get(key)
        if current is None or current.next_poll_at != state.next_poll_at:
            return Done(result="left", reason="polled by someone else in the meantime")
        listed, new, recorded = _keep(tx, context, source, state, listing, now)
        after = after_poll(source, state, outcome, listing, new, now, context.chance())
        tx.sources.save(after, host_of(after.url or source.url))
    facts = {"source": source.id, "listed": listed, "new": new, "recorded": recorded, "next_poll_at": after.next_poll_at}
    if after.last_error is not None:
        return Done(result="failed", reason=after.last_error, facts=facts, rest_s=throttled_s(outcome))
    return Done(result="ok", reason=_told(outcome, listing), facts=facts)


def throttled_s(outcome: Outcome) -> float:
    """How long the whole host is left alone after an answer: a server that has enough of one feed has enough of all of them."""
    return max(outcome.retry_after_s or 0.0, THROTTLED_REST_S) if isinstance(outcome, Throttled) else 0.0


def _keep(
    tx: Transaction, context: Context, source: Source, state: SourceState, listing: Listing | Unlisted | None, now: datetime
) -> tuple[int, int, int]:
    """How many entries were listed, how many of them are new, and how many of these are recorded without being read."""
    if not isinstance(listing, Listing):
        return 0, 0, 0
    first = state.last_success_at is None
    tx.entries.remember(source.id, listing.entries)
    position = {id(entry): number for number, entry in enumerate(listing.entries)}
    new = tx.entries.unknown(source.id, listing.entries)
    recorded = 0
    for entry in reversed(new):  # oldest first, so that a story opens with its earliest article
        verdict = triage(
            entry,
            first_poll=first,
            position=position[id(entry)],
            window_s=context.first_poll_window_s,
            most_undated=MOST_UNDATED,
            now=now,
        )
        recorded += not verdict.read
        lane = host_of(entry.url) if entry.url else host_of(source.url)
        tx.entries.add(source.id, lane, entry, now=now, first_poll=first, recorded=None if verdict.read else verdict.reason)
    return len(listing.entries), len(new), recorded


def _told(outcome: Outcome, listing: Listing | Unlisted | None) -> str:
    match listing:
        case Listing(flags=flags):
            return ", ".join(("polled", *flags))
        case Unlisted(reason=reason):
            return reason
        case None:
            return "not modified" if isinstance(outcome, NotModified) else "the same as last time"
        case _:
            assert_never(listing)
