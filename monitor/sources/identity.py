"""How an item is recognised tomorrow, when its title has been edited, parameters added to its link, or its guid made anew."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from monitor import urls
from monitor.sources.entry import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What an item may be recognised by: its guid as written, its absolute link, its title and text."""

    guid: str | None = None
    link: str | None = None
    title: str | None = None
    text: str | None = None


def keys(items: Sequence[Marks], fronts: Iterable[str] = ()) -> list[tuple[str, ...]]:
    """The keys of each item of one document, most trusted first: `guid:…`, `url:…`, `text:…` with 32 hex digits.

    A guid or link that different items of the document share identifies none of them and is left out; so is a link to a front page
    (`fronts`, or the root of a site). Items without a link of their own are known by their text. `url:` keys mean the same in all sources.
    """
    guids = [urls.identity(mark.guid) if mark.guid and urls.is_web(mark.guid) else mark.guid for mark in items]
    links = [urls.identity(mark.link) if mark.link else None for mark in items]
    front = {urls.identity(url) for url in fronts}
    vague_guids = _shared(guids, items)
    vague_links = _shared(links, items)
    found = []
    for mark, guid, link in zip(items, guids, links, strict=True):
        ladder = []
        if guid and guid not in vague_guids and guid not in front:
            ladder.append(_key("guid", guid))
        if link and link not in vague_links and not _is_front(link, front):
            ladder.append(_key("url", link))
        else:
            ladder.append(text_key(f"{mark.title or ''}\n{mark.text or ''}" if mark.title or mark.text else guid or link or ""))
        found.append(tuple(ladder))
    return found


def text_key(text: str) -> str:
    """The key of an item that is known by its text."""
    return _key("text", text)


def page_key(url: str) -> str:
    """The key of an item that has the page at `url` for itself."""
    return _key("url", urls.identity(url))


def identified(entries: Sequence[Entry], marks: Sequence[Marks], fronts: Collection[str]) -> tuple[Entry, ...]:
    """The entries with their keys; of those that are listed twice the first, and none that has no mark at all. An entry that has text and
    links to a front page has no page of its own: it loses the link, so that it is read from its text and not from that page."""
    found: dict[tuple[str, ...], Entry] = {}
    front = {urls.identity(url) for url in fronts}
    for entry, mark, known_by in zip(entries, marks, keys(marks, fronts), strict=True):
        if mark == Marks():
            continue
        by_text = known_by[-1].startswith("text:") and mark.text is not None
        elsewhere = by_text and entry.url is not None and _is_front(urls.identity(entry.url), front)
        found.setdefault(known_by, replace(entry, keys=known_by, url=None if elsewhere else entry.url))
    return tuple(found.values())


def _is_front(link: str, front: Collection[str]) -> bool:
    """Whether a normalised link is one of the front pages, or the root of a site."""
    return link in front or not re.search(r"[/?]", link)


def _shared(marks: Sequence[str | None], items: Sequence[Marks]) -> set[str]:
    """The marks that items with different titles share."""
    titles: dict[str, set[str | None]] = defaultdict(set)
    for mark, item in zip(marks, items, strict=True):
        if mark:
            titles[mark].add(item.title or item.text)
    return {mark for mark, carried in titles.items() if len(carried) > 1}


def _key(kind: str, text: str) -> str:
    return f"{kind}:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"
