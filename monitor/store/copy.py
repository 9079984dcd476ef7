"""Copies one store into another: every row of every table, from either kind of database to either kind."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select, text

from monitor.articles.article import Article
from monitor.errors import StoreError, UsageError
from monitor.store.database import RowStore
from monitor.store.tables import article, lane, metadata
from monitor.store.words import Words
from monitor.stories.sketched import words_in

_AT_ONCE = 500
_TABLES = tuple(table for table in metadata.sorted_tables if table is not lane)
"""All tables but the lanes: which process works where at the moment is not worth copying."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """A table that was found to be the same in both stores: the number of rows, and a digest that does not depend on their order."""

    table: str
    rows: int
    digest: str


def rows_of(store: RowStore) -> int:
    """How many rows a copy of the store has to write."""
    with store.reading() as tx:
        return sum(_count(tx._connection, table) for table in _TABLES)


def copy_store(source: RowStore, target: RowStore, on_rows: Callable[[int], object]) -> list[Copied]:
    """Copy everything into `target`, which has to be empty, in one transaction: either all of it is kept, or nothing.

    `on_rows` is called with the number of rows as they are written. Raises UsageError if `target` is not empty, and StoreError if what
    was written differs when it is read back.
    """
    with source.reading() as reading, target.writing() as writing:
        here, there = reading._connection, writing._connection
        for table in _TABLES:
            if there.execute(select(table).limit(1)).first() is not None:
                raise UsageError(f"the target is not empty: its table `{table.name}` has rows. Name a new database or file.")
        copied = [_copy_table(here, there, table, on_rows) for table in _TABLES]
        _index_words(there)
        _count_on(there)
        return copied


def _copy_table(here: Connection, there: Connection, table: Table, on_rows: Callable[[int], object]) -> Copied:
    read = _Sum()
    for rows in _batches(here, table):
        read.add(rows)
        there.execute(insert(table), rows)
        on_rows(len(rows))
    kept = _Sum()
    for rows in _batches(there, table):
        kept.add(rows)
    if (kept.rows, kept.digest) != (read.rows, read.digest):
        raise StoreError(
            f"`{table.name}` does not read as it was written: {read.rows} rows with digest {read.digest} became {kept.rows} with"
            f" {kept.digest}. Nothing was kept."
        )
    return Copied(table=table.name, rows=read.rows, digest=read.digest)


def _batches(connection: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    order = list(table.primary_key.columns)
    with connection.execute(select(table).order_by(*order), execution_options={"yield_per": _AT_ONCE}) as found:
        for rows in found.mappings().partitions():
            yield [dict(row) for row in rows]


class _Sum:
    """Counts rows, and makes a digest that does not depend on their order, since databases sort text in different ways."""

    def __init__(self) -> None:
        self.rows = 0
        self._total = 0

    def add(self, rows: list[dict[str, Any]]) -> None:
        for row in rows:
            self.rows += 1
            said = json.dumps(row, default=_plain, sort_keys=True, ensure_ascii=False).encode("utf-8", "surrogatepass")
            self._total += int.from_bytes(hashlib.blake2b(said, digest_size=16).digest())

    @property
    def digest(self) -> str:
        return f"{self._total % 2**128:032x}"


def _plain(value: object) -> str:
    match value:
        case datetime() | date():
            return value.isoformat()
        case bytes() | memoryview():
            return bytes(value).hex()
        case _:
            raise TypeError(f"no column holds a {type(value).__name__}")


def _index_words(there: Connection) -> None:
    """Build the search index of the target. It cannot be copied, since SQLite's does not store words that could be read back."""
    words = Words(there)
    for rows in _batches(there, article):
        for row in rows:
            text = Article(headline=row["headline"], dateline=row["dateline"], paragraphs=tuple(row["paragraphs"]))
            words.add(row["number"], " ".join(sorted(words_in(text))))


def _count_on(there: Connection) -> None:
    """Make PostgreSQL count on from the copied numbers; SQLite does so by itself."""
    if there.dialect.name != "postgresql":
        return
    for table in _TABLES:
        for column in table.primary_key.columns:
            if column.autoincrement is True:
                statement = text("SELECT setval(pg_get_serial_sequence(:of, :named), coalesce(:last, 0) + 1, false)")
                last = there.execute(select(func.max(column))).scalar_one()
                there.execute(statement, {"of": f'"{table.name}"', "named": column.name, "last": last})


def _count(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())
