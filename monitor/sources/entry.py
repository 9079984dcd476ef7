"""Entry: one item that a source lists, before anyone has read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

MOST_ENTRIES = 500
"""How many entries of one list are taken; the newest, if the list shows which they are."""
Disguise = Literal["empty", "login page", "blocked", "selector rot", "not a feed"]
"""What an answer is that should have been a list."""

CUT = "cut off before its end"
"""The flag of a document that ends too early."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One listed item.

    `keys` identify it within its source, the most trusted first (unique guid, normalised link, digest of title and text): it has been
    listed before if any of its keys has. `url` is an absolute http(s) address or None; `title`, `summary` and `content` are plain text,
    `content` being the full text where the feed carries one. Times are aware UTC.
    """

    keys: tuple[str, ...]
    url: str | None = None
    title: str | None = None
    summary: str | None = None
    content: str | None = None
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What the document itself says about how often to look (RSS ttl, skipHours, skipDays; sy:updatePeriod)."""

    every_s: float | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What one poll of a source lists, in the order of the document. `flags` say what was odd about it (cut off, badly formed …).
    `follow` are the sitemaps to fetch and list next, if this is an index of sitemaps. `next_url` is where the list goes on (RFC 5005, 3;
    `next_url` of JSON Feed; or the second page of a WordPress feed)."""

    entries: tuple[Entry, ...]
    title: str | None = None
    hints: Hints = Hints()
    flags: tuple[str, ...] = ()
    follow: tuple[str, ...] = ()
    next_url: str | None = None

    @property
    def cut(self) -> bool:
        """Whether part of the document is missing: its validators then vouch for what nobody saw."""
        return CUT in self.flags


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlisted:
    """The bytes were not the kind of list that the source should be; `reason` says what they were, in words for the operator."""

    reason: str
    cause: Disguise = "not a feed"
