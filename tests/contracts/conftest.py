"""Stores to hold to the contract: one of each kind, fresh for each test. The PostgreSQL is a real one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

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
