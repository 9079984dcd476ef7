"""By-line and date as a page shows them near its heading, for pages that do not state them for machines."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice
from operator import itemgetter

from lxml.etree import XPath
from lxml.html import HtmlElement

from monitor.articles import bylines, plain
from monitor.articles.marks import is_prose
from monitor.text.dates import from_publication

_BY = re.compile(
    r"(?:^|[\s_-])(?:author|authors|byline|by-line|writer|reporter|journalist|penulis|tacgia|tac-gia|vcard)(?:$|[\s_-])",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"(?:^|[\s_-])(?:meta|info|credit|date|source|postmeta|entry-meta|post-meta)(?:$|[\s_-])", re.IGNORECASE)
_CHANGED = re.compile(
    r"updated?|modified|diperbarui|diupdate|kemas ?kini|cập nhật|อัปเดต|อัพเดต|ปรับปรุง|ອັບເດດ|ធ្វើបច្ចុប្បន្នភាព|更新|புதுப்பிக்க",
    re.IGNORECASE,
)
_NAMED = XPath("//body//*[@class or @rel='author' or contains(@id, 'author')]")
_PART = re.compile(r"\s*[|•·–—\n\u3000]\s*|\s{3,}|\s-\s")
_ROLES = frozenset("editor reporter journalist writer author staff correspondent".split())


def authors(tree: HtmlElement) -> tuple[str, ...]:
    """The authors that the page shows in elements whose class, id or relation says so."""
    for marked, others in ((_BY, False), (_ABOUT, True)):
        named = (
            element
            for element in _NAMED(tree)
            if marked.search(f"{element.get('class')} {element.get('id')} {element.get('rel')}")
        )
        for element in islice(named, 12):
            for line_break in element.iter("br"):
                line_break.tail = f"\n{line_break.tail or ''}"
            text = element.text_content()
            if len(text) > 400:
                continue
            children = [child.text_content() for child in element]
            for part in [*children, *_PART.split(text.strip())]:
                found = bylines.read(plain.line(part)) or (() if others else bylines.read(f"By {plain.line(part)}"))
                if found and plain.fold(found[0]) not in _ROLES:
                    return found
    return ()


def dates(tree: HtmlElement) -> list[str]:
    """Short texts with digits after and before the heading: one of them may be the date."""
    elements = list(islice(tree.iter(), 6000))
    at = next((at for at, element in enumerate(elements) if element.tag == "h1"), None)
    at = at if at is not None else next((at for at, element in enumerate(elements) if element.tag == "h2"), None)
    if at is None:
        return []
    around = set(elements[at].iterancestors())
    near = (each for each in (*elements[at + 1 : at + 40], *elements[max(0, at - 15) : at]) if each not in around)
    return told_first(plain.line(element.text_content()[:400]) for element in near if isinstance(element.tag, str))


def told_first(texts: Iterable[str]) -> list[str]:
    """Those of `texts` that may hold a date: short and no sentences. First come those that call it the date of publication, last those
    that call it the date of a change."""
    lines = [text for text in texts if 6 <= len(text) <= 160 and any(c.isdecimal() for c in text) and not is_prose(text)]
    said = [told for text in lines if (told := from_publication(text)) is not None]
    return said + sorted(lines, key=lambda text: bool(_CHANGED.search(text)))


def times(tree: HtmlElement) -> list[str]:
    """What the `time` elements of a page say, except those beside the article; dates of changes come last."""
    said: list[tuple[bool, str]] = []
    for element in islice(tree.iter("time"), 40):
        around = [each.tag for each in element.iterancestors("aside", "nav", "footer", "article")]
        if around and around[0] != "article" and not (around[0] == "footer" and "article" in around):
            continue
        changed = bool(_CHANGED.search(f"{element.get('class')} {element.get('itemprop')}"))
        said.append((changed, element.get("datetime") or element.text_content()[:100]))
    return [text for _, text in sorted(said, key=itemgetter(0))]
