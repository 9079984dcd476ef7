"""Recorder: a fetch that records every exchange in a WARC file."""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, assert_never
from urllib.parse import urlsplit

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from monitor import __version__
from monitor.errors import UsageError
from monitor.fetching.outcome import Failed, Fetched, Gone, NotModified, Outcome, Refused, Request, Throttled, phrase

# Bodies are stored decoded, so headers that describe how they came over the wire are stored under another name, as pywb does.
ORIGINAL = "x-archive-orig-"
# Extension fields of the WARC record (ISO 28500, 4): which kind of failure we took this answer for, and its description.
FAILURE = "Monitor-Failure"
DETAIL = "Monitor-Detail"
REFUSED = "refused"

if TYPE_CHECKING:
    from monitor.ports import Clock, Fetch


class Recorder:
    """Implements `ports.Fetch`: passes the request on, and writes the exchange to `path` before it returns the outcome.

    Each exchange is a request record and a response record, each gzipped by itself if the name ends in `.gz`, and is written in one
    system call: however the process ends, at most the last exchange is cut off. Redirects are written as one hop. A request that never
    got an answer (Failed without a status, Refused) becomes a metadata record. The file must not exist yet. Threads may share it.
    """

    def __init__(self, path: Path, *, fetch: Fetch, clock: Clock) -> None:
        try:
            self._file = path.open("xb")
        except FileExistsError:
            raise UsageError(f"{path} exists already: a recording is never overwritten, give it another name") from None
        except OSError as error:
            raise UsageError(f"{path} cannot be written: {error.strerror}") from error
        self._fetch = fetch
        self._clock = clock
        self._gzip = path.name.endswith(".gz")
        self._lock = threading.Lock()
        self._keep(preamble(path.name, clock.now()))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __call__(self, request: Request) -> Outcome:
        outcome = self._fetch(request)
        self._keep(exchange(request, outcome, self._clock.now(), gzip=self._gzip))
        return outcome

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _keep(self, records: bytes) -> None:
        with self._lock:
            self._file.write(records)
            self._file.flush()


def preamble(name: str, now: datetime) -> bytes:
    """The first record of a WARC file of this name: a warcinfo record, gzipped if the name ends in `.gz`."""
    info = {"software": f"monitor/{__version__}", "format": "WARC file version 1.1", "conformsTo": "ISO 28500:2017"}
    buffer, writer = _writer(gzip=name.endswith(".gz"))
    record = writer.create_warcinfo_record(name, info)
    record.rec_headers.replace_header("WARC-Date", warc_date(now))
    writer.write_record(record)
    return buffer.getvalue()


def exchange(request: Request, outcome: Outcome, now: datetime, *, gzip: bool) -> bytes:
    """The records of one exchange that ended at `now`."""
    at = outcome.fetched_at if isinstance(outcome, Fetched | NotModified) else now
    buffer, writer = _writer(gzip=gzip)
    for url, answer in _answers(request, outcome):
        date = {"WARC-Date": warc_date(at)}
        if answer is None:
            fields = _failure_fields(outcome)
            block = "".join(f"{name}: {value}\r\n" for name, value in fields.items()).encode()
            record = writer.create_warc_record(
                url, "metadata", payload=BytesIO(block), length=len(block), warc_headers_dict=date | fields
            )
        else:
            headers, body = answer
            fields = _failure_fields(outcome) if isinstance(outcome, Failed) else {}
            record = writer.create_warc_record(
                url, "response", payload=BytesIO(body), length=len(body), warc_headers_dict=date | fields, http_headers=headers
            )
        if isinstance(outcome, Refused):
            writer.write_record(record)
        else:
            asked = writer.create_warc_record(url, "request", warc_headers_dict=date, http_headers=_asked(url, request))
            writer.write_request_response_pair(asked, record)
    return buffer.getvalue()


def _writer(*, gzip: bool) -> tuple[BytesIO, Any]:
    buffer = BytesIO()
    return buffer, WARCWriter(buffer, gzip=gzip, warc_version="1.1")


def warc_date(at: datetime) -> str:
    """With fractions of a second, which WARC 1.1 allows (ISO 28500, 5.4), so that two answers of the same second keep their order."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class _Headers(StatusAndHeaders):  # type: ignore[misc]
    """warcio would percent-encode anything that is not ASCII, but a validator has to be read back unchanged."""

    def compute_headers_buffer(self, header_filter: object = None) -> None:
        self.headers_buff = self.to_bytes(header_filter, "utf-8")


def _asked(url: str, request: Request) -> _Headers:
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = [("Host", parts.netloc.rpartition("@")[2]), ("Accept", request.accept)]
    if request.etag is not None:
        headers.append(("If-None-Match", request.etag))
    if request.last_modified is not None:
        headers.append(("If-Modified-Since", request.last_modified))
    return _Headers(f"GET {target} HTTP/1.1", _on_one_line(headers), is_http_request=True)


def _answered(status: int, headers: Sequence[tuple[str, str]] = ()) -> _Headers:
    return _Headers(f"{status} {phrase(status) or 'Unknown'}", _on_one_line(headers), protocol="HTTP/1.1")


def _on_one_line(headers: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, " ".join(value.splitlines()).encode("utf-8", "replace").decode()) for name, value in headers]


def _answers(request: Request, outcome: Outcome) -> list[tuple[str, tuple[_Headers, bytes] | None]]:
    """The answers that lead to this outcome, each with its address; None if nobody answered."""
    url = request.url
    match outcome:
        case Fetched():
            answer = (_answered(outcome.status, _kept(outcome.headers, len(outcome.body))), outcome.body)
            return [*_hop(url, outcome.url, permanent=outcome.moved_to is not None), (outcome.url, answer)]
        case NotModified():
            where = outcome.moved_to or url
            return [*_hop(url, where, permanent=True), (where, (_answered(304, _kept(outcome.headers, 0)), b""))]
        case Throttled():
            after = [] if outcome.retry_after_s is None else [("retry-after", str(math.ceil(outcome.retry_after_s)))]
            return [(url, (_answered(outcome.status, after), b""))]
        case Gone():
            return [(url, (_answered(410), b""))]
        case Failed(status=int(status)):
            return [(url, (_answered(status), b""))]
        case Failed() | Refused():
            return [(url, None)]
        case _:
            assert_never(outcome)


def _hop(url: str, target: str, *, permanent: bool) -> list[tuple[str, tuple[_Headers, bytes] | None]]:
    if url == target:
        return []
    return [(url, (_answered(301 if permanent else 302, [("location", target)]), b""))]


def _kept(headers: Mapping[str, str], length: int) -> list[tuple[str, str]]:
    def name_of(name: str, value: str) -> str:
        wire = name in {"content-encoding", "transfer-encoding"} or (name == "content-length" and value.strip() != str(length))
        return ORIGINAL + name if wire else name

    return [(name_of(name, value), value) for name, value in headers.items()]


def _failure_fields(outcome: Outcome) -> dict[str, str]:
    match outcome:
        case Failed():
            return {FAILURE: outcome.kind, DETAIL: " ".join(outcome.detail.split())}
        case Refused():
            return {FAILURE: REFUSED, DETAIL: " ".join(outcome.reason.split())}
        case _:
            return {}
