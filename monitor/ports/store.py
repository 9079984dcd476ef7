"""The store: one transaction at a time, over all rows."""

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
    """The rows as one transaction sees them."""

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
        """What is due, at most one for each lane that is free; who can use only so many `lanes` for each step is answered sooner."""

    def all_due(self, now: datetime) -> list[Due]:
        """Everything that is due."""

    def postpone(self, due: Due, *, at: datetime, reason: str) -> None:
        """Put off a row whose step broke, with what broke it, so that nothing else waits for it."""

    def next_due_at(self) -> datetime | None:
        """When the next row will be due, None when nothing waits."""


class Store(Protocol):
    """One transaction at a time: everything in it is kept, or nothing. Writers are serialised.

    Each of them raises StoreUnreachable if the database does not answer. What is written is on disk in the end; without `on_disk`, for
    what would be found out again, a power cut may undo it until the next `flush` (a crash of the program does not). `claiming` is for
    what compares and sets rows of its own, a lane or a source, and waits for no writer where it need not. `once` says that a single
    statement is made: it costs less.
    """

    def reading(self, *, once: bool = False) -> AbstractContextManager[Transaction]: ...

    def writing(self, *, on_disk: bool = True) -> AbstractContextManager[Transaction]: ...

    def claiming(self, *, once: bool = False) -> AbstractContextManager[Transaction]: ...

    def flush(self) -> None: ...
