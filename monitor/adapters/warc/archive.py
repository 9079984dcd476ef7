"""Archive: an index over recorded traffic; bodies stay on disk until they are asked for."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urljoin

from warcio.bufferedreaders import BufferedReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecordLoader
from warcio.statusandheaders import StatusAndHeadersParserException

from monitor.adapters.warc.answer import decoded, judged
from monitor.adapters.warc.record import DETAIL, FAILURE, ORIGINAL, REFUSED
from monitor.errors import UsageError
from monitor.fetching.outcome import Failed, NotModified, Outcome, Refused
from monitor.urls import canonical, is_web

_GZIP = b"\x1f\x8b\x08"
_BLOCK = 65536
_MAX_HOPS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """Where one answer lies, when it came (aware UTC) and to which address.

    `status` is the HTTP status, None where nobody answered. `original` is the address and time of the answer whose body this one
    shares (a revisit record), `digest` names the body where the file tells.
    """

    url: str
    at: datetime
    path: Path
    offset: int
    status: int | None
    digest: str | None = None
    original: tuple[str, datetime] | None = None
    revisit: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A record that could not be used: file, offset in bytes, and why in words for the operator."""

    path: Path
    offset: int
    reason: str


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
            loaded = _load(file, record.offset)
            failure = loaded.rec_headers.get_header(FAILURE)
            detail = loaded.rec_headers.get_header(DETAIL) or "no detail was recorded"
            if failure == REFUSED:
                return Refused(reason=detail)
            if failure is not None:
                return Failed(kind=failure, detail=detail, status=record.status)
            headers = _headers_of(loaded)
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
            loaded = _load(file, original.offset)
            return self._judged(record, loaded, headers or _headers_of(loaded), moved_to)

    def _judged(self, record: Recorded, loaded: Any, headers: dict[str, str], moved_to: str | None) -> Outcome:
        assert record.status is not None
        body = decoded(loaded.raw_stream, _wire_headers(loaded), self._max_bytes)
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


class _Damaged(Exception):
    """The bytes at this place are not a record."""


class _Reader(BufferedReader):  # type: ignore[misc]
    """warcio's reader, except that damage is raised and not printed."""

    def _decompress(self, data: bytes) -> bytes:
        if self.decompressor is None or not data:
            return data
        try:
            return bytes(self.decompressor.decompress(data))
        except zlib.error as error:
            raise _Damaged(f"damaged gzip data ({error})") from error


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
                for found in _scan(path, file):
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


def _scan(path: Path, file: BinaryIO) -> Iterator[Recorded | Skipped]:
    size = os.fstat(file.fileno()).st_size
    magic = _GZIP if file.read(3) == _GZIP else b"WARC/"
    offset = 0
    while offset < size:
        try:
            record, end = _one(path, file, offset)
        except (_Damaged, ArchiveLoadFailed, StatusAndHeadersParserException, ValueError) as error:
            yield Skipped(path=path, offset=offset, reason=_one_line(error))
            end = _find(file, magic, offset + 1, size)
        except EOFError:
            return
        else:
            if record is not None:
                yield record
        offset = end


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


def _one(path: Path, file: BinaryIO, offset: int) -> tuple[Recorded | None, int]:
    """The record at `offset`, None if it is of no interest, and where the next one begins."""
    loaded = _load(file, offset)
    recorded = _recorded(path, offset, loaded)
    while loaded.raw_stream.read(_BLOCK):
        pass
    left = getattr(loaded.raw_stream, "limit", None)
    if left is None:
        raise _Damaged("the record does not say how long it is")
    if left > 0:
        raise _Damaged(f"the record is cut, {left} bytes are missing")
    reader = loaded.raw_stream.stream
    rest = b""
    while block := reader.read(_BLOCK):
        if reader.decompressor is None:
            # Plain files: only the blank lines that end the record are ours, the next record begins with the first letter after.
            lead = len(block) - len(block.lstrip(b"\r\n"))
            ahead = len(block) - lead + reader.rem_length()
            return recorded, file.tell() - ahead if ahead else file.tell()
        rest += block.strip()
    if rest:
        raise _Damaged("several records in one gzip member: `warcio recompress` puts each in its own")
    return recorded, file.tell() - reader.rem_length()


