from __future__ import annotations

import os
import random
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.adapters.clock import SetClock
from monitor.adapters.warc import Playback, Shelf, open_archive
from monitor.fetching.outcome import Fetched, Outcome, Request

AT = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
REQUEST = Request(url="https://news.example/feed")


class Here:
    """A shelf, the clock it stands by, and pages that do not compress."""

    def __init__(self, folder: Path, **limits: object) -> None:
        self.folder = folder
        self.clock = SetClock(AT)
        self._chance = random.Random(1)
        given = {"file_bytes": 20_000, "max_bytes": 1_000_000, "max_age_s": None, **limits}
        self.shelf = Shelf(folder, fetch=self._fetch, clock=self.clock, **given)  # type: ignore[arg-type]

    def fetch(self, times: int, size: int = 3000) -> None:
        for _ in range(times):
            self.clock.set(self.clock.now() + timedelta(seconds=1))
            self._body = self._chance.randbytes(size)
            outcome = self.shelf(REQUEST)
            assert isinstance(outcome, Fetched)
            assert outcome.body == self._body
            if self.files():
                self.date(self.files()[-1])

    def date(self, file: Path) -> None:
        stamp = self.clock.now().timestamp()
        os.utime(file, (stamp, stamp))

    def files(self) -> list[Path]:
        return sorted(self.folder.glob("monitor-*.warc.gz"))

    def _fetch(self, request: Request) -> Outcome:
        return Fetched(url=request.url, status=200, body=self._body, fetched_at=self.clock.now())


def test_files_are_closed_at_their_size_and_all_of_them_replay(tmp_path: Path) -> None:
    here = Here(tmp_path / "recordings")
    here.fetch(20)
    assert len(here.files()) == 4
    assert all(file.stat().st_size <= 20_000 for file in here.files())
    archive = open_archive([tmp_path / "recordings"])
    assert [record.at for record in archive.records] == [AT + timedelta(seconds=second) for second in range(1, 21)]
    assert list(archive.skipped) == []
    last = Playback(archive, clock=here.clock)(REQUEST)
    assert isinstance(last, Fetched)
    assert last.fetched_at == AT + timedelta(seconds=20)


def test_the_oldest_files_make_room_for_the_newest(tmp_path: Path) -> None:
    here = Here(tmp_path, max_bytes=60_000)
    here.fetch(40)
    assert sum(file.stat().st_size for file in here.files()) <= 60_000
    records = list(open_archive([tmp_path]).records)
    assert records[-1].at == AT + timedelta(seconds=40)
    assert records[0].at > AT + timedelta(seconds=20)


def test_files_that_were_last_written_long_ago_are_deleted(tmp_path: Path) -> None:
    here = Here(tmp_path, max_age_s=86_400.0)
    here.fetch(8)
    old, *_ = here.files()
    here.clock.set(AT + timedelta(hours=23))
    here.fetch(1)
    assert old in here.files()
    here.clock.set(AT + timedelta(hours=25))
    here.fetch(1)
    assert old not in here.files()


def test_files_of_others_are_left_alone(tmp_path: Path) -> None:
    other = tmp_path / "crawl.warc.gz"
    other.write_bytes(b"x" * 100_000)
    Here(tmp_path, max_bytes=40_000).fetch(20)
    assert other.exists()


def test_a_second_run_begins_a_file_of_its_own(tmp_path: Path) -> None:
    Here(tmp_path).fetch(1)
    first = {file: file.read_bytes() for file in tmp_path.iterdir()}
    Here(tmp_path).fetch(1)
    assert len(list(tmp_path.iterdir())) == 2
    assert all(file.read_bytes() == content for file, content in first.items())


@contextmanager
def room_for(file_bytes: int) -> Iterator[None]:
    """No file can become larger, as if the disk were full: a write stops in the middle."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_leaves_no_torn_record_and_no_empty_file_and_is_told_of_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    here = Here(tmp_path / "recordings")
    here.fetch(2)
    with room_for(8000):
        here.fetch(5)
    assert caplog.text.count("is not recorded") == 1
    here.fetch(1)
    caplog.clear()
    here.clock.set(here.clock.now() + timedelta(days=1))
    here.fetch(6)
    with room_for(100):
        here.fetch(4)
    assert caplog.text.count("is not recorded") == 1
    archive = open_archive([tmp_path])
    assert [record.at.second for record in archive.records] == [1, 2, 8, *range(9, 15)]
    assert list(archive.skipped) == []
    assert all(file.stat().st_size for file in here.files())


def test_a_disk_that_cannot_be_written_costs_the_recording_and_not_the_fetch(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    place = tmp_path / "recordings"
    place.write_text("a file where the folder should be")
    here = Here(place)
    here.fetch(1)
    assert "is not recorded" in caplog.text
    place.unlink()
    here.fetch(1)
    assert len(list(open_archive([place]).records)) == 1
