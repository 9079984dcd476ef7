"""Recorded HTTP answer -> Outcome: the body is decoded and the status judged."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any

from warcio.bufferedreaders import ChunkedDataReader

from monitor.adapters.warc.record import ORIGINAL
from monitor.fetching.conditional import retry_after_s
from monitor.fetching.encoding import BadEncoding, Decoder
from monitor.fetching.outcome import Failed, Fetched, Gone, Outcome, Throttled, phrase

_BLOCK = 1 << 20  # at least as much as is inflated at once
_SAMPLE = 65_536
_NO_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def answered(
    loaded: Any,
    status: int,
    max_bytes: int,
    *,
    url: str,
    at: datetime,
    moved_to: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Outcome:
    """The outcome of a loaded record that is neither a redirect nor a 304. `headers` are given if a later answer shares this body."""
    body = _decoded(loaded.raw_stream, wire_headers(loaded), max_bytes)
    if isinstance(body, Failed):
        return replace(body, status=status)
    return _judged(status, headers or headers_of(loaded), body, url=url, at=at, moved_to=moved_to)


def _judged(status: int, headers: Mapping[str, str], body: bytes, *, url: str, at: datetime, moved_to: str | None) -> Outcome:
    """The outcome of a complete answer that is neither a redirect nor a 304."""
    if 200 <= status < 300 and status != HTTPStatus.PARTIAL_CONTENT:
        return Fetched(url=url, status=status, headers=headers, body=body, fetched_at=at, moved_to=moved_to)
    if status == HTTPStatus.GONE:
        return Gone()
    wait = retry_after_s(headers, at)
    if status in {429, 503} or (status >= 400 and wait is not None):
        return Throttled(status=status, retry_after_s=wait)
    return Failed(kind="status", status=status, detail=f"HTTP {status} {phrase(status)}".rstrip())


def _decoded(stream: Any, headers: Mapping[str, str], limit: int) -> bytes | Failed:
    """The body without transfer and content encoding; at most `limit` bytes are ever held.

    Several recording programs keep the headers but store the body decoded, so text that is not in the stated encoding is taken as is.
    """
    if "chunked" in headers.get("transfer-encoding", "").lower():
        stream = ChunkedDataReader(stream)
    stored = _joined(iter(partial(stream.read, _BLOCK), b""), limit)
    if stored is None:
        return _too_large(limit)
    try:
        decoder = Decoder(headers.get("content-encoding"))
    except BadEncoding as error:
        return Failed(kind="encoding", detail=str(error))
    try:
        body = _joined(decoder.decode(stored), limit)
    except BadEncoding as error:
        return stored if _is_text(stored) else Failed(kind="encoding", detail=str(error))
    if body is None:
        return _too_large(limit)
    if not decoder.complete:
        return stored if _is_text(stored) else Failed(kind="truncated", detail="the recorded body is compressed and ends early")
    return body


def _joined(pieces: Iterable[bytes], limit: int) -> bytes | None:
    """The pieces joined; None if they have more than `limit` bytes."""
    kept: list[bytes] = []
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > limit:
            return None
        kept.append(piece)
    return b"".join(kept)


def wire_headers(loaded: Any) -> dict[str, str]:
    """The header fields that describe the body as stored, by lower-case name. Fields of the same name are joined (RFC 9110, 5.3)."""
    headers: dict[str, str] = {}
    for name, value in loaded.http_headers.headers if loaded.http_headers is not None else ():
        key = name.lower()
        headers[key] = f"{headers[key]}, {value}" if key in headers else value
    return headers


def headers_of(loaded: Any) -> dict[str, str]:
    """The header fields as the server sent them, by lower-case name."""
    headers = wire_headers(loaded)
    if not headers and loaded.rec_type == "resource":
        headers = {"content-type": loaded.content_type or "application/octet-stream"}
    return {name.removeprefix(ORIGINAL): value for name, value in headers.items()}


def _is_text(body: bytes) -> bool:
    return not _NO_TEXT.search(body[:_SAMPLE])


def _too_large(limit: int) -> Failed:
    return Failed(kind="too-large", detail=f"the recorded body has more than {limit} bytes")
