"""The running text of a page: trafilatura on a tree that is already parsed, and what to do when it finds too little."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from lxml import etree, html
from lxml.etree import LxmlError, ParserError
from lxml.html import HtmlElement
from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html.exception import DOMException
from trafilatura import bare_extraction

from monitor.articles import plain
from monitor.articles.marks import is_prose, reason_of, size

# Elements that never hold running text and make up most of a page: they are removed before anything is copied or searched. (trafilatura
# drops the same ones, but only after it has copied them.) Scripts with data, captions and password fields are looked at before that.
_NEVER_TEXT = (
    "script", "style", "svg", "iframe", "template", "canvas", "object", "embed", "source", "track", "link", "meta", "select", "noscript",
    "aside", "footer", "nav", "menu", "figure", "picture", "video", "audio", "map", "button", "dialog", "datalist", "label", "legend",
    "textarea", "math",
)  # fmt: skip
# Posts of social networks that are embedded in the page.
_EMBEDDED = re.compile(r"\b(?:twitter-tweet|instagram-media|tiktok-embed|fb-post|fb-video|bluesky-embed|reddit-embed)")
# The lead, which papers of the region set between heading and text: the first paragraph of the article, though it stands outside.
_LEAD = re.compile(r"(?:^|[\s_-])(?:sapo|description|lead|lede|intro|teras)(?:$|\s)", re.IGNORECASE)
_FORM_FEED = bytes.maketrans(b"\f", b" ")
_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\r\f")
_REFERENCE = re.compile(rb"&#(?:x([0-9a-f]+)|([0-9]+));?", re.IGNORECASE)
_DEEPEST = 1500
_TAG = re.compile(r"<(/?)(?!(?:p|li|br|img|hr|input|meta|link|td|tr|th|dd|dt|option)\b)[a-z]", re.IGNORECASE)
_INLINE = frozenset({"strong", "b", "em", "i", "u", "span"})
_CANNOT_WALK = (LxmlError, ValueError, TypeError, AttributeError, LookupError, RecursionError)  # trafilatura, some odd trees
_BLOCKS = frozenset({"p", "head", "item", "row", "quote", "list", "table", "code", "div", "body"})


def parse(text: str) -> HtmlElement | None:
    """The tree of a page without comments; None if it has no element. Nesting is cut at the depth that libxml2 allows (256)."""
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False, no_network=True)
    # lxml.html would ask Python for the class of each element.
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=HtmlElement))
    data = (
        text.encode("utf-8", "ignore")
        .translate(_FORM_FEED, _CONTROLS)
        .replace(b"\xef\xbf\xbe", b"")
        .replace(b"\xef\xbf\xbf", b"")
    )
    if b"&#" in data:
        data = _REFERENCE.sub(_character, data)
    try:
        tree = html.document_fromstring(data, parser=parser)
    except (LxmlError, ParserError, ValueError):
        return None
    return tree if isinstance(tree, HtmlElement) else None


def _character(reference: re.Match[bytes]) -> bytes:
    """A numeric reference, replaced where libxml2 gets it wrong: 128 to 159 stand for characters of windows-1252 (WHATWG HTML, 13.2.5.80),
    and characters that no text may hold for nothing."""
    digits = (reference[1] or reference[2]).lstrip(b"0")
    number = int(digits or b"0", 16 if reference[1] else 10) if len(digits) <= 8 else 0
    if 128 <= number <= 159:
        return bytes([number]).decode("cp1252", "ignore").encode()
    bad = (
        (number < 32 and number not in (9, 10, 13))
        or 0xD800 <= number <= 0xDFFF
        or number & 0xFFFE == 0xFFFE
        or number > 0x10FFFF
    )
    return b"" if bad else reference[0]


def strip(tree: HtmlElement) -> None:
    """Remove from the tree what is never running text, and turn tables that serve only for layout into plain blocks. The text after a
    removed element stays."""
    for element in list(tree.iter(*_NEVER_TEXT)):
        element.drop_tree()
    for element in list(tree.iter("font", "center")):
        element.drop_tag()
    for quote in list(tree.iter("blockquote")):
        if _EMBEDDED.search(quote.get("class") or ""):
            quote.drop_tree()
    for table in list(tree.iter("table")):
        if _is_layout(table):
            for element in [table, *table.iter("tbody", "tr", "td")]:
                element.tag = "div"


def _is_layout(table: HtmlElement) -> bool:
    if table.find(".//th") is not None or table.find("caption") is not None:
        return False
    if table.find(".//table") is not None or table.find(".//h1") is not None:
        return True
    return any(len(cell.text_content()) > 600 or sum(1 for _ in cell.iter("p", "br")) > 3 for cell in table.iter("td"))


def lead(tree: HtmlElement, lines: list[str]) -> list[str]:
    """The lead between heading and text, if the page marks one and it is not among the first `lines`."""
    for element in tree.iter("p", "h2", "div"):
        if _LEAD.search(element.get("class") or ""):
            text = plain.line(element.text_content()[:1500])
            if not is_prose(text) or len(text) > 700:
                continue
            key = plain.fold(text)
            return [] if any(key in plain.fold(line) or plain.fold(line) in key for line in lines[:6]) else [text]
    return []


def take_teasers(tree: HtmlElement) -> list[str]:
    """Remove what consists only of links to other stories, lists and paragraphs between paragraphs of text; their texts."""
    taken: list[str] = []
    for link in list(tree.iter("a")):
        holder = link.getparent()
        while holder is not None and holder.tag in _INLINE and len(holder) == 1:
            holder = holder.getparent()
        if holder is None or holder.tag != "p" or len(holder) != 1:
            continue
        text = plain.line(holder.text_content())
        if not 12 <= len(text) <= 220 or text != plain.line(link.text_content()) or text.endswith((".", "。")):
            continue
        if _is_text_paragraph(holder.getprevious()) and _is_text_paragraph(holder.getnext()):
            holder.drop_tree()
            taken.append(text)
    for links in list(tree.iter("ul", "ol")):
        texts = [_link_text(item) for item in links]
        if len(texts) >= 2 and all(texts):
            links.drop_tree()
            taken.extend(text for text in texts if text and 15 <= len(text) <= 220)
    return taken


def _link_text(item: HtmlElement) -> str | None:
    """The text of a list item that consists only of a link; None for other items."""
    link = item.find(".//a") if item.tag == "li" else None
    if link is None:
        return None
    text = plain.line(item.text_content())
    return text if text == plain.line(link.text_content()) else None


def _is_text_paragraph(element: HtmlElement | None) -> bool:
    return element is not None and element.tag == "p" and is_prose(plain.line(element.text_content()))


def main_text(element: HtmlElement, *, thorough: bool = False, strict: bool = True) -> list[str]:
    """The lines of running text of a page, or of an element of it, in their order. `thorough` has trafilatura try its whole cascade,
    `strict` has it leave out what is doubtful. The tree is not changed."""
    page = element if element.tag == "html" else _alone(element)
    try:
        document = bare_extraction(
            page, fast=not thorough, favor_precision=strict and not thorough, with_metadata=False, include_comments=False
        )
    except _CANNOT_WALK:
        return []
    body = getattr(document, "body", None)
    if body is None:
        return []
    return [line for line in (plain.line(text) for text in _lines(body)) if line]


def _alone(element: HtmlElement) -> HtmlElement:
    """A page that holds nothing but a copy of the element."""
    page = html.document_fromstring("<html><body></body></html>")
    alone = deepcopy(element)
    alone.tail = None
    page.body.append(alone)
    return page


def rescue(text: str) -> list[str]:
    """The main content of the page as resiliparse sees it, or else all running text: less exact, but it copes with any markup. The time of
    its search for the main content grows with the square of the nesting, so pages nested deeper than any real one go without it."""
    lines = [] if _depth(text) > _DEEPEST else _plain(text, main_content=True)
    return lines if any(map(is_prose, lines)) else [line for line in _plain(text, main_content=False) if is_prose(line)]


def _plain(text: str, *, main_content: bool) -> list[str]:
    try:
        found = extract_plain_text(text, main_content=main_content, alt_texts=False, list_bullets=False)
    except DOMException as error:  # its parsers refuse nothing, but memory may
        raise MemoryError(str(error)) from error
    return [line for line in plain.lines(found) if line]


def _depth(text: str) -> int:
    """How deep elements are nested, judged by the tags alone."""
    depth = deepest = 0
    for match in _TAG.finditer(text):
        depth = max(0, depth - 1) if match[1] else depth + 1
        deepest = max(deepest, depth)
    return deepest


def text_of(fragment: str) -> list[str]:
    """Lines of a text that may be HTML, as in a feed or in JSON-LD."""
    if not re.search(r"<\s*/?\s*(?:p|br|div|span|a|b|strong|em|i|ul|li|h\d)\b", fragment, re.IGNORECASE):
        return [line for line in plain.lines(fragment) if line]
    return _plain(f"<html><body>{fragment}</body></html>", main_content=False)


def prose_length(lines: list[str]) -> int:
    """The `size` of those lines that are running text and no furniture."""
    return size([line for line in lines if is_prose(line) and reason_of(line) is None])


def _lines(element: Any) -> Iterator[str]:
    if element.tag == "row":
        cells = [plain.line("".join(cell.itertext())) for cell in element]
        yield " | ".join(cell for cell in cells if cell)
        return
    run: list[str] = [element.text or ""]
    for child in element:
        if child.tag in _BLOCKS:
            yield "".join(run)
            yield from _lines(child)
            run = [child.tail or ""]
        elif child.tag == "lb":
            yield "".join(run)
            run = [child.tail or ""]
        else:
            inner = list(_lines(child))
            run.append(inner[0] if inner else "")
            for text in inner[1:]:
                yield "".join(run)
                run = [text]
            run.append(child.tail or "")
    yield "".join(run)
