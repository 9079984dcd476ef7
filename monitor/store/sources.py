"""Source rows: what is remembered from one poll to the next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, case, func, insert, select, update

from monitor.ports import Gap, Silence, SourceCounts, Traffic
from monitor.sources.entry import Hints
from monitor.sources.source import Source
from monitor.sources.state import Errand, SourceState
from monitor.store.insert import insert_into
from monitor.store.tables import entry, gap, source, traffic
from monitor.urls import lane_of

_FIELDS = tuple(field.name for field in fields(SourceState))
_STATE = tuple(source.c[name] for name in _FIELDS)
_GET = select(*_STATE).where(source.c.source_id == bindparam("of"))
# Which columns are set follows from the values given when it is executed, so that it is compiled once.
_SAVE = update(source).where(source.c.source_id == bindparam("of"))
_ADVANCE = _SAVE.where(source.c.next_poll_at == bindparam("was", type_=source.c.next_poll_at.type))
_WATCH = (
    update(source)
    .where(source.c.source_id == bindparam("of"))
    .values(watched=bindparam("now_watched"), lane=bindparam("now_lane"))
)


class Sources:
    """`ports.SourceRows` over one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def watch(self, sources: Sequence[Source], now: datetime) -> None:
        columns = source.c.source_id, source.c.url, source.c.errands, source.c.watched, source.c.lane
        known = {row.source_id: row for row in self._connection.execute(select(*columns))}
        changed, new = [], []
        for item in sources:
            row = known.pop(item.id, None)
            if row is None:
                state = SourceState(source_id=item.id, next_poll_at=now)
                new.append({**_values(state), "watched": True, "lane": lane_of(item.url)})
                continue
            lane = lane_of((row.errands[0]["url"] if row.errands else row.url) or item.url)
            if (row.watched, row.lane) != (True, lane):
                changed.append({"of": item.id, "now_watched": True, "now_lane": lane})
        changed += [{"of": row.source_id, "now_watched": False, "now_lane": row.lane} for row in known.values() if row.watched]
        # Only what differs: with a hundred thousand sources, each start of a worker would otherwise hold up all the others.
        if changed:
            self._connection.execute(_WATCH, changed)
        if new:
            self._connection.execute(insert(source), new)

    def get(self, source_id: str) -> SourceState | None:
        row = self._connection.execute(_GET, {"of": source_id}).first()
        return None if row is None else _noun(row)

    def all(self) -> list[SourceState]:
        return [_noun(row) for row in self._connection.execute(select(*_STATE).order_by(source.c.source_id))]

    def save(self, state: SourceState, lane: str) -> None:
        self._connection.execute(_SAVE, {**_values(state), "lane": lane, "of": state.source_id})

    def advance(self, before: SourceState, after: SourceState, lane: str) -> bool:
        changed = [name for name in _FIELDS if getattr(after, name) != getattr(before, name)]
        keys = {"of": before.source_id, "was": before.next_poll_at}
        return bool(self._connection.execute(_ADVANCE, {**_values(after, changed), "lane": lane, **keys}).rowcount)

    def poll_now(self, source_id: str, now: datetime) -> None:
        self._connection.execute(update(source).where(source.c.source_id == source_id).values(next_poll_at=now, gone=False))

    def counts(self) -> list[SourceCounts]:
        outcome = func.coalesce(entry.c.outcome, "waiting")
        rows = self._connection.execute(
            select(entry.c.source_id, outcome, func.count()).group_by(entry.c.source_id, outcome).order_by(entry.c.source_id)
        )
        grouped: dict[str, dict[str, int]] = {}
        for source_id, name, number in rows:
            grouped.setdefault(source_id, {})[name] = number
        return [SourceCounts(source_id=source_id, outcomes=outcomes) for source_id, outcomes in grouped.items()]

    def add_traffic(self, items: Sequence[Traffic]) -> None:
        if not items:
            return
        adding = insert_into(self._connection, traffic)
        more = {name: traffic.c[name] + adding.excluded[name] for name in ("requests", "not_modified", "bytes")}
        upsert = adding.on_conflict_do_update(index_elements=[traffic.c.host, traffic.c.day], set_=more)
        self._connection.execute(upsert, [asdict(item) for item in items])

    def traffic(self, since: date) -> list[Traffic]:
        requests = func.sum(traffic.c.requests)
        rows = self._connection.execute(
            select(
                traffic.c.host, func.min(traffic.c.day), requests, func.sum(traffic.c.not_modified), func.sum(traffic.c.bytes)
            )
            .where(traffic.c.day >= since)
            .group_by(traffic.c.host)
            .order_by(requests.desc(), traffic.c.host)
        )
        return [
            Traffic(host=host, day=day, requests=int(number), not_modified=int(unchanged), bytes=int(size))
            for host, day, number, unchanged, size in rows
        ]

    def polls(self) -> tuple[datetime | None, datetime | None]:
        latest, next_one = self._connection.execute(
            select(func.max(source.c.last_poll_at), func.min(source.c.next_poll_at))
        ).one()
        return latest, next_one

    def silence(self) -> Silence:
        lost = source.c.trouble == "unreachable"
        answered = func.max(case((lost, source.c.last_success_at), else_=source.c.last_poll_at))
        heard_at: datetime | None = self._connection.execute(select(answered).where(source.c.watched)).scalar_one()
        tried = source.c.watched & lost
        if heard_at is not None:
            tried &= source.c.last_poll_at > heard_at
        counted = select(func.count(source.c.lane.distinct()), func.min(source.c.trouble_since)).where(tried)
        unreachable, begun_at = self._connection.execute(counted).one()
        lanes = self._connection.execute(select(func.count(source.c.lane.distinct())).where(source.c.watched)).scalar_one()
        return Silence(heard_at=heard_at, begun_at=begun_at, unreachable=unreachable, lanes=lanes)

    def poll_unreachable(self, since: datetime | None, now: datetime) -> None:
        lost = source.c.watched & (source.c.trouble == "unreachable") & (source.c.next_poll_at > now)
        if since is not None:
            lost &= source.c.trouble_since > since
        self._connection.execute(update(source).where(lost).values(next_poll_at=now))

    def note_gap(self, item: Gap) -> None:
        self._connection.execute(insert(gap).values(**asdict(item)))

    def open_gap(self, source_id: str) -> Gap | None:
        newest = select(gap).where(gap.c.source_id == source_id).order_by(gap.c.id.desc()).limit(1)
        row = self._connection.execute(newest).one_or_none()
        return None if row is None or row.how is not None else _gap(row)

    def fill_gap(self, source_id: str, filled: int, how: str | None) -> None:
        newest = select(func.max(gap.c.id)).where(gap.c.source_id == source_id).scalar_subquery()
        self._connection.execute(
            update(gap).where(gap.c.id == newest).values(filled=gap.c.filled + filled, walked=gap.c.walked + 1, how=how)
        )

    def gaps(self, since: datetime) -> list[Gap]:
        rows = self._connection.execute(select(gap).where(gap.c.found_at >= since).order_by(gap.c.id.desc()))
        return [_gap(row) for row in rows]


