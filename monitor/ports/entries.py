"""Every item that a source ever listed, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from monitor.sources.entry import Entry

EntryOutcome = Literal["article", "known", "recorded", "unreadable", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedEntry:
    """An entry's row. `outcome` None means that it is still to be read, at `next_read_at`; `first_poll` tells what a source listed when
    it was polled for the first time: the old among it is recorded and never alerted. At `again_at` the page of its article is looked at
    again, after `readings` such looks."""

    id: int
    source_id: str
    entry: Entry
    listed_at: datetime
    first_poll: bool
    attempts: int
    next_read_at: datetime | None
    outcome: EntryOutcome | None
    reason: str | None
    article_id: str | None
    again_at: datetime | None = None
    readings: int = 0


class EntryRows(Protocol):
    """Every item that a source ever listed, and what became of it."""

    def unknown(self, source_id: str, entries: Sequence[Entry]) -> list[Entry]:
        """Those of `entries` none of whose keys this source has listed before; of several that share a key, the first."""

    def add(
        self, source_id: str, listed: Sequence[tuple[Entry, str, str | None]], *, now: datetime, first_poll: bool
    ) -> list[int]:
        """A new row for each entry with its lane: due at once or, where there is a reason for that, done as `recorded`. Their ids, in the
        same order."""

    def remember(self, source_id: str, entries: Sequence[Entry]) -> list[Entry]:
        """Add to entries known by one of their keys the keys that are new, so that an item may change its identity one key at a time;
        those of `entries` that are `unknown` then."""

    def get(self, entry_id: int) -> ListedEntry | None: ...

    def known_by(self, entry_id: int, key: str) -> bool:
        """Whether that key is one of the entry's."""

    def retry(self, entry_id: int, *, at: datetime, reason: str) -> None: ...

    def finish(
        self, entry_id: int, outcome: EntryOutcome, reason: str, article_id: str | None = None, again_at: datetime | None = None
    ) -> bool:
        """Set down what became of the entry, and when the page of its article is looked at again; False if that is known already."""

    def read_again(self, entry_id: int, next_at: datetime | None) -> None:
        """It was looked at again; when to do so next, None for not any more."""

    def relisted(
        self, source_id: str, entries: Sequence[Entry], now: datetime, most: int, telling: Callable[[Entry], bool]
    ) -> int:
        """Let the pages of articles be looked at again now that the source lists under another title, or as updated later than before,
        unless that was done `most` times; how many there were. Of articles that matched no rule only those whose entry is `telling`."""

    def due(self, now: datetime, limit: int) -> list[int]:
        """The ids of entries to be read now, in the order in which they were listed."""

    def next_read_at(self) -> datetime | None:
        """When the next entry will be due, None when none waits."""

    def of_source(self, source_id: str, limit: int) -> list[ListedEntry]:
        """The newest first."""

    def read_lately(self, source_id: str, most: int) -> list[tuple[EntryOutcome, str]]:
        """What became of the newest entries that were read, and why: `article` or `unreadable`, the newest first."""

    def moments(self, source_id: str, most: int, since: datetime) -> list[datetime]:
        """When the source's newest entries came, `most` of them and all since then: when they were listed or, at its first poll,
        published."""

    def per_day(self, source_ids: Sequence[str], since: datetime) -> Mapping[str, Mapping[date, int]]:
        """How many entries each of these sources listed on each day (UTC) since then."""
