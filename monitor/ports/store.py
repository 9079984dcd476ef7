"""The store: one transaction at a time, for all kinds of rows."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from monitor.ports.alerts import AlertRows
from monitor.ports.articles import ArticleRows
from monitor.ports.entries import EntryRows
from monitor.ports.feedback import FeedbackRows
from monitor.ports.lanes import Due, LaneRows
from monitor.ports.operator import OperatorRows
from monitor.ports.robots import RobotsRows
from monitor.ports.sources import SourceRows
from monitor.ports.stories import StoryRows


class Transaction(Protocol):
    """All kinds of rows, as seen by one transaction."""

    @property
    def sources(self) -> SourceRows: ...

    @property
    def entries(self) -> EntryRows: ...

    @property
    def articles(self) -> ArticleRows: ...

    @property
    def stories(self) -> StoryRows: ...

    @property
    def alerts(self) -> AlertRows: ...

    @property
    def operator(self) -> OperatorRows: ...

    @property
    def feedback(self) -> FeedbackRows: ...

    @property
    def robots(self) -> RobotsRows: ...

    @property
    def lanes(self) -> LaneRows: ...

    def due(self, now: datetime, lanes: int | None = None) -> list[Due]:
        """At most one due row for each free lane. A caller that can use only so many `lanes` for each step gets its answer sooner."""

    def all_due(self, now: datetime) -> list[Due]:
        """Every due row."""

    def postpone(self, due: Due, *, at: datetime, reason: str) -> None:
        """Put off a row whose step raised an exception, with the reason, so that it does not hold up others."""

    def next_due_at(self) -> datetime | None:
        """When the next row will be due; None if nothing waits."""


class Store(Protocol):
    """One transaction at a time, of which everything is kept or nothing. Writers are serialised. All methods raise StoreUnreachable if
    the database does not answer, StoreUnwritable if its disk is full.

    What is written is on disk when `writing` ends. Without `on_disk`, meant for what could be found out again, a power cut may undo it
    until the next `flush`; a crash of the program cannot. `claiming` is for a compare-and-set on a row of one's own, a lane or a source,
    and does not wait for other writers unless it must. `once` promises that only a single statement is run, which costs less.
    """

    def reading(self, *, once: bool = False) -> AbstractContextManager[Transaction]: ...

    def writing(self, *, on_disk: bool = True) -> AbstractContextManager[Transaction]: ...

    def claiming(self, *, once: bool = False) -> AbstractContextManager[Transaction]: ...

    def flush(self) -> None: ...
