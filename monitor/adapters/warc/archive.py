"""Archive: an index over recorded traffic; bodies stay on disk until they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from monitor.adapters.warc.answer import decoded, judged
from monitor.adapters.warc.record import DETAIL, FAILURE, REFUSED
from monitor.adapters.warc.scan import Recorded, Skipped, headers_of, load, scan, wire_headers
from monitor.errors import UsageError
from monitor.fetching.outcome import Failed, NotModified, Outcome, Refused
from monitor.urls import canonical, is_web

_MAX_HOPS = 10


class Archive:
    """Recorded answers in the order of their time, and what had to be skipped. Holds an index, never a body."""

    def __init__(self, records: Sequence[Recorded], skipped: Sequence[Skipped], *, max_bytes: int) -> None:
        self.records = tuple(sorted(records, key=lambda record: record.at))
        self.skipped = tuple(skipped)
        self._max_bytes = max_bytes
        self._by_url: dict[str, list[Recorded]] = {}
        self._by_digest: dict[str, Recorded] = {}
        for record in self.records:
            self._by_url.setdefault(canonical(record.url), []).append(record)
            if record.digest is not None and not record.revisit:
                self._by_digest.setdefault(record.digest, record)

    def of_url(self, url: str) -> Sequence[Recorded]:
        """The answers of this address, oldest first."""
        return self._by_url.get(canonical(url), ())

    def nearest(self, url: str, at: datetime) -> Recorded | None:
        """The first answer of this address at or after `at`; if there is none, the last one before."""
        records = self.of_url(url)
        return next((record for record in records if record.at >= at), records[-1] if records else None)

    def outcome(self, record: Recorded) -> Outcome:
        """What a fetch at that time would have come to: redirects are followed inside the archive, the body is decoded."""
        moved_to: str | None = None
        permanent = True
        for _ in range(_MAX_HOPS + 1):
            answer = self._answer(record, moved_to)
            if not isinstance(answer, _Redirect):
                return answer
            permanent = permanent and answer.permanent
            target = self.nearest(answer.target, record.at) if is_web(answer.target) else None
            if target is None:
                return Failed(kind="connect", detail=f"redirected to {answer.target}, which is not in the recording")
            moved_to = answer.target if permanent else None
            record = target
        return Failed(kind="redirects", detail=f"more than {_MAX_HOPS} redirects in the recording")

    def _answer(self, record: Recorded, moved_to: str | None) -> Outcome | _Redirect:
        with record.path.open("rb") as file:
            loaded = load(file, record.offset)
            failure = loaded.rec_headers.get_header(FAILURE)
            detail = loaded.rec_headers.get_header(DETAIL) or "no detail was recorded"
            if failure == REFUSED:
                return Refused(reason=detail)
            if failure is not None:
                return Failed(kind=failure, detail=detail, status=record.status)
            headers = headers_of(loaded)
            assert record.status is not None
            if record.status in {301, 302, 303, 307, 308} and "location" in headers:
                target = urljoin(record.url, headers["location"].strip())
                return _Redirect(target=target, permanent=record.status in {301, 308})
            if record.status == 304:
                return NotModified(headers=headers, fetched_at=record.at, moved_to=moved_to)
            if not record.revisit:
                return self._judged(record, loaded, headers, moved_to)
        original = self._original(record)
        if original is None:
            return Failed(
                kind="connect", detail="the recording names an earlier answer with the same body, and does not hold it"
            )
        with original.path.open("rb") as file:
            loaded = load(file, original.offset)
            return self._judged(record, loaded, headers or headers_of(loaded), moved_to)

    def _judged(self, record: Recorded, loaded: Any, headers: dict[str, str], moved_to: str | None) -> Outcome:
        assert record.status is not None
        body = decoded(loaded.raw_stream, wire_headers(loaded), self._max_bytes)
        if isinstance(body, Failed):
            return replace(body, status=record.status)
        return judged(record.status, headers, body, url=record.url, at=record.at, moved_to=moved_to)

    def _original(self, record: Recorded) -> Recorded | None:
        if record.original is not None:
            url, at = record.original
            for candidate in self.of_url(url):
                if abs((candidate.at - at).total_seconds()) < 1 and not candidate.revisit:
                    return candidate
        return self._by_digest.get(record.digest) if record.digest is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Redirect:
    target: str
    permanent: bool


def open_archive(paths: Sequence[Path], *, max_bytes: int = 20_000_000) -> Archive:
    """Index WARC files (1.0, 1.1 and older drafts; gzip by record, or plain). A directory stands for the WARC files in it.

    Damaged records, and a last one that was cut, are skipped with a reason. `max_bytes` caps a decoded body.
    Raises UsageError for a path that is not there or holds no WARC file.
    """
    records: list[Recorded] = []
    skipped: list[Skipped] = []
    for path in _files(paths):
        try:
            with path.open("rb") as file:
                for found in scan(path, file):
                    if isinstance(found, Recorded):
                        records.append(found)
                    else:
                        skipped.append(found)
        except OSError as error:
            raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    return Archive(records, skipped, max_bytes=max_bytes)


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        inside = sorted(file for file in path.rglob("*") if file.name.endswith((".warc", ".warc.gz")))
        if not inside:
            raise UsageError(f"{path} holds no file that ends in .warc or .warc.gz")
        yield from inside
