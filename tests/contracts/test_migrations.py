"""Stores of every earlier schema are brought up to date with all they hold, and workers of the version before go on meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, create_engine, inspect, select

from monitor.sources.entry import Entry
from monitor.sources.source import Source
from monitor.store import database
from monitor.store.database import open_store

NOW = datetime(2026, 11, 24, tzinfo=UTC)
MIGRATIONS = Path(database.__file__).parent / "migrations"
REVISIONS = [each.revision for each in ScriptDirectory(str(MIGRATIONS)).walk_revisions()][::-1]


def upgrade(engine: Engine, revision: str, *also: Path) -> None:
    """Bring the schema to `revision`, whose migration may lie in one of the folders `also`."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(map(str, (MIGRATIONS / "versions", *also))))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def rows(engine: Engine) -> dict[str, list[dict[str, object]]]:
    found = MetaData()
    with engine.connect() as connection:
        found.reflect(connection, only=lambda name, _: not name.startswith(("alembic_", "article_words")))
        return {
            table.name: [dict(row) for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()]
            for table in found.sorted_tables
        }


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_store_of_any_schema_opens_with_all_its_rows(url: str, revision: str, fill: Callable[[Connection], object]) -> None:
    engine = create_engine(url)
    upgrade(engine, revision)
    with engine.begin() as connection:
        fill(connection)
    before = rows(engine)
    open_store(url).close()
    after = rows(engine)
    with engine.connect() as connection:
        assert MigrationContext.configure(connection).get_current_revision() == REVISIONS[-1]
    engine.dispose()
    kept = {
        name: [{column: row[column] for column in had[0]} for row in after[name]]
        for name, had in before.items()
        if name in after
    }
    assert kept == before


def columns(engine: Engine) -> dict[tuple[str, str], dict[str, object]]:
    seen = inspect(engine)
    return {(table, column["name"]): column for table in seen.get_table_names() for column in seen.get_columns(table)}


@pytest.mark.parametrize(("earlier", "later"), list(pairwise(REVISIONS)) or [(REVISIONS[0], REVISIONS[0])])
def test_a_migration_only_adds_what_the_version_before_may_ignore(url: str, earlier: str, later: str) -> None:
    engine = create_engine(url)
    upgrade(engine, earlier)
    before = columns(engine)
    upgrade(engine, later)
    after = columns(engine)
    engine.dispose()
    assert before.keys() <= after.keys(), "a column goes one version after the last one that asks for it"
    tables = {table for table, _ in before}
    added = [after[key] for key in after.keys() - before.keys() if key[0] in tables]
    assert all(column["nullable"] or column["default"] is not None for column in added)


_NEXT = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "next", "{head}", None, None


def upgrade() -> None:
    op.add_column("source", sa.Column("colour", sa.String(), nullable=True))
    op.add_column("entry", sa.Column("weight", sa.Integer(), nullable=False, server_default="1"))
    op.create_table("shelf", sa.Column("id", sa.Integer(), primary_key=True))
"""


def test_who_has_the_store_open_goes_on_when_a_newer_version_migrates_it(url: str, tmp_path: Path) -> None:
    versions = tmp_path / "versions"
    versions.mkdir()
    (versions / "next.py").write_text(_NEXT.format(head=REVISIONS[-1]))
    store = open_store(url)
    post = Source(id="post", name="Post", url="https://post.example/", kind="page")
    with store.writing() as tx:
        tx.sources.watch([post], NOW)
    engine = create_engine(url)
    upgrade(engine, "next", versions)
    with store.writing() as tx:
        state = tx.sources.get("post")
        assert state is not None
        tx.sources.save(state, "post.example")
        (number,) = tx.entries.add("post", [(Entry(keys=("1",)), "post.example", None)], now=NOW, first_poll=False)
        (claim,) = tx.lanes.claim(tx.due(NOW), now=NOW, until=NOW)
        assert claim.due.key == str(number)
    store.close()
    assert [row["weight"] for row in rows(engine)["entry"]] == [1]
    engine.dispose()
