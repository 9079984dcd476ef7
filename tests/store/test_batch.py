from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.store.batch import Batch
from monitor.store.database import open_store

AT = datetime(2026, 3, 1, tzinfo=UTC)


class Broken(Exception): ...


def break_in(batch: Batch) -> None:
    with batch.writing() as tx:
        tx.stories.open("two", AT)
        raise Broken


def test_a_batch_sees_what_it_wrote_and_keeps_what_was_committed(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/batch.db"
    store = open_store(url)
    with store.batch(searchable=False) as batch:
        with batch.writing() as tx:
            tx.stories.open("kept", AT)
        batch.commit()
        with batch.writing() as tx:
            tx.stories.open("not committed", AT)
        with batch.reading() as tx:
            assert tx.articles.counts()["stories"] == 2
    with store.reading() as tx:
        assert tx.articles.counts()["stories"] == 1
    store.close()


def test_a_step_that_breaks_is_undone_and_the_others_are_not(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/batch.db")
    with store.batch(searchable=False) as batch:
        with batch.writing() as tx:
            tx.stories.open("one", AT)
        with pytest.raises(Broken):
            break_in(batch)
        with batch.writing() as tx:
            tx.stories.open("two", AT)
        batch.commit()
    with store.reading() as tx:
        assert tx.articles.counts()["stories"] == 2
    store.close()
