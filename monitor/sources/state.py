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
    """One more request of a poll. A `part` is a sitemap that an index names; a further `page` of the list, the site's `robots` file and a
    `sitemap` that this names are asked for to fill a gap. The validators, digest and number of items of a part are those of its last
    answer; `error` says why it could not be had."""

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

    `url` is where the source has moved to for good, None while it is where the configuration says; `moving_to` is another address, to
    which the last `moves` polls in a row were redirected for good. `etag` and `last_modified` are sent as they came. `body_digest` names
    the last body that was listed, `seen` are the digests of its items (`unseen.sift`), `listed` is their number. `hints` say how often the
    document wants to be asked for, `fresh_s` how long the server's cache headers call it fresh; `pace` stretches the interval for lists
    that hardly change. `failures`, `gones` and `unchanged` count failed polls, 410s and 304s in a row; `whole_at` is when a whole body came
    last. `frozen` says that the server's 304s are doubted; one more 304 then proves them untrue (`hides_news`).

    `next_poll_at` is None once the source is `gone` (410, confirmed). `last_error` says why the last poll failed, None if it did not;
    `trouble` says in a word what is wrong, since `trouble_since`. `errands` are still to be done before the poll is over; `parts` are done.
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
