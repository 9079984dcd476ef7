"""Stories: what happened once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredStory:
    """A story's row. `updated_at` is when the last article came to it, `joined_to` the story it turned out to be the same as, and
    `split_from` the one its first article was taken out of."""

    id: str
    opened_at: datetime
    updated_at: datetime
    joined_to: str | None = None
    split_from: str | None = None


class StoryRows(Protocol):
    """Stories: what happened once."""

    def open(self, story_id: str, now: datetime) -> None: ...

    def touch(self, story_id: str, now: datetime) -> None: ...

    def get(self, story_id: str) -> StoredStory | None: ...

    def newest(self, limit: int, *, matched: bool = False) -> list[StoredStory]:
        """Those to which an article came last, without those that were joined to others; `matched`: with an article that matched."""

    def join(self, one: str, other: str) -> str:
        """Make one story of two: the one opened later points at the earlier, whose id is returned and which has all articles now.
        Alerts stay what they are, under the id of the story in which they were raised."""

    def split(self, article_id: str, now: datetime) -> str | None:
        """Take an article out of its story into one of its own, in which no rule alerts that alerted before; the id of that story.
        None if there is no such article, or if its story is named after it."""

    def parted(self, one: str, other: str) -> bool:
        """Whether one of these stories was split from the other: a person said that they are two."""
