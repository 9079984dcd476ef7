"""Errands: further requests that belong to a poll, for the sitemaps that an index names or for items that may have been missed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from monitor.fetching.conditional import validators
from monitor.fetching.outcome import Failed, Fetched, Gone, NotModified, Outcome, Refused, Request, Throttled
from monitor.fetching.robots import robots_url
from monitor.sources.entry import MOST_ENTRIES, Entry, Listing, Unlisted
from monitor.sources.links import absolute
from monitor.sources.schedule import body_digest, failed, paused, succeeded, throttled
from monitor.sources.source import Selectors, Source
from monitor.sources.state import Errand, SourceState

MOST_PAGES = 5
_MOST_SITEMAPS = 3
_OVERLAP = timedelta(hours=1)
_IN_SITEMAP = timedelta(days=2)
_SEEN_WITHIN = timedelta(hours=12)
_ACCEPT = "application/xml, text/xml, application/rss+xml, text/plain, */*;q=0.5"


def missed_since(source: Source, before: SourceState, listed: int, entries: Sequence[Entry], now: datetime) -> datetime | None:
    """Since when items may have been missed, now that a list that had `listed` items before has `entries`, all of them new; None if none
    can have been."""
    seen_at = before.last_success_at
    if seen_at is None:
        return None
    if source.kind == "sitemap":
        return _missed_by_sitemap(seen_at, before.last_change_at or seen_at, listed, entries, now)
    if before.trouble == "empty" and before.trouble_since is not None and entries:
        return min(before.trouble_since, seen_at)
    return seen_at if listed and entries else None


def _missed_by_sitemap(
    seen_at: datetime, changed_at: datetime, listed: int, entries: Sequence[Entry], now: datetime
) -> datetime | None:
    """A news sitemap names the news of two days. So if none came for two days, it is right that all its old items are gone; and if what
    it names now is older than the last look, that look did not see all of it."""
    if now - seen_at >= _IN_SITEMAP or len(entries) >= MOST_ENTRIES:
        return seen_at
    published = (entry.published_at for entry in entries if entry.published_at is not None)
    if any(at < seen_at - _SEEN_WITHIN for at in published):
        return changed_at
    return seen_at if listed and entries and now - changed_at < _IN_SITEMAP - _SEEN_WITHIN else None


def begin_parts(before: SourceState, after: SourceState, listing: Listing, now: datetime) -> SourceState:
    """The state of a poll that goes on with the sitemaps that an index names; whether it succeeds is known after the last of them."""
    known = {part.url: part for part in before.parts}
    errands = tuple(replace(known.get(url, Errand(url=url, purpose="part")), error=None) for url in listing.follow)
    return replace(after, errands=errands, parts=(), next_poll_at=now, last_success_at=before.last_success_at)


def begin_filling(source: Source, after: SourceState, listing: Listing, now: datetime) -> SourceState:
    """The state of a poll that goes on to look for what may have been missed: on the next page of the list, else in the site's sitemaps."""
    if listing.next_url is not None:
        errands = (Errand(url=listing.next_url, purpose="page"),)
    else:
        errands = (Errand(url=robots_url(source.home or after.url or source.url), purpose="robots"),)
    return replace(after, errands=errands, next_poll_at=now)


def request_of(errand: Errand) -> Request:
    """The errand's request, conditional if its address was read before."""
    return Request(url=errand.url, etag=errand.etag, last_modified=errand.last_modified, accept=_ACCEPT)


def read_as(source: Source, errand: Errand) -> Source:
    """The source with the kind of document that the errand brings."""
    return source if errand.purpose == "page" else replace(source, kind="sitemap", selectors=Selectors())


def is_news(errand: Errand, fetched: Fetched) -> bool:
    """Whether a part differs from what it was at the last poll."""
    return errand.digest is None or errand.digest != body_digest(fetched.body)


