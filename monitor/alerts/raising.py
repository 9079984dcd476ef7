"""Raising an alert: one for each rule in a story, one delivery of it for each channel of the rule."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid5

from monitor.alerts.alert import Alert, Delivery
from monitor.rules.rule import Rule

# Frozen: alert and delivery ids are derived in it, and a receiver drops repeats by them.
_NAMESPACE = UUID("6f1b3d0e-7a52-5c8d-9e41-3b0c5a7d2f96")


def alert_id(story_id: str, rule_id: str) -> str:
    """The one id (a version 5 UUID) of the alert that `rule_id` raises in `story_id`."""
    return _derived("alert", story_id, rule_id)


def delivery_id(alert_id: str, channel_id: str) -> str:
    """The one id (a version 5 UUID) under which an alert goes to a channel, the same on every attempt."""
    return _derived("delivery", alert_id, channel_id)


def raise_alert(*, story_id: str, article_id: str, rule: Rule, now: datetime) -> tuple[Alert, tuple[Delivery, ...]]:
    """The alert for the first match of `rule` in a story, and its deliveries, due at once. Doing it again gives the same ids."""
    alert = Alert(
        id=alert_id(story_id, rule.id),
        story_id=story_id,
        rule_id=rule.id,
        article_id=article_id,
        severity=rule.severity,
        raised_at=now,
    )
    deliveries = tuple(
        Delivery(
            id=delivery_id(alert.id, channel),
            alert_id=alert.id,
            channel_id=channel,
            next_attempt_at=now,
            created_at=now,
        )
        for channel in dict.fromkeys(rule.alert)
    )
    return alert, deliveries


def _derived(*parts: str) -> str:
    return str(uuid5(_NAMESPACE, "\n".join(parts)))
