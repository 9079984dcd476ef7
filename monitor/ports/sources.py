"""What polling remembers of each source, of each host, and of the sources as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from monitor.sources.source import Source
from monitor.sources.state import SourceState


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCounts:
    """How many entries of a source ended in which outcome, `waiting` for those still to be read."""

    source_id: str
    outcomes: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """What a host was asked on a day (UTC): requests, redirects and robots.txt included, how many of them were answered by 304, and the
    bytes of bodies as they came over the wire. `day` is the first one where several are summed up."""

    host: str
    day: date
    requests: int
    not_modified: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """When any source answered last, and how many of the watched `lanes` could not be reached when they were tried since then; the
    first of them at `begun_at`."""

    heard_at: datetime | None
    begun_at: datetime | None
    unreachable: int
    lanes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A poll that shared no item with the one before it: something may have come and gone between `since` and `found_at`.

    `listed` items were there; looking for others at `walked` addresses brought `filled` more; `how` says how that ended, None as long
    as it has not.
    """

    source_id: str
    found_at: datetime
    since: datetime
    listed: int
    filled: int = 0
    walked: int = 0
    how: str | None = None


class SourceRows(Protocol):
    """What polling remembers of each source."""

    def watch(self, sources: Sequence[Source], now: datetime) -> None:
        """Make these, and only these, the sources that are watched; what is known of the others is kept."""

    def get(self, source_id: str) -> SourceState | None: ...

    def all(self) -> list[SourceState]: ...

    def save(self, state: SourceState, lane: str) -> None: ...

    def advance(self, before: SourceState, after: SourceState, lane: str) -> bool:
        """Save what has changed `before` to `after`. False, and nothing is saved, if the source has another next poll than before."""

    def poll_now(self, source_id: str, now: datetime) -> None:
        """Make the source due, whatever its schedule says."""

    def counts(self) -> list[SourceCounts]: ...

    def add_traffic(self, items: Sequence[Traffic]) -> None: ...

    def traffic(self, since: date) -> list[Traffic]:
        """The traffic since that day, summed up for each host; the busiest first."""

    def polls(self) -> tuple[datetime | None, datetime | None]:
        """When the latest poll of any source was, and when the first of the next ones is due."""

    def silence(self) -> Silence:
        """What is heard of the watched sources as a whole."""

    def poll_unreachable(self, since: datetime | None, now: datetime) -> None:
        """Make those due that have been unreachable from some moment after `since` on."""

    def note_gap(self, gap: Gap) -> None: ...

    def open_gap(self, source_id: str) -> Gap | None:
        """The source's newest gap, if looking for its items has not ended."""

    def fill_gap(self, source_id: str, filled: int, how: str | None) -> None:
        """So many more items of the source's open gap were found at one more address; `how` ends the looking."""

    def gaps(self, since: datetime) -> list[Gap]:
        """Those found since then, newest first."""