def _load(file: BinaryIO, offset: int) -> Any:
    file.seek(offset)
    compressed = file.read(3) == _GZIP
    file.seek(offset)
    reader = _Reader(file, decomp_type="gzip" if compressed else None)
    loader = ArcWarcRecordLoader(verify_http=True)
    loaded = loader.parse_record_stream(reader, known_format="warc", no_record_parse=True)
    url = loaded.rec_headers.get_header("WARC-Target-URI")
    if url and loaded.length is not None:
        try:
            loaded.http_headers = loader.load_http_headers(loaded.rec_type, url, loaded.raw_stream, loaded.length)
        except EOFError as error:
            raise _Damaged("the record is cut in its HTTP headers") from error
    return loaded


def _find(file: BinaryIO, magic: bytes, start: int, size: int) -> int:
    """Where `magic` occurs next; `size` if it does not."""
    file.seek(start)
    position, tail = start, b""
    while block := file.read(_BLOCK):
        found = (tail + block).find(magic)
        if found >= 0:
            return position - len(tail) + found
        position += len(block)
        tail = block[-len(magic) + 1 :]
    return size


def _recorded(path: Path, offset: int, loaded: Any) -> Recorded | None:
    headers = loaded.rec_headers
    failure = headers.get_header(FAILURE)
    if loaded.rec_type not in {"response", "resource", "revisit"} and failure is None:
        return None
    url = (headers.get_header("WARC-Target-URI") or "").strip("<> ")
    if not is_web(url):
        return None
    if loaded.rec_type == "request":
        return None
    original = headers.get_header("WARC-Refers-To-Target-URI"), headers.get_header("WARC-Refers-To-Date")
    return Recorded(
        url=url,
        at=_when(headers.get_header("WARC-Date")),
        path=path,
        offset=offset,
        status=_status(loaded),
        digest=headers.get_header("WARC-Payload-Digest"),
        original=(original[0].strip("<> "), _when(original[1])) if original[0] and original[1] else None,
        revisit=loaded.rec_type == "revisit" and not _not_modified(loaded),
    )


def _not_modified(loaded: Any) -> bool:
    return "server-not-modified" in (loaded.rec_headers.get_header("WARC-Profile") or "")


def _status(loaded: Any) -> int | None:
    if loaded.rec_type == "metadata":
        return None
    if loaded.rec_type == "revisit" and _not_modified(loaded):
        return 304
    if loaded.http_headers is None:
        if loaded.rec_type == "response":
            raise _Damaged("the record holds no HTTP answer")
        return 200
    code = loaded.http_headers.get_statuscode()
    if not (code.isascii() and code.isdecimal()):
        raise _Damaged(f"the status line has no status: {code!r}")
    return int(code)


def _when(text: str | None) -> datetime:
    try:
        at = datetime.fromisoformat((text or "").strip())
    except ValueError as error:
        raise _Damaged(f"no such date: {text!r}") from error
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _wire_headers(loaded: Any) -> dict[str, str]:
    """Header fields by lower-case name; fields of one name are joined (RFC 9110, 5.3)."""
    headers: dict[str, str] = {}
    for name, value in loaded.http_headers.headers if loaded.http_headers is not None else ():
        key = name.lower()
        headers[key] = f"{headers[key]}, {value}" if key in headers else value
    return headers


def _headers_of(loaded: Any) -> dict[str, str]:
    headers = _wire_headers(loaded)
    if not headers and loaded.rec_type == "resource":
        headers = {"content-type": loaded.content_type or "application/octet-stream"}
    return {name.removeprefix(ORIGINAL): value for name, value in headers.items()}
