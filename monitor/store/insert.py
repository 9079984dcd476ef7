"""INSERT with an ON CONFLICT clause, which SQLAlchemy's common `insert` does not have."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_into(connection: Connection, table: Table) -> Any:
    """An insert in the dialect of this database, to be given its ON CONFLICT clause."""
    return _insert(connection.dialect.name, table)


def insert_new(connection: Connection, table: Table) -> Any:
    """An insert that skips rows whose key already exists, in one round trip instead of a query and an insert."""
    return _insert_new(connection.dialect.name, table)


@cache
def _insert_new(dialect: str, table: Table) -> Any:
    return _insert(dialect, table).on_conflict_do_nothing()


def _insert(dialect: str, table: Table) -> Any:
    return (postgresql if dialect == "postgresql" else sqlite).insert(table)
