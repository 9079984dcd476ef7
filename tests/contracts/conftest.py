"""Stores to hold to the contract: one of each kind, fresh for each test. The PostgreSQL is a real one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, Boolean, Column, Connection, Date, DateTime, Float, Integer, LargeBinary, MetaData

from monitor.store.database import RowStore, open_store


@pytest.fixture(params=["sqlite file", "sqlite in memory", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RowStore]:
    match request.param:
        case "sqlite file":
            url = f"sqlite:///{tmp_path}/monitor.db"
        case "sqlite in memory":
            url = "sqlite://"
        case _:
            url = request.getfixturevalue("postgres")()
    opened = open_store(url)
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a store that is not there yet."""
    return request.getfixturevalue("postgres")() if request.param == "postgresql" else f"sqlite:///{tmp_path}/monitor.db"


def _value(column: Column[Any], number: int) -> object:
    kind = column.type
    if isinstance(kind, Boolean):
        return number % 2 == 0
    if isinstance(kind, Integer):
        return number
    if isinstance(kind, Float):
        return number + 0.1
    if isinstance(kind, DateTime):
        return datetime(2026, 11, number, 9, 30, 15, 123456, tzinfo=UTC)
    if isinstance(kind, Date):
        return date(2026, 11, number)
    if isinstance(kind, LargeBinary):
        return bytes([number, 0, 255]) * 5
    if isinstance(kind, JSON):
        return ["ตำรวจ 😀", f"{number}"]
    return f"ก{number}"


@pytest.fixture
def fill() -> Callable[[Connection], dict[str, int]]:
    """Puts two rows into every table that there is, whatever its columns are; how many rows each has then."""

    def put(connection: Connection) -> dict[str, int]:
        found = MetaData()
        found.reflect(connection, only=lambda name, _: not name.startswith(("alembic_", "article_words", "procrastinate_")))
        for table in found.sorted_tables:
            rows = [{column.name: _value(column, number) for column in table.columns} for number in (1, 2)]
            connection.execute(table.insert(), rows)
        return {table.name: 2 for table in found.sorted_tables}

    return put
