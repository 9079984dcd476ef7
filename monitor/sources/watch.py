"""Page watch: a page without items, of which every new paragraph is news."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, replace

from bs4 import BeautifulSoup, Tag
from soupsieve import SelectorSyntaxError

from monitor.fetching.charset import decode_answer
from monitor.fetching.outcome import Fetched
from monitor.sources import plain
from monitor.sources.anchors import soup_of
from monitor.sources.disguise import IN_WORDS, disguise_of
from monitor.sources.entry import Entry, Listing, Unlisted
from monitor.sources.identity import text_key
from monitor.sources.source import Source
from monitor.sources.unseen import DIGEST_BYTES
from monitor.text.months import MONTHS, WEEKDAYS

_MOST_PARAGRAPHS = 1_000
_MOST_REMEMBERED = 3_000
_LONGEST_COUNTER = 80  # characters of a clock, a count of visitors, a rate of exchange
_LITTLE = 500  # characters; login pages and bot checks have no more text
_FURNITURE = ["script", "style", "noscript", "template", "nav", "footer", "svg", "iframe"]
_NAMES = sorted({*MONTHS, *WEEKDAYS}, key=len, reverse=True)
_NUMBERS = re.compile(
    r"\d+(?:[.,:]\d+)*|\b(?:{})\b|{}".format(
        "|".join(re.escape(name) for name in _NAMES if name.isascii()),
        "|".join(re.escape(name) for name in _NAMES if not name.isascii()),
    )
)


def list_watched(source: Source, fetched: Fetched) -> Listing | Unlisted:
    """The page as one entry with all its paragraphs: those that `source.selectors.text` chooses, without what `remove` chooses, or all
    outside its navigation. `news_of` then leaves only what is new. Never raises."""
    decoded = decode_answer(fetched, source.language)
    soup = soup_of(decoded.text)
    try:
        parts = soup.select(source.selectors.text) if source.selectors.text else [soup.body or soup]
        for unwanted in (
            *soup.find_all(_FURNITURE),
            *_small_forms(soup),
            *(soup.select(source.selectors.remove) if source.selectors.remove else ()),
        ):
            unwanted.decompose()
    except (SelectorSyntaxError, NotImplementedError) as error:
        return Unlisted(reason=f"selectors: not a CSS selector: {str(error).splitlines()[0]}", cause="selector rot")
    lines = [line for part in parts for line in (plain.paragraphs(str(part)) or "").split("\n\n") if line]
    disguise = disguise_of(decoded.text) if sum(map(len, lines)) < _LITTLE else None  # many pages have a login form in a corner
    if disguise:
        return Unlisted(reason=f"{IN_WORDS[disguise]} in the place of the page", cause=disguise)
    if not lines:
        wanted = f"selectors.text {source.selectors.text!r} finds no text" if source.selectors.text else "the page has no text"
        return Unlisted(reason=wanted, cause="selector rot" if source.selectors.text else "empty")
    title = plain.line(soup.title.get_text() if soup.title else "", 300) or source.name
    flags = decoded.flags
    if len(lines) > _MOST_PARAGRAPHS:
        flags += (f"the first {_MOST_PARAGRAPHS} of {len(lines)} paragraphs",)
    content = "\n\n".join(dict.fromkeys(lines[:_MOST_PARAGRAPHS]))
    return Listing(entries=(Entry(keys=(), title=title, content=content),), title=title, flags=flags)


def _small_forms(soup: BeautifulSoup) -> list[Tag]:
    """Forms for searching or writing, but not one that holds most of the page, as on many ASP.NET sites."""
    whole = len(soup.get_text())
    return [form for form in soup.find_all("form") if len(form.get_text()) * 2 < whole]


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What is new on a watched page, how many paragraphs it has, and the digests by which they are recognised next time."""

    listing: Listing
    paragraphs: int
    seen: bytes


def news_of(listing: Listing, seen: bytes) -> News:
    """The listing of `list_watched` with only those paragraphs that are not in `seen`. It has no entry if nothing is new, nor at the first
    look, when nothing had been seen. A paragraph that was moved, removed or put back is no news; one in which only numbers change (a
    clock, a count of visitors) is news once."""
    (page,) = listing.entries
    lines = (page.content or "").split("\n\n")
    forms = [_form(line, before) for before, line in zip(["", *lines], lines, strict=False)]
    often = Counter(forms)
    known = [seen[at : at + DIGEST_BYTES] for at in range(0, len(seen), DIGEST_BYTES)]
    seen_before = set(known)
    new: list[str] = []
    marks: list[bytes] = []
    for line, form in zip(lines, forms, strict=True):
        mark, counter = _digest(line), _digest(form, b"form") if form and often[form] == 1 else None
        if counter in seen_before:
            marks.append(counter or mark)
            continue
        marks.append(mark)
        if seen_before and mark not in seen_before:
            new.append(line)
            marks += [counter] if counter else []
    news = replace(listing, entries=())
    if new:
        text = "\n\n".join(new)
        news = replace(listing, entries=(replace(page, keys=(text_key(text),), content=text),))
    return News(
        listing=news,
        paragraphs=len(lines),
        seen=b"".join(list(dict.fromkeys([*marks, *known]))[: max(_MOST_REMEMBERED, len(marks))]),
    )


def _form(line: str, before: str) -> str | None:
    """A short line with `#` for its numbers and for names of months and weekdays; if no other letters are left, with the line before it.
    None for a line without numbers, and for a long one."""
    if len(line) > _LONGEST_COUNTER:
        return None
    form, numbers = _NUMBERS.subn("#", line.lower())
    if not numbers:
        return None
    return form if any(map(str.isalpha, form)) else f"{_NUMBERS.sub('#', before.lower())}\n{form}"


def _digest(text: str, kind: bytes = b"") -> bytes:
    data = re.sub(r"\s+", " ", text).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, digest_size=DIGEST_BYTES, person=kind).digest()
