"""What is remembered from poll to poll: about each source, each host, and the sources as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from monitor.sources.source import Source
from monitor.sources.state import SourceState


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCounts:
    """How many entries of a source have which outcome; those still to be read count as `waiting`."""

    source_id: str
    outcomes: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """What was requested from a host on a day (UTC): how many requests, redirects and robots.txt included, how many of them were answered
    with 304, and the bytes of bodies as they came over the wire. In a sum over several days, `day` is the first."""

    host: str
    day: date
    requests: int
    not_modified: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """`heard_at` is when any source answered last. Of the watched `lanes`, `unreachable` were tried since then and could not be reached,
    the first of them at `begun_at`."""

    heard_at: datetime | None
    begun_at: datetime | None
    unreachable: int
    lanes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A poll that shared no item with the one before it, so that items may have come and gone between `since` and `found_at`.

    The poll listed `listed` items; looking for others at `walked` further addresses has brought `filled` more. `how` says how the search
    ended, None as long as it goes on.
    """

    source_id: str
    found_at: datetime
    since: datetime
    listed: int
    filled: int = 0
    walked: int = 0
    how: str | None = None


class SourceRows(Protocol):
    """What is remembered of each source, each host, and the sources as a whole."""

    def watch(self, sources: Sequence[Source], now: datetime) -> None:
        """Make these the watched sources, and only these. What is known of the others is kept."""

    def get(self, source_id: str) -> SourceState | None: ...

    def all(self) -> list[SourceState]: ...

    def save(self, state: SourceState, lane: str) -> None: ...

    def advance(self, before: SourceState, after: SourceState, lane: str) -> bool:
        """Save what differs from `before` to `after`. Returns False, and saves nothing, if the source's next poll is not as in `before`."""

    def poll_now(self, source_id: str, now: datetime) -> None:
        """Make the source due, whatever its schedule says."""

    def counts(self) -> list[SourceCounts]: ...

    def add_traffic(self, items: Sequence[Traffic]) -> None: ...

    def traffic(self, since: date) -> list[Traffic]:
        """The traffic since that day, summed for each host, the busiest first."""

    def polls(self) -> tuple[datetime | None, datetime | None]:
        """When any source was polled last, and when the next poll of any source is due."""

    def silence(self) -> Silence:
        """How long the watched sources as a whole have been silent."""

    def poll_unreachable(self, since: datetime | None, now: datetime) -> None:
        """Make due all sources that became unreachable after `since` and still are."""

    def note_gap(self, gap: Gap) -> None: ...

    def open_gap(self, source_id: str) -> Gap | None:
        """The source's newest gap, if the search for its items has not ended."""

    def fill_gap(self, source_id: str, filled: int, how: str | None) -> None:
        """Record that one more address was searched and `filled` more items of the source's open gap were found. `how` ends the search."""

    def gaps(self, since: datetime) -> list[Gap]:
        """The gaps found since then, newest first."""
