"""Index pages: the links on them that lead to articles."""

from __future__ import annotations

import re
import warnings
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
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
from monitor.sources.entry import Disguise, Entry, LeftOut, Listing, Unlisted
from monitor.sources.headline import HEADING, NOTHING, TEXT, Words, better, in_heading, is_headline, lines_of, words_of
from monitor.sources.identity import Marks, identified
from monitor.sources.links import absolute, bears_date, family_of, looks_like_article, may_be_article, same_site
from monitor.sources.source import Source

_MOST_ENTRIES = 500
_LONGEST_TITLE = 300
_SHORT_HEADLINE = 10  # letters of two words at an address that bears a date; `Read more` has eight
_FAMILY = 3
_LABEL_USED = 3  # words that stand on so many links to different articles are no title, if their box has another
_BOX_DEPTH = 6
_BOX_LINKS = 12
_LINKS = ("a", "area")
_ITEM = frozenset(("post", "hentry", "type-post"))
_OPENED = re.compile(r"(?:location(?:\.href)?\s*=|location\.(?:assign|replace)\s*\(|\bopen\s*\()\s*[\"']([^\"'\s]{1,500})[\"']")
_TEMPLATE = re.compile(r"\$\{|\{\{|%7B%7B", re.IGNORECASE)  # a script fills it in, when it runs
_REMARKS = re.compile(r"comment|respond|disqus|more|share|top$", re.IGNORECASE)
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
    left_out: tuple[LeftOut, ...] = ()
    if source.selectors.links is None:
        found, left_out = _discovered(soup, base, fetched.url)
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
            left_out=left_out,
        )
    flags: tuple[str, ...] = (f"encoding guessed: {decoded.charset}",) if decoded.guessed else ()
    if len(found) > _MOST_ENTRIES:
        flags += (f"the first {_MOST_ENTRIES} of {len(found)} links",)
    dates = _dates(soup, found, base, source, fetched.fetched_at)
    entries = [
        Entry(
            keys=(),
            url=linked.url,
            title=words.text or None,
            published_at=dates.get(name) or _date_in(linked.url, source, fetched.fetched_at),
        )
        for name, linked in list(found.items())[:_MOST_ENTRIES]
        for words in _titles(linked)
    ]
    places = Counter(entry.url for entry in entries)
    marks = [Marks(link=entry.url, title=entry.title if places[entry.url] > 1 else None) for entry in entries]
    heading = soup.title.get_text() if soup.title else ""
    return Listing(
        entries=identified(entries, marks, (source.url, fetched.url)),
        title=plain.line(heading, 300),
        flags=flags,
        left_out=left_out,
    )


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


@dataclass(slots=True)
class _Linked:
    """An address that the page links to: what it is called there, where, and what its places (`#3`) are called."""

    url: str
    words: Words
    anchors: list[Tag]
    places: dict[str, Words] = field(default_factory=dict)


Found = dict[str, _Linked]


def _selected(chosen: Iterable[Tag], base: str) -> Found:
    """What the operator pointed at: links, or boxes whose first link counts, called as the box calls it."""
    found: Found = {}
    for tag in chosen:
        anchors = [tag] if tag.name in _LINKS else tag.find_all(_is_link)
        target = next((target for anchor in anchors if (target := _target(anchor, base))), None)
        if target is None:
            continue
        linked = _note(found, *target, next(filter(lambda anchor: _target(anchor, base), anchors)))
        for anchor in anchors:
            if (other := _target(anchor, base)) and urls.identity(other[0]) == urls.identity(target[0]):
                linked.words = better(linked.words, words_of(anchor))
        if not linked.words.text:
            linked.words = Words(NOTHING, " ".join(lines_of(tag))[:_LONGEST_TITLE])
    return found


