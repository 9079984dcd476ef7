"""One transaction: all kinds of rows over one connection."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Connection

from monitor.ports import Due
from monitor.store.alerts import Alerts
from monitor.store.articles import Articles
from monitor.store.due import all_due, due, next_due_at, postpone
from monitor.store.entries import Entries
from monitor.store.feedback import FeedbackRows
from monitor.store.lanes import Lanes
from monitor.store.operator import Operator
from monitor.store.robots import Robots
from monitor.store.sources import Sources
from monitor.store.stories import Stories


class RowTransaction:
    """The rows as seen by one transaction (`ports.Transaction`). If not `searchable`, new articles are not indexed for searches."""

    def __init__(self, connection: Connection, *, searchable: bool = True) -> None:
        self._connection = connection
        self._searchable = searchable

    @cached_property
    def sources(self) -> Sources:
        return Sources(self._connection)

    @cached_property
    def entries(self) -> Entries:
        return Entries(self._connection)

    @cached_property
    def articles(self) -> Articles:
        return Articles(self._connection, searchable=self._searchable)

    @cached_property
    def stories(self) -> Stories:
        return Stories(self._connection)

    @cached_property
    def alerts(self) -> Alerts:
        return Alerts(self._connection)

    @cached_property
    def operator(self) -> Operator:
        return Operator(self._connection)

    @cached_property
    def feedback(self) -> FeedbackRows:
        return FeedbackRows(self._connection)

    @cached_property
    def robots(self) -> Robots:
        return Robots(self._connection)

    @cached_property
    def lanes(self) -> Lanes:
        return Lanes(self._connection)

    @property
    def driver_connection(self) -> Any:
        """The connection of the database driver itself, for a job engine that has to write its rows in this transaction."""
        return self._connection.connection.driver_connection

    def due(self, now: datetime, lanes: int | None = None) -> list[Due]:
        return due(self._connection, now, lanes)

    def all_due(self, now: datetime) -> list[Due]:
        return all_due(self._connection, now)

    def postpone(self, item: Due, *, at: datetime, reason: str) -> None:
        postpone(self._connection, item, at, reason)

    def next_due_at(self) -> datetime | None:
        return next_due_at(self._connection)
