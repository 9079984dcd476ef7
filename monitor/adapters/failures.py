"""Exceptions of requests and urllib3 -> a Failed that names the cause."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator
from http.client import BadStatusLine, HTTPException, IncompleteRead, LineTooLong, UnknownProtocol

import requests
import urllib3
from urllib3 import exceptions as u3

from monitor import urls
from monitor.fetching.outcome import Failed, FailureKind


def failure(error: Exception, url: str) -> Failed:
    """The Failed for an exception raised while `url` was fetched, by the innermost cause that is recognised."""
    host = urls.host_of(url)
    chain = list(_chain(error))
    for cause in chain:
        if found := _named(cause, host):
            kind, detail = found
            return Failed(kind=kind, detail=detail)
    return Failed(kind="protocol", detail=f"{host}: {_short(chain[-1])}")


def _named(cause: BaseException, host: str) -> tuple[FailureKind, str] | None:
    match cause:
        case ssl.SSLCertVerificationError():
            return "tls", f"{host}: the TLS certificate is not valid: {cause.verify_message or _short(cause)}"
        case ssl.SSLError() | u3.SSLError():
            return "tls", f"{host}: TLS failed: {_short(cause)}"
        case u3.NameResolutionError() | socket.gaierror():
            return "dns", f"the name {host} cannot be resolved"
        case u3.ConnectTimeoutError() | requests.ConnectTimeout():
            return "timeout", f"{host} did not accept a connection in time"
        case u3.ReadTimeoutError() | requests.ReadTimeout() | TimeoutError():
            return "timeout", f"{host} fell silent"
        case u3.InvalidChunkLength():
            return "protocol", f"{host} sent a chunk whose length cannot be read"
        case UnknownProtocol():
            return "protocol", f"{host} answers in another version of HTTP: {_short(cause)[:20]}"
        case IncompleteRead() if not isinstance(cause, u3.IncompleteRead):
            return "truncated", f"{host} ended its answer in the middle of a chunk"
        case u3.IncompleteRead():
            return "truncated", f"{host} sent {cause.partial} bytes and then {cause.expected} too few"
        case ConnectionRefusedError():
            return "connect", f"{host} refuses connections"
        case u3.ProtocolError() if "ended prematurely" in str(cause):
            return "truncated", f"{host} ended its answer between two chunks"
        case u3.NewConnectionError():
            return "connect", f"{host} cannot be reached: {_short(cause.__cause__ or cause)}"
        case ConnectionError() if not isinstance(cause, requests.RequestException):
            return "reset", f"{host} broke the connection off: {_short(cause)}"
        case requests.exceptions.InvalidURL() | requests.exceptions.InvalidSchema() | u3.LocationValueError():
            return "protocol", f"{_short(cause)}"
        case urllib3.exceptions.InvalidHeader():
            return "protocol", f"{host} sent contradictory headers: {_short(cause)}"
        case BadStatusLine():
            return "protocol", f"{host} does not answer in HTTP, but with {_short(cause)[:60]!r}"
        case HTTPException() if type(cause) in (HTTPException, LineTooLong):
            return "protocol", f"{host} sent a head that is not accepted: {_short(cause)}"
        case _:
            return None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and everything it wraps, innermost first."""
    seen: list[BaseException] = []
    rest: list[object] = [error]
    while rest:
        one = rest.pop()
        if not isinstance(one, BaseException) or one in seen:
            continue
        seen.append(one)
        rest += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
    return reversed(seen)


def _short(error: BaseException) -> str:
    """The error's own message on one line, without object addresses and the names of wrapping objects."""
    text = str(error) or type(error).__name__
    text = re.sub(r"<[\w.]+ (?:object )?at 0x[0-9a-f]+>:? ?|HTTPS?Connection\(host=[^)]*\):? ?", "", text)
    text = re.sub(r"\s+", " ", text).strip()
    return "".join(c for c in text if c.isprintable())[:300]
