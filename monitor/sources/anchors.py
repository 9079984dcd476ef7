"""The links of a page: where each leads, what it is called there, and when that was published."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from bs4 import BeautifulSoup, Tag

from monitor import urls
from monitor.sources.dates import safe_date
from monitor.sources.headline import NOTHING, Words, better, lines_of, words_of
from monitor.sources.links import absolute

LONGEST_TITLE = 300
BOX_DEPTH, BOX_LINKS = 6, 12
"""A box is an element around a link. How many levels up it may be, and from how many links on it is no box of one article."""
_LINKS = ("a", "area")
_OPENED = re.compile(r"(?:location(?:\.href)?\s*=|location\.(?:assign|replace)\s*\(|\bopen\s*\()\s*[\"']([^\"'\s]{1,500})[\"']")
_TEMPLATE = re.compile(r"\$\{|\{\{|%7B%7B", re.IGNORECASE)  # a script fills it in, when it runs
_REMARKS = re.compile(r"comment|respond|disqus|more|share|top$", re.IGNORECASE)


@dataclass(slots=True)
class Linked:
    """An address that the page links to: the words it is called by, the elements that link to it, and the words for places in it (`#3`)."""

    url: str
    words: Words
    anchors: list[Tag]
    places: dict[str, Words] = field(default_factory=dict)


Found = dict[str, Linked]
"""Links by the identity of their address, in the order of the page."""


def soup_of(text: str) -> BeautifulSoup:
    """A page's elements. BeautifulSoup's warnings that this may be no HTML are dropped: such a page has no links and no text anyway."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return BeautifulSoup(text, "lxml")


def is_link(tag: Tag) -> bool:
    """Whether an element may be a link; `target_of` tells where it leads."""
    return tag.name in _LINKS or tag.has_attr("onclick") or tag.has_attr("data-href")


def target_of(anchor: Tag, base: str) -> tuple[str, str] | None:
    """Where a link leads, and to which place in that page (`#3`): by its address or, if a script opens it, by what the script is given."""
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


def note(found: Found, url: str, place: str, anchor: Tag) -> Linked:
    """Add a link to those found. Often a picture and a headline link to one article: it counts where it is linked first, and has the
    better of the two titles."""
    words = words_of(anchor)
    linked = found.setdefault(urls.identity(url), Linked(url, words, []))
    linked.words = better(linked.words, words)
    linked.anchors.append(anchor)
    if place and words.trust and not _REMARKS.match(place):
        linked.places[place] = better(linked.places.get(place, words), words)
    return linked


def selected(chosen: Iterable[Tag], base: str) -> Found:
    """The links that the operator's selector chose: links themselves, or boxes, of each of which the first link counts, with the words of
    the box."""
    found: Found = {}
    for tag in chosen:
        anchors = [tag] if tag.name in _LINKS else tag.find_all(is_link)
        target = next((target for anchor in anchors if (target := target_of(anchor, base))), None)
        if target is None:
            continue
        linked = note(found, *target, next(filter(lambda anchor: target_of(anchor, base), anchors)))
        for anchor in anchors:
            if (other := target_of(anchor, base)) and urls.identity(other[0]) == urls.identity(target[0]):
                linked.words = better(linked.words, words_of(anchor))
        if not linked.words.text:
            linked.words = Words(NOTHING, " ".join(lines_of(tag))[:LONGEST_TITLE])
    return found


def titles_of(linked: Linked) -> list[Words]:
    """The title of the article; of a bulletin, whose items are places in one page with headlines of their own, the title of each."""
    headlines = {words.text: words for words in linked.places.values()}
    return list(headlines.values()) if len(headlines) > 1 else [linked.words]


def dates_beside(soup: BeautifulSoup, found: Found, base: str, zone: tzinfo, now: datetime) -> dict[str, datetime]:
    """The dates of those articles that are alone in a box with a `time` element, by their name in `found`."""
    dates: dict[str, datetime] = {}
    for time in soup.find_all("time", datetime=True):
        date = safe_date(str(time["datetime"]), zone, now)
        for _, parent in zip(range(BOX_DEPTH), around(time), strict=False):
            links = parent.find_all(is_link, limit=BOX_LINKS)
            names = {urls.identity(target[0]) for link in links if (target := target_of(link, base))} & found.keys()
            if names:
                if date and len(names) == 1 and len(links) < BOX_LINKS:
                    dates.setdefault(names.pop(), date)
                break
    return dates


def around(tag: Tag) -> Iterator[Tag]:
    """The elements around a tag, the innermost first: at most thirty, and without the page itself."""
    for depth, parent in enumerate(tag.parents):
        if depth > 30 or parent.name in ("body", "html", "[document]"):
            return
        yield parent
