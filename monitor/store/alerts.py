"""Alert, message and delivery rows: the outbox."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, insert, select, update

from monitor.alerts.alert import Alert, Delivery, Notice
from monitor.alerts.message import Message
from monitor.ports import StoredAlert
from monitor.store.insert import insert_new
from monitor.store.messages import from_values, notice_of, to_values
from monitor.store.stories import kin, one_story
from monitor.store.tables import alert, article, delivery, message
from monitor.store.values import values_of

_PAGE = 200
_ABOUT_NEWS = ("alert", "update")
_ADD = insert(alert)
_RAISED = select(alert.c.rule_id).where(alert.c.story_id.in_(kin(bindparam("story_id", type_=alert.c.story_id.type))))


class Alerts:
    """`ports.AlertRows` over one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def raised(self, story_id: str) -> frozenset[str]:
        return frozenset(self._connection.execute(_RAISED, {"story_id": story_id}).scalars())

    def add(self, item: Alert, notice: Notice, deliveries: Sequence[Delivery]) -> None:
        self._connection.execute(_ADD, values_of(item))
        self.say(item.id, notice, deliveries, now=item.raised_at, alert_id=item.id)

    def say(
        self, message_id: str, said: Message, deliveries: Sequence[Delivery], *, now: datetime, alert_id: str | None = None
    ) -> None:
        kind, content = to_values(said)
        values = {"id": message_id, "kind": kind, "alert_id": alert_id, "created_at": now, "content": content}
        self._connection.execute(insert_new(self._connection, message), values)
        self.also_to(deliveries)

    def also_to(self, deliveries: Sequence[Delivery]) -> None:
        if deliveries:
            self._connection.execute(insert_new(self._connection, delivery), [values_of(each) for each in deliveries])

    def delivery(self, delivery_id: str) -> tuple[Delivery, Message] | None:
        found = self._with_messages(delivery.c.id == delivery_id)
        return found[0] if found else None

    def save(self, item: Delivery) -> None:
        values = values_of(item)
        self._connection.execute(update(delivery).where(delivery.c.id == values.pop("id")).values(**values))
        fate = {
            "state": "held" if item.state == "pending" else item.state,
            "sent_at": item.sent_at,
            "last_error": item.last_error,
        }
        self._connection.execute(update(delivery).where(delivery.c.digest_id == item.id).values(**fate))

    def sent_since(self, channel_id: str, since: datetime) -> int:
        query = (
            select(func.count())
            .select_from(delivery)
            .join(message, message.c.id == delivery.c.message_id)
            .where(
                delivery.c.channel_id == channel_id,
                delivery.c.sent_at > since,
                delivery.c.digest_id.is_(None),
                message.c.kind.in_(_ABOUT_NEWS),
            )
        )
        return int(self._connection.execute(query).scalar_one())

    def late(self, channel_id: str, before: datetime) -> list[Delivery]:
        query = (
            select(delivery)
            .join(message, message.c.id == delivery.c.message_id)
            .where(
                delivery.c.channel_id == channel_id,
                delivery.c.state == "pending",
                delivery.c.unclear.is_(False),
                delivery.c.created_at < before,
                message.c.kind.in_(_ABOUT_NEWS),
            )
            .order_by(delivery.c.created_at, delivery.c.id)
        )
        return [each for row in self._connection.execute(query) if not (each := _delivery_noun(row)).accepted]

    def held(self, channel_id: str, now: datetime, limit: int) -> list[tuple[Delivery, Message]]:
        return self._with_messages(
            (delivery.c.channel_id == channel_id) & (delivery.c.state == "held") & (delivery.c.next_attempt_at <= now), limit
        )

    def get(self, alert_id: str) -> StoredAlert | None:
        found = self._nouns(_alerts().where(alert.c.id == alert_id))
        return found[0] if found else None

    def of_story(self, story_id: str) -> list[StoredAlert]:
        raised_in = alert.c.story_id.in_(one_story(story_id))
        return self._nouns(_alerts().where(raised_in).order_by(alert.c.raised_at, alert.c.id))

    def newest(
        self, limit: int, *, state: str | None = None, rule: str | None = None, before: tuple[datetime, str] | None = None
    ) -> list[StoredAlert]:
        query = _alerts().order_by(alert.c.raised_at.desc(), alert.c.id).limit(limit)
        if rule is not None:
            query = query.where(alert.c.rule_id == rule)
        if before is not None:
            at, last = before
            query = query.where((alert.c.raised_at < at) | ((alert.c.raised_at == at) & (alert.c.id > last)))
        if state is not None:
            query = query.where(alert.c.id.in_(select(delivery.c.message_id).where(delivery.c.state == state)))
        return self._nouns(query)

    def in_order(self) -> Iterator[StoredAlert]:
        first = _alerts().order_by(alert.c.raised_at, alert.c.id).limit(_PAGE)
        query = first
        while page := self._nouns(query):
            yield from page
            at, last = page[-1].alert.raised_at, page[-1].alert.id
            query = first.where((alert.c.raised_at > at) | ((alert.c.raised_at == at) & (alert.c.id > last)))

    def of_rules(self) -> Mapping[str, int]:
        rows = self._connection.execute(select(alert.c.rule_id, func.count().label("number")).group_by(alert.c.rule_id))
        return {row.rule_id: row.number for row in rows}

    def lags(self, since: datetime) -> list[float]:
        rows = self._connection.execute(
            select(alert.c.raised_at, article.c.published_at)
            .join(article, article.c.id == alert.c.article_id)
            .where(alert.c.raised_at >= since, article.c.published_at.is_not(None))
        )
        return [(row.raised_at - row.published_at).total_seconds() for row in rows]

    def retry_dead(self, now: datetime, delivery_ids: Sequence[str] | None = None) -> int:
        """A delivery that was given up with its digest goes out again with that digest."""
        again = update(delivery).where(delivery.c.state == "dead", delivery.c.digest_id.is_(None))
        if delivery_ids is not None:
            meant = delivery.c.id.in_(delivery_ids) | delivery.c.message_id.in_(delivery_ids)
            digests = select(delivery.c.digest_id).where(meant, delivery.c.digest_id.is_not(None))
            again = again.where(meant | delivery.c.id.in_(digests))
        number = self._connection.execute(again.values(state="pending", attempts=0, next_attempt_at=now)).rowcount
        waiting = select(delivery.c.id).where(delivery.c.state == "pending")
        self._connection.execute(
            update(delivery).where(delivery.c.state == "dead", delivery.c.digest_id.in_(waiting)).values(state="held")
        )
        return number

    def counts(self) -> Mapping[str, int]:
        rows = self._connection.execute(select(delivery.c.state, func.count().label("number")).group_by(delivery.c.state))
        return {row.state: row.number for row in rows}

    def counts_by_channel(self) -> dict[str, dict[str, int]]:
        rows = self._connection.execute(
            select(delivery.c.channel_id, delivery.c.state, func.count().label("number")).group_by(
                delivery.c.channel_id, delivery.c.state
            )
        )
        grouped: dict[str, dict[str, int]] = {}
        for row in rows:
            grouped.setdefault(row.channel_id, {})[row.state] = row.number
        return grouped

    def _with_messages(self, which: Any, limit: int | None = None) -> list[tuple[Delivery, Message]]:
        rows = self._connection.execute(
            select(delivery, message.c.kind, message.c.content)
            .join(message, message.c.id == delivery.c.message_id)
            .where(which)
            .order_by(delivery.c.created_at, delivery.c.id)
            .limit(limit)
        )
        return [(_delivery_noun(row), from_values(row.kind, row.content)) for row in rows]

    def _nouns(self, query: Select[Any]) -> list[StoredAlert]:
        rows = self._connection.execute(query).all()
        deliveries: dict[str, list[Delivery]] = {}
        found = self._connection.execute(
            select(delivery).where(delivery.c.message_id.in_([row.id for row in rows])).order_by(delivery.c.channel_id)
        )
        for row in found:
            deliveries.setdefault(row.message_id, []).append(_delivery_noun(row))
        return [_alert_noun(row, deliveries.get(row.id, ())) for row in rows]


def _alerts() -> Select[Any]:
    return select(alert, message.c.content).join(message, message.c.id == alert.c.id)


def _alert_noun(row: Row[Any], deliveries: Iterable[Delivery]) -> StoredAlert:
    return StoredAlert(
        alert=Alert(
            id=row.id,
            story_id=row.story_id,
            rule_id=row.rule_id,
            article_id=row.article_id,
            article_version=row.article_version,
            severity=row.severity,
            raised_at=row.raised_at,
        ),
        notice=notice_of(row.content),
        deliveries=tuple(deliveries),
    )


def _delivery_noun(row: Row[Any]) -> Delivery:
    return Delivery(
        id=row.id,
        message_id=row.message_id,
        channel_id=row.channel_id,
        state=row.state,
        attempts=row.attempts,
        accepted=tuple(row.accepted),
        next_attempt_at=row.next_attempt_at,
        last_error=row.last_error,
        created_at=row.created_at,
        sent_at=row.sent_at,
        unclear=row.unclear,
        held_why=row.held_why,
        digest_id=row.digest_id,
    )
