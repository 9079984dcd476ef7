"""What is due, over all steps: the sweep's one question."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, String, cast, func, literal, select, union_all, update

from monitor.ports import Due
from monitor.store.tables import delivery, entry, source


def due(connection: Connection, now: datetime, busy: frozenset[str]) -> list[Due]:
    """One due row for each lane that is not busy, deliveries before reading before polling, and in each the longest overdue first.

    A host's polls and pages share its lane; a channel has a lane of its own.
    """
    delivery_lane = literal("channel:").concat(delivery.c.channel_id)
    found: dict[str, Due] = {}
    for step, key, lane, due_at in (
        ("deliver", delivery.c.id, delivery_lane, delivery.c.next_attempt_at),
        ("read_entry", entry.c.id, entry.c.lane, entry.c.next_read_at),
        ("poll_source", source.c.source_id, source.c.lane, source.c.next_poll_at),
    ):
        where: list[ColumnElement[bool]] = [due_at <= now]
        if step == "poll_source":
            where.append(source.c.watched)
        if busy:
            where.append(lane.not_in(sorted(busy)))
        rows = connection.execute(select(cast(key, String), lane).where(*where).order_by(due_at, key).limit(_LOOK_AHEAD))
        for row_key, row_lane in rows:
            found.setdefault(row_lane, Due(step=step, key=row_key, lane=row_lane))  # type: ignore[arg-type]  # three literals
    return list(found.values())


_LOOK_AHEAD = 2_000  # rows looked through per step: a host with more due pages than this delays others until its lane is busy


def postpone(connection: Connection, item: Due, at: datetime, reason: str) -> None:
    """Put off a row whose step broke: the same row would break the same step at once, and again."""
    match item.step:
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
        select(func.min(source.c.next_poll_at)).where(source.c.watched),
    ).subquery()
    earliest: datetime | None = connection.execute(select(func.min(times.c.at))).scalar_one()
    return earliest
