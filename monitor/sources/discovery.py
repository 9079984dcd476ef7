"""Which links of a page lead to articles, where no selector says so."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag

from monitor import urls
from monitor.sources.anchors import (
    BOX_DEPTH,
    BOX_LINKS,
    LONGEST_TITLE,
    Found,
    Linked,
    around,
    is_link,
    note,
    target_of,
    titles_of,
)
from monitor.sources.headline import HEADING, TEXT, Words, in_heading, is_headline, lines_of, words_of
from monitor.sources.links import bears_date, family_of, looks_like_article, may_be_article, same_site

_MOST_LEFT_OUT = 500
_SHORT_HEADLINE = 10  # letters of two words at an address that bears a date; `Read more` has eight
_FAMILY = 3  # addresses that are alike make a list
_LABEL_USED = 3  # words that so many links to different articles share are no title, if the box of the link has a better one
_ITEM = frozenset(("post", "hentry", "type-post"))
_NAVIGATION = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|submenu|megamenu|breadcrumbs?|footer|sitemap|social|share|pagination|pager|cookie|login"
    r"|tags?|widget-tags|copyright|advert|advertisement|banner|skip-link)(?:$|[\s_-])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A link of an index page that is not listed, and why."""

    url: str
    title: str | None
    reason: str


def discovered(soup: BeautifulSoup, base: str, here: str) -> Found:
    """The links that look like articles."""
    candidates = _candidates(soup, base, here)
    listed = _families(candidates)
    return _once({name: linked for name, linked in candidates.items() if _why_no_article(linked, listed) is None})


def left_out(soup: BeautifulSoup, base: str, here: str) -> tuple[LeftOut, ...]:
    """The other links, at most 500 of them, each with the reason why it is not taken for an article's."""
    candidates = _candidates(soup, base, here)
    listed = _families(candidates)
    left: dict[str, LeftOut] = {}
    for url, _, anchor in _links(soup, base, here):
        reason = _why_passed_over(url, anchor, here)
        if reason is not None and urls.identity(url) not in candidates:
            left.setdefault(urls.identity(url), LeftOut(url=url, title=words_of(anchor).text or None, reason=reason))
    for name, linked in candidates.items():
        if reason := _why_no_article(linked, listed):
            left[name] = LeftOut(url=linked.url, title=linked.words.text or None, reason=reason)
    return tuple(left.values())[:_MOST_LEFT_OUT]


def _links(soup: BeautifulSoup, base: str, here: str) -> Iterator[tuple[str, str, Tag]]:
    """Every link of the page but those to itself: its address, the place there, its element."""
    for anchor in soup.find_all(is_link):
        target = target_of(anchor, base)
        if target is not None and urls.identity(target[0]) != urls.identity(here):
            yield *target, anchor


def _candidates(soup: BeautifulSoup, base: str, here: str) -> Found:
    """The links within the site and outside its navigation, with the words that they are called by."""
    found: Found = {}
    for url, place, anchor in _links(soup, base, here):
        if _why_passed_over(url, anchor, here) is None:
            note(found, url, place, anchor)
    _name_labels(found, base)
    return found


def _why_passed_over(url: str, anchor: Tag, here: str) -> str | None:
    """Why a link is not even a candidate."""
    if not same_site(url, here):
        return "leads to another site"
    return "stands in navigation" if any(map(_is_navigation, around(anchor))) else None


def _why_no_article(linked: Linked, listed: Collection[str]) -> str | None:
    """Why a candidate is not taken for an article; `listed` are the families of addresses that are a list's."""
    by_heading = linked.words.trust == HEADING and any(map(in_heading, linked.anchors)) and urlsplit(linked.url).path.strip("/")
    bulletin = len(titles_of(linked)) > 1 and family_of(linked.url) is not None
    if not (looks_like_article(linked.url) or by_heading or bulletin or family_of(linked.url) in listed):
        return "its address is not like an article's"
    if not linked.words.trust and not _is_short_headline(linked, listed):
        return "its words are too few for a headline"
    return None


def _is_navigation(tag: Tag) -> bool:
    """Whether an element says by its kind, class, id or role that it is navigation or the like, and is not a box around the whole page."""
    if tag.name in ("nav", "footer", "menu"):
        return True
    names = [*tag.get_attribute_list("class"), tag.get("id"), tag.get("role")]
    if tag.name == "article" or not _ITEM.isdisjoint(names):  # WordPress writes an article's own tags into its classes
        return False
    named = any(_NAVIGATION.search(name) for name in names if isinstance(name, str))
    return named and tag.find(["main", "article", "h1"]) is None  # else a box around the page, such as div.has-open-menu


def _name_labels(found: Found, base: str) -> None:
    """Give an article whose links say only `read more` the first headline of the box in which no other article is linked."""
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
        words = next((line for line in lines if line != label and is_headline(line) and len(line) <= LONGEST_TITLE), None)
        if words and any(map(in_heading, linked.anchors)):
            linked.words = Words(HEADING, label)
        elif words and (label in lines or not label):  # else it is a word of a sentence
            linked.words = Words(TEXT, words)


def _box_of(tag: Tag, name: str, found: Found, base: str) -> Tag | None:
    """The largest element around a tag in which no other article is linked; None if there is none."""
    box = None
    for _, parent in zip(range(BOX_DEPTH), around(tag), strict=False):
        links = parent.find_all(is_link, limit=BOX_LINKS)
        targets = (target for link in links if (target := target_of(link, base)))
        others = {urls.identity(url) for url, _ in targets} - {name}
        if len(links) == BOX_LINKS or any(other in found and looks_like_article(found[other].url) for other in others):
            break
        box = parent
    return box


def _families(found: Found) -> set[str]:
    """The families (`links.family_of`) that make a list: three or more addresses that differ only in numbers, most of them linked by a
    headline."""
    headlines: dict[str, list[bool]] = defaultdict(list)
    for linked in found.values():
        if (family := family_of(linked.url)) and may_be_article(linked.url):
            headlines[family].append(bool(linked.words.trust))
    return {family for family, told in headlines.items() if sum(told) >= _FAMILY and sum(told) * 2 > len(told)}


def _is_short_headline(linked: Linked, listed: Collection[str]) -> bool:
    """Whether two or three words are enough here: the address bears a date or belongs to a list, or the words are a heading."""
    text = linked.words.text
    in_list = bears_date(linked.url) or family_of(linked.url) in listed
    return (
        (in_list or (any(map(in_heading, linked.anchors)) and looks_like_article(linked.url)))
        and len(text.split()) >= 2
        and sum(map(str.isalpha, text)) >= _SHORT_HEADLINE
    )


def _once(found: Found) -> Found:
    """Each article once. Links whose addresses differ only after the question mark are one article if their titles are the same; one
    whose text is no title (the comments, the version to print) is dropped."""
    articles = {
        urls.identity(_path(linked))
        for linked in found.values()
        if linked.words.trust >= TEXT and looks_like_article(_path(linked))
    }
    kept: dict[tuple[str, str], tuple[str, Linked]] = {}
    for name, linked in found.items():
        path = urls.identity(_path(linked))
        if path in articles and "?" in linked.url and linked.words.trust < TEXT:
            continue
        _, first = kept.setdefault((path, linked.words.text) if path in articles else (name, ""), (name, linked))
        if "?" not in linked.url:
            first.url = linked.url
    return dict(kept.values())


def _path(linked: Linked) -> str:
    return linked.url.partition("?")[0]
