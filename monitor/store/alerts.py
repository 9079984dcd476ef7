"""Alert and delivery rows: the outbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select, update

from monitor.alerts.alert import Alert, Delivery, Marked, Notice, Receipt
from monitor.ports import StoredAlert
from monitor.store.tables import alert, delivery


class Alerts:
    """`ports.AlertRows` over one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def raised(self, story_id: str) -> frozenset[str]:
        return frozenset(self._connection.execute(select(alert.c.rule_id).where(alert.c.story_id == story_id)).scalars())

    def add(self, item: Alert, notice: Notice, deliveries: Sequence[Delivery]) -> None:
        self._connection.execute(insert(alert).values(**asdict(item), notice=_notice_values(notice)))
        if deliveries:
            self._connection.execute(insert(delivery), [asdict(each) for each in deliveries])

    def delivery(self, delivery_id: str) -> tuple[Delivery, Notice] | None:
        row = self._connection.execute(
            select(delivery, alert.c.notice).join(alert, alert.c.id == delivery.c.alert_id).where(delivery.c.id == delivery_id)
        ).one_or_none()
        return None if row is None else (_delivery_noun(row), _notice_noun(row.notice))

    def save(self, item: Delivery) -> None:
        values = asdict(item)
        self._connection.execute(update(delivery).where(delivery.c.id == values.pop("id")).values(**values))

    def get(self, alert_id: str) -> StoredAlert | None:
        found = self._nouns(select(alert).where(alert.c.id == alert_id))
        return found[0] if found else None

    def newest(self, limit: int, *, state: str | None = None) -> list[StoredAlert]:
        query = select(alert).order_by(alert.c.raised_at.desc(), alert.c.id).limit(limit)
        if state is not None:
            query = query.where(alert.c.id.in_(select(delivery.c.alert_id).where(delivery.c.state == state)))
        return self._nouns(query)

    def retry_dead(self, now: datetime, delivery_ids: Sequence[str] | None = None) -> int:
        revive = update(delivery).where(delivery.c.state == "dead").values(state="pending", attempts=0, next_attempt_at=now)
        if delivery_ids is not None:
            revive = revive.where(delivery.c.id.in_(delivery_ids) | delivery.c.alert_id.in_(delivery_ids))
        return self._connection.execute(revive).rowcount

    def counts(self) -> Mapping[str, int]:
        rows = self._connection.execute(select(delivery.c.state, func.count().label("number")).group_by(delivery.c.state))
        return {row.state: row.number for row in rows}

    def _nouns(self, query: Select[Any]) -> list[StoredAlert]:
        rows = self._connection.execute(query).all()
        deliveries: dict[str, list[Delivery]] = {}
        found = self._connection.execute(
            select(delivery).where(delivery.c.alert_id.in_([row.id for row in rows])).order_by(delivery.c.channel_id)
        )
        for row in found:
            deliveries.setdefault(row.alert_id, []).append(_delivery_noun(row))
        return [_alert_noun(row, tuple(deliveries.get(row.id, ()))) for row in rows]


def _alert_noun(row: Row[Any], deliveries: tuple[Delivery, ...]) -> StoredAlert:
    return StoredAlert(
        alert=Alert(
            id=row.id,
            story_id=row.story_id,
            rule_id=row.rule_id,
            article_id=row.article_id,
            severity=row.severity,
            raised_at=row.raised_at,
        ),
        notice=_notice_noun(row.notice),
        deliveries=deliveries,
    )


def _delivery_noun(row: Row[Any]) -> Delivery:
    return Delivery(
        id=row.id,
        alert_id=row.alert_id,
        channel_id=row.channel_id,
        state=row.state,
        attempts=row.attempts,
        accepted=tuple(row.accepted),
        next_attempt_at=row.next_attempt_at,
        last_error=row.last_error,
        created_at=row.created_at,
        sent_at=row.sent_at,
    )


def _notice_values(notice: Notice) -> dict[str, Any]:
    values = asdict(notice)
    for name in ("published_at", "raised_at"):
        values[name] = values[name] and values[name].isoformat()
    return values


def _notice_noun(values: Mapping[str, Any]) -> Notice:
    given = dict(values)
    for name in ("published_at", "raised_at"):
        given[name] = given[name] and datetime.fromisoformat(given[name])
    given["headline_marks"] = _spans(given["headline_marks"])
    given["snippets"] = tuple(Marked(text=each["text"], marks=_spans(each["marks"])) for each in given["snippets"])
    given["receipt"] = tuple(Receipt(**{**each, "spans": _spans(each["spans"])}) for each in given["receipt"])
    for name in ("facets", "also_carried_by"):
        given[name] = tuple(given[name])
    return Notice(**given)


def _spans(pairs: Sequence[Sequence[int]]) -> tuple[tuple[int, int], ...]:
    return tuple((start, end) for start, end in pairs)
