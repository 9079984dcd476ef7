"""Story rows, and how to correct stories that were wrongly kept apart or joined."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, Select, bindparam, func, insert, or_, select, update

from monitor.ports import StoredStory
from monitor.store.tables import UtcDateTime, article, match, story

_OPEN = insert(story)
_TOUCH = update(story).where(story.c.id == bindparam("of"))


class Stories:
    """`ports.StoryRows` over one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def open(self, story_id: str, now: datetime, split_from: str | None = None) -> None:
        values = {"id": story_id, "opened_at": now, "updated_at": now, "joined_to": None, "split_from": split_from}
        self._connection.execute(_OPEN, values)

    def touch(self, story_id: str, now: datetime) -> None:
        self._connection.execute(_TOUCH, {"of": story_id, "updated_at": now})

    def get(self, story_id: str) -> StoredStory | None:
        row = self._connection.execute(select(story).where(story.c.id == story_id)).one_or_none()
        return None if row is None else _noun(row)

    def newest(self, limit: int, *, matched: bool = False) -> list[StoredStory]:
        query = select(story).where(story.c.joined_to.is_(None)).order_by(story.c.updated_at.desc(), story.c.id).limit(limit)
        if matched:
            with_match = select(article.c.story_id).join(match, match.c.article_id == article.c.id)
            query = query.where(story.c.id.in_(with_match))
        return [_noun(row) for row in self._connection.execute(query)]

    def join(self, one: str, other: str) -> str:
        rows = self._connection.execute(
            select(story).where(story.c.id.in_((one, other))).order_by(story.c.opened_at, story.c.id)
        )
        earlier, later = (_noun(row) for row in rows)
        self._connection.execute(
            update(story).where(or_(story.c.id == later.id, story.c.joined_to == later.id)).values(joined_to=earlier.id)
        )
        self._connection.execute(update(article).where(article.c.story_id == later.id).values(story_id=earlier.id))
        self.touch(earlier.id, max(earlier.updated_at, later.updated_at))
        return earlier.id

    def split(self, article_id: str, now: datetime) -> str | None:
        old = self._connection.execute(select(article.c.story_id).where(article.c.id == article_id)).scalar_one_or_none()
        taken = self.get(article_id)
        if old is None or (taken is not None and (taken.joined_to is None or old == article_id)):
            return None
        if taken is None:
            self.open(article_id, now, split_from=old)
        else:  # its own story, which was once joined to this one, is revived
            again = update(story).where(story.c.id == article_id)
            self._connection.execute(again.values(joined_to=None, split_from=old, updated_at=now))
        self._connection.execute(update(article).where(article.c.id == article_id).values(story_id=article_id))
        self._date(old)
        return article_id

    def parted(self, one: str, other: str) -> bool:
        split = or_(
            (story.c.id == one) & story.c.split_from.in_(one_story(other)),
            (story.c.id == other) & story.c.split_from.in_(one_story(one)),
        )
        return self._connection.execute(select(story.c.id).where(split)).first() is not None

    def _date(self, story_id: str) -> None:
        """Set the time of the story to that of the newest article left in it."""
        last = select(func.max(article.c.read_at, type_=UtcDateTime)).where(article.c.story_id == story_id)
        at: datetime | None = self._connection.execute(last).scalar_one()
        if at is not None:
            self.touch(story_id, at)


def one_story(story_id: str | BindParameter[str]) -> Select[Any]:
    """The ids under which a story may have raised alerts: its own, and those of the stories that were joined to it."""
    now = current(story_id)
    return select(story.c.id).where(or_(story.c.id == now, story.c.joined_to == now))


def kin(story_id: str | BindParameter[str]) -> Select[Any]:
    """The ids of `one_story`, and of all stories that these were split from: alerts raised there are not raised again."""
    chain = one_story(story_id).cte("kin", recursive=True)
    step = select(story.c.split_from).join(chain, story.c.id == chain.c.id).where(story.c.split_from.is_not(None))
    whole = chain.union(step)
    ids = select(whole.c.id)
    return select(story.c.id).where(or_(story.c.id.in_(ids), story.c.joined_to.in_(ids)))


def current(story_id: str | BindParameter[str]) -> Any:
    """The id of the story that this story was joined to, or its own id, as an SQL value."""
    return func.coalesce(select(story.c.joined_to).where(story.c.id == story_id).scalar_subquery(), story_id)


def _noun(row: Row[Any]) -> StoredStory:
    return StoredStory(
        id=row.id, opened_at=row.opened_at, updated_at=row.updated_at, joined_to=row.joined_to, split_from=row.split_from
    )
