"""Page watch: a page without items, of which every new paragraph is news."""

from __future__ import annotations

import hashlib
import re
import warnings
from dataclasses import replace

from bs4 import BeautifulSoup
from soupsieve import SelectorSyntaxError

from monitor.fetching.charset import decode
from monitor.fetching.outcome import Fetched
from monitor.sources import plain
from monitor.sources.disguise import IN_WORDS, disguise_of
from monitor.sources.entry import Entry, Listing, Unlisted
from monitor.sources.source import Source
from monitor.sources.unseen import DIGEST_BYTES

_MOST_PARAGRAPHS = 1_000
_LITTLE = 500  # characters; a login page and a bot check say no more
_FURNITURE = ["script", "style", "noscript", "template", "nav", "footer", "form", "svg", "iframe"]


def list_watched(source: Source, fetched: Fetched) -> Listing | Unlisted:
    """The page as one entry with all its paragraphs: those in `source.selectors.text` without what `remove` names, or all outside its
    navigation. `news_of` makes of it what is new. Never raises."""
    decoded = decode(fetched.body, fetched.headers.get("content-type"), source.language)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that this may be no HTML shows by its having no text
        soup = BeautifulSoup(decoded.text, "lxml")
    try:
        parts = soup.select(source.selectors.text) if source.selectors.text else [soup.body or soup]
        for unwanted in (
            *soup.find_all(_FURNITURE),
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
    flags: tuple[str, ...] = (f"encoding guessed: {decoded.charset}",) if decoded.guessed else ()
    if len(lines) > _MOST_PARAGRAPHS:
        flags += (f"the first {_MOST_PARAGRAPHS} of {len(lines)} paragraphs",)
    content = "\n\n".join(dict.fromkeys(lines[:_MOST_PARAGRAPHS]))
    return Listing(entries=(Entry(keys=(), title=title, content=content),), title=title, flags=flags)


def news_of(listing: Listing, seen: bytes) -> tuple[Listing, bytes]:
    """The listing of `list_watched` with the paragraphs only whose digests are not in `seen`, and the digests of all. At the first look,
    when nothing was seen, and where nothing is new it has no entry; a paragraph that was moved, or taken away, is no news."""
    (page,) = listing.entries
    lines = (page.content or "").split("\n\n")
    digests = [hashlib.blake2b(re.sub(r"\s+", " ", line).encode(), digest_size=DIGEST_BYTES).digest() for line in lines]
    known = {seen[at : at + DIGEST_BYTES] for at in range(0, len(seen), DIGEST_BYTES)}
    new = [line for line, digest in zip(lines, digests, strict=True) if digest not in known] if known else []
    if not new:
        return replace(listing, entries=()), b"".join(digests)
    text = "\n\n".join(new)
    key = f"text:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"
    return replace(listing, entries=(replace(page, keys=(key,), content=text),)), b"".join(digests)
