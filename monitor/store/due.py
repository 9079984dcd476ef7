"""What is due, for all steps in one query."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, Select, String, bindparam, cast, func, literal, select, true, union_all, update

from monitor.ports import Due, StepName
from monitor.store.tables import delivery, entry, lane, source, timer

_LOOK_AHEAD = 2_000
"""The most rows looked at for each step. A host with more due pages than this hides other hosts until its lane is busy."""


def due(connection: Connection, now: datetime, lanes: int | None = None) -> list[Due]:
    """One due row for each free lane: first what goes to channels, then reading, polling, and reading again, each with the longest
    overdue first. A caller that can use only so many `lanes` for each step gets at least as many, if there are, and gets them sooner.

    A host's polls and pages share its lane; each channel has a lane of its own.
    """
    for limit in (_LOOK_AHEAD,) if lanes is None else (2 * lanes, _LOOK_AHEAD):
        found: dict[str, Due] = {}
        rows, waiting = Counter[StepName](), defaultdict[StepName, set[str]](set)
        for row in _rows(connection, _DUE_NOW, now, limit):
            found.setdefault(row.lane, row)
            rows[row.step] += 1
            waiting[row.step].add(row.lane)
        if lanes is not None and all(rows[step] < limit or len(waiting[step]) >= lanes for step in rows):
            break
    return list(found.values())


def all_due(connection: Connection, now: datetime) -> list[Due]:
    """Every due row in the same order, whether or not its lane is free."""
    return list(dict.fromkeys(_rows(connection, _ALL_DUE, now)))


def _rows(connection: Connection, query: Select[Any], now: datetime, limit: int | None = None) -> Iterator[Due]:
    for step, key, its_lane in connection.execute(query, {"now": now, "most": limit}):
        yield Due(step=step, key=key, lane=its_lane)


def _query(*, free_only: bool) -> Select[Any]:
    """All steps in one query: it runs a few times a second, so it should take one round trip."""
    most = bindparam("most", type_=Integer) if free_only else None
    channel = literal("channel:").concat(delivery.c.channel_id)
    heartbeat = literal("heartbeat")
    now = bindparam("now", type_=timer.c.next_at.type)
    parts = []
    for rank, (step, key, its_lane, due_at, waits) in enumerate(
        (
            ("deliver", delivery.c.id, channel, delivery.c.next_attempt_at, delivery.c.state == "pending"),
            ("digest", delivery.c.channel_id, channel, delivery.c.next_attempt_at, delivery.c.state == "held"),
            ("heartbeat", timer.c.name, heartbeat, timer.c.next_at, true()),
            ("read_entry", entry.c.id, entry.c.lane, entry.c.next_read_at, true()),
            ("poll_source", source.c.source_id, source.c.lane, source.c.next_poll_at, source.c.watched),
            ("read_again", entry.c.id, entry.c.lane, entry.c.again_at, true()),
        )
    ):
        part = select(
            literal(rank).label("rank"),
            literal(step).label("step"),
            cast(key, String).label("key"),
            its_lane.label("lane"),
            due_at.label("due_at"),
            (key if key is entry.c.id else literal(0)).label("number"),
        ).where(waits, due_at <= now)
        if free_only:
            held = select(lane.c.name).where(lane.c.name == its_lane, lane.c.until > now)
            part = part.where(~held.exists())
        # In the order of an index, so that nothing is sorted: after a day without power all sources are due at once.
        order = (due_at, key) if key is entry.c.id else (due_at,)
        parts.append(select(part.order_by(*order).limit(most).subquery()))
    rows = union_all(*parts).subquery()
    return select(rows.c.step, rows.c.key, rows.c.lane).order_by(rows.c.rank, rows.c.due_at, rows.c.number, rows.c.key)


def postpone(connection: Connection, item: Due, at: datetime, reason: str) -> None:
    """Put off a row whose step raised an exception, since trying again at once would raise it again."""
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
        case "read_again":
            change = update(entry).where(entry.c.id == int(item.key)).values(again_at=at)
        case "poll_source":
            change = update(source).where(source.c.source_id == item.key).values(next_poll_at=at, last_error=reason)
    connection.execute(change)


def next_due_at(connection: Connection) -> datetime | None:
    """When the next row of any step is due; None if nothing waits."""
    times = union_all(
        select(func.min(delivery.c.next_attempt_at).label("at")),
        select(func.min(entry.c.next_read_at)),
        select(func.min(entry.c.again_at)),
        select(func.min(timer.c.next_at)),
        select(func.min(source.c.next_poll_at)).where(source.c.watched),
    ).subquery()
    earliest: datetime | None = connection.execute(select(func.min(times.c.at))).scalar_one()
    return earliest


_DUE_NOW = _query(free_only=True)
_ALL_DUE = _query(free_only=False)
