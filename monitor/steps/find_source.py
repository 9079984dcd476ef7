"""Address of a site -> the best list of its news, searched for politely, with a word on everything that was tried."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from monitor.fetching.outcome import Failed, Fetched, Gone, NotModified, Outcome, Refused, Request, Throttled
from monitor.fetching.robots import robots_url
from monitor.ports import Fetch, Parse
from monitor.sources.entry import Listing
from monitor.sources.offers import Offer, kind_of, offers_of_page, offers_of_robots, usual_places
from monitor.sources.source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What an offer turned out to be: its listing, or why it has none. `others` come from the same place and have not been tried."""

    offer: Offer
    listing: Listing | None
    reason: str
    others: tuple[Offer, ...] = ()


def find_source(url: str, *, fetch: Fetch, parse: Parse, rest: Callable[[], object]) -> Iterator[Tried]:
    """Try `url` itself, what its page offers, what robots.txt names and the usual places; last of all the page as an index page. The
    caller stops at the first that has a listing, and nothing further is requested. `rest` is called between two requests."""
    outcome = fetch(Request(url=url, check_robots=True))
    if not isinstance(outcome, Fetched):
        yield Tried(offer=Offer(url=url, kind="page", found="as given"), listing=None, reason=said_of(outcome))
        return
    kind = kind_of(outcome)
    given = Offer(url=outcome.url, kind=kind, found="as given")
    if kind != "page":
        yield from _tried(given, outcome, fetch, parse, rest)
        return
    for offer, others in _offers(outcome, fetch, rest):
        rest()
        answer = fetch(Request(url=offer.url))
        if isinstance(answer, Fetched):
            for tried in _tried(replace(offer, kind=kind_of(answer)), answer, fetch, parse, rest):
                yield replace(tried, others=others)
        else:
            yield Tried(offer=offer, listing=None, reason=said_of(answer))
    yield from _tried(given, outcome, fetch, parse, rest)


def said_of(outcome: Outcome) -> str:
    """An answer that is no document, in words."""
    match outcome:
        case Failed(detail=detail):
            return detail
        case Refused(reason=reason):
            return reason
        case Throttled(status=status):
            return f"the server asks for less (HTTP {status})"
        case Gone():
            return "gone (HTTP 410)"
        case NotModified():
            return "not modified (HTTP 304)"
        case Fetched(status=status, body=body):
            return f"HTTP {status}, {len(body)} bytes"


def _offers(page: Fetched, fetch: Fetch, rest: Callable[[], object]) -> Iterator[tuple[Offer, tuple[Offer, ...]]]:
    """Each offer, and those that stand after it in the same place. robots.txt is fetched only once the page's own offers are used up."""
    named = offers_of_page(page)
    yield from _with_others(named)
    rest()
    robots = fetch(Request(url=robots_url(page.url)))
    in_robots = offers_of_robots(robots) if isinstance(robots, Fetched) else ()
    yield from _with_others(in_robots)
    for usual in usual_places(page.url, (*named, *in_robots)):
        yield usual, ()


def _with_others(offers: tuple[Offer, ...]) -> Iterator[tuple[Offer, tuple[Offer, ...]]]:
    return ((offer, offers[position:]) for position, offer in enumerate(offers, 1))


def _tried(offer: Offer, fetched: Fetched, fetch: Fetch, parse: Parse, rest: Callable[[], object]) -> Iterator[Tried]:
    """What the document lists. A page where a feed was promised is no list. For a sitemap index, the first sitemap speaks for the rest."""
    if offer.kind == "page" and offer.found != "as given":
        yield Tried(offer=offer, listing=None, reason="a page, no list")
        return
    source = Source(id="found", name="found", url=offer.url, kind=offer.kind)
    listing = parse.list_entries(source, fetched)
    if not isinstance(listing, Listing):
        yield Tried(offer=offer, listing=None, reason=listing.reason)
        return
    if listing.follow:
        rest()
        part = fetch(Request(url=listing.follow[0]))
        listed = parse.list_entries(source, part) if isinstance(part, Fetched) else None
        if isinstance(listed, Listing):
            listing = replace(listing, entries=listed.entries)
    if listing.entries:
        yield Tried(offer=offer, listing=listing, reason=f"{len(listing.entries)} items")
    else:
        yield Tried(offer=offer, listing=None, reason="it lists nothing")
