"""SourceState: what the polls of one source have taught."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from monitor.sources.entry import Hints

Trouble = Literal["dead", "unreachable", "blocked", "empty", "login page", "not a feed", "selector rot"]
"""What is wrong with a source that cannot be listed: `unreachable` when no answer came at all, which may be our own network's fault."""

Purpose = Literal["part", "page", "robots", "sitemap"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """One more address that belongs to a poll: a `part` is a sitemap that an index names; to fill a gap, a further `page` of the list,
    the site's `robots` file, or a `sitemap` that it names. A part's validators, digest and number
    of items are those of its last answer; `error` says why it could not be had."""

    url: str
    purpose: Purpose
    etag: str | None = None
    last_modified: str | None = None
    digest: str | None = None
    listed: int = 0
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What the polls of one source have taught. A new source is due at once: `SourceState(source_id=…, next_poll_at=now)`.

    `url` is where the source has moved to for good, None while it is where the configuration says; `moving_to` has been
    announced `moves` times in a row. `etag` and `last_modified` go out as they came in. `body_digest` names the last body that was
    listed, `seen` its items (`unseen.sift`), `listed` counts them. `hints` are what the document asks for, `fresh_s` what the server's
    cache headers do, `pace` stretches the interval for lists that hardly change. `failures` counts failed polls in a row, `gones` 410s in
    a row, `unchanged` 304s in a row; `whole_at` is when a whole body last came; `frozen` says that 304s are doubted, and
    proven to be untrue as soon as one more has come (`hides_news`).
    `next_poll_at` is None once the source is `gone` (410, confirmed). `last_error` says in words why the last poll failed, None if it did
    not; `trouble` in one word what is wrong, since `trouble_since`. `errands` are fetched before the poll is over; `parts` have been.
    """

    source_id: str
    next_poll_at: datetime | None
    url: str | None = None
    moving_to: str | None = None
    moves: int = 0
    etag: str | None = None
    last_modified: str | None = None
    body_digest: str | None = None
    seen: bytes = b""
    listed: int = 0
    hints: Hints = field(default_factory=Hints)
    fresh_s: float | None = None
    pace: float = 1.0
    last_poll_at: datetime | None = None
    last_success_at: datetime | None = None
    last_change_at: datetime | None = None
    whole_at: datetime | None = None
    failures: int = 0
    gones: int = 0
    unchanged: int = 0
    gone: bool = False
    frozen: bool = False
    last_error: str | None = None
    trouble: Trouble | None = None
    trouble_since: datetime | None = None
    errands: tuple[Errand, ...] = ()
    parts: tuple[Errand, ...] = ()

    @property
    def hides_news(self) -> bool:
        """Whether the server is known to answer 304 though there is news."""
        return self.frozen and self.unchanged > 0
