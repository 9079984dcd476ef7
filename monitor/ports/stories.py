"""Stories: articles about one happening."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredStory:
    """A story's row. `updated_at` is when the last article was added, `joined_to` the story that it turned out to be the same as, and
    `split_from` the story that its first article was taken out of."""

    id: str
    opened_at: datetime
    updated_at: datetime
    joined_to: str | None = None
    split_from: str | None = None


class StoryRows(Protocol):
    """Stories: articles about one happening."""

    def open(self, story_id: str, now: datetime) -> None: ...

    def touch(self, story_id: str, now: datetime) -> None: ...

    def get(self, story_id: str) -> StoredStory | None: ...

    def newest(self, limit: int, *, matched: bool = False) -> list[StoredStory]:
        """The stories to which an article was added last, without those joined to others. `matched`: only those with a matching article."""

    def join(self, one: str, other: str) -> str:
        """Make two stories one. All articles move to the one that was opened earlier, whose id is returned; the other points at it.
        Alerts are left under the id of the story in which they were raised."""

    def split(self, article_id: str, now: datetime) -> str | None:
        """Move an article out of its story into one of its own, whose id is returned. Rules that have alerted in the old story do not alert
        again in the new one. None if there is no such article, or if its story is named after it."""

    def parted(self, one: str, other: str) -> bool:
        """Whether one of these stories was split from the other, because a person said that they are two."""
