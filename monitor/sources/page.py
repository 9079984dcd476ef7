"""Index pages: the links on them that lead to articles."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag
from soupsieve import SelectorSyntaxError

from monitor.fetching.charset import decode_answer
from monitor.fetching.outcome import Fetched
from monitor.sources import plain
from monitor.sources.anchors import dates_beside, selected, soup_of, titles_of
from monitor.sources.dates import safe_date, zone_of
from monitor.sources.discovery import LeftOut, discovered, left_out
from monitor.sources.disguise import IN_WORDS, disguise_of
from monitor.sources.entry import MOST_ENTRIES, Disguise, Entry, Listing, Unlisted
from monitor.sources.identity import Marks, identified
from monitor.sources.links import absolute
from monitor.sources.source import Source

ASIDE = re.compile(r"comment|podcast|oembed", re.IGNORECASE)
_PATH_DATE = re.compile(r"/(20\d\d)[/-](0?[1-9]|1[0-2])[/-](0?[1-9]|[12]\d|3[01])(?=[/-])")


def list_page(source: Source, fetched: Fetched) -> Listing | Unlisted:
    """The articles that an index page links to, in the order of the page, with the words of the link as title.

    `source.selectors.links` says which links (or which boxes around them) are meant. Without it, those links are taken that lead to this
    site, stand outside its navigation, read like a headline and have an address like an article's. Never raises.
    """
    decoded = decode_answer(fetched, source.language)
    if other := re.match(r"\s*(?:<\?xml[^>]*>\s*)?<(rss|feed|rdf:RDF|urlset|sitemapindex)\b", decoded.text):
        kind = "sitemap" if other[1] in ("urlset", "sitemapindex") else "feed"
        return Unlisted(reason=f"not a page but a {kind}; its source should say `kind: {kind}`")
    soup = soup_of(decoded.text)
    base = base_of(soup, fetched.url)
    if source.selectors.links is None:
        found = discovered(soup, base, fetched.url)
    else:
        try:
            found = selected(soup.select(source.selectors.links), base)
        except (SelectorSyntaxError, NotImplementedError) as error:
            return Unlisted(
                reason=f"selectors.links {source.selectors.links!r} is not a CSS selector: {str(error).splitlines()[0]}"
            )
    if not found:
        disguise = disguise_of(decoded.text)
        return Unlisted(reason=_nothing_found(soup, source, base, disguise), cause=disguise or "selector rot")
    flags = decoded.flags
    if len(found) > MOST_ENTRIES:
        flags += (f"the first {MOST_ENTRIES} of {len(found)} links",)
    dates = dates_beside(soup, found, base, zone_of(source.timezone), fetched.fetched_at)
    entries = [
        Entry(
            keys=(),
            url=linked.url,
            title=words.text or None,
            published_at=dates.get(name) or _date_in(linked.url, source, fetched.fetched_at),
        )
        for name, linked in list(found.items())[:MOST_ENTRIES]
        for words in titles_of(linked)
    ]
    places = Counter(entry.url for entry in entries)
    marks = [Marks(link=entry.url, title=entry.title if places[entry.url] > 1 else None) for entry in entries]
    heading = soup.title.get_text() if soup.title else ""
    return Listing(
        entries=identified(entries, marks, (source.url, fetched.url)),
        title=plain.line(heading, 300),
        flags=flags,
    )


def left_out_of_page(source: Source, fetched: Fetched) -> tuple[LeftOut, ...]:
    """The links of an index page that `list_page` does not list, and why; none where selectors say which are meant."""
    if source.selectors.links is not None:
        return ()
    soup = soup_of(decode_answer(fetched, source.language).text)
    return left_out(soup, base_of(soup, fetched.url), fetched.url)


def base_of(soup: BeautifulSoup, url: str) -> str:
    """The address that relative links of the page at `url` start from."""
    base = soup.find("base", href=True)
    return (isinstance(base, Tag) and absolute(str(base["href"]), url)) or url


def named_feeds(soup: BeautifulSoup, base: str) -> Iterator[str]:
    """The feeds that a page names as its own (`link rel=alternate`), except those of comments and podcasts."""
    for link in soup.find_all("link", href=True):
        relations = {relation.lower() for relation in link.get_attribute_list("rel") if relation}
        kind, said = str(link.get("type", "")), f"{link.get('title', '')} {link['href']}"
        named = "alternate" in relations and re.search(r"rss|atom|feed\+json", kind, re.IGNORECASE)
        if named and not ASIDE.search(said) and (url := absolute(str(link["href"]), base)):
            yield url


def _date_in(url: str, source: Source, now: datetime) -> datetime | None:
    match = _PATH_DATE.search(urlsplit(url).path)
    return safe_date("{}/{}/{}".format(*match.groups()), zone_of(source.timezone), now) if match else None


def _nothing_found(soup: BeautifulSoup, source: Source, base: str, disguise: Disguise | None) -> str:
    if disguise is not None:
        return f"{IN_WORDS[disguise]} in the place of the list"
    count = len(soup.find_all("a", href=True))
    if source.selectors.links is not None:
        return f"selectors.links {source.selectors.links!r} finds no link among the {count} of the page"
    hint = f"; the page offers a feed: {feed}" if (feed := next(named_feeds(soup, base), None)) else ""
    if not count:
        frame = soup.find(["frame", "iframe"], src=True)
        framed = absolute(str(frame["src"]), base) if isinstance(frame, Tag) else None
        filled = f"it stands in a frame: {framed}" if framed else "scripts fill it, or a frame"
        return f"the page has no link at all: {filled}{hint}"
    return f"none of the {count} links looks like an article{hint}; say which are meant with selectors.links"
