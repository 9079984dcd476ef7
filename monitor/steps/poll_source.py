"""Source -> Entries: one look at a feed, page or sitemap; one request a step.

What belongs to a poll beyond its first request (the sitemaps of an index, the places where a gap may be filled) are errands in the
source's row: the row is due again at once, and the host has its rest in between.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from monitor.errors import ClaimLost
from monitor.fetching.outcome import Fetched, NotModified, Outcome, host_rest_s
from monitor.ports import Gap, Transaction
from monitor.sources.entry import Entry, Listing, Unlisted
from monitor.sources.errands import begin_filling, begin_parts, missed_since
from monitor.sources.schedule import after_poll, doubted, is_same_body, request_for
from monitor.sources.source import Source
from monitor.sources.state import SourceState
from monitor.sources.unseen import sift
from monitor.sources.watch import news_of
from monitor.steps.context import Context, Done
from monitor.steps.keep_entries import keep_entries
from monitor.steps.network import heed_network
from monitor.steps.run_errand import run_errand
from monitor.urls import lane_of

_COUNTED_EVERY_S = 60.0  # what hosts were asked: a poll that brought nothing writes one row, and is to go on doing so


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a body listed: `items` are all that it has, of which those that were in the last body are not in the `listing`."""

    listing: Listing | Unlisted | None = None
    items: int | None = None
    digests: bytes = b""
    overlaps: bool = True


def poll_source(context: Context, key: str) -> Done:
    """Ask the source what is new, and keep a row for every entry it has not listed before. Raises ClaimLost, and keeps nothing, if
    the source was polled by someone else in the meantime."""
    source = context.sources.get(key)
    with context.store.reading(once=True) as tx:
        state = tx.sources.get(key)
    if source is None or state is None or state.next_poll_at is None or state.next_poll_at > context.clock.now():
        return Done(result="left", reason="not watched, or not due")
    if state.errands:
        return run_errand(context, source, state)
    request = request_for(source, state, context.clock.now())
    outcome = context.fetch(request)
    look = Look()
    if isinstance(outcome, Fetched) and not is_same_body(state, outcome):
        look = look_at(context, source, state, outcome)
    now = context.clock.now()
    traffic = context.traffic(_COUNTED_EVERY_S)
    answered = isinstance(outcome, Fetched | NotModified)  # if a power cut undoes that, the next poll is told the same
    nothing_new = answered and look.listing is None
    one_row = nothing_new and not traffic and state.trouble != "unreachable"  # which needs no turn among the writers
    with context.store.claiming(once=True) if one_row else context.store.writing(on_disk=not answered) as tx:
        new: Sequence[Entry] = ()
        recorded = 0
        if isinstance(look.listing, Listing):
            first = state.last_success_at is None
            new, recorded = keep_entries(tx, context, source, look.listing.entries, first_poll=first, now=now)
        after = after_poll(source, state, outcome, look.listing, len(new), now, context.chance(), listed=look.items)
        after = doubted(state, after, request, outcome, new)
        after = _go_on(tx, source, state, after, look, len(new), now)
        after = heed_network(context, tx, state, after, now)
        tx.sources.add_traffic(traffic)
        lane = lane_of(after.errands[0].url if after.errands else after.url or source.url)
        if not tx.sources.advance(state, after, lane):
            raise ClaimLost(f"{key}: polled by someone else in the meantime")
    facts = {
        "source": source.id,
        "listed": look.items or 0,
        "new": len(new),
        "recorded": recorded,
        "next_poll_at": after.next_poll_at,
    }
    if after.last_error is not None and not after.errands:
        return Done(result="failed", reason=after.last_error, facts=facts, rest_s=host_rest_s(outcome))
    return Done(result="ok", reason=_told(outcome, look), facts=facts)


def look_at(context: Context, source: Source, state: SourceState, fetched: Fetched) -> Look:
    """List a body that is not the last one; of a feed only the items that were not in the last one are parsed."""
    if source.kind == "watch":
        listing = context.parse.list_entries(source, fetched)
        if isinstance(listing, Unlisted):
            return Look(listing=listing)
        news = news_of(listing, state.seen)
        return Look(listing=news.listing, items=news.paragraphs, digests=news.seen)
    sifted = sift(fetched, state.seen) if source.kind == "feed" else None
    if sifted is None:
        listing = context.parse.list_entries(source, fetched)
        items = len(listing.entries) if isinstance(listing, Listing) else None
        return Look(listing=listing, items=items, overlaps=False)
    overlaps = sifted.new < sifted.items
    if sifted.fetched is None:
        listed: Listing | Unlisted = Listing(entries=(), hints=state.hints)
    else:
        listed = context.parse.list_entries(source, sifted.fetched)
    return Look(listing=listed, items=sifted.items, digests=sifted.digests, overlaps=overlaps)


def _go_on(
    tx: Transaction, source: Source, before: SourceState, after: SourceState, look: Look, new: int, now: datetime
) -> SourceState:
    """The state with what is left to be fetched before the poll is over; a possible gap gets its row here."""
    listing = look.listing
    if not isinstance(listing, Listing):
        return after
    after = replace(after, seen=look.digests)
    if listing.follow:
        return begin_parts(before, after, listing, now)
    entries = len(listing.entries)
    shares = look.overlaps or new < entries
    since = None if shares else missed_since(source, before, before.listed, listing.entries, now)
    if since is None:
        return after
    tx.sources.note_gap(Gap(source_id=source.id, found_at=now, since=since, listed=entries))
    return begin_filling(source, after, listing, now)


def _told(outcome: Outcome, look: Look) -> str:
    match look.listing:
        case Listing(flags=flags):
            return ", ".join(("polled", *flags))
        case Unlisted(reason=reason):
            return reason
        case None:
            return "not modified" if isinstance(outcome, NotModified) else "the same as last time"
        case _:
            assert_never(look.listing)
