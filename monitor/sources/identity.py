"""What makes an item the same item tomorrow, when its title was edited, its link decorated or its guid made anew."""

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
    """By what an item may be known: its guid as written, its absolute link, its title and text."""

    guid: str | None = None
    link: str | None = None
    title: str | None = None
    text: str | None = None


def keys(items: Sequence[Marks], fronts: Iterable[str] = ()) -> list[tuple[str, ...]]:
    """The keys of each item of one document, most trusted first: `guid:…`, `url:…`, `text:…` with 32 hex digits.

    A guid or link that different items of the document share says nothing and is left out; so is a link to a front page (`fronts`,
    or the root of a site). The text counts where there is no link. `url:` keys mean the same in every source.
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
    """The key of an item that is known by what it says."""
    return _key("text", text)


def page_key(url: str) -> str:
    """The key that an item has if the page at `url` is its own."""
    return _key("url", urls.identity(url))


def identified(entries: Sequence[Entry], marks: Sequence[Marks], fronts: Collection[str]) -> tuple[Entry, ...]:
    """The entries with their keys, the first of each that is listed twice, without those that bear no mark at all. One that has text and
    links to a front page has no page of its own: without the link it is read for itself, and not as what the front page was read as."""
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
    """The marks that stand on items with different titles."""
    titles: dict[str, set[str | None]] = defaultdict(set)
    for mark, item in zip(marks, items, strict=True):
        if mark:
            titles[mark].add(item.title or item.text)
    return {mark for mark, carried in titles.items() if len(carried) > 1}


def _key(kind: str, text: str) -> str:
    return f"{kind}:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"
