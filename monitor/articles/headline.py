"""Which of the things that a page calls its article is the headline.

The order is: a heading, or an element of one, that is confirmed by another place; a heading that is declared to be the headline; JSON-LD;
OpenGraph; microdata; other meta tags; the heading (of several the one in the article); the title of the document. None of them counts if
it is only the name of the site.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lxml.etree import XPath
from lxml.html import HtmlElement

from monitor import urls
from monitor.articles import plain
from monitor.articles.marks import size

_SEPARATOR = re.compile(r"\s+(?:[|–—»·•-]|::)\s+|[_|｜-]+")
_PART = re.compile(rf"{_SEPARATOR.pattern}|\s*[(（【：]")
_LONGEST_SITE = 16
_MOST_HEADINGS = 8
_SHOWN = XPath("boolean(//body//text()[normalize-space() = $text][not(parent::a)])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Titles:
    """What a page calls its article, place by place; empty where it says nothing. `section` is the section of the site, `site` its name."""

    json_ld: str
    open_graph: str
    microdata: str
    meta: str
    twitter: str
    document: str
    section: str
    site: str | None


def headline_of(tree: HtmlElement, url: str, headings: Sequence[HtmlElement], titles: Titles) -> str | None:
    """The headline of the page at `url`; `headings` are its h1 elements."""
    names = _names_of_site(titles.site, url)
    beside = names | {plain.fold(titles.section)} - {""}
    json_ld, open_graph, document = (
        _without_site(each, beside) for each in (titles.json_ld, titles.open_graph, titles.document)
    )
    declared = next(iter(_texts(heading for heading in headings if heading.get("itemprop") == "headline")), "")
    others = (json_ld, open_graph, "" if declared else titles.microdata, titles.meta, titles.twitter, titles.document)
    # The last part of a title may be the site; only once its name is known, and off, may it be what follows a kicker.
    with_kicker = (json_ld, open_graph, titles.meta) if titles.site else ()
    confirmed = _confirmed(headings[:_MOST_HEADINGS], [text for text in others if text], with_kicker, names)
    if confirmed is not None:
        return confirmed
    shown = _texts(headings[:_MOST_HEADINGS])
    inside = _texts(each for each in headings if next(each.iterancestors("main", "article"), None) is not None) or shown
    lone = inside[0] if len(inside) == 1 and plain.fold(inside[0]) not in plain.fold(titles.site or "-") else ""
    standing = _without_unknown_site(document, tree)
    lone = "" if standing != document else lone
    candidates = [declared, json_ld, open_graph, titles.microdata, titles.meta, lone, standing]
    said = next((text for text in candidates if text and plain.fold(text) not in names), next(iter(shown), None))
    return said and _whole(_without_unknown_site(said, tree), [*shown, *candidates])


def _confirmed(
    headings: Sequence[HtmlElement], others: Sequence[str], with_kicker: Sequence[str], names: set[str]
) -> str | None:
    """The first heading, or element of one, that is also what another place calls the article, or a part of that; None if there is none."""
    keys = [plain.fold(text) for text in others]
    firsts = {plain.fold(_SEPARATOR.split(text)[0]) for text in others} - names
    parts = {plain.fold(part) for text in with_kicker for part in _SEPARATOR.split(text)} - names
    for text in _texts(headings):
        key = plain.fold(text)
        long = size([key])
        if (
            (long >= 4 and key in firsts)
            or (long >= 15 and key in parts)
            or (long >= 8 and any(key == each or (long >= 15 and each.startswith(key)) for each in keys))
        ):
            return text
    beginnings = {plain.fold(_PART.split(text)[0]) for text in others}
    for text in _texts(part for heading in headings for part in heading):
        if len(plain.fold(text)) >= 8 and plain.fold(text) in beginnings:
            return text
    return None


def _texts(elements: Iterable[HtmlElement]) -> list[str]:
    return [text for each in elements if (text := plain.line(each.text_content()[:1000])) and plain.has_words(text)]


def _whole(text: str, others: list[str]) -> str:
    """The text or, if it was cut, a longer one that begins with it: some sites cut the headline in JSON-LD after 110 characters."""
    start = plain.fold(text.rstrip(".… "))
    if len(text) < 100 and not text.endswith(("…", "...")):
        return text
    return next((other for other in others if len(other) > len(text) and plain.fold(other).startswith(start)), text)


def _without_unknown_site(text: str, tree: HtmlElement) -> str:
    """A title without what follows a separator, if what precedes it stands by itself somewhere on the page; and without the column and the
    site that Chinese titles name after underscores."""
    for found in reversed(list(_SEPARATOR.finditer(text))):
        head = text[: found.start()].strip()
        if len(head) >= 8 and _SHOWN(tree, text=head):
            return head
    head, underscore, tail = text.rpartition("_")
    while underscore and len(tail) <= _LONGEST_SITE and size([head]) >= 2 * len(head):
        text = head.strip()
        head, underscore, tail = text.rpartition("_")
    return text


def _names_of_site(site: str | None, url: str) -> set[str]:
    """What a title may call the site, folded: its name, its host, the first part of its host."""
    host = urls.host_of(url).removeprefix("www.")
    return {plain.fold(site or ""), plain.fold(host.split(":")[0]), plain.fold(host.split(".")[0])} - {""}


def _without_site(text: str, names: set[str]) -> str:
    """A title without the name of the site before or after it."""
    text = plain.line(text)
    for separator in (" | ", " - ", " – ", " — ", " :: ", " » ", " « ", " • ", " · ", "_", "｜", " : ", "：", "|", "-"):
        head, found, tail = text.rpartition(separator)
        if found and head.strip() and _names_site(tail, names):
            return _without_site(head, names)
        head, found, tail = text.partition(separator)
        if found and tail.strip() and _names_site(head, names):
            return tail.strip()
    return text


def _names_site(part: str, names: set[str]) -> bool:
    key = plain.fold(part)
    return bool(key) and any(
        key == name or (len(key) >= 4 and (key in name or (name in key and len(key) <= 2 * len(name) + 4))) for name in names
    )
