"""Stores to hold to the contract: one of each kind, fresh for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.store.database import RowStore, open_store


@pytest.fixture(params=["sqlite file", "sqlite in memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RowStore]:
    opened = open_store(f"sqlite:///{tmp_path}/monitor.db" if request.param == "sqlite file" else "sqlite://")
    yield opened
    opened.close()
