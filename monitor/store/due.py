"""What is due, over all steps: the sweep's one question."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, String, cast, func, literal, select, union_all, update

from monitor.ports import Due
from monitor.store.tables import delivery, entry, source, timer

_LOOK_AHEAD = 2_000
"""Rows looked through for each step: a host with more due pages than this hides others until its lane is busy."""


def due(connection: Connection, now: datetime, busy: frozenset[str]) -> list[Due]:
    """One due row for each lane that is not busy: what goes to channels, then reading, then polling, in each the longest
    overdue first.

    A host's polls and pages share its lane; a channel has a lane of its own.
    """
    found: dict[str, Due] = {}
    for row in _rows(connection, now, busy, _LOOK_AHEAD):
        found.setdefault(row.lane, row)
    return list(found.values())


def all_due(connection: Connection, now: datetime) -> list[Due]:
    """Every due row, in the same order."""
    return list(dict.fromkeys(_rows(connection, now, frozenset(), None)))


def _rows(connection: Connection, now: datetime, busy: frozenset[str], limit: int | None) -> Iterator[Due]:
    channel = literal("channel:").concat(delivery.c.channel_id)
    heartbeat = literal("heartbeat")
    for step, query, lane, due_at, key in (
        (
            "deliver",
            select(delivery.c.id, channel).where(delivery.c.state == "pending"),
            channel,
            delivery.c.next_attempt_at,
            delivery.c.id,
        ),
        (
            "digest",
            select(delivery.c.channel_id, channel).where(delivery.c.state == "held"),
            channel,
            delivery.c.next_attempt_at,
            delivery.c.channel_id,
        ),
        ("heartbeat", select(timer.c.name, heartbeat), heartbeat, timer.c.next_at, timer.c.name),
        ("read_entry", select(cast(entry.c.id, String), entry.c.lane), entry.c.lane, entry.c.next_read_at, entry.c.id),
        (
            "poll_source",
            select(source.c.source_id, source.c.lane).where(source.c.watched),
            source.c.lane,
            source.c.next_poll_at,
            source.c.source_id,
        ),
    ):
        chosen = query.where(due_at <= now).order_by(due_at, key).limit(limit)
        if busy:
            chosen = chosen.where(lane.not_in(sorted(busy)))
        for row_key, row_lane in connection.execute(chosen):
            yield Due(step=step, key=row_key, lane=row_lane)  # type: ignore[arg-type]  # one of the literals above


def postpone(connection: Connection, item: Due, at: datetime, reason: str) -> None:
    """Put off a row whose step broke: the same row would break the same step at once, and again."""
    match item.step:
        case "digest":
            held = (delivery.c.channel_id == item.key) & (delivery.c.state == "held") & (delivery.c.next_attempt_at <= at)
            change = update(delivery).where(held).values(next_attempt_at=at, last_error=reason)
        case "heartbeat":
            change = update(timer).where(timer.c.name == item.key).values(next_at=at)
        case "deliver":
            change = update(delivery).where(delivery.c.id == item.key).values(next_attempt_at=at, last_error=reason)
        case "read_entry":
            change = update(entry).where(entry.c.id == int(item.key)).values(next_read_at=at, reason=reason)
        case "poll_source":
            change = update(source).where(source.c.source_id == item.key).values(next_poll_at=at, last_error=reason)
    connection.execute(change)


def next_due_at(connection: Connection) -> datetime | None:
    """When the next row of any step will be due, None when nothing waits."""
    times = union_all(
        select(func.min(delivery.c.next_attempt_at).label("at")),
        select(func.min(entry.c.next_read_at)),
        select(func.min(timer.c.next_at)),
        select(func.min(source.c.next_poll_at)).where(source.c.watched),
    ).subquery()
    earliest: datetime | None = connection.execute(select(func.min(times.c.at))).scalar_one()
    return earliest
