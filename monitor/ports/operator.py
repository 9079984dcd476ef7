"""Rows for whoever runs the program: conditions, closed channels, timers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from monitor.alerts.message import Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedChannel:
    """A channel that answered that it wants no more messages. `target` is a hash of its address: if that changes, it is open again."""

    channel_id: str
    target: str
    reason: str
    closed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """Something done on a schedule: when it was done last, and when it will be done next."""

    name: str
    last_at: datetime | None
    next_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What was done since some time (`articles`, `matched`, `alerts`, `sent`), and how many deliveries now wait, are held or are dead."""

    articles: int
    matched: int
    alerts: int
    sent: int
    waiting: int
    held: int
    dead: int


class OperatorRows(Protocol):
    """Rows for whoever runs the program."""

    def condition(self, key: str) -> Condition | None: ...

    def set_condition(self, item: Condition) -> None: ...

    def conditions(self, since: datetime | None = None) -> list[Condition]:
        """The conditions that hold, and those that have ended since then; oldest first."""

    def tally(self, since: datetime) -> Tally: ...

    def close_channel(self, item: ClosedChannel) -> None: ...

    def open_channel(self, channel_id: str) -> bool:
        """Reopen the channel; returns whether it was closed."""

    def closed_channels(self) -> Mapping[str, ClosedChannel]: ...

    def timer(self, name: str) -> Timer | None: ...

    def set_timer(self, item: Timer) -> None: ...
