"""Feedback rows, and the key with which the links for giving feedback are signed."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import Connection, delete, insert, select

from monitor.alerts.alert import Notice
from monitor.alerts.feedback import Feedback
from monitor.store.messages import notice_of
from monitor.store.tables import feedback, message, signing_key

_VERDICT_KEY = "verdict"


class FeedbackRows:
    """`ports.FeedbackRows` over one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def signing_key(self, fresh: bytes | None = None) -> bytes | None:
        query = select(signing_key.c.key).where(signing_key.c.name == _VERDICT_KEY)
        kept = self._connection.execute(query).scalar_one_or_none()
        if kept is None and fresh is not None:
            self._connection.execute(insert(signing_key).values(name=_VERDICT_KEY, key=fresh))
            return fresh
        return None if kept is None else bytes(kept)

    def give(self, item: Feedback) -> None:
        same = (feedback.c.alert_id == item.alert_id) & (feedback.c.channel_id == item.channel_id)
        self._connection.execute(delete(feedback).where(same))
        self._connection.execute(insert(feedback).values(**asdict(item)))

    def all(self) -> list[tuple[Feedback, Notice]]:
        rows = self._connection.execute(
            select(feedback, message.c.content)
            .join(message, message.c.id == feedback.c.alert_id)
            .order_by(feedback.c.given_at, feedback.c.alert_id, feedback.c.channel_id)
        )
        return [
            (
                Feedback(alert_id=row.alert_id, channel_id=row.channel_id, verdict=row.verdict, given_at=row.given_at),
                notice_of(row.content),
            )
            for row in rows
        ]
