"""Opening a store: what is promised of the file itself."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from monitor.errors import StoreBusy, StoreCorrupt, StoreError, StoreUnwritable
from monitor.sources.source import Source
from monitor.sources.state import SourceState
from monitor.store.database import open_store
from monitor.store.tables import metadata

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def _not_the_word_index(name: str | None, _kind: str, _parents: object) -> bool:
    return not (name or "").startswith("article_words")


def test_the_migrations_make_the_tables_that_the_code_uses(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/monitor.db"
    open_store(url).close()
    engine = create_engine(url)
    with engine.connect() as connection:
        tables_of_code = MigrationContext.configure(connection, opts={"include_name": _not_the_word_index})
        assert compare_metadata(tables_of_code, metadata) == []
    engine.dispose()


def test_its_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    open_store(f"sqlite:///{tmp_path}/state/monitor.db").close()
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700


def test_opening_a_store_again_finds_what_was_kept(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/deep/er/monitor.db"
    store = open_store(url)
    with store.writing() as tx:
        tx.sources.watch([Source(id="post", name="Post", url="https://post.example/", kind="page")], NOW)
    store.close()
    store = open_store(url)
    with store.reading() as tx:
        assert [state.source_id for state in tx.sources.all()] == ["post"]
    store.close()


def test_a_commit_is_on_disk_before_it_returns(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/monitor.db")
    found = []
    for on_disk in (True, False, True):
        with store.writing(on_disk=on_disk) as tx:
            found.append(tx._connection.exec_driver_sql("PRAGMA synchronous").scalar_one())
            mode = tx._connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
    store.close()
    assert (found, mode) == ([2, 1, 2], "wal"), "2 is FULL, which a transaction that need not be on disk takes from no other"


_FLUSHES = """
import os, sys
from monitor.store.database import open_store
store = open_store(sys.argv[1])
for on_disk in (False, True):
    with store.writing(on_disk=on_disk) as tx:
        tx._connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS made%d (a)" % on_disk)
    os.write(1, b"written")
    store.flush()
    os.write(1, b"flushed")
    store.flush()
    os.write(1, b"flushed again")
"""


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed here: nobody sees what is synced")
def test_a_flush_puts_on_disk_what_did_not_wait_for_it(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    command = ["strace", "-f", "-qq", "-y", "-o", str(trace), "-e", "trace=write,fsync,fdatasync"]
    subprocess.run(
        [*command, sys.executable, "-c", _FLUSHES, f"sqlite:///{tmp_path}/monitor.db"], check=True, stdout=subprocess.PIPE
    )
    seen = [
        "synced" if "sync(" in line else line.split('"')[1]
        for line in trace.read_text().splitlines()
        if ("sync(" in line and "monitor.db-wal" in line) or "write(1<" in line
    ]
    soon = seen[seen.index("written") :]
    assert soon[:8] == ["written", "synced", "flushed", "flushed again", "synced", "written", "flushed", "flushed again"], seen


_FLUSHES_IN_VAIN = """
import sys
from monitor.errors import StoreUnwritable
from monitor.store.database import open_store
store = open_store(sys.argv[1])
with store.writing(on_disk=False) as tx:
    tx._connection.exec_driver_sql("CREATE TABLE made (a)")
for _ in range(2):
    try:
        store.flush()
    except StoreUnwritable as error:
        print(error)
"""


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed here: no disk can be made to fail")
def test_a_flush_that_fails_says_so_and_is_still_to_be_done(tmp_path: Path) -> None:
    full = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync", "-e", "inject=fsync:error=ENOSPC"]
    run = [*full, sys.executable, "-c", _FLUSHES_IN_VAIN, f"sqlite:///{tmp_path}/monitor.db"]
    said = subprocess.run(run, check=True, capture_output=True, text=True).stdout.splitlines()
    assert len(said) == 2
    assert said[0].startswith("the store cannot be written: No space left on device.")


def test_no_update_is_lost_when_threads_read_and_then_write(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/monitor.db")
    with store.writing() as tx:
        tx.sources.watch([Source(id="post", name="Post", url="https://post.example/", kind="page")], NOW)

    def count_up() -> None:
        for _ in range(25):
            with store.writing() as tx:
                state = tx.sources.get("post")
                assert state is not None
                tx.sources.save(SourceState(source_id="post", next_poll_at=NOW, failures=state.failures + 1), "")

    threads = [threading.Thread(target=count_up) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.reading() as tx:
        state = tx.sources.get("post")
    store.close()
    assert state is not None
    assert state.failures == 200


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/monitor.db")
    with store.reading() as tx, pytest.raises(Exception, match="readonly"):
        tx.sources.watch([Source(id="post", name="Post", url="https://post.example/", kind="page")], NOW)
    store.close()


def test_a_full_disk_is_told_apart_from_a_bug(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/monitor.db")
    sources = [Source(id=f"post-{n}", name="Post" * 100, url="https://post.example/", kind="feed") for n in range(1_000)]

    def fill() -> None:
        with store.writing() as tx:
            tx.driver_connection.execute("PRAGMA max_page_count=1")  # as few as there are already
            tx.sources.watch(sources, datetime(2026, 1, 1, tzinfo=UTC))

    with pytest.raises(StoreUnwritable, match="the store cannot be written: database or disk is full"):
        fill()
    with store.reading() as tx:
        assert tx.sources.all() == []
    store.close()


def test_a_second_daemon_on_the_same_store_is_refused_and_told_which_process_holds_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/monitor.db"
    first, second = open_store(url), open_store(url)
    with first.only_daemon(), pytest.raises(StoreBusy, match=r"process \d+"), second.only_daemon():
        pass
    with second.only_daemon():
        pass
    first.close()
    second.close()


def test_a_daemon_that_was_killed_does_not_hold_its_store(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/monitor.db"
    program = (
        "import os\nfrom monitor.store.database import open_store\n"
        f"with open_store({url!r}).only_daemon():\n    print('held', flush=True)\n    os.kill(os.getpid(), 9)\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (ended.stdout, ended.returncode) == ("held\n", -9)
    store = open_store(url)
    with store.only_daemon():
        pass
    store.close()


def test_a_damaged_file_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "monitor.db"
    open_store(f"sqlite:///{path}").close()
    content = bytearray(path.read_bytes())
    content[4096 : 4096 + 3000] = b"\xff" * 3000
    path.write_bytes(content)
    with pytest.raises(StoreCorrupt, match="restore your last backup"):
        open_store(f"sqlite:///{path}")


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "monitor.db"
    path.write_text("not a database, but long enough to be taken for one\n" * 100)
    with pytest.raises(StoreCorrupt, match=str(path)):
        open_store(f"sqlite:///{path}")


def test_a_store_written_by_a_newer_version_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/monitor.db"
    open_store(url).close()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(StoreCorrupt, match="newer version"):
        open_store(url)


def test_a_store_that_cannot_be_made_says_where_and_why(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="file"):
        open_store(f"sqlite:///{tmp_path}/file/monitor.db")
