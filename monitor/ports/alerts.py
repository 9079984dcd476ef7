"""The outbox: alerts, messages and deliveries, committed before anything is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from monitor.alerts.alert import Alert, Delivery, Notice
from monitor.alerts.message import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAlert:
    """An alert's row, with what its message says and how far each delivery has come."""

    alert: Alert
    notice: Notice
    deliveries: tuple[Delivery, ...]


class AlertRows(Protocol):
    """The outbox: alerts, messages and deliveries, committed before anything is sent."""

    def raised(self, story_id: str) -> frozenset[str]:
        """The rules that have already raised an alert in this story, in one that was joined to it, or in one that it was split from."""

    def add(self, alert: Alert, notice: Notice, deliveries: Sequence[Delivery]) -> None: ...

    def say(
        self, message_id: str, said: Message, deliveries: Sequence[Delivery], *, now: datetime, alert_id: str | None = None
    ) -> None:
        """Store a message with its deliveries. Those that exist already are left as they are."""

    def also_to(self, deliveries: Sequence[Delivery]) -> None:
        """Add deliveries of messages that are stored already. Those that exist already are left as they are."""

    def delivery(self, delivery_id: str) -> tuple[Delivery, Message] | None: ...

    def save(self, delivery: Delivery) -> None:
        """Store how far a delivery has come. If it delivers a digest, the deliveries that went into that digest share its fate."""

    def sent_since(self, channel_id: str, since: datetime) -> int:
        """How many alerts and updates have been sent to the channel one by one since then."""

    def late(self, channel_id: str, before: datetime) -> list[Delivery]:
        """Pending deliveries of alerts and updates that were created before then and cannot have reached any recipient, oldest first."""

    def held(self, channel_id: str, now: datetime, limit: int) -> list[tuple[Delivery, Message]]:
        """The deliveries held for the channel's digest that are due now, oldest first."""

    def get(self, alert_id: str) -> StoredAlert | None: ...

    def of_story(self, story_id: str) -> list[StoredAlert]:
        """The alerts of a story and of those that were joined to it, oldest first."""

    def newest(
        self, limit: int, *, state: str | None = None, rule: str | None = None, before: tuple[datetime, str] | None = None
    ) -> list[StoredAlert]:
        """Newest first, those raised at the same moment by id. With `before`, only those that follow the alert with that time and id."""

    def in_order(self) -> Iterator[StoredAlert]:
        """All alerts, in the order in which they were raised."""

    def of_rules(self) -> Mapping[str, int]:
        """How many alerts each rule has raised."""

    def lags(self, since: datetime) -> list[float]:
        """Seconds from publication to alert, for each alert raised since then whose article has a date."""

    def retry_dead(self, now: datetime, delivery_ids: Sequence[str] | None = None) -> int:
        """Make dead deliveries, all or only these, pending and due; returns how many there were."""

    def counts(self) -> Mapping[str, int]:
        """Deliveries by state."""

    def counts_by_channel(self) -> Mapping[str, Mapping[str, int]]:
        """Deliveries by channel and state."""
