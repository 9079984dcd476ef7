"""Sitemaps (https://www.sitemaps.org/protocol.html), news sitemaps, and indexes of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from urllib.parse import urlsplit

from lxml import etree

from monitor.fetching.outcome import Fetched
from monitor.sources import plain
from monitor.sources.dates import safe_date, zone_of
from monitor.sources.entry import Entry, Listing, Unlisted
from monitor.sources.identity import Marks, identified
from monitor.sources.links import absolute, looks_like_article
from monitor.sources.source import Source

_MOST_ENTRIES = 500
_MOST_FOLLOWED = 3
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


def list_sitemap(source: Source, fetched: Fetched) -> Listing | Unlisted:
    """The newest 500 pages of a sitemap, newest first; of an index no entry, but in `follow` the three sub-sitemaps to fetch next.

    Pages without a `news:` record are taken if their address looks like an article's. Never raises.
    """
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        root = etree.fromstring(fetched.body, parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    name = _local(root) if root is not None else ""
    if name == "sitemapindex":
        return _index(root, source, fetched)
    if name == "urlset":
        return _pages(root, source, fetched)
    return _addresses(source, fetched) or Unlisted(
        reason=f"not a sitemap: its first element is {name!r}" if name else "not a sitemap: neither XML nor a list of addresses"
    )


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


def _pages(root: etree._Element, source: Source, fetched: Fetched) -> Listing | Unlisted:
    zone, now = zone_of(source.timezone), fetched.fetched_at
    pages = list(_children(root, "url"))
    entries = [entry for page in pages if (entry := _page(page, fetched.url, zone, now))]
    if not entries:
        return Unlisted(reason=f"none of the {len(pages)} addresses in the sitemap looks like an article")
    return _listing(entries, source, fetched, left_out=len(pages) - len(entries))


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


def _addresses(source: Source, fetched: Fetched) -> Listing | None:
    """A sitemap as plain text: one address a line."""
    lines = fetched.body.decode("utf-8-sig", "replace").split()
    if not lines or not all(re.match(r"https?://", text) for text in lines[:100]):
        return None
    found = [url for text in lines if (url := absolute(text, fetched.url)) and looks_like_article(url)]
    entries = [Entry(keys=(), url=url) for url in found]
    return _listing(entries, source, fetched, left_out=len(lines) - len(entries)) if entries else None


def _listing(entries: list[Entry], source: Source, fetched: Fetched, left_out: int) -> Listing:
    newest = sorted(entries, key=lambda entry: entry.published_at or entry.updated_at or _LONG_AGO, reverse=True)[
        :_MOST_ENTRIES
    ]
    flags: tuple[str, ...] = (f"{left_out} addresses that look like no article",) if left_out else ()
    if len(entries) > _MOST_ENTRIES:
        flags += (f"the newest {_MOST_ENTRIES} of {len(entries)} addresses",)
    marks = [Marks(link=entry.url) for entry in newest]
    return Listing(entries=identified(newest, marks, (source.url, fetched.url)), flags=flags)


def _children(element: etree._Element, name: str) -> Iterator[etree._Element]:
    return (child for child in element if _local(child) == name)


def _local(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def _said(element: etree._Element, name: str) -> str:
    return next(((child.text or "").strip() for child in _children(element, name)), "")
