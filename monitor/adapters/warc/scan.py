"""The records of a WARC file, or of a part of it: where each one is, and how it is read."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, ClassVar, Protocol

from warcio.bufferedreaders import BufferedReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecordLoader
from warcio.statusandheaders import StatusAndHeadersParserException

from monitor.adapters.warc.answer import answered, headers_of
from monitor.adapters.warc.record import FAILURE
from monitor.fetching.outcome import Outcome
from monitor.urls import is_web

gzip_engine: Any = zlib
with suppress(
    ImportError
):  # takes less than half the time for inflating, which is most of the work; not available for rare machines
    from isal import isal_zlib as gzip_engine

_GZIP = b"\x1f\x8b\x08"
_BLOCK = 65_536
_PART = 2 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """Where one answer is stored, when it came (aware, in UTC) and from which address.

    `status` is the HTTP status, None if nobody answered. `kind` is the media type without parameters, `location` where a redirect
    leads. `original` is the address and time of the answer whose body this one shares (a revisit record). `digest` identifies the body,
    if the file gives one. `failed` marks our own record of why there is no answer. `spared` is the result of a `Look` at its body.
    `number` counts the answers in the order in which they were found.
    """

    url: str
    at: datetime
    path: Path
    offset: int
    status: int | None
    kind: str | None = None
    location: str | None = None
    digest: str | None = None
    original: tuple[str, datetime] | None = None
    revisit: bool = False
    failed: bool = False
    spared: bool = False
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A record that could not be used: its file, its offset in bytes, and the reason in words for the operator."""

    path: Path
    offset: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The records of a file that begin at bytes `start` to `stop`. `start` may turn out to be inside a record."""

    path: Path
    start: int
    stop: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """What was found in a part, and where the first record after the part begins."""

    part: Part
    found: list[Recorded | Skipped]
    end: int


class Look(Protocol):
    """Looks at answers while they are scanned, when their bodies are at hand, and decides which to mark `spared`."""

    max_bytes: int

    def wants(self, record: Recorded) -> bool:
        """Whether to look at this answer's body."""

    def spares(self, record: Recorded, answer: Outcome) -> bool:
        """Whether to mark it `spared`."""


class _Damaged(Exception):
    """The bytes at this place are not a complete record."""


class _Reader(BufferedReader):  # type: ignore[misc]
    """warcio's reader, except that damage is raised instead of printed, and that the faster library inflates if it is installed."""

    DECOMPRESSORS: ClassVar[dict[str, Callable[[], Any]]] = {"gzip": lambda: gzip_engine.decompressobj(16 + zlib.MAX_WBITS)}

    def _decompress(self, data: bytes) -> bytes:
        if self.decompressor is None or not data:
            return data
        try:
            return bytes(self.decompressor.decompress(data))
        except gzip_engine.error as error:
            raise _Damaged(f"damaged gzip data ({error})") from error


def parts(path: Path) -> Iterator[Part]:
    """Divide the file into parts of about 2 MB that begin where a record seems to begin."""
    with path.open("rb") as file:
        size, magic = os.fstat(file.fileno()).st_size, _magic(file)
        start = 0
        while start < size:
            stop = _find(file, magic, start + _PART, size)
            yield Part(path=path, start=start, stop=stop)
            start = stop


def scan_part(part: Part, look: Look | None = None) -> Scanned:
    """The answers in a part. Damaged places, and a last record that was cut off, are returned as Skipped."""
    found: list[Recorded | Skipped] = []
    offset = part.start
    with part.path.open("rb") as file:
        size, magic = os.fstat(file.fileno()).st_size, _magic(file)
        while offset < part.stop:
            try:
                record, answer, end = _one(part.path, file, offset, look)
            except (_Damaged, ArchiveLoadFailed, StatusAndHeadersParserException, ValueError) as error:
                found.append(Skipped(path=part.path, offset=offset, reason=_told(error)))
                end = _find(file, magic, offset + 1, size)
            except EOFError:
                end = size
            else:
                if record is not None:
                    spared = look is not None and answer is not None and look.spares(record, answer)
                    found.append(replace(record, spared=True) if spared else record)
            offset = end
    return Scanned(part=part, found=found, end=offset)


def _magic(file: BinaryIO) -> bytes:
    """The bytes with which the records of a file begin. If the file itself begins with something else, its name decides."""
    file.seek(0)
    head = file.read(5)
    return _GZIP if head.startswith(_GZIP) or (head != b"WARC/" and str(file.name).endswith(".gz")) else b"WARC/"


def _told(error: Exception) -> str:
    """The error on one line, fit for a terminal whatever bytes it quotes."""
    if isinstance(error, ArchiveLoadFailed):
        return "no WARC record begins here"
    text = " ".join(str(error).split())[:200]
    return "".join(char if char.isprintable() else "\ufffd" for char in text)


def _one(path: Path, file: BinaryIO, offset: int, look: Look | None) -> tuple[Recorded | None, Outcome | None, int]:
    """The record at `offset` (None if it is of no interest), its answer if `look` wants it, and where the next record begins."""
    loaded = load(file, offset)
    recorded = _recorded(path, offset, loaded)
    answer = None
    if look is not None and recorded is not None and look.wants(recorded):
        answer = answered(loaded, recorded.status or 0, look.max_bytes, url=recorded.url, at=recorded.at)
    while loaded.raw_stream.read(_BLOCK):
        pass
    left = getattr(loaded.raw_stream, "limit", None)
    if left is None:
        raise _Damaged("the record is cut in its headers, or does not say how long it is")
    if left > 0:
        raise _Damaged(f"the record is cut, {left} bytes are missing")
    reader = loaded.raw_stream.stream
    while block := reader.read(_BLOCK):
        if reader.decompressor is None:
            # Plain files: only the blank lines that end the record belong to it; the next one begins at the first letter after them.
            lead = len(block) - len(block.lstrip(b"\r\n"))
            ahead = len(block) - lead + reader.rem_length()
            return recorded, answer, file.tell() - ahead if ahead else file.tell()
        if block.strip():
            raise _Damaged("several records in one gzip member: `warcio recompress` puts each in its own")
    return recorded, answer, file.tell() - reader.rem_length()


def load(file: BinaryIO, offset: int) -> Any:
    """The record at `offset` as warcio reads it (ArcWarcRecord). Its body has yet to be read from the file."""
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
    """Where `magic` occurs next; `size` if it no longer does."""
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
    said = headers_of(loaded)
    return Recorded(
        url=url,
        at=_when(headers.get_header("WARC-Date")),
        path=path,
        offset=offset,
        status=_status(loaded),
        kind=said.get("content-type", "").partition(";")[0].strip().lower() or None,
        location=said.get("location", "").strip() or None,
        digest=headers.get_header("WARC-Payload-Digest"),
        original=(original[0].strip("<> "), _when(original[1])) if original[0] and original[1] else None,
        revisit=loaded.rec_type == "revisit" and not _not_modified(loaded),
        failed=failure is not None,
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
