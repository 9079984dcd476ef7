"""Where a site may have a list of its news: what its page offers, what its robots.txt names, and the usual places."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from monitor import urls
from monitor.fetching.charset import decode_answer
from monitor.fetching.outcome import Fetched
from monitor.sources.anchors import soup_of
from monitor.sources.errands import sitemaps_in
from monitor.sources.links import absolute, same_site
from monitor.sources.page import ASIDE, base_of, named_feeds
from monitor.sources.source import Kind

_USUAL = ("/feed/", "/feed", "/rss.xml", "/rss", "/news-sitemap.xml", "/sitemap-news.xml")
_FEED_LIKE = re.compile(
    r"/(?:feeds?|rss2?|atom)(?:\.(?:php|aspx?|jsp))?(?=[/?]|$)|(?:\.(?:rss|atom)|(?:rss|feed|atom)\.xml)(?=\?|$)"
    r"|[?&](?:format=feed|feed=(?:rss|atom)|type=(?:rss|atom))",
    re.IGNORECASE,
)
_MOST = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """An address that may list news, as what, and how it was found."""

    url: str
    kind: Kind
    found: str


def kind_of(fetched: Fetched) -> Kind:
    """The kind of source that this document would be, by its first element; a page if that is none of the others."""
    head = fetched.body[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if re.search(rb"<(?:urlset|sitemapindex)\b", head) or head.startswith(b"\x1f\x8b"):
        return "sitemap"
    if re.search(rb"<(?:[\w.-]{1,40}:)?(?:rss|feed|RDF|channel)[\s>]", head, re.IGNORECASE) or head[:1] == b"{":
        return "feed"
    return "page"


def offers_of_page(fetched: Fetched) -> tuple[Offer, ...]:
    """The feeds that a page names as its own, those of its section first, and those that it links to; comments and podcasts aside."""
    soup = soup_of(decode_answer(fetched).text)
    base = base_of(soup, fetched.url)
    section = urlsplit(fetched.url).path.rpartition("/")[0] + "/"
    named = sorted(named_feeds(soup, base), key=lambda url: not urlsplit(url).path.startswith(section))
    found = {urls.canonical(url): Offer(url=url, kind="feed", found="the page names it as its feed") for url in named}
    for anchor in soup.find_all("a", href=True):
        url = absolute(str(anchor["href"]), base)
        if url and _FEED_LIKE.search(_path_and_query(url)) and same_site(url, fetched.url) and not ASIDE.search(url):
            found.setdefault(urls.canonical(url), Offer(url=url, kind="feed", found="the page links to it"))
    return tuple(found.values())[:_MOST]


def _path_and_query(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def offers_of_robots(fetched: Fetched) -> tuple[Offer, ...]:
    """The sitemaps that a robots.txt names, those of news first."""
    return tuple(Offer(url=url, kind="sitemap", found="robots.txt names it") for url in sitemaps_in(fetched))


def usual_places(url: str, known: Sequence[Offer]) -> tuple[Offer, ...]:
    """The addresses at which many sites have a feed or a news sitemap, without those that are known already."""
    tried = {urls.canonical(offer.url) for offer in known}
    places = ((urljoin(url, path), "sitemap" if "sitemap" in path else "feed") for path in _USUAL)
    return tuple(
        Offer(url=place, kind="sitemap" if kind == "sitemap" else "feed", found="many sites have one there")
        for place, kind in places
        if urls.canonical(place) not in tried
    )
