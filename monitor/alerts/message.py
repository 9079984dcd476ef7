"""What can be sent to a channel: the Notice of an alert, an Update of it, a Digest of several, a Note to whoever runs the program."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.alerts.alert import Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """Another article of a story, or one of its articles as it is now."""

    headline: str | None
    url: str | None
    source_name: str
    language: str | None
    published_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """There is more to tell about the story of an alert. `notice` is what that alert said. Either `carried` holds the articles that have
    appeared since, or it holds one article that has changed, and `changes` says how, in one line each."""

    notice: Notice
    carried: tuple[Carried, ...]
    at: datetime
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """Alerts that were held back, together. `why` gives the reasons. `notices` are in the order in which they were raised, the first at
    `since` and the last at `until`."""

    why: tuple[str, ...]
    since: datetime
    until: datetime
    notices: tuple[Notice, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A message about the program itself: a source fell silent, a channel is gone, the daily sign of life."""

    subject: str
    text: str
    at: datetime


Message = Notice | Update | Digest | Note


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Something wrong that the operator is told once. `over_at` is None as long as it lasts; its end is told once, too."""

    key: str
    subject: str
    text: str
    since: datetime
    over_at: datetime | None = None