def _gap(row: Row[Any]) -> Gap:
    return Gap(**{field.name: getattr(row, field.name) for field in fields(Gap)})


def _values(state: SourceState, names: Iterable[str] = _FIELDS) -> dict[str, Any]:
    return {name: _COLUMN[name](getattr(state, name)) if name in _COLUMN else getattr(state, name) for name in names}


def _noun(row: Row[Any]) -> SourceState:
    nouns = dict(zip(_FIELDS, row, strict=True))
    hints = nouns["hints"]
    nouns["hints"] = Hints(
        every_s=hints["every_s"], skip_hours=frozenset(hints["skip_hours"]), skip_days=frozenset(hints["skip_days"])
    )
    for name in ("errands", "parts"):
        nouns[name] = tuple(Errand(**each) for each in nouns[name])
    return SourceState(**nouns)


def _hints_column(hints: Hints) -> dict[str, Any]:
    return {"every_s": hints.every_s, "skip_hours": sorted(hints.skip_hours), "skip_days": sorted(hints.skip_days)}


def _errands_column(errands: Sequence[Errand]) -> list[dict[str, Any]]:
    return [asdict(errand) for errand in errands]


_COLUMN: Mapping[str, Callable[[Any], Any]] = {"hints": _hints_column, "errands": _errands_column, "parts": _errands_column}
"""The fields of the state that are stored in another form."""
