"""Index: where each recorded answer is stored, by time, address and body. It is kept in an SQLite file of its own, so that memory does not
grow with the length of a recording."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from monitor.adapters.warc.scan import Recorded, Skipped
from monitor.urls import canonical, identity

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_PAGE = 500
_TABLES = """
PRAGMA journal_mode=OFF;
PRAGMA synchronous=OFF;
PRAGMA cache_size=-16000;
CREATE TABLE path (number INTEGER PRIMARY KEY, path TEXT UNIQUE);
CREATE TABLE marked (identity TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE skipped (path INTEGER, offset INTEGER, reason TEXT);
CREATE TABLE record (
    number INTEGER PRIMARY KEY, at INTEGER, url TEXT, canonical TEXT, identity TEXT, path INTEGER, offset INTEGER,
    status INTEGER, kind TEXT, location TEXT, digest TEXT, original_url TEXT, original_at INTEGER, revisit INTEGER,
    failed INTEGER, spared INTEGER
);
"""
_INDEXES = """
CREATE INDEX by_at ON record (at, number);
CREATE INDEX by_url ON record (canonical, at, number);
CREATE INDEX by_identity ON record (identity, at, number);
CREATE INDEX by_digest ON record (digest) WHERE digest IS NOT NULL AND NOT revisit;
"""
_COLUMNS = (
    "record.number, at, url, path.path, offset, status, kind, location, digest, original_url, original_at, revisit, failed, "
    "spared "
    "FROM record JOIN path ON path.number = record.path"
)


class Index:
    """Answers in order of time; those of the same moment in the order in which they were found. Deleted when it is closed."""

    def __init__(self) -> None:
        self._rows = sqlite3.connect("", check_same_thread=False)  # a temporary file that SQLite deletes itself
        self._rows.executescript(_TABLES)
        self._paths: dict[Path, int] = {}

    def close(self) -> None:
        self._rows.close()

    def __del__(self) -> None:
        self._rows.close()

    def fill(self, found: Iterable[Recorded | Skipped]) -> None:
        """Store everything that was found. Call it only once."""
        self._rows.executemany("INSERT INTO record VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", self._inserted(found))
        self._rows.executescript(_INDEXES)

    def count(self, until: datetime | None = None) -> int:
        """How many answers there are, up to `until`."""
        number: int = self._rows.execute("SELECT count(*) FROM record WHERE at <= ?", (_stamp(until),)).fetchone()[0]
        return number

    def in_order(self, after: datetime | None = None, until: datetime | None = None) -> Iterator[Recorded]:
        """The answers later than `after` and not later than `until`."""
        at, number = (-(1 << 62), 0) if after is None else (_stamp(after), 1 << 62)
        while page := self._select(
            "(at, record.number) > (?, ?) AND at <= ?", (at, number, _stamp(until)), "at, record.number"
        ):
            yield from page
            at, number = _stamp(page[-1].at), page[-1].number

    def skipped(self) -> Iterator[Skipped]:
        """The records that could not be used, in the order in which they were found."""
        rows = self._rows.execute(
            "SELECT path.path, offset, reason FROM skipped JOIN path ON number = skipped.path ORDER BY skipped.rowid"
        )
        for path, offset, reason in rows:
            yield Skipped(path=Path(path), offset=offset, reason=reason)

    def nearest(self, url: str, at: datetime) -> Recorded | None:
        """The first answer from this address at or after `at`; if there is none, the last one before."""
        key, stamp = canonical(url), _stamp(at)
        after = self._select("canonical = ? AND at >= ?", (key, stamp), "at, record.number", 1)
        found = after or self._select("canonical = ? AND at < ?", (key, stamp), "at DESC, record.number DESC", 1)
        return found[0] if found else None

    def before(self, url: str, at: datetime) -> Iterator[Recorded]:
        """The answers from this address up to `at`, the latest first."""
        yield from self._select("canonical = ? AND at <= ?", (canonical(url), _stamp(at)), "at DESC, record.number DESC")

    def original(self, record: Recorded) -> Recorded | None:
        """The answer that holds the body of a revisit record."""
        if record.original is not None:
            url, at = record.original
            within = (canonical(url), _stamp(at) - 1_000_000, _stamp(at) + 1_000_000)
            found = self._select("canonical = ? AND at > ? AND at < ? AND NOT revisit", within, "at, record.number", 1)
            if found:
                return found[0]
        if record.digest is None:
            return None
        return next(iter(self._select("digest = ? AND NOT revisit", (record.digest,), "at, record.number", 1)), None)

    def bodiless(self) -> int:
        """How many answers share the body of another answer that is not in the recording."""
        of_none = "revisit AND NOT EXISTS (SELECT 1 FROM record AS body WHERE body.digest = record.digest AND NOT body.revisit)"
        rows = self._rows.execute(f"SELECT {_COLUMNS} WHERE {of_none}")
        return sum(self.original(_noun(row)) is None for row in rows)

    def is_first(self, record: Recorded) -> bool:
        """Whether no earlier answer for the same page had status 200."""
        place = (identity(record.url), _stamp(record.at), record.number)
        earlier = "SELECT 1 FROM record WHERE identity = ? AND (at, number) < (?, ?) AND status = 200 LIMIT 1"
        return self._rows.execute(earlier, place).fetchone() is None

    def mark(self, url: str) -> None:
        """Remember that this page was requested."""
        self._rows.execute("INSERT OR IGNORE INTO marked VALUES (?)", (identity(url),))

    def is_marked(self, url: str) -> bool:
        """Whether this page was requested."""
        return self._rows.execute("SELECT 1 FROM marked WHERE identity = ?", (identity(url),)).fetchone() is not None

    def _select(self, where: str, values: tuple[Any, ...], order: str, limit: int = _PAGE) -> list[Recorded]:
        query = f"SELECT {_COLUMNS} WHERE {where} ORDER BY {order} LIMIT {limit}"
        return [_noun(row) for row in self._rows.execute(query, values)]

    def _inserted(self, found: Iterable[Recorded | Skipped]) -> Iterator[tuple[Any, ...]]:
        number = 0
        for each in found:
            if isinstance(each, Skipped):
                self._rows.execute("INSERT INTO skipped VALUES (?, ?, ?)", (self._path(each.path), each.offset, each.reason))
                continue
            number += 1
            original_url, original_at = each.original or (None, None)
            yield (
                number,
                _stamp(each.at),
                each.url,
                canonical(each.url),
                identity(each.url),
                self._path(each.path),
                each.offset,
                each.status,
                each.kind,
                each.location,
                each.digest,
                original_url,
                None if original_at is None else _stamp(original_at),
                each.revisit,
                each.failed,
                each.spared,
            )

    def _path(self, path: Path) -> int:
        known = self._paths.get(path)
        if known is None:
            known = self._paths[path] = len(self._paths) + 1
            self._rows.execute("INSERT INTO path VALUES (?, ?)", (known, str(path)))
        return known


def _stamp(at: datetime | None) -> int:
    """Microseconds since 1970; None is later than everything."""
    return 1 << 62 if at is None else (at - _EPOCH) // _MICROSECOND


_path = lru_cache(Path)
"""Cached, since a recording has few files and many answers."""


def _noun(row: tuple[Any, ...]) -> Recorded:
    number, at, url, path, offset, status, kind, location, digest, original_url, original_at, revisit, failed, spared = row
    return Recorded(
        number=number,
        at=_EPOCH + at * _MICROSECOND,
        url=url,
        path=_path(path),
        offset=offset,
        status=status,
        kind=kind,
        location=location,
        digest=digest,
        original=None if original_url is None else (original_url, _EPOCH + original_at * _MICROSECOND),
        revisit=bool(revisit),
        failed=bool(failed),
        spared=bool(spared),
    )
