"""Every word that an article made of a page could hold, without reading the page: for telling fast that it cannot be of interest."""

from __future__ import annotations

import re
from functools import partial
from html import unescape

from monitor.articles import plain
from monitor.fetching.charset import decode
from monitor.fetching.outcome import Fetched
from monitor.sources.entry import Entry
from monitor.sources.source import Source

_MOST_BYTES = 5_000_000
# All begin with a sign that is searched for fast. A script or style in which nothing could be text to a parser that sees the page
# otherwise; JSON may hold the article.
_CODE = re.compile(r"<(script|style)\b(?![^<>]*json)[^<>]*>[^<]*(?:<(?![a-z/!?])[^<]*)*+</\1\s*>", re.IGNORECASE)
_DATA = re.compile(r"<(?:script\b[^<>]*json[^<>]*>(.*?)</script|title\b[^<>]*>(.*?)</title)", re.IGNORECASE | re.DOTALL)
_CONTENT = {
    name: re.compile(rf"{name}\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>]+))") for name in ("content", "CONTENT", "Content")
}
_BLOCKS = frozenset(
    "address article aside audio blockquote body button canvas caption col dd details dialog div dl dt fieldset figcaption figure footer "
    "form frame h1 h2 h3 h4 h5 h6 head header hr html iframe img input label legend li link main meta nav noscript object ol optgroup "
    "option p picture pre script section select source style summary svg table tbody td textarea tfoot th thead title tr ul video".split()
)
# Tags between two letters: unless one of them is a block, nothing tells whether the letters are of one word.
_BETWEEN = re.compile(r"<(?<=[^\s<>]<)[a-zA-Z/!][^<>]*>(?:<[a-zA-Z/!][^<>]*>)*(?=[^\s<>])")
_NAME = re.compile(r"</?([a-zA-Z0-9]+)")
_TAG = re.compile(r"<[a-zA-Z/!?][^>]*>")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_OTHER_ESCAPE = re.compile(r"\\[nrtbf/\"\\]")


def every_word(source: Source, fetched: Fetched, entry: Entry, glue: str) -> str:
    """A text in which every word of an article that `read_page` or `from_entry` could make of this stands, and many more.

    Words stand in it as they stand there, in no order. `glue` stands where a tag parts letters that may be one word or two.
    """
    html = decode(fetched.body[:_MOST_BYTES], fetched.headers.get("content-type"), source.language).text
    html = f"{html}\n{entry.content or ''}\n{entry.summary or ''}"
    data = [text for pattern in _patterns(html) for found in pattern.findall(html) for text in found if text]
    visible = _TAG.sub(" ", _BETWEEN.sub(partial(_glued, glue), _CODE.sub(_without_code, html)))
    text = "\n".join((visible, entry.title or "", entry.content or "", entry.summary or "", *map(_unescaped, data)))
    text = unescape(text) if "&" in text else text
    if "&" in text and (plainer := unescape(text)) != text:  # what a feed or JSON carries may be escaped twice, or meant so
        text = f"{text}\n{plainer}"
    return text if text.isascii() else plain.visible(text)


def _patterns(html: str) -> list[re.Pattern[str]]:
    return [_DATA, *(pattern for name, pattern in _CONTENT.items() if name in html)]


def _without_code(code: re.Match[str]) -> str:
    """An end of a comment in it means that it began inside one."""
    return code[0] if "-->" in code[0] else " "


def _glued(glue: str, tags: re.Match[str]) -> str:
    """`glue` for tags that may stand inside a word; others stay."""
    names = _NAME.findall(tags[0])
    return glue if _BLOCKS.isdisjoint(map(str.lower, names)) else " "


def _unescaped(data: str) -> str:
    """A piece of JSON, or another text, without backslashes."""
    if "\\" not in data:
        return data
    text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), data)
    if "\\ud" in data or "\\uD" in data:
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _OTHER_ESCAPE.sub(" ", text)
