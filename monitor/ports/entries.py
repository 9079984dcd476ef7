"""Every item that a source has ever listed, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from monitor.sources.entry import Entry

EntryOutcome = Literal["article", "known", "recorded", "unreadable", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedEntry:
    """An entry's row. While `outcome` is None it has yet to be read, at `next_read_at`. `first_poll` marks what a source listed when it
    was polled for the first time: old items among these are recorded but raise no alerts. At `again_at` the page of its article will
    be looked at again; `readings` is how often that has been done."""

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
    """Every item that a source has ever listed, and what became of it."""

    def unknown(self, source_id: str, entries: Sequence[Entry]) -> list[Entry]:
        """The entries of which this source has listed no key before. If several share a key, only the first."""

    def add(
        self, source_id: str, listed: Sequence[tuple[Entry, str, str | None]], *, now: datetime, first_poll: bool
    ) -> list[int]:
        """Add a row for each (entry, lane, reason). With a reason the entry is done, as `recorded`; without, it is due at once. Returns
        the ids in the same order."""

    def remember(self, source_id: str, entries: Sequence[Entry]) -> list[Entry]:
        """Add the new keys of entries that are known by another key, so that an item may change its keys one at a time; returns the
        entries that are `unknown` after that."""

    def get(self, entry_id: int) -> ListedEntry | None: ...

    def known_by(self, entry_id: int, key: str) -> bool:
        """Whether the entry has this key."""

    def retry(self, entry_id: int, *, at: datetime, reason: str) -> None: ...

    def finish(
        self, entry_id: int, outcome: EntryOutcome, reason: str, article_id: str | None = None, again_at: datetime | None = None
    ) -> bool:
        """Store what became of the entry, and when to look at its page again. Returns False if it was finished already."""

    def read_again(self, entry_id: int, next_at: datetime | None) -> None:
        """Record that the page was looked at again, and when to do so next: None for never."""

    def relisted(
        self, source_id: str, entries: Sequence[Entry], now: datetime, most: int, telling: Callable[[Entry], bool]
    ) -> int:
        """Schedule pages to be looked at again because the source now lists their articles with another title or a later update, unless
        that has been done `most` times. For articles that matched no rule, only if the entry is `telling`. Returns how many there were."""

    def due(self, now: datetime, limit: int) -> list[int]:
        """The ids of entries that are to be read now, in the order in which they were listed."""

    def next_read_at(self) -> datetime | None:
        """When the next entry will be due; None if none waits."""

    def of_source(self, source_id: str, limit: int) -> list[ListedEntry]:
        """The newest first."""

    def read_lately(self, source_id: str, most: int) -> list[tuple[EntryOutcome, str]]:
        """The outcome (`article` or `unreadable`) and reason of the entries that were listed last and have been read, newest first."""

    def moments(self, source_id: str, most: int, since: datetime) -> list[datetime]:
        """When the source's newest entries appeared: the newest `most`, and all since `since`. The time is when an entry was listed or,
        for those of the first poll, published."""

    def per_day(self, source_ids: Sequence[str], since: datetime) -> Mapping[str, Mapping[date, int]]:
        """How many entries each of these sources listed on each day (UTC) since then."""
