"""One store into another: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Connection, create_engine

from monitor.cli.store import store as command
from monitor.errors import StoreError, UsageError
from monitor.rules.narrowing import Word
from monitor.sources.entry import Entry
from monitor.sources.source import Source
from monitor.store.copy import copy_store, rows_of
from monitor.store.database import open_store
from monitor.store.tables import metadata

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
TABLES = {table.name for table in metadata.sorted_tables}


@pytest.fixture
def filled(tmp_path: Path, fill: Callable[[Connection], object]) -> str:
    url = f"sqlite:///{tmp_path}/full.db"
    open_store(url).close()
    engine = create_engine(url)
    with engine.begin() as connection:
        fill(connection)
    engine.dispose()
    return url


def test_every_row_of_every_table_arrives_and_comes_back(filled: str, url: str, tmp_path: Path) -> None:
    first, second, third = open_store(filled), open_store(url), open_store(f"sqlite:///{tmp_path}/back.db")
    heard: list[int] = []
    there = copy_store(first, second, heard.append)
    back = copy_store(second, third, lambda _: None)
    assert {each.table: each.rows for each in there} == dict.fromkeys(TABLES - {"lane"}, 2), (
        "who works where is not taken along"
    )
    assert back == there
    assert sum(heard) == rows_of(first) == rows_of(second) == 2 * (len(TABLES) - 1)
    for opened in (first, second, third):
        opened.close()


def test_a_copy_goes_on_counting_and_finds_what_the_archive_has(filled: str, url: str) -> None:
    first, second = open_store(filled), open_store(url)
    copy_store(first, second, lambda _: None)
    with second.writing() as tx:
        tx.sources.watch([Source(id="post", name="Post", url="https://post.example/", kind="page")], NOW)
        assert tx.entries.add("post", [(Entry(keys=("new",)), "", None)], now=NOW, first_poll=False) == [3]
        assert tx.articles._words.numbers(Word(text="ก1", prefix=False)) in ({1}, set())
    first.close()
    second.close()


def test_a_store_that_has_something_is_not_copied_into(filled: str) -> None:
    first, second = open_store(filled), open_store(filled)
    with pytest.raises(UsageError, match="not empty"):
        copy_store(first, second, lambda _: None)
    first.close()
    second.close()


def test_what_cannot_be_copied_whole_is_not_copied_at_all(filled: str, url: str) -> None:
    first, second = open_store(filled), open_store(url)

    class Stop(Exception):
        pass

    def break_off(_rows: int) -> None:
        raise Stop

    with pytest.raises(Stop):
        copy_store(first, second, break_off)
    assert rows_of(second) == 0
    first.close()
    second.close()


def test_a_row_that_changed_on_its_way_is_noticed(filled: str, tmp_path: Path) -> None:
    first, second = open_store(filled), open_store(f"sqlite:///{tmp_path}/other.db")
    with second.writing() as tx:
        tx._connection.exec_driver_sql(
            "CREATE TRIGGER spoil AFTER INSERT ON story BEGIN UPDATE story SET updated_at = '2001-01-01 00:00:00.000000'; END"
        )
    with pytest.raises(StoreError, match="`story` does not read as it was written"):
        copy_store(first, second, lambda _: None)
    assert rows_of(second) == 0
    first.close()
    second.close()


def test_the_command_copies_and_says_what_it_did(filled: str, url: str) -> None:
    path = filled.removeprefix("sqlite:///")
    done = CliRunner().invoke(command, ["copy", path, url], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert f"{2 * (len(TABLES) - 1)} rows copied" in done.output
    assert "article\t2\t" in done.output


def test_the_command_does_not_make_a_store_to_copy_from(tmp_path: Path) -> None:
    done = CliRunner().invoke(command, ["copy", str(tmp_path / "nothing.db"), str(tmp_path / "new.db")])
    assert isinstance(done.exception, UsageError)
    assert not list(tmp_path.iterdir())


def test_a_store_in_use_is_not_copied(filled: str, tmp_path: Path) -> None:
    used = open_store(filled)
    with used.only_daemon():
        done = CliRunner().invoke(command, ["copy", filled, str(tmp_path / "new.db")])
    assert isinstance(done.exception, StoreError)
    assert "another monitor daemon" in str(done.exception)
    used.close()
