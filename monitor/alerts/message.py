"""What can be said to a channel: an alert's Notice, an Update of it, a Digest of several, a Note to whoever runs the program."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.alerts.alert import Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """An article that carries a story on."""

    headline: str | None
    url: str | None
    source_name: str
    language: str | None
    published_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """More is known of a story that an alert told of. `notice` is what that alert said; `carried` are the articles since then, or the one
    that says something else now, and then `changes` says what, a line each."""

    notice: Notice
    carried: tuple[Carried, ...]
    at: datetime
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """Alerts that were held back, together. `why` says openly what held them; `since` and `until` are when the first and last of
    `notices` were raised, which are in that order."""

    why: tuple[str, ...]
    since: datetime
    until: datetime
    notices: tuple[Notice, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A few words about the program itself: a source that fell silent, a channel that is gone, the daily sign of life."""

    subject: str
    text: str
    at: datetime


Message = Notice | Update | Digest | Note


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Something that the operator was told about, once. `over_at` is None as long as it holds; its end is told once, too."""

    key: str
    subject: str
    text: str
    since: datetime
    over_at: datetime | None = None