def _discovered(soup: BeautifulSoup, base: str, here: str) -> tuple[Found, tuple[LeftOut, ...]]:
    """The links that look like articles, and the others with the reason."""
    found: Found = {}
    left_out: dict[str, LeftOut] = {}

    def leave(linked: _Linked, reason: str) -> None:
        left_out.setdefault(urls.identity(linked.url), LeftOut(url=linked.url, title=linked.words.text or None, reason=reason))

    for anchor in soup.find_all(_is_link):
        target = _target(anchor, base)
        if target is None:
            continue
        url, _ = target
        if not same_site(url, here):
            leave(_Linked(url, words_of(anchor), [anchor]), "leads to another site")
        elif urls.identity(url) != urls.identity(here):
            if any(map(_is_navigation, _around(anchor))):
                leave(_Linked(url, words_of(anchor), [anchor]), "stands in navigation")
            else:
                _note(found, *target, anchor)
    _name_labels(found, base)
    listed = _families(found)
    for name, linked in list(found.items()):
        heading = (
            linked.words.trust == HEADING and any(map(in_heading, linked.anchors)) and urlsplit(linked.url).path.strip("/")
        )
        bulletin = len(_titles(linked)) > 1 and family_of(linked.url) is not None
        if not (looks_like_article(linked.url) or heading or bulletin or family_of(linked.url) in listed):
            leave(found.pop(name), "its address is not like an article's")
        elif not linked.words.trust and not _is_short_headline(linked, listed):
            leave(found.pop(name), "its words are too few for a headline")
    return _once(found), tuple(left for name, left in left_out.items() if name not in found)[:_MOST_ENTRIES]


def _target(anchor: Tag, base: str) -> tuple[str, str] | None:
    """Where a link leads, and to which place there: by its address or, where a script opens it, by what the script is told."""
    for name in ("href", "data-href", "data-url", "data-link", "onclick"):
        link = anchor.get(name)
        if not isinstance(link, str):
            continue
        if name == "onclick":
            opened = _OPENED.search(link)
            link = opened[1] if opened else ""
        if not _TEMPLATE.search(link) and (url := absolute(link, base)):
            return url, link.partition("#")[2].strip()
    return None


def _is_link(tag: Tag) -> bool:
    return tag.name in _LINKS or tag.has_attr("onclick") or tag.has_attr("data-href")


def _note(found: Found, url: str, place: str, anchor: Tag) -> _Linked:
    """A picture and a headline often link to one article: its place is the first, its title the better."""
    words = words_of(anchor)
    linked = found.setdefault(urls.identity(url), _Linked(url, words, []))
    linked.words = better(linked.words, words)
    linked.anchors.append(anchor)
    if place and words.trust and not _REMARKS.match(place):
        linked.places[place] = better(linked.places.get(place, words), words)
    return linked


def _name_labels(found: Found, base: str) -> None:
    """Give an article whose links say but `read more` the first headline of the box in which it is alone."""
    used = Counter(text for _, text in {(_path(linked), linked.words.text) for linked in found.values()})
    named = {_path(linked) for linked in found.values() if linked.words.trust}
    for name, linked in found.items():
        label = linked.words.text
        if (linked.words.trust and used[label] < _LABEL_USED) or not looks_like_article(linked.url):
            continue
        if not linked.words.trust and _path(linked) in named:  # its comments, its next page
            continue
        box = _box_of(linked.anchors[0], name, found, base)
        lines = lines_of(box) if box is not None else []
        words = next((line for line in lines if line != label and is_headline(line) and len(line) <= _LONGEST_TITLE), None)
        if words and any(map(in_heading, linked.anchors)):
            linked.words = Words(HEADING, label)
        elif words and (label in lines or not label):  # else it is a word of a sentence
            linked.words = Words(TEXT, words)


def _box_of(tag: Tag, name: str, found: Found, base: str) -> Tag | None:
    """The widest element around a tag in which no other article is linked."""
    box = None
    for _, parent in zip(range(_BOX_DEPTH), _around(tag), strict=False):
        links = parent.find_all(_is_link, limit=_BOX_LINKS)
        targets = (target for link in links if (target := _target(link, base)))
        others = {urls.identity(url) for url, _ in targets} - {name}
        if len(links) == _BOX_LINKS or any(other in found and looks_like_article(found[other].url) for other in others):
            break
        box = parent
    return box


