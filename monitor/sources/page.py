"""Index pages: the links on them that lead to articles."""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag
from soupsieve import SelectorSyntaxError

from monitor import urls
from monitor.fetching.charset import decode
from monitor.fetching.outcome import Fetched
from monitor.sources import plain
from monitor.sources.dates import safe_date, zone_of
from monitor.sources.disguise import IN_WORDS, disguise_of
from monitor.sources.entry import Disguise, Entry, Listing, Unlisted
from monitor.sources.identity import Marks, identified
from monitor.sources.links import absolute, looks_like_article, same_site
from monitor.sources.source import Source

_MOST_ENTRIES = 500
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_NAVIGATION = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|submenu|megamenu|breadcrumbs?|footer|sitemap|social|share|pagination|pager|cookie|login"
    r"|tags?|widget-tags|copyright|advert|advertisement|banner|skip-link)(?:$|[\s_-])",
    re.IGNORECASE,
)
ASIDE = re.compile(r"comment|podcast|oembed", re.IGNORECASE)
_PATH_DATE = re.compile(r"/(20\d\d)[/-](0?[1-9]|1[0-2])[/-](0?[1-9]|[12]\d|3[01])(?=[/-])")


def list_page(source: Source, fetched: Fetched) -> Listing | Unlisted:
    """The articles that an index page links to, in the order of the page, with the words of the link as title.

    `source.selectors.links` says which links (or which boxes around them) are meant; without it, links are taken that lead to this
    site, stand outside navigation, read like a headline and have an address like an article's. Never raises.
    """
    decoded = decode(fetched.body, fetched.headers.get("content-type"), source.language)
    if other := re.match(r"\s*(?:<\?xml[^>]*>\s*)?<(rss|feed|rdf:RDF|urlset|sitemapindex)\b", decoded.text):
        kind = "sitemap" if other[1] in ("urlset", "sitemapindex") else "feed"
        return Unlisted(reason=f"not a page but a {kind}; its source should say `kind: {kind}`")
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", UserWarning
        )  # BeautifulSoup doubts that this is HTML; so do we, and it says so in the end
        soup = BeautifulSoup(decoded.text, "lxml")
    base = base_of(soup, fetched.url)
    if source.selectors.links is None:
        found = _discovered(soup, base, fetched.url)
    else:
        try:
            found = _selected(soup.select(source.selectors.links), base)
        except (SelectorSyntaxError, NotImplementedError) as error:
            return Unlisted(
                reason=f"selectors.links {source.selectors.links!r} is not a CSS selector: {str(error).splitlines()[0]}"
            )
    if not found:
        disguise = disguise_of(decoded.text)
        return Unlisted(
            reason=_nothing_found(soup, source, base, disguise),
            cause=disguise or "selector rot",
        )
    flags: tuple[str, ...] = (f"encoding guessed: {decoded.charset}",) if decoded.guessed else ()
    if len(found) > _MOST_ENTRIES:
        flags += (f"the first {_MOST_ENTRIES} of {len(found)} links",)
    pairs = list(found.values())[:_MOST_ENTRIES]
    entries = [
        Entry(keys=(), url=url, title=title, published_at=_date_in(url, source, fetched.fetched_at)) for url, title in pairs
    ]
    marks = [Marks(link=entry.url) for entry in entries]
    heading = soup.title.get_text() if soup.title else ""
    return Listing(entries=identified(entries, marks, (source.url, fetched.url)), title=plain.line(heading, 300), flags=flags)


def base_of(soup: BeautifulSoup, url: str) -> str:
    """From where the links of the page at `url` are seen."""
    base = soup.find("base", href=True)
    return (isinstance(base, Tag) and absolute(str(base["href"]), url)) or url


def named_feeds(soup: BeautifulSoup, base: str) -> Iterator[str]:
    """The feeds that a page names as its own (`link rel=alternate`), those of comments and podcasts aside."""
    for link in soup.find_all("link", href=True):
        relations = {relation.lower() for relation in link.get_attribute_list("rel") if relation}
        kind, said = str(link.get("type", "")), f"{link.get('title', '')} {link['href']}"
        named = "alternate" in relations and re.search(r"rss|atom|feed\+json", kind, re.IGNORECASE)
        if named and not ASIDE.search(said) and (url := absolute(str(link["href"]), base)):
            yield url


