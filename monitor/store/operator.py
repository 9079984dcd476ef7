"""Rows for whoever runs the program: conditions, closed channels, timers."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, func, insert, select, update

from monitor.alerts.message import Condition
from monitor.ports import ClosedChannel, Tally, Timer
from monitor.store.tables import alert, article, closed_channel, condition, delivery, match, timer


class Operator:
    """`ports.OperatorRows` over one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def condition(self, key: str) -> Condition | None:
        row = self._connection.execute(select(condition).where(condition.c.key == key)).one_or_none()
        return None if row is None else Condition(**row._mapping)

    def set_condition(self, item: Condition) -> None:
        self._connection.execute(delete(condition).where(condition.c.key == item.key))
        self._connection.execute(insert(condition).values(**asdict(item)))

    def conditions(self, since: datetime | None = None) -> list[Condition]:
        holds = condition.c.over_at.is_(None)
        shown = holds if since is None else holds | (condition.c.over_at >= since)
        rows = self._connection.execute(select(condition).where(shown).order_by(condition.c.since, condition.c.key))
        return [Condition(**row._mapping) for row in rows]

    def tally(self, since: datetime) -> Tally:
        def number(query: Select[Any]) -> int:
            return int(self._connection.execute(query).scalar_one())

        def in_state(state: str) -> int:
            return number(select(func.count()).select_from(delivery).where(delivery.c.state == state))

        read = select(article.c.id).where(article.c.read_at >= since)
        sent = select(func.count()).select_from(delivery).where(delivery.c.sent_at >= since, delivery.c.digest_id.is_(None))
        return Tally(
            articles=number(select(func.count()).select_from(read.subquery())),
            matched=number(select(func.count(func.distinct(match.c.article_id))).where(match.c.article_id.in_(read))),
            alerts=number(select(func.count()).select_from(alert).where(alert.c.raised_at >= since)),
            sent=number(sent),
            waiting=in_state("pending"),
            held=in_state("held"),
            dead=in_state("dead"),
        )

    def close_channel(self, item: ClosedChannel) -> None:
        self.open_channel(item.channel_id)
        self._connection.execute(insert(closed_channel).values(**asdict(item)))

    def open_channel(self, channel_id: str) -> bool:
        return bool(self._connection.execute(delete(closed_channel).where(closed_channel.c.channel_id == channel_id)).rowcount)

    def closed_channels(self) -> dict[str, ClosedChannel]:
        rows = self._connection.execute(select(closed_channel))
        return {row.channel_id: ClosedChannel(**row._mapping) for row in rows}

    def timer(self, name: str) -> Timer | None:
        row = self._connection.execute(select(timer).where(timer.c.name == name)).one_or_none()
        return None if row is None else Timer(**row._mapping)

    def set_timer(self, item: Timer) -> None:
        values = asdict(item)
        if not self._connection.execute(update(timer).where(timer.c.name == item.name).values(**values)).rowcount:
            self._connection.execute(insert(timer).values(**values))