def _families(found: Found) -> set[str]:
    """The kinds of address that are a list's: three or more that differ in numbers only, most of them with headlines."""
    headlines: dict[str, list[bool]] = defaultdict(list)
    for linked in found.values():
        if (family := family_of(linked.url)) and may_be_article(linked.url):
            headlines[family].append(bool(linked.words.trust))
    return {family for family, told in headlines.items() if sum(told) >= _FAMILY and sum(told) * 2 > len(told)}


def _titles(linked: _Linked) -> list[Words]:
    """What the article is called; of a bulletin, whose places bear headlines of their own, what each of them is."""
    headlines = {words.text: words for words in linked.places.values()}
    return list(headlines.values()) if len(headlines) > 1 else [linked.words]


def _is_short_headline(linked: _Linked, listed: Collection[str]) -> bool:
    """Whether two words or three will do: the address bears a date or is one of a list's, or they are a heading."""
    text = linked.words.text
    in_list = bears_date(linked.url) or family_of(linked.url) in listed
    return (
        (in_list or (any(map(in_heading, linked.anchors)) and looks_like_article(linked.url)))
        and len(text.split()) >= 2
        and sum(map(str.isalpha, text)) >= _SHORT_HEADLINE
    )


def _once(found: Found) -> Found:
    """The articles without those that stand there twice under addresses that differ but in what follows the question mark: called the
    same, or called nothing by their text (the comments, to print)."""
    articles = {
        urls.identity(_path(linked))
        for linked in found.values()
        if linked.words.trust >= TEXT and looks_like_article(_path(linked))
    }
    kept: dict[tuple[str, str], tuple[str, _Linked]] = {}
    for name, linked in found.items():
        path = urls.identity(_path(linked))
        if path in articles and "?" in linked.url and linked.words.trust < TEXT:
            continue
        _, first = kept.setdefault((path, linked.words.text) if path in articles else (name, ""), (name, linked))
        if "?" not in linked.url:
            first.url = linked.url
    return dict(kept.values())


def _path(linked: _Linked) -> str:
    return linked.url.partition("?")[0]


def _dates(soup: BeautifulSoup, found: Found, base: str, source: Source, now: datetime) -> dict[str, datetime]:
    """What `time` elements say of the articles that are alone in a box with them."""
    dates: dict[str, datetime] = {}
    for time in soup.find_all("time", datetime=True):
        date = safe_date(str(time["datetime"]), zone_of(source.timezone), now)
        for _, parent in zip(range(_BOX_DEPTH), _around(time), strict=False):
            links = parent.find_all(_is_link, limit=_BOX_LINKS)
            names = {urls.identity(target[0]) for link in links if (target := _target(link, base))} & found.keys()
            if names:
                if date and len(names) == 1 and len(links) < _BOX_LINKS:
                    dates.setdefault(names.pop(), date)
                break
    return dates


def _around(tag: Tag) -> Iterator[Tag]:
    for depth, parent in enumerate(tag.parents):
        if depth > 30 or parent.name in ("body", "html", "[document]"):
            return
        yield parent


def _is_navigation(tag: Tag) -> bool:
    """Whether an element is called navigation or the like, by its kind or its names, and is not a box around the page."""
    if tag.name in ("nav", "footer", "menu"):
        return True
    names = [*tag.get_attribute_list("class"), tag.get("id"), tag.get("role")]
    if tag.name == "article" or not _ITEM.isdisjoint(names):  # WordPress writes an article's own tags into its classes
        return False
    named = any(_NAVIGATION.search(name) for name in names if isinstance(name, str))
    return named and tag.find(["main", "article", "h1"]) is None  # else a box around the page, such as div.has-open-menu


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
        frame = soup.find(["frame", "iframe"], src=True)
        framed = absolute(str(frame["src"]), base) if isinstance(frame, Tag) else None
        filled = f"it stands in a frame: {framed}" if framed else "scripts fill it, or a frame"
        return f"the page has no link at all: {filled}{hint}"
    return f"none of the {count} links looks like an article{hint}; say which are meant with selectors.links"
