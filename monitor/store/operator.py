"""What concerns whoever runs the program: conditions, closed channels, timers."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import Connection, delete, insert, select, update

from monitor.alerts.message import Condition
from monitor.ports import ClosedChannel, Timer
from monitor.store.tables import closed_channel, condition, timer


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

    def conditions(self) -> list[Condition]:
        rows = self._connection.execute(select(condition).where(condition.c.over_at.is_(None)).order_by(condition.c.since))
        return [Condition(**row._mapping) for row in rows]

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
