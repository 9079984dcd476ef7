"""Webhooks over HTTP: one POST, and what its status means (Standard Webhooks 1.0)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus

import requests
import urllib3

from monitor.adapters.failures import failure
from monitor.adapters.guard import AddressRefused, Deadline
from monitor.alerts.sending import Deferred, Rejected, Sending, Sent
from monitor.fetching.conditional import retry_after_s
from monitor.fetching.outcome import phrase
from monitor.urls import host_of

_THROTTLING = frozenset({429, 502, 503, 504})
YOUR_OWN = "the network of a server of your own goes into fetch.allow_networks in monitor.yaml"
"""What the operator can do if the guard refuses the address of a receiver."""
_NAMED = frozenset({"dns", "connect", "tls", "timeout", "reset"})


class HttpPoster:
    """Implements the `Poster` port. `session` must be a guarded one (`guard.guarded_session`): it decides which addresses may be
    reached, and only its connections obey the deadline. Threads may share a poster.

    2xx is success, 410 means never again, and anything else may be tried again. Redirects are not followed.
    """

    def __init__(self, session: requests.Session) -> None:
        self._session = session

    def __call__(self, url: str, headers: Mapping[str, str], body: bytes, timeout_s: float) -> Sending:
        """POST `body` as it is. Ends after `timeout_s` at the latest, not counting the name look-up. Reasons name only the host, never
        the whole address, whose path is a password with many receivers."""
        host = host_of(url)
        with Deadline(timeout_s) as deadline:
            sending = self._post(url, host, headers, body, timeout_s)
        # A connection cut at the deadline can look like an answer.
        return Deferred(reason=f"{host} gave no answer within {timeout_s:g} s") if deadline.passed else sending

    def _post(self, url: str, host: str, headers: Mapping[str, str], body: bytes, timeout_s: float) -> Sending:
        try:
            with self._session.post(
                url, data=body, headers=dict(headers), timeout=timeout_s, allow_redirects=False, stream=True
            ) as response:
                return _judge(host, response.status_code, {name.lower(): value for name, value in response.headers.items()})
        except AddressRefused as refused:
            return Deferred(reason=f"{host}: {refused}; {YOUR_OWN}")
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            failed = failure(error, url)
            # Failures of other kinds are described in the library's words, which may contain the whole address.
            return Deferred(
                reason=failed.detail if failed.kind in _NAMED else f"{host}: the request failed ({type(error).__name__})"
            )


def _judge(host: str, status: int, headers: Mapping[str, str]) -> Sending:
    said = f"{host} answered {status} {phrase(status)}".rstrip()
    if 200 <= status < 300:
        return Sent()
    if status == HTTPStatus.GONE:
        return Rejected(
            reason=f"{said}: it wants no more webhooks; the channel has to be removed or given a new address", gone=True
        )
    if 300 <= status < 400:
        return Deferred(reason=f"{said}: redirects are not followed; the channel needs the address that it leads to")
    # A date in Retry-After counts from the Date of the answer; without Date it means nothing.
    wait = retry_after_s(headers, datetime.max.replace(tzinfo=UTC)) if status in _THROTTLING else None
    return Deferred(reason=said, retry_after_s=wait)
