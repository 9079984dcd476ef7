"""Entry rows: every item that a source has ever listed, and what became of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Container, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, String, bindparam, case, cast, func, insert, select, update

from monitor.ports import EntryOutcome, ListedEntry
from monitor.sources.entry import Entry
from monitor.store.tables import entry, entry_key, match

_ADD = insert(entry)
_ADD_NUMBERED = _ADD.returning(entry.c.id, sort_by_parameter_order=True)
_LAST = select(func.coalesce(func.max(entry.c.id), 0))
_ADD_KEYS = insert(entry_key)
_GET = select(entry).where(entry.c.id == bindparam("of"))
# The content of the feed is in the article by then; a million finished entries need not keep it.
_FINISH = update(entry).where(entry.c.id == bindparam("of"), entry.c.outcome.is_(None)).values(next_read_at=None, content=None)
_KNOWN = select(entry_key.c.digest, entry_key.c.entry_id).where(
    entry_key.c.source_id == bindparam("of"), entry_key.c.digest.in_(bindparam("digests", expanding=True))
)
_HAS_KEY = select(entry_key.c.entry_id).where(
    entry_key.c.entry_id == bindparam("of"), entry_key.c.digest == bindparam("digest")
)
_ANY = select(entry_key.c.entry_id).where(entry_key.c.source_id == bindparam("of")).limit(1)
_MANY = 20
"""More keys than this are most likely from a first poll, so it is worth asking first whether the source has any keys at all."""


class Entries:
    """`ports.EntryRows` over one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def unknown(self, source_id: str, entries: Sequence[Entry]) -> list[Entry]:
        return _unknown(self._known(source_id, entries), entries)

    def add(
        self, source_id: str, listed: Sequence[tuple[Entry, str, str | None]], *, now: datetime, first_poll: bool
    ) -> list[int]:
        rows = [
            {
                "source_id": source_id,
                "lane": lane,
                "url": item.url,
                "title": item.title,
                "summary": item.summary,
                "content": item.content,
                "authors": list(item.authors),
                "published_at": item.published_at,
                "updated_at": item.updated_at,
                "listed_at": now,
                "first_poll": first_poll,
                "next_read_at": None if recorded else now,
                "outcome": "recorded" if recorded else None,
                "reason": recorded,
            }
            for item, lane, recorded in listed
        ]
        if not rows:
            return []
        ids = self._insert(rows)
        owners = zip(ids, (item for item, _, _ in listed), strict=True)
        self._add_keys(source_id, {_digest(key): entry_id for entry_id, item in owners for key in item.keys})
        return ids

    def _insert(self, rows: list[dict[str, Any]]) -> list[int]:
        """Add the rows and return their ids. SQLite would need a statement for each row to return its id; since nobody else can write
        meanwhile, the ids are given out here instead."""
        if len(rows) == 1 or self._connection.dialect.name == "postgresql":
            return [int(entry_id) for entry_id in self._connection.execute(_ADD_NUMBERED, rows).scalars()]
        last = int(self._connection.execute(_LAST).scalar_one())
        ids = list(range(last + 1, last + 1 + len(rows)))
        self._connection.execute(_ADD, [{**row, "id": entry_id} for row, entry_id in zip(rows, ids, strict=True)])
        return ids

    def remember(self, source_id: str, entries: Sequence[Entry]) -> list[Entry]:
        known = self._known(source_id, entries)
        fresh: dict[bytes, int] = {}
        for item in entries:
            digests = [_digest(key) for key in item.keys]
            owner = next((known[digest] for digest in digests if digest in known), None)
            if owner is not None:
                fresh |= {digest: owner for digest in digests if digest not in known}
        self._add_keys(source_id, fresh)
        return _unknown(known | fresh, entries)

    def get(self, entry_id: int) -> ListedEntry | None:
        row = self._connection.execute(_GET, {"of": entry_id}).one_or_none()
        return None if row is None else self._noun(row)

    def known_by(self, entry_id: int, key: str) -> bool:
        return self._connection.execute(_HAS_KEY, {"of": entry_id, "digest": _digest(key)}).first() is not None

    def retry(self, entry_id: int, *, at: datetime, reason: str) -> None:
        self._connection.execute(
            update(entry).where(entry.c.id == entry_id).values(next_read_at=at, attempts=entry.c.attempts + 1, reason=reason)
        )

    def finish(
        self, entry_id: int, outcome: EntryOutcome, reason: str, article_id: str | None = None, again_at: datetime | None = None
    ) -> bool:
        values = {"of": entry_id, "outcome": outcome, "reason": reason, "article_id": article_id, "again_at": again_at}
        return self._connection.execute(_FINISH, values).rowcount == 1

    def read_again(self, entry_id: int, next_at: datetime | None) -> None:
        self._connection.execute(
            update(entry).where(entry.c.id == entry_id).values(again_at=next_at, readings=entry.c.readings + 1)
        )

    def relisted(
        self, source_id: str, entries: Sequence[Entry], now: datetime, most: int, telling: Callable[[Entry], bool]
    ) -> int:
        known = self._known(source_id, entries)
        listed = {known[digest]: item for item in entries for key in item.keys if (digest := _digest(key)) in known}
        matched = select(match.c.article_id).where(match.c.article_id == entry.c.article_id).exists()
        rows = self._connection.execute(
            select(entry.c.id, entry.c.title, entry.c.updated_at, matched.label("matched")).where(
                entry.c.id.in_(sorted(listed)),
                entry.c.outcome == "article",
                entry.c.readings < most,
                entry.c.url.is_not(None),
            )
        )
        # Titles are edited all day long: for an article that matched no rule, a second request is worth it only if a rule matches now.
        changed = [
            row.id
            for row in rows
            if _says_more(listed[row.id], row.title, row.updated_at) and (row.matched or telling(listed[row.id]))
        ]
        for entry_id in changed:
            item = listed[entry_id]
            values = {"title": item.title, "updated_at": item.updated_at, "again_at": now}
            self._connection.execute(update(entry).where(entry.c.id == entry_id).values(**values))
        return len(changed)

    def due(self, now: datetime, limit: int) -> list[int]:
        query = select(entry.c.id).where(entry.c.next_read_at <= now).order_by(entry.c.id).limit(limit)
        return list(self._connection.execute(query).scalars())

    def next_read_at(self) -> datetime | None:
        earliest: datetime | None = self._connection.execute(select(func.min(entry.c.next_read_at))).scalar_one()
        return earliest

    def of_source(self, source_id: str, limit: int) -> list[ListedEntry]:
        rows = self._connection.execute(
            select(entry).where(entry.c.source_id == source_id).order_by(entry.c.listed_at.desc(), entry.c.id).limit(limit)
        )
        return [self._noun(row) for row in rows]

    def read_lately(self, source_id: str, most: int) -> list[tuple[EntryOutcome, str]]:
        of_it = (entry.c.source_id == source_id, entry.c.outcome.in_(("article", "unreadable")))
        newest = select(entry.c.outcome, entry.c.reason).where(*of_it).order_by(entry.c.listed_at.desc(), entry.c.id.desc())
        return [(row.outcome, row.reason or "") for row in self._connection.execute(newest.limit(most))]

    def moments(self, source_id: str, most: int, since: datetime) -> list[datetime]:
        moment = case((entry.c.first_poll, entry.c.published_at), else_=entry.c.listed_at)
        newest = (entry.c.listed_at.desc(), entry.c.id)
        query = select(moment).where(entry.c.source_id == source_id, moment.is_not(None)).order_by(*newest).limit(most)
        found = list(self._connection.execute(query).scalars())
        if len(found) == most and min(found) > since:  # a busy source: take the last days whole, with one moment for each poll
            later = (entry.c.source_id == source_id, ~entry.c.first_poll, entry.c.listed_at >= since)
            found += self._connection.execute(select(entry.c.listed_at).where(*later).distinct()).scalars()
        return found

    def per_day(self, source_ids: Sequence[str], since: datetime) -> Mapping[str, Mapping[date, int]]:
        postgres = self._connection.dialect.name == "postgresql"
        utc = func.timezone("UTC", entry.c.listed_at) if postgres else entry.c.listed_at
        day = func.substr(cast(utc, String), 1, 10).label("day")
        rows = self._connection.execute(
            select(entry.c.source_id, day, func.count().label("number"))
            .where(entry.c.source_id.in_(source_ids), entry.c.listed_at >= since)
            .group_by(entry.c.source_id, day)
        )
        grouped: dict[str, dict[date, int]] = {}
        for row in rows:
            grouped.setdefault(row.source_id, {})[date.fromisoformat(row.day)] = row.number
        return grouped

    def _known(self, source_id: str, entries: Sequence[Entry]) -> dict[bytes, int]:
        digests = sorted({_digest(key) for item in entries for key in item.keys})
        if not digests:
            return {}
        if len(digests) > _MANY and self._connection.execute(_ANY, {"of": source_id}).first() is None:
            return {}
        rows = self._connection.execute(_KNOWN, {"of": source_id, "digests": digests})
        return {bytes(digest): entry_id for digest, entry_id in rows}

    def _add_keys(self, source_id: str, owners: dict[bytes, int]) -> None:
        if owners:
            self._connection.execute(
                _ADD_KEYS,
                [{"source_id": source_id, "digest": digest, "entry_id": owner} for digest, owner in sorted(owners.items())],
            )

    def _noun(self, row: Row[Any]) -> ListedEntry:
        return ListedEntry(
            id=row.id,
            source_id=row.source_id,
            entry=Entry(
                keys=(),
                url=row.url,
                title=row.title,
                summary=row.summary,
                content=row.content,
                authors=tuple(row.authors),
                published_at=row.published_at,
                updated_at=row.updated_at,
            ),
            listed_at=row.listed_at,
            first_poll=row.first_poll,
            attempts=row.attempts,
            next_read_at=row.next_read_at,
            outcome=row.outcome,
            reason=row.reason,
            article_id=row.article_id,
            again_at=row.again_at,
            readings=row.readings,
        )


def _unknown(known: Container[bytes], entries: Sequence[Entry]) -> list[Entry]:
    new, seen = [], set[bytes]()
    for item in entries:
        digests = {_digest(key) for key in item.keys}
        if seen.isdisjoint(digests) and not any(digest in known for digest in digests):
            new.append(item)
        seen |= digests
    return new


def _says_more(item: Entry, title: str | None, updated_at: datetime | None) -> bool:
    """Whether a source lists an item differently than before: with another title, or as updated later."""
    if item.title and title and " ".join(item.title.split()).casefold() != " ".join(title.split()).casefold():
        return True
    return item.updated_at is not None and updated_at is not None and item.updated_at > updated_at


@lru_cache(1_024)  # each key of a listing is needed several times
def _digest(key: str) -> bytes:
    """16 bytes for a key of any length. With a million entries, the chance that two collide is one in 10^26."""
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).digest()
