"""Sitemaps (https://www.sitemaps.org/protocol.html), news sitemaps, and indexes of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from urllib.parse import urlsplit

from lxml import etree

from monitor.fetching.charset import decode_answer
from monitor.fetching.outcome import Fetched
from monitor.sources import plain
from monitor.sources.ampersands import escaped
from monitor.sources.dates import safe_date, zone_of
from monitor.sources.entry import CUT, MOST_ENTRIES, Entry, Listing, Unlisted
from monitor.sources.feed import list_feed
from monitor.sources.identity import Marks, identified
from monitor.sources.links import absolute, looks_like_article
from monitor.sources.source import Source

_MOST_FOLLOWED = 3
_ROOT = re.compile(r"<((?:[\w.-]{1,40}:)?(urlset|sitemapindex|rss|feed|rdf))(?=[\s>/])", re.IGNORECASE)
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


def list_sitemap(source: Source, fetched: Fetched) -> Listing | Unlisted:
    """The newest 500 pages of a sitemap, newest first. An index has no entries, but in `follow` the three sitemaps to fetch next.

    Pages without a `news:` record are taken if their address looks like an article's. The protocol also allows a feed as a sitemap.
    Never raises.
    """
    decoded = decode_answer(fetched, source.language)
    text = decoded.text
    first = _ROOT.search(text, 0, 65_536)
    if first is None:
        return _addresses(text, source, fetched) or Unlisted(reason=f"not a sitemap: {_what_it_is(text)}")
    if first[2].lower() not in ("urlset", "sitemapindex"):
        return list_feed(source, fetched)
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        root = etree.fromstring(escaped(text[first.start() :]).encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None or _local(root) != first[2].lower():
        return Unlisted(reason=f"not a sitemap: {_what_it_is(text)}")
    if _local(root) == "sitemapindex":
        return _index(root, source, fetched)
    flags = decoded.flags
    pages = list(_children(root, "url"))
    if text.rfind(f"</{first[1]}") < 0 and not text[: text.find(">", first.end())].endswith("/"):
        pages, flags = pages[:-1], (*flags, CUT)  # the last one may be half an address
        if not pages:
            return Unlisted(reason="cut off before the end of its first address", cause="empty")
    return _pages(pages, flags, source, fetched)


def _what_it_is(text: str) -> str:
    element = re.search(r"<([a-zA-Z][\w:.-]{0,40})", text[:65_536])
    return f"its first element is {element[1].lower()!r}" if element else "neither XML nor a list of addresses"


def _index(root: etree._Element, source: Source, fetched: Fetched) -> Listing | Unlisted:
    zone = zone_of(source.timezone)
    subs: list[tuple[str, datetime]] = []
    for sitemap in _children(root, "sitemap"):
        if url := absolute(_said(sitemap, "loc"), fetched.url):
            subs.append((url, safe_date(_said(sitemap, "lastmod"), zone, fetched.fetched_at) or _LONG_AGO))
    if not subs:
        return Unlisted(reason="a sitemap index that names no sitemap")
    subs.sort(
        key=lambda sub: (bool(re.search(r"news|latest|recent", urlsplit(sub[0]).path, re.IGNORECASE)), sub[1]), reverse=True
    )
    flags = (f"an index of {len(subs)} sitemaps",)
    return Listing(entries=(), flags=flags, follow=tuple(url for url, _ in subs[:_MOST_FOLLOWED]))


def _pages(pages: list[etree._Element], flags: tuple[str, ...], source: Source, fetched: Fetched) -> Listing | Unlisted:
    """The articles among the pages. A news sitemap without any page says that nothing was published for two days."""
    zone, now = zone_of(source.timezone), fetched.fetched_at
    entries = [entry for page in pages if (entry := _page(page, fetched.url, zone, now))]
    if pages and not entries:
        return Unlisted(reason=f"none of the {len(pages)} addresses in the sitemap looks like an article")
    return _listing(entries, source, fetched, flags, left_out=len(pages) - len(entries))


def _page(page: etree._Element, base: str, zone: tzinfo, now: datetime) -> Entry | None:
    url = absolute(_said(page, "loc"), base)
    news = next(_children(page, "news"), None)
    if url is None or (news is None and not looks_like_article(url)):
        return None
    return Entry(
        keys=(),
        url=url,
        title=plain.line(_said(news, "title"), 1_000) if news is not None else None,
        published_at=safe_date(_said(news, "publication_date"), zone, now) if news is not None else None,
        updated_at=safe_date(_said(page, "lastmod"), zone, now),
    )


def _addresses(text: str, source: Source, fetched: Fetched) -> Listing | None:
    """A sitemap as plain text: one address a line."""
    lines = text.split()
    if not lines or not all(re.match(r"https?://", line) for line in lines[:100]):
        return None
    found = [url for line in lines if (url := absolute(line, fetched.url)) and looks_like_article(url)]
    entries = [Entry(keys=(), url=url) for url in found]
    return _listing(entries, source, fetched, (), left_out=len(lines) - len(entries)) if entries else None


def _listing(entries: list[Entry], source: Source, fetched: Fetched, flags: tuple[str, ...], left_out: int) -> Listing:
    newest = sorted(entries, key=lambda entry: entry.published_at or entry.updated_at or _LONG_AGO, reverse=True)[:MOST_ENTRIES]
    flags += (f"{left_out} addresses that look like no article",) if left_out else ()
    if len(entries) > MOST_ENTRIES:
        flags += (f"the newest {MOST_ENTRIES} of {len(entries)} addresses",)
    marks = [Marks(link=entry.url) for entry in newest]
    return Listing(entries=identified(newest, marks, (source.url, fetched.url)), flags=flags)


def _children(element: etree._Element, name: str) -> Iterator[etree._Element]:
    return (child for child in element if _local(child) == name)


def _local(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def _said(element: etree._Element, name: str) -> str:
    return next(((child.text or "").strip() for child in _children(element, name)), "")
