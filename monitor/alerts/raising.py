"""Raising alerts: one for each rule in a story, and one delivery of it for each channel of the rule."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid5

from monitor.alerts.alert import Alert, Delivery
from monitor.rules.rule import Rule

# Never change this: the ids of alerts and deliveries are derived from it, and receivers recognise repeats by them.
_NAMESPACE = UUID("6f1b3d0e-7a52-5c8d-9e41-3b0c5a7d2f96")


def alert_id(story_id: str, rule_id: str) -> str:
    """The id (a version 5 UUID) of the alert that the rule raises in the story."""
    return _derived("alert", story_id, rule_id)


def update_id(alert_id: str, sources: int) -> str:
    """The id of the message that `sources` sources now carry the story of an alert."""
    return _derived("update", alert_id, str(sources))


def change_id(alert_id: str, article_id: str, version: int) -> str:
    """The id of the message that this version of an article of the alert's story is materially different."""
    return _derived("change", alert_id, article_id, str(version))


def digest_id(delivery_ids: Iterable[str]) -> str:
    """The id of the digest that these deliveries go into."""
    return _derived("digest", *sorted(delivery_ids))


def note_id(key: str, at: datetime) -> str:
    """The id of what the operator is told about `key` at that time."""
    return _derived("note", key, at.isoformat())


def delivery_id(message_id: str, channel_id: str) -> str:
    """The id (a version 5 UUID) under which a message goes to a channel, the same on every attempt."""
    return _derived("delivery", message_id, channel_id)


def deliver_to(message_id: str, channels: Iterable[str], now: datetime) -> tuple[Delivery, ...]:
    """One delivery of a message for each of the channels, due at once."""
    return tuple(
        Delivery(
            id=delivery_id(message_id, channel),
            message_id=message_id,
            channel_id=channel,
            next_attempt_at=now,
            created_at=now,
        )
        for channel in dict.fromkeys(channels)
    )


def raise_alert(
    *, story_id: str, article_id: str, article_version: int = 1, rule: Rule, now: datetime
) -> tuple[Alert, tuple[Delivery, ...]]:
    """The alert for the first match of `rule` in a story, and its deliveries, due at once. The same arguments give the same ids."""
    alert = Alert(
        id=alert_id(story_id, rule.id),
        story_id=story_id,
        rule_id=rule.id,
        article_id=article_id,
        article_version=article_version,
        severity=rule.severity,
        raised_at=now,
    )
    return alert, deliver_to(alert.id, rule.alert, now)


def _derived(*parts: str) -> str:
    return str(uuid5(_NAMESPACE, "\n".join(parts)))
