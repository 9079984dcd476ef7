"""Archive: recorded traffic with an index. Bodies stay on disk until they are needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urljoin

from monitor.adapters.warc.answer import answered, headers_of
from monitor.adapters.warc.index import Index
from monitor.adapters.warc.record import DETAIL, FAILURE, REFUSED
from monitor.adapters.warc.scan import Part, Recorded, Scanned, Skipped, load, parts, scan_part
from monitor.errors import UsageError
from monitor.fetching.outcome import Failed, NotModified, Outcome, Refused
from monitor.urls import is_web

MAX_BYTES = 10_000_000
_MAX_HOPS = 10
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """Where a complete answer is stored: the body in the record `body`, the rest in `record`. The two differ only for revisit records.

    `moved_to` is where permanent redirects led. A Located is small and can be read without the archive (`read_located`), so that
    another process can do it.
    """

    record: Recorded
    body: Recorded
    moved_to: str | None = None


def read_located(located: Located, *, max_bytes: int = MAX_BYTES) -> Outcome:
    """Read the answer from its file. `max_bytes` limits the decoded body."""
    record, original = located.record, located.body
    headers = _headers(record) if original != record else None
    assert record.status is not None
    with original.path.open("rb") as file:
        return answered(
            load(file, original.offset),
            record.status,
            max_bytes,
            url=record.url,
            at=record.at,
            moved_to=located.moved_to,
            headers=headers,
        )


class Archive:
    """Recorded answers in order of time, and what had to be skipped. Neither the bodies nor the index are held in memory."""

    def __init__(self, index: Index, *, max_bytes: int) -> None:
        self.index = index
        self.max_bytes = max_bytes

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Delete the index."""
        self.index.close()

    @property
    def records(self) -> Iterator[Recorded]:
        """All answers."""
        return self.index.in_order()

    @property
    def skipped(self) -> Iterator[Skipped]:
        """The records that could not be used."""
        return self.index.skipped()

    def outcome(self, record: Recorded) -> Outcome:
        """What a fetch at that time would have returned. Redirects are followed within the archive, and the body is decoded."""
        found = self.locate(record)
        return self.read(found) if isinstance(found, Located) else found

    def read(self, located: Located) -> Outcome:
        """The answer with its body."""
        return read_located(located, max_bytes=self.max_bytes)

    def locate(self, record: Recorded) -> Located | Outcome:
        """Like `outcome`, but without reading a body."""
        moved_to: str | None = None
        permanent = True
        for _ in range(_MAX_HOPS + 1):
            if record.status not in _REDIRECTS or record.location is None:
                return self._located(record, moved_to)
            url = urljoin(record.url, record.location)
            permanent = permanent and record.status in {301, 308}
            target = self.index.nearest(url, record.at) if is_web(url) else None
            if target is None:
                return Failed(kind="connect", detail=f"redirected to {url}, which is not in the recording")
            moved_to = url if permanent else None
            record = target
        return Failed(kind="redirects", detail=f"more than {_MAX_HOPS} redirects in the recording")

    def _located(self, record: Recorded, moved_to: str | None) -> Located | Outcome:
        if record.failed:
            return _failure(record)
        if record.status == 304:
            return NotModified(headers=_headers(record), fetched_at=record.at, moved_to=moved_to)
        original = self.index.original(record) if record.revisit else record
        if original is None:
            detail = "the recording names an earlier answer with the same body, and does not hold it"
            return Failed(kind="connect", detail=detail)
        return Located(record=record, body=original, moved_to=moved_to)


def _failure(record: Recorded) -> Outcome:
    fields = _loaded(record).rec_headers
    kind, detail = fields.get_header(FAILURE), fields.get_header(DETAIL) or "no detail was recorded"
    if kind == REFUSED:
        return Refused(reason=detail)
    return Failed(kind=kind, detail=detail, status=record.status)


def _headers(record: Recorded) -> dict[str, str]:
    return headers_of(_loaded(record))


def _loaded(record: Recorded) -> Any:
    with record.path.open("rb") as file:
        return load(file, record.offset)


def _one_by_one(parts: Iterable[Part]) -> Iterator[Scanned]:
    return map(scan_part, parts)


def open_archive(
    paths: Sequence[Path],
    *,
    max_bytes: int = MAX_BYTES,
    scan_all: Callable[[Iterable[Part]], Iterable[Scanned]] = _one_by_one,
) -> Archive:
    """Index WARC files (1.0, 1.1 and older drafts; plain, or with each record gzipped). A directory stands for the WARC files in it.

    Damaged records, and a last one that was cut off, are skipped with a reason. `max_bytes` limits a decoded body. `scan_all` scans parts
    of files, perhaps in other processes, and returns what it found in the order of the parts.
    Raises UsageError for a path that does not exist or holds no WARC file.
    """
    index = Index()
    index.fill(_found(warc_files(paths), scan_all))
    return Archive(index, max_bytes=max_bytes)


def _found(files: Sequence[Path], scan_all: Callable[[Iterable[Part]], Iterable[Scanned]]) -> Iterator[Recorded | Skipped]:
    ends: dict[Path, int] = {}
    for each in scan_all(part for path in files for part in _parts(path)):
        scanned, end = each, ends.get(each.part.path, 0)
        if end >= each.part.stop:
            continue
        if end > each.part.start:  # what looked like the beginning of a record was inside one
            scanned = scan_part(replace(each.part, start=end))
        yield from scanned.found
        ends[scanned.part.path] = scanned.end


def _parts(path: Path) -> Iterator[Part]:
    try:
        yield from parts(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error


def warc_files(paths: Sequence[Path]) -> list[Path]:
    """The named files, and the WARC files in the named folders, sorted by name. Raises UsageError for a folder that holds none."""
    files: list[Path] = []
    for path in paths:
        if not path.is_dir():
            files.append(path)
            continue
        inside = sorted(file for file in path.rglob("*") if file.name.endswith((".warc", ".warc.gz")))
        if not inside:
            raise UsageError(f"{path} holds no file that ends in .warc or .warc.gz")
        files += inside
    return files
