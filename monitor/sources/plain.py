"""Markup as plain text: feeds have HTML in titles and descriptions, whether or not they say so."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from html import unescape

from monitor.text import clean_text

# No `<` inside a tag: an unclosed one then ends at the next, and the scan stays linear.
_TAG = re.compile(r"<!--|<[/!?]?([a-zA-Z][\w:-]*)[^<>]*>")
_BLOCK = frozenset(
    "address article aside blockquote br center dd div dl dt figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre "
    "section table td th tr ul".split()
)
_UNSAID = frozenset("script style noscript iframe figcaption svg math template object video audio".split())
_SOFT = re.compile("[\u00ad\u061c\u180e\u200e\u200f\u2060-\u2064\ufeff]")  # for typesetting, not for reading


def line(markup: str, longest: int = 2_000) -> str | None:
    """The text of `markup` as one line of at most `longest` characters, NFC, without tags and invisible characters; None if nothing
    is left."""
    return _cut(" ".join(_paragraphs(markup, breaks=" ")), longest)


def paragraphs(markup: str, longest: int = 200_000) -> str | None:
    """The text of `markup` with a blank line between two paragraphs; None if nothing is left."""
    return _cut("\n\n".join(_paragraphs(markup, breaks="\n")), longest)


def in_line(text: str | None, longest: int = 2_000) -> str | None:
    """The text that `paragraphs` made, in one line."""
    return _cut((text or "").replace("\n\n", " "), longest)


def unmarked(text: str, longest: int = 200_000) -> str | None:
    """Text that is not markup, with its lines as paragraphs; None if nothing is left."""
    return _cut("\n\n".join(clean for part in text.split("\n") if (clean := _clean(part, entities=False))), longest)


def _cut(text: str, longest: int) -> str | None:
    return (text if len(text) <= longest else text[: longest - 1].rstrip() + "…") or None


def _paragraphs(markup: str, breaks: str) -> list[str]:
    if "<" not in markup:
        return [clean] if (clean := _clean(markup)) else []
    said = "".join(breaks if piece is None else piece.replace("\n", " ") for piece in _pieces(markup))
    return [clean for part in said.split("\n") if (clean := _clean(part))]


def _pieces(markup: str) -> Iterator[str | None]:
    """Stretches of text; None where a block begins or ends."""
    at = 0
    while tag := _TAG.search(markup, at):
        yield markup[at : tag.start()]
        at = tag.end()
        name = (tag[1] or "").lower()
        if tag[0] == "<!--":
            end = markup.find("-->", at)
            at = len(markup) if end < 0 else end + 3
        elif name in _UNSAID and not tag[0].startswith("</") and not tag[0].endswith("/>"):
            closing = re.compile(f"</{name}", re.IGNORECASE).search(markup, at)
            at = closing.start() if closing else len(markup)
        elif name in _BLOCK:
            yield None
    yield markup[at:]


def _clean(text: str, *, entities: bool = True) -> str:
    text = clean_text(unescape(text) if entities else text)
    if text.isascii():
        return " ".join(text.split())
    text = _SOFT.sub("", text)
    return unicodedata.normalize("NFC", " ".join(text.split())).strip("\u200b\u200c\u200d ")
