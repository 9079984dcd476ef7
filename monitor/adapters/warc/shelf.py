"""Shelf: records what a daemon fetches in files of limited size, number and age."""

from __future__ import annotations

import logging
import os
import threading
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.adapters.warc.record import exchange, preamble
from monitor.fetching.outcome import Outcome, Request

if TYPE_CHECKING:
    from monitor.ports import Clock, Fetch

_LOOK_EVERY = timedelta(hours=1)

log = logging.getLogger("monitor")


class Shelf:
    """Implements `ports.Fetch`: passes the request on, and writes the exchange to a file in `folder` before it returns the outcome.

    Files are WARC 1.1 with each record gzipped, named `monitor-YYYYMMDDhhmmss-NNNNN.warc.gz` after the time of their first exchange. A
    new file is begun when one reaches `file_bytes`. Files are deleted when they were last written `max_age_s` ago (None: never), and
    the oldest ones so that all together stay below `max_bytes`. If the disk cannot be written, the recording suffers but the fetch
    does not; no record is left half written. Threads may share it.
    """

    def __init__(
        self, folder: Path, *, fetch: Fetch, clock: Clock, file_bytes: int, max_bytes: int, max_age_s: float | None
    ) -> None:
        self._folder = folder
        self._fetch = fetch
        self._clock = clock
        self._file_bytes = file_bytes
        self._max_bytes = max_bytes
        self._max_age_s = max_age_s
        self._lock = threading.Lock()
        self._file: Path | None = None
        self._looked_at: datetime | None = None
        self._failing = False

    def __call__(self, request: Request) -> Outcome:
        outcome = self._fetch(request)
        now = self._clock.now()
        records = exchange(request, outcome, now, gzip=True)
        with self._lock:
            try:
                self._keep(records, now)
            except OSError as error:
                if not self._failing:
                    log.error("%s: what is fetched is not recorded: %s", self._folder, error.strerror or error)
                self._failing = True
            else:
                if self._failing:
                    log.warning("%s: what is fetched is recorded again", self._folder)
                self._failing = False
        return outcome

    def _keep(self, records: bytes, now: datetime) -> None:
        if self._file is None or not self._file.exists() or self._file.stat().st_size + len(records) > self._file_bytes:
            self._file = self._begun(now)
        if self._looked_at is None or now - self._looked_at >= _LOOK_EVERY:
            self._clear(now)
        _append(self._file, records)

    def _begun(self, now: datetime) -> Path:
        """Begin a new file, and make room for it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for number in count(1):
            path = self._folder / f"monitor-{now:%Y%m%d%H%M%S}-{number:05}.warc.gz"
            try:
                path.touch(exist_ok=False)
            except FileExistsError:
                continue
            break
        try:
            _append(path, preamble(path.name, now))
        except OSError:
            path.unlink()
            raise
        self._file = path
        self._clear(now)
        return path

    def _clear(self, now: datetime) -> None:
        """Delete files that are too old, and the oldest ones so that the file in use can grow to its full size within the limit."""
        self._looked_at = now
        room = self._max_bytes - self._file_bytes
        files = [file for file in sorted(self._folder.glob("monitor-*.warc.gz"), reverse=True) if file != self._file]
        for file in files:
            told = file.stat()
            room -= told.st_size
            age_s = (now - datetime.fromtimestamp(told.st_mtime, UTC)).total_seconds()
            if room < 0 or (self._max_age_s is not None and age_s > self._max_age_s):
                file.unlink()
                log.info("%s: deleted, the recording has reached its %s", file, "size" if room < 0 else "age")


def _append(path: Path, records: bytes) -> None:
    """Write all of it or nothing. The file is open only during the write, so that none is left open however the program ends."""
    before = path.stat().st_size
    try:
        with path.open("ab") as file:
            file.write(records)
    except OSError:
        os.truncate(path, before)
        raise
