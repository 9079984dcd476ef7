"""Every word that an article made of a page could hold, without reading the page: to tell quickly that no rule can match it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape

from monitor.articles import plain
from monitor.articles.article import MOST_BYTES
from monitor.fetching.charset import decode_answer
from monitor.fetching.outcome import Fetched
from monitor.sources.entry import Entry
from monitor.sources.source import Source

_BLOCKS = (
    "address article aside audio blockquote body button canvas caption col dd details dialog div dl dt fieldset figcaption figure footer "
    "form frame h1 h2 h3 h4 h5 h6 head header hr html iframe img input label legend li link main meta nav noscript object ol optgroup "
    "option p picture pre script section select source style summary svg table tbody td textarea tfoot th thead title tr ul video"
).split()


def _beginning_with(names: Iterable[str]) -> str:
    """A pattern for any of the names, in any case, that looks at each letter only once."""
    by_letter: dict[str, list[str]] = {}
    for name in names:
        by_letter.setdefault(name[:1], []).append(name[1:])
    ways = [f"[{first}{first.upper()}]{_beginning_with(rest)}" if first else r"\b" for first, rest in by_letter.items()]
    return ways[0] if len(ways) == 1 else f"(?:{'|'.join(ways)})"


# Each pattern begins with one fixed character, for which the search is fast.
_SPECIAL = re.compile(r"<(script|style|title)\b([^<>]*)>", re.IGNORECASE)
_END = {name: re.compile(rf"</{name}\b[^<>]*>", re.IGNORECASE) for name in ("script", "style", "title")}
_MARKUP = re.compile(r"<[a-zA-Z/!?]")
_CONTENT = re.compile(
    r"=(?<=[tT\s]=)(?:(?<=[cC][oO][nN][tT][eE][nN][tT]=)|(?<=\s=))\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>]+))"
)
# Tags between two letters, none of them of a block: the letters may or may not belong to one word.
_INLINE = rf"(?!/?{_beginning_with(_BLOCKS)})[a-zA-Z/!][^<>]*>"
_BETWEEN = re.compile(rf"<(?<=[^\s<>]<){_INLINE}(?:<{_INLINE})*+(?=[^\s<>])")
_TAGS = re.compile(r"<[a-zA-Z/!?][^>]*>(?:<[a-zA-Z/!?][^>]*>)*+")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_OTHER_ESCAPE = re.compile(r"\\[nrtbf/\"\\]")


def every_word(source: Source, fetched: Fetched, entry: Entry, glue: str) -> str:
    """A text with every word of any article that `read_page` or `from_entry` could make of this, and with many other words.

    The words are in no particular order. `glue` stands where there was a tag between letters that may be one word or two.
    """
    html = decode_answer(fetched, source.language, most_bytes=MOST_BYTES).text
    html, data = _without_code(f"{html}\n{entry.content or ''}\n{entry.summary or ''}")
    data += [text for found in _CONTENT.findall(html) for text in found if text]
    visible = _TAGS.sub(" ", _BETWEEN.sub(glue, html))
    text = "\n".join((visible, entry.title or "", entry.content or "", entry.summary or "", *map(_unescaped, data)))
    text = unescape(text) if "&" in text else text
    if (
        "&" in text and (plainer := unescape(text)) != text
    ):  # the text of a feed or of JSON may be escaped twice, on purpose or not
        text = f"{text}\n{plainer}"
    return text if text.isascii() else plain.visible(text)


def _without_code(html: str) -> tuple[str, list[str]]:
    """The page without scripts and styles, each replaced by an empty tag; and the contents of titles and JSON, which may hold the article.

    A script or style stays if a parser that sees the page in another way could find text in it: if a tag stands before its end, or the
    end of a comment, in which it may have begun.
    """
    kept: list[str] = []
    data: list[str] = []
    unended: set[str] = set()
    begin = at = 0
    while special := _SPECIAL.search(html, at):
        at = special.end()
        name = special[1].lower()
        if name == "title" or "json" in special[2].lower():
            end = None if name in unended else _END[name].search(html, at)
            if end is None:
                unended.add(name)  # so that its end is not searched for again and again
            else:
                data.append(html[at : end.start()])
                at = end.end()
        elif (
            (markup := _MARKUP.search(html, at))
            and (end := _END[name].match(html, markup.start()))
            # The first search is for one character, which is much faster and mostly enough.
            and (html.find(">", at, end.start()) < 0 or html.find("-->", at, end.start()) < 0)
        ):
            kept.append(html[begin : special.start()])
            begin = at = end.end()
    return "<!>".join((*kept, html[begin:])), data


def _unescaped(data: str) -> str:
    """A piece of JSON, or another text, with its escapes replaced."""
    if "\\" not in data:
        return data
    text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), data)
    if "\\ud" in data or "\\uD" in data:
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _OTHER_ESCAPE.sub(" ", text)
