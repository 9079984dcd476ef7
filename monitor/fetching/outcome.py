"""Request and Outcome: what is asked of the network, and everything it can answer. An outcome is a value, never an exception."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Literal

FailureKind = Literal[
    "dns", "connect", "tls", "timeout", "reset", "protocol", "too-large", "encoding", "redirects", "status", "truncated"
]

_THROTTLED_REST_S = 60.0
LARGE_BYTES = 1_000_000
"""Bodies with more bytes are handled a few at a time: servers that all send such bodies at once take neither all memory nor all readers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One GET. Validators go out as the opaque bytes they came in as (RFC 9110, 13.1)."""

    url: str
    etag: str | None = None
    last_modified: str | None = None
    accept: str = "*/*"
    check_robots: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, weakref_slot=True)
class Fetched:
    """A complete 2xx answer. `url` is where it was found after redirects; `headers` have lower-case names; `body` is decoded
    from its content encoding. `moved_to` is set when every hop was permanent (301, 308)."""

    url: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    fetched_at: datetime
    moved_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """304: nothing new since the validators were handed out."""

    headers: Mapping[str, str] = field(default_factory=dict)
    fetched_at: datetime
    moved_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttled:
    """429 or 503: the server asks for less. `retry_after_s` is as it said, clamped, or None."""

    status: int
    retry_after_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """We did not ask: the address is not public, the scheme is not http(s), or robots.txt forbids the page."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """410: the server says it will never be back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """No usable answer. `detail` is one line for people and names the cause."""

    kind: FailureKind
    detail: str
    status: int | None = None

    @property
    def refused(self) -> bool:
        """Whether the server will not give it to us: to ask again is of little use, and unwelcome (RFC 9110, 15.5.4)."""
        return self.status in (401, 402, 403, 407, 451)


Outcome = Fetched | NotModified | Throttled | Refused | Gone | Failed


def host_rest_s(outcome: Outcome) -> float:
    """How many seconds the whole host is left alone after an answer: a server that has enough of one request has enough of all."""
    return max(outcome.retry_after_s or 0.0, _THROTTLED_REST_S) if isinstance(outcome, Throttled) else 0.0


def phrase(status: int) -> str:
    """What HTTP calls a status (`Not Found`); empty for one that has no name."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
