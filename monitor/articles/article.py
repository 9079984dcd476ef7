"""Article: headline and paragraphs as plain text, and what is known about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

MOST_BYTES = 5_000_000
"""Of a page; the rest is not read."""
WATCHED = "watched"
"""The flag of what came to a watched page: its paragraphs need not belong together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """One piece of text that was on the page and is not part of the article, with the reason (`caption`, `also-read`, `share` …)."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One news article in the seed format (`articles.seed`).

    `headline` and `paragraphs` are NFC, one line each, without control characters and never empty. `url` is the canonical
    address, None for a file that names none. `language` is a BCP 47 tag. `flags` name what was odd about the reading
    (`rescued`, `feed-only`, `watched`, `paywall` …). Times are aware UTC.
    """

    headline: str | None
    paragraphs: tuple[str, ...]
    url: str | None = None
    site: str | None = None
    authors: tuple[str, ...] = ()
    dateline: str | None = None
    published_at: datetime | None = None
    modified_at: datetime | None = None
    language: str | None = None
    removed: tuple[Removed, ...] = ()
    flags: tuple[str, ...] = ()

    @property
    def body(self) -> str:
        """The paragraphs with a blank line between two, as the seed format has them; spans of a match count in this text."""
        return "\n\n".join(self.paragraphs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """There is no article on the page, or none that can be read; `reason` says why, in words for the operator."""

    reason: str
