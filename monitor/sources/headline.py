"""What a link is called: the words that a person would take for the title of what it leads to."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from bs4 import Tag
from bs4.element import NavigableString

from monitor.sources import plain

NOTHING, PICTURE, SELF, TEXT, HEADING = range(5)
"""How far the words of a link can be trusted to be a title, the least first: words that are no headline, the alternative text of its
picture, its `title` attribute, its text, a heading."""
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_LONGEST = 500
_LONGEST_HEADLINE = 200  # what is longer is a teaser
_ENOUGH = 12  # letters and marks of a script without spaces
_TITLED = re.compile(r"(?<!sub)(?<!sub[_-])(?:title|headline)(?![a-z])", re.IGNORECASE)
_BESIDE = re.compile(
    r"(?:^|[_-])(?:date|datetime|time|timestamp|clock|tanggal|tgl|meta|author|byline|views?|hits?|counts?|counter|comments?|badge|label"
    r"|category|kicker|small|icon|readmore|more|sr-only|visually-hidden|screen-reader-text)(?:$|[_-])",
    re.IGNORECASE,
)
_UNSAID = frozenset("script style noscript template svg iframe select".split())
_WITHIN_WORDS = frozenset("b i em strong u font mark wbr".split())
_BLOCKS = frozenset(
    "address article aside br div dd dl dt figure figcaption footer h1 h2 h3 h4 h5 h6 header li ol p section table td tr ul".split()
)
_CLOCK = re.compile(r"^\d{1,2}:\d\d(?: ?(?:am|pm|WIB|WITA|WIT|น\.))?[ |–-]+(?=\D)", re.IGNORECASE)
_PICTURE = re.compile(r"\S+\.(?:jpe?g|png|gif|webp|svg)", re.IGNORECASE)
_CUT = re.compile(r"\s*\[?(?:…|\.{2,})\]?$")


class Words(NamedTuple):
    """What a link is called, and how far that can be trusted to be a title."""

    trust: int
    text: str


def words_of(anchor: Tag) -> Words:
    """The words of a link: a heading in or around it, what is marked as its title, its text without date, section and counts, its `title`
    attribute, or the text of its picture. Empty if there are none."""
    best = Words(NOTHING, "")
    for trust, text in _said_of(anchor):
        if text and not _PICTURE.fullmatch(text):
            was_longer = len(text) >= _ENOUGH and _CUT.search(text)
            best = better(best, Words(trust if is_headline(text) or was_longer else NOTHING, text))
    if best.trust == NOTHING and is_headline(_line(anchor.get_text(" "))):  # with its date and the like
        return Words(PICTURE, best.text)
    return best


def better(one: Words, two: Words) -> Words:
    """The better of two titles of one link; if one was cut (`…`) and the other completes it, the complete one."""
    for cut, whole in ((one, two), (two, one)):
        stem = _CUT.sub("", cut.text)
        if (
            stem != cut.text
            and len(stem) >= _ENOUGH
            and whole.text.startswith(stem)
            and len(_CUT.sub("", whole.text)) > len(stem)
        ):
            return Words(max(one.trust, two.trust), whole.text)
    if one.trust != two.trust:
        return max(one, two, key=lambda words: words.trust)
    return two if len(one.text) < len(two.text) <= _LONGEST_HEADLINE else one


def is_headline(text: str) -> bool:
    """Whether a line is long enough to be a headline: four words or, in scripts without spaces, twelve letters and marks. An ideograph
    counts as one and a half of them, a word in Latin letters as three."""
    native = [c for c in text if ord(c) > 0x0D80 and unicodedata.category(c)[0] in "LM"]
    if len(text.split()) >= 4 or not native:
        return len(text.split()) >= 4
    ideographs = sum(0x3400 <= ord(c) <= 0x9FFF for c in native)
    return len(native) + ideographs / 2 + 3 * len(re.findall(r"[A-Za-z]{2,}", text)) >= _ENOUGH


def lines_of(tag: Tag) -> list[str]:
    """The text of an element, block by block, without dates, bylines, counts and the like; with them if there is nothing else."""
    return _lines(tag, whole=False) or _lines(tag, whole=True)


def in_heading(anchor: Tag) -> bool:
    """Whether a link holds a heading or stands in one."""
    around = (parent for _, parent in zip(range(3), anchor.parents, strict=False))
    return any(parent.name in _HEADINGS for parent in around) or any(tag.name in _HEADINGS for tag in _tags_in(anchor))


def _tags_in(anchor: Tag) -> Iterator[Tag]:
    return (tag for tag in anchor.descendants if isinstance(tag, Tag))


def _said_of(anchor: Tag) -> Iterator[tuple[int, str]]:
    inside = list(_tags_in(anchor))
    heading = next((tag for tag in inside if tag.name in _HEADINGS), None)
    titled = next(
        (tag for tag in inside if any(_TITLED.search(name) for name in tag.get_attribute_list("class") if name)), None
    )
    for tag in (heading, titled):
        if tag is not None:
            yield HEADING, " ".join(lines_of(tag))[:_LONGEST]
    lines = lines_of(anchor)
    text = next(filter(is_headline, lines), " ".join(lines))[:_LONGEST]
    yield HEADING if in_heading(anchor) and heading is None else TEXT, _CLOCK.sub("", text)
    for name in ("title", "aria-label"):
        yield SELF, _line(anchor.get(name))
    pictures = [anchor] if anchor.name == "area" else [tag for tag in inside if tag.name == "img"][:1]
    for picture in pictures:
        for name in ("alt", "title"):
            yield PICTURE, _line(picture.get(name))


def _line(text: object) -> str:
    return (plain.unmarked(" ".join(text.split()), _LONGEST) or "") if isinstance(text, str) else ""


def _lines(tag: Tag, *, whole: bool) -> list[str]:
    text = plain.unmarked("".join(_pieces(tag, whole=whole)))
    return text.split("\n\n") if text else []


def _pieces(tag: Tag, *, whole: bool) -> Iterator[str]:
    """Pieces of text, and a line break where a block begins or ends. Not recursive, since hostile pages are deeply nested."""
    waiting: list[object] = [*reversed(tag.contents)]
    while waiting:
        child = waiting.pop()
        if isinstance(child, str):
            if type(child) is str:  # the edge of a block
                yield child
            elif type(child) is NavigableString:  # no comment
                yield child.replace("\n", " ")
        elif isinstance(child, Tag) and child.name not in _UNSAID and (whole or not _is_beside(child)):
            edge = "\n" if child.name in _BLOCKS else "" if child.name in _WITHIN_WORDS else " "
            yield edge
            waiting += [edge, *reversed(child.contents)]


def _is_beside(tag: Tag) -> bool:
    return tag.name in ("time", "small", "button") or any(
        _BESIDE.search(name) for name in tag.get_attribute_list("class") if name
    )