def sitemaps_in(fetched: Fetched) -> tuple[str, ...]:
    """The sitemaps that a robots.txt names (https://www.sitemaps.org/protocol.html), those of news first, at most three."""
    lines = fetched.body[:500_000].decode("utf-8-sig", "replace").splitlines()
    named = (re.match(r"\s*sitemap\s*:\s*(\S+)", text, re.IGNORECASE) for text in lines)
    found = dict.fromkeys(url for match in named if match and (url := absolute(match[1], fetched.url)))
    return tuple(
        sorted(found, key=lambda url: not re.search(r"news|latest|recent", urlsplit(url).path, re.IGNORECASE))[:_MOST_SITEMAPS]
    )


def further(errand: Errand, listing: Listing | None, found: Sequence[str], joined: bool, walked: int) -> tuple[Errand, ...]:
    """The errands that follow from an answer. `found` are the sitemaps that a robots.txt names, `joined` says that the page lists something
    that was known, `walked` is how many addresses have been asked because of this gap."""
    if walked >= MOST_PAGES:
        return ()
    if errand.purpose == "robots":
        return tuple(Errand(url=url, purpose="sitemap") for url in found)
    if errand.purpose == "page" and listing is not None and listing.next_url and not joined and listing.entries:
        return (Errand(url=listing.next_url, purpose="page"),)
    if errand.purpose == "sitemap" and listing is not None:
        return tuple(Errand(url=url, purpose="sitemap") for url in listing.follow[:1])
    return ()


def within_gap(entries: Sequence[Entry], since: datetime | None) -> tuple[Entry, ...]:
    """The entries of a sitemap that may have been missed since then. Those without a date may be years old and are left out."""
    if since is None:
        return ()
    dated = ((entry, entry.published_at or entry.updated_at) for entry in entries)
    return tuple(entry for entry, at in dated if at is not None and at >= since - _OVERLAP)


def after_errand(
    source: Source,
    state: SourceState,
    outcome: Outcome,
    listing: Listing | Unlisted | None,
    new_count: int,
    more: tuple[Errand, ...],
    now: datetime,
    jitter: float,
) -> SourceState:
    """The state after the first of its errands. One that fails does not keep the others from being done; if no part of an index could be
    had, the poll has failed. A server that asks for fewer requests ends all errands."""
    errand, *rest = state.errands
    filling = errand.purpose != "part"
    if isinstance(outcome, Throttled):
        if filling:
            return paused(source, replace(state, errands=()), now, jitter, outcome.retry_after_s or 0.0)
        return throttled(source, state, outcome, now, jitter)
    if not filling:
        listed = len(listing.entries) if isinstance(listing, Listing) else None
        done = _done(errand, outcome, listing)
        state = replace(state, parts=(*state.parts, done), listed=state.listed + (done.listed if listed is None else listed))
    state = replace(state, last_poll_at=now, last_change_at=now if new_count else state.last_change_at)
    errands = (*rest, *more)
    if errands:
        return replace(state, errands=errands, next_poll_at=now)
    state = replace(state, errands=())
    if not filling and all(part.error for part in state.parts):
        reason = state.parts[0].error or ""
        return failed(source, state, reason, "dead", now, jitter)
    return succeeded(source, state, now, jitter)


def _done(errand: Errand, outcome: Outcome, listing: Listing | Unlisted | None) -> Errand:
    """A part as it is remembered for the next poll."""
    match outcome:
        case Fetched() if isinstance(listing, Unlisted):
            return replace(errand, error=f"{errand.url}: {listing.reason}")
        case Fetched():
            etag, last_modified = validators(outcome.headers)
            if isinstance(listing, Listing) and listing.cut:
                etag = last_modified = None
            listed = len(listing.entries) if isinstance(listing, Listing) else errand.listed
            return replace(errand, etag=etag, last_modified=last_modified, digest=body_digest(outcome.body), listed=listed)
        case NotModified():
            return errand
        case Gone():
            return replace(errand, error=f"{errand.url}: HTTP 410, gone")
        case Refused(reason=reason) | Failed(detail=reason):
            return replace(errand, error=f"{errand.url}: {reason}")
        case Throttled(status=status):
            return replace(errand, error=f"{errand.url}: HTTP {status}")