Found = dict[str, tuple[str, str | None]]


def _selected(chosen: Iterable[Tag], base: str) -> Found:
    """What the operator pointed at: links, or boxes whose first link counts."""
    found: Found = {}
    for tag in chosen:
        anchor = tag if tag.name == "a" else tag.find("a", href=True)
        if isinstance(anchor, Tag) and (url := absolute(str(anchor.get("href", "")), base)):
            _note(found, url, _title(anchor) or (_title(tag) if tag is not anchor else None))
    return found


def _discovered(soup: BeautifulSoup, base: str, here: str) -> Found:
    found: Found = {}
    candidates: Found = {}
    for anchor in soup.find_all("a", href=True):
        url = absolute(str(anchor["href"]), base)
        if url is None or not same_site(url, here) or urls.identity(url) == urls.identity(here):
            continue
        title = _title(anchor)
        heading = _in_heading(anchor)
        if not (looks_like_article(url) or (heading and urlsplit(url).path.strip("/"))) or _in_navigation(anchor):
            continue
        _note(candidates, url, title)
    for name, (url, title) in candidates.items():
        if title and is_headline(title):
            found[name] = (url, title)
    return found


def is_headline(text: str) -> bool:
    """Whether a line is long enough to be a headline: four words, or, in scripts without spaces, twelve letters and marks."""
    return len(text.split()) >= 4 or sum(unicodedata.category(c)[0] in "LM" and ord(c) > 0x0D80 for c in text) >= 12


def _note(found: Found, url: str, title: str | None) -> None:
    """A picture and a headline often link to one article: its place is the first, its title the longer."""
    name = urls.identity(url)
    known_url, known = found.get(name, (url, None))
    found[name] = (known_url, max(known, title, key=len) if known and title else known or title)


def _title(anchor: Tag) -> str | None:
    """The words of a link: a heading in it, its text, or what it says of its picture."""
    heading = anchor.find(_HEADINGS)
    for text in (
        heading.get_text(" ") if isinstance(heading, Tag) else "",
        anchor.get_text(" "),
        str(anchor.get("title") or anchor.get("aria-label") or ""),
        *(str(image.get("alt", "")) for image in anchor.find_all("img", limit=1)),
    ):
        if title := plain.line(text.replace("<", "&lt;"), 500):
            return title
    return None


def _around(tag: Tag) -> Iterator[Tag]:
    for depth, parent in enumerate(tag.parents):
        if depth > 30 or parent.name in ("body", "html", "[document]"):
            return
        yield parent


def _in_heading(anchor: Tag) -> bool:
    return isinstance(anchor.find(_HEADINGS), Tag) or any(
        parent.name in _HEADINGS for depth, parent in enumerate(_around(anchor)) if depth < 3
    )


def _in_navigation(anchor: Tag) -> bool:
    for parent in _around(anchor):
        if parent.name in ("nav", "footer", "menu"):
            return True
        names = [*parent.get_attribute_list("class"), parent.get("id"), parent.get("role")]
        named = any(_NAVIGATION.search(name) for name in names if isinstance(name, str))
        if named and parent.find(["main", "article", "h1"]) is None:  # else a box around the page, such as div.has-open-menu
            return True
    return False


def _date_in(url: str, source: Source, now: datetime) -> datetime | None:
    match = _PATH_DATE.search(urlsplit(url).path)
    return safe_date("{}/{}/{}".format(*match.groups()), zone_of(source.timezone) or UTC, now) if match else None


def _nothing_found(soup: BeautifulSoup, source: Source, base: str, disguise: Disguise | None) -> str:
    if disguise is not None:
        return f"{IN_WORDS[disguise]} in the place of the list"
    count = len(soup.find_all("a", href=True))
    if source.selectors.links is not None:
        return f"selectors.links {source.selectors.links!r} finds no link among the {count} of the page"
    hint = f"; the page offers a feed: {feed}" if (feed := next(named_feeds(soup, base), None)) else ""
    if not count:
        return f"the page has no link at all: scripts fill it, or a frame{hint}"
    return f"none of the {count} links looks like an article{hint}; say which are meant with selectors.links"
