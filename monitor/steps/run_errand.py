"""The next errand of a poll: one sitemap named by an index, or one place where items missed in a possible gap may be found."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.fetching.outcome import Fetched, host_rest_s
from monitor.ports import Gap
from monitor.sources.entry import Entry, Listing, Unlisted
from monitor.sources.errands import (
    after_errand,
    further,
    is_news,
    missed_since,
    read_as,
    request_of,
    sitemaps_in,
    within_gap,
)
from monitor.sources.source import Source
from monitor.sources.state import Errand, SourceState
from monitor.steps.context import Context, Done
from monitor.steps.keep_entries import keep_entries
from monitor.urls import lane_of


def run_errand(context: Context, source: Source, state: SourceState) -> Done:
    """Fetch and list the first errand in the source's state, and make a row for every entry that was not listed before."""
    errand = state.errands[0]
    outcome = _kept_rules(context, errand) or context.fetch(request_of(errand))
    listing: Listing | Unlisted | None = None
    found: Sequence[str] = ()
    if isinstance(outcome, Fetched) and errand.purpose == "robots":
        found = sitemaps_in(outcome)
    elif isinstance(outcome, Fetched) and is_news(errand, outcome):
        listing = context.parse.list_entries(read_as(source, errand), outcome)
    now = context.clock.now()
    answered = isinstance(outcome, Fetched)  # if a power cut undoes that, it is fetched again
    with context.store.writing(on_disk=not answered) as tx:
        current = tx.sources.get(source.id)
        if current is None or current.next_poll_at != state.next_poll_at or current.errands != state.errands:
            return Done(result="left", reason="done by someone else in the meantime")
        gap = tx.sources.open_gap(source.id) if errand.purpose != "part" else None
        entries = _entries(errand, listing, gap)
        new, recorded = keep_entries(tx, context, source, entries, first_poll=state.last_success_at is None, now=now)
        more: tuple[Errand, ...] = ()
        if errand.purpose == "part":
            comparable = isinstance(listing, Listing) and errand.digest is not None and len(new) == len(entries)
            since = missed_since(read_as(source, errand), state, errand.listed, entries, now) if comparable else None
            if since is not None:
                how = "a sitemap has no older page"
                tx.sources.note_gap(Gap(source_id=source.id, found_at=now, since=since, listed=len(new), how=how))
        elif gap is not None:
            shown = listing if isinstance(listing, Listing) else None
            more = further(errand, shown, found, joined=len(new) < len(entries), walked=gap.walked + 1)
            ended = not more and len(state.errands) == 1
            tx.sources.fill_gap(source.id, len(new), _how(errand, gap, entries, new) if ended else None)
        after = after_errand(source, state, outcome, listing, len(new), more, now, context.chance())
        tx.sources.save(after, lane_of(after.errands[0].url if after.errands else after.url or source.url))
    facts = {"source": source.id, "url": errand.url, "listed": len(entries), "new": len(new), "recorded": recorded}
    rest_s = host_rest_s(outcome)
    if after.last_error is not None and not after.errands:
        return Done(result="failed", reason=after.last_error, facts=facts, rest_s=rest_s)
    return Done(result="ok", reason=f"polled, {_told(errand)}", facts=facts, rest_s=rest_s)


def _kept_rules(context: Context, errand: Errand) -> Fetched | None:
    """The stored robots.txt, if this errand needs one and it is recent enough not to be fetched again."""
    if errand.purpose != "robots":
        return None
    now = context.clock.now()
    with context.store.reading(once=True) as tx:
        file = tx.robots.get(errand.url)
    return None if file is None or file.until <= now else Fetched(url=file.url, status=200, body=file.body, fetched_at=now)


def _entries(errand: Errand, listing: Listing | Unlisted | None, gap: Gap | None) -> tuple[Entry, ...]:
    if not isinstance(listing, Listing):
        return ()
    return within_gap(listing.entries, gap.since if gap else None) if errand.purpose == "sitemap" else listing.entries


def _how(errand: Errand, gap: Gap, entries: Sequence[Entry], new: Sequence[Entry]) -> str:
    if errand.purpose == "page" and len(new) < len(entries):
        return "filled: a further page of the list leads back to what was known"
    if gap.filled + len(new):
        return f"filled in part from {'further pages' if errand.purpose == 'page' else 'a sitemap'}"
    return "nothing was found to fill it: no further page, no sitemap with newer items"


def _told(errand: Errand) -> str:
    return {
        "part": f"part {errand.url}",
        "page": f"looking for missed items at {errand.url}",
        "robots": "looking for a sitemap to fill a possible gap",
        "sitemap": f"looking for missed items at {errand.url}",
    }[errand.purpose]
