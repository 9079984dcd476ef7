"""Where on a page the article stands: the smallest element that holds most of the running text.

What stands beside it (menus, lists of other stories, comments) is then not even looked at, which makes reading cheaper and more reliable.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from lxml.etree import XPath
from lxml.html import HtmlElement

from monitor.articles import plain
from monitor.articles.marks import is_prose, size

_TEXTS = XPath("//body//text()[string-length() > 12]")
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code em font i ins kbd mark q s samp small span strike strong sub sup time tt u var".split()
)
_FLOW = frozenset("blockquote dl li ol p pre table ul".split())  # elements that are parts of a text and never all of it
_BESIDE = re.compile(r"(?:^|\s)(?:comments?|comment-?list|comments-area|disqus|cookie|consent|gdpr|footer)", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_STOP = re.compile(r"[.!?。！？।။។]")
_LONGEST = 1500
"""A text counts for no more than this for each of its sentences: words that are heaped up for search engines have no full stops."""
_MOST = 0.7
"""The share of the running text of a page that the region has to hold."""
_NEARLY_ALL = 0.9
"""The share, instead, of what the page itself declares to be its article."""


@dataclass(frozen=True, slots=True)
class Region:
    """`element` holds the article; `size` tells how much running text the whole page has, as `marks.size` measures it."""

    element: HtmlElement
    size: int


def find(tree: HtmlElement) -> Region:
    """The region of a stripped tree; the whole of it if no part holds most of the running text."""
    blocks: dict[HtmlElement, list[str]] = defaultdict(list)
    for text in _TEXTS(tree):
        block, linked = text.getparent(), False
        if text.is_tail:
            block = block.getparent()
        while block is not None and block.tag in _INLINE:
            linked = linked or block.tag == "a"
            block = block.getparent()
        if block is not None and not linked:
            blocks[block].append(text)
    held: dict[HtmlElement, int] = defaultdict(int)
    for block, texts in blocks.items():
        if is_prose(text := plain.line(" ".join(texts))):
            held[block] += min(size([text]), _LONGEST * (1 + len(_STOP.findall(text))))
    for element in reversed(list(tree.iter())):  # the innermost come first
        if element not in held or (parent := element.getparent()) is None:
            continue
        if element.tag != "body" and _is_beside(element):
            del held[element]
        else:
            held[parent] += held[element]
    whole = held[tree]
    element, enough = tree, _MOST * whole
    while enough:
        inner = max(element, key=lambda child: held.get(child, 0), default=None)
        if inner is None or held.get(inner, 0) < enough or inner.tag in _INLINE or inner.tag in _FLOW:
            break
        if inner.tag == "article" or "articlebody" in inner.get("itemprop", "").lower():
            enough = _NEARLY_ALL * held[inner]
        element = inner
    if _is_part(element, held):
        element = element.getparent()
    return Region(element, whole)


def _is_beside(element: HtmlElement) -> bool:
    """Whether the element's id, class or style says that it is no part of an article, or is not shown."""
    names = f"{element.get('id', '')} {element.get('class', '')}"
    return bool(_BESIDE.search(names) or _HIDDEN.search(element.get("style", "")) or element.get("hidden") is not None)


def _is_part(element: HtmlElement, held: Mapping[HtmlElement, int]) -> bool:
    """Whether the element is only a part of the article: beside it are paragraphs, or elements of its kind, with running text."""
    kind = element.get("class") and (element.tag, element.get("class"))
    beside = (each for each in (*element.itersiblings(), *element.itersiblings(preceding=True)) if each in held)
    return any(each.tag in _FLOW or (each.tag, each.get("class")) == kind for each in beside)
