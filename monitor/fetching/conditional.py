"""Conditional requests and freshness (RFC 9110, 9111): what goes out with a request, what an answer says about the next one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from monitor.fetching.outcome import Request

_LONGEST_VALIDATOR = 1024
_LONGEST_RETRY_S = 7 * 86_400.0
_QUOTED_TEXT = re.compile(r'=\s*"(?!\d+")[^"]*"')
_NOT_FRESH = re.compile(r"(?:^|[\s,])no-(?:store\b|cache\b(?!\s*=))", re.IGNORECASE)
_MAX_AGE = re.compile(r'(?:^|[\s,])max-age\s*=\s*"?(\d+)', re.IGNORECASE)
_SENDABLE = re.compile(r"[!-~\xa1-\xff][ -~\x80-\xff]*")  # RFC 9110, 5.5: no control characters, but any byte from 80 on


def request_headers(request: Request) -> dict[str, str]:
    """The headers that make `request` conditional: its validators, unchanged."""
    headers: dict[str, str] = {}
    if request.etag is not None:
        headers["If-None-Match"] = request.etag
    if request.last_modified is not None:
        headers["If-Modified-Since"] = request.last_modified
    return headers


def validators(headers: Mapping[str, str]) -> tuple[str | None, str | None]:
    """ETag and Last-Modified as the opaque text the server sent; None where there is none, or one too long to send back."""
    return _validator(headers.get("etag")), _validator(headers.get("last-modified"))


def _validator(value: str | None) -> str | None:
    if not value or len(value) > _LONGEST_VALIDATOR or not _SENDABLE.fullmatch(value):
        return None
    return value


def _seconds(value: str | None) -> float | None:
    """A delta-seconds, 2^31 if it has more digits than that (RFC 9111, 1.2.2); None if it is none."""
    return min(float(value), 2.0**31) if value and re.fullmatch(r"\s*\d+\s*", value) else None


def http_date(value: str | None) -> datetime | None:
    """A date in any of the three forms of RFC 9110, 5.6.7, as aware UTC; None if it is none."""
    if not value:
        return None
    try:
        moment = parsedate_to_datetime(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError, IndexError, TypeError):
        return None


def fresh_for_s(headers: Mapping[str, str]) -> float | None:
    """For how many seconds the server calls this answer fresh: max-age less Age, else Expires less Date (both the server's clock).

    None if it does not say; 0 for `no-cache`, `no-store` and what has expired already. A `no-cache` that names headers is about these
    alone (RFC 9111, 5.2.2.4).
    """
    control = _QUOTED_TEXT.sub("=", headers.get("cache-control", ""))
    if _NOT_FRESH.search(control):
        return 0.0
    if age := _MAX_AGE.search(control):
        return max(0.0, (_seconds(age[1]) or 0.0) - (_seconds(headers.get("age")) or 0.0))
    expires, date = http_date(headers.get("expires")), http_date(headers.get("date"))
    if expires is not None and date is not None:
        return max(0.0, (expires - date).total_seconds())
    return 0.0 if "expires" in headers and expires is None else None


def retry_after_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """Retry-After in seconds from `now`, given as seconds or as a date (read against the server's own Date), at most a week.

    None if there is none, it cannot be read, or it lies in the past.
    """
    value = headers.get("retry-after")
    if value is None:
        return None
    if (seconds := _seconds(value)) is not None:
        return min(seconds, _LONGEST_RETRY_S)
    until = http_date(value)
    if until is None:
        return None
    wait = (until - (http_date(headers.get("date")) or now)).total_seconds()
    return min(wait, _LONGEST_RETRY_S) if wait > 0 else None
