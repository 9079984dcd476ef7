"""HTTP: one GET over guarded connections, with an end to everything; whatever happens comes back as an Outcome."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from http import HTTPStatus
from io import BytesIO
from traceback import clear_frames
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin, urlsplit

import requests
import urllib3
from requests.utils import requote_uri

from monitor import urls
from monitor.adapters.failures import failure
from monitor.adapters.guard import AddressRefused, Deadline, Resolve, guarded_session, resolve
from monitor.adapters.hosts import HostTurns
from monitor.adapters.large import Turn, Turns
from monitor.computing import waiting
from monitor.fetching import conditional, robots
from monitor.fetching.addresses import Network
from monitor.fetching.encoding import ACCEPT_ENCODING, BadEncoding, Decoder
from monitor.fetching.outcome import (
    LARGE_BYTES,
    Failed,
    Fetched,
    Gone,
    NotModified,
    Outcome,
    Refused,
    Request,
    Throttled,
    phrase,
)
from monitor.fetching.robots import Robots
from monitor.ports import RobotsFile, Traffic

if TYPE_CHECKING:
    from monitor.ports import Clock, Store

_MOST_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_MOST_HEADER_CHARACTERS = 262_144
_BLOCK = 65_536
_LARGE_AT_ONCE = 2
_LARGE_PAUSE_S = 3.0
"""For so long a large body may come more slowly than it came until it was large."""
_ORIGINS = ("https://", "https://www.", "http://", "http://www.")
_ROBOTS_HOSTS = 4_096
_ROBOTS_KEPT_S = 86_400.0  # RFC 9309, 2.4
_ROBOTS_RETRY_S = 3_600.0


@dataclass(frozen=True, slots=True)
class _Remembered:
    verdict: Robots | Failed | Refused
    until_s: float


@dataclass(slots=True)
class _Traffic:
    requests: int = 0
    not_modified: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class _Body:
    """How much of a body is read; what is longer fails, or is cut."""

    max_bytes: int
    cut: bool = False


class HttpFetch:
    """Keeps the `Fetch` port over requests. Threads may share one; host lanes are the caller's.

    At most five redirects, each through the same guard; http and https only; no cookies. Bodies end at `max_bytes` decoded bytes,
    everything at `deadline_s` seconds after the call. A body beyond `LARGE_BYTES` is read on once fewer than two other threads hold
    such bodies, and given up if it drips then. Wherever redirects lead, a host gets one request at a time, and `host_gap_s` seconds of rest
    or what its robots.txt asks for, which is kept in the `store`. `allow_networks` are opened beside the public addresses; `ca_bundle` is
    a file of certificates to trust instead of certifi's.
    """

    def __init__(
        self,
        user_agent: str,
        clock: Clock,
        *,
        allow_networks: Sequence[Network] = (),
        max_bytes: int = 10_000_000,
        deadline_s: float = 45.0,
        connect_timeout_s: float = 10.0,
        read_timeout_s: float = 20.0,
        host_gap_s: float = 0.0,
        store: Store | None = None,
        ca_bundle: str | None = None,
        resolve: Resolve = resolve,
    ) -> None:
        self._user_agent = user_agent
        self._token = robots.product_token(user_agent)
        self._clock = clock
        self._max_bytes = max_bytes
        self._deadline_s = deadline_s
        self._timeouts = (connect_timeout_s, read_timeout_s)
        self._host_gap_s = host_gap_s
        self._store = store
        self._session = guarded_session(allow_networks, resolve, ca_bundle=ca_bundle)
        self._large = Turns(_LARGE_AT_ONCE)
        self._robots: OrderedDict[str, _Remembered] = OrderedDict()
        self._traffic: dict[tuple[str, date], _Traffic] = {}
        self._traffic_since_s = clock.monotonic()
        self._lock = threading.Lock()
        self._hosts = HostTurns(clock)

    def close(self) -> None:
        """Close the idle connections."""
        self._session.close()

    def __call__(self, request: Request) -> Outcome:
        """GET `request.url`. Never raises for anything the network does."""
        with Deadline(self._deadline_s) as deadline:
            return self._ask(request, deadline, _Body(self._max_bytes))

    def traffic(self, after_s: float) -> list[Traffic]:
        """What was asked of each host since the last time that this was told; nothing if that is less than `after_s` seconds ago."""
        with self._lock:
            if self._clock.monotonic() - self._traffic_since_s < after_s:
                return []
            self._traffic_since_s = self._clock.monotonic()
            counted, self._traffic = self._traffic, {}
        return [
            Traffic(host=host, day=day, requests=each.requests, not_modified=each.not_modified, bytes=each.bytes)
            for (host, day), each in sorted(counted.items())
        ]

    def _count(self, url: str, *, requests: int = 0, not_modified: int = 0, size: int = 0) -> None:
        key = urls.host_of(url), self._clock.now().date()
        with self._lock:
            counted = self._traffic.setdefault(key, _Traffic())
            counted.requests += requests
            counted.not_modified += not_modified
            counted.bytes += size

    def crawl_delay_s(self, lane: str) -> float | None:
        """The pause that the robots.txt of the hosts of this lane asks for, as far as it was read already; None if it asks for none."""
        with self._lock:
            remembered = [self._robots.get(f"{origin}{lane}/robots.txt") for origin in _ORIGINS]
        rules = [each.verdict for each in remembered if each is not None and isinstance(each.verdict, Robots)]
        return max((delay for each in rules if (delay := each.crawl_delay_s(self._token)) is not None), default=None)

    def _ask(self, request: Request, deadline: Deadline, limit: _Body) -> Outcome:
        outcome = self._follow(request, deadline, limit)
        if deadline.passed and deadline.hurried:
            return Failed(kind="timeout", detail=f"after {LARGE_BYTES} bytes the body came so slowly that it held up others")
        if deadline.passed:
            return Failed(kind="timeout", detail=f"no complete answer within {self._deadline_s:g} s")
        return outcome

    def _follow(self, request: Request, deadline: Deadline, limit: _Body) -> Outcome:
        """Ask, and ask again where a redirect points."""
        url, permanent, last_host = urldefrag(request.url).url, True, None
        for hop in range(_MOST_REDIRECTS + 1):
            if not urls.is_web(url):
                return Refused(reason=f"{'redirected to ' if hop else ''}{url[:200]!r}, which is not an http or https address")
            if request.check_robots and (barred := self._barred(url, deadline)):
                return barred
            host = urls.lane_of(url)
            if (wait_s := self._hosts.rests_s(host)) is not None:
                return Throttled(status=HTTPStatus.TOO_MANY_REQUESTS, retry_after_s=wait_s)
            gap_s = 0.0 if host == last_host else max(self._host_gap_s, self.crawl_delay_s(host) or 0.0)
            last_host = host
            try:
                with (
                    self._hosts.turn(host, gap_s=gap_s, patience_s=deadline.left_s()),
                    self._send(self._prepare(replace(request, url=url)), deadline) as response,
                ):
                    location = response.headers.get("Location")
                    if response.status_code not in _REDIRECTS or not location:
                        return self._conclude(request, response, url if hop and permanent else None, deadline, limit)
                    _let_go(response)
                    target = _target(url, location)
                    permanent = permanent and response.status_code in _PERMANENT and not _downgrades(url, target)
                    url = target
            except AddressRefused as refused:
                return Refused(reason=f"{urls.host_of(url)}: {refused}")
            except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, UnicodeError) as error:
                return failure(error, url)
        return Failed(kind="redirects", detail=f"more than {_MOST_REDIRECTS} redirects, the last one to {url[:200]}")

    def _send(self, prepared: requests.PreparedRequest, deadline: Deadline) -> requests.Response:
        """The answer's head. What was idle may have been closed in the same moment: then the GET is sent once more (RFC 9110, 9.2.2)."""
        self._count(str(prepared.url), requests=1)
        while True:
            try:
                return self._session.send(prepared, stream=True, timeout=self._timeouts, proxies={}, allow_redirects=False)
            except requests.ConnectionError as error:
                if deadline.passed or not deadline.reused or failure(error, "").kind != "reset":
                    raise
                _let_frames_go(error)

    def _prepare(self, request: Request) -> requests.PreparedRequest:
        headers = {
            "User-Agent": self._user_agent,
            "Accept": request.accept,
            "Accept-Encoding": ACCEPT_ENCODING,
            **conditional.request_headers(request),
        }
        # By its parts: a third of what `Request.prepare` does is for a body, cookies and passwords.
        prepared = requests.PreparedRequest()
        prepared.prepare_method("GET")
        prepared.prepare_url(request.url, None)
        prepared.prepare_headers(headers)
        return prepared

    def _conclude(
        self, request: Request, response: requests.Response, moved_to: str | None, deadline: Deadline, limit: _Body
    ) -> Outcome:
        """The outcome of an answer that is no redirect."""
        status, now = response.status_code, self._clock.now()
        headers = {name.lower(): value for name, value in response.headers.items()}
        if sum(len(name) + len(value) for name, value in headers.items()) > _MOST_HEADER_CHARACTERS:
            return Failed(kind="protocol", detail=f"more than {_MOST_HEADER_CHARACTERS // 1024} KiB of headers")
        if status >= 300:
            _let_go(response)
        if status == HTTPStatus.NOT_MODIFIED:
            self._count(response.url, not_modified=1)
            if request.etag is None and request.last_modified is None:
                return Failed(kind="protocol", detail="HTTP 304 to a request that was not conditional", status=status)
            return NotModified(headers=headers, fetched_at=now, moved_to=moved_to)
        if status == HTTPStatus.GONE:
            return Gone()
        wait = conditional.retry_after_s(headers, now)
        if status in (429, 503) or (status >= 400 and wait is not None):
            if wait is not None:
                self._hosts.rest(urls.lane_of(response.url), wait)
            return Throttled(status=status, retry_after_s=wait)
        if not 200 <= status < 300 or status == HTTPStatus.PARTIAL_CONTENT:
            return Failed(kind="status", detail=_status_line(status), status=status)
        with self._large.turn() as turn:
            may_be_large = partial(self._may_be_large, turn, deadline)
            body = _read(response, limit, may_be_large, lambda taken: self._count(response.url, size=taken))
            if isinstance(body, Failed):
                return body
            fetched = Fetched(url=response.url, status=status, headers=headers, body=body, fetched_at=now, moved_to=moved_to)
            turn.leave_to(fetched)
            return fetched

    def _may_be_large(self, turn: Turn, deadline: Deadline, size: int) -> bool:
        """Wait for the turn of a body that is large by now; then it has to come as fast as all do that become large within their time."""
        with waiting():
            if not turn.take(deadline.left_s()):
                return False
        deadline.hurry(turn.began + _LARGE_PAUSE_S + (size - LARGE_BYTES) * self._deadline_s / LARGE_BYTES)
        return True

    def _barred(self, url: str, deadline: Deadline) -> Failed | Refused | Throttled | None:
        """What robots.txt has against `url`; None if it may be fetched. Where it was asked for too often, so was the page."""
        origin = robots.robots_url(url)
        remembered = self._remembered(origin)
        if remembered is None or self._clock.monotonic() >= remembered.until_s:
            outcome = self._ask(Request(url=origin), deadline, _Body(robots.LARGEST_BYTES, cut=True))
            remembered = self._learn(origin, outcome, remembered)
            if isinstance(outcome, Throttled):
                return outcome
        match remembered.verdict:
            case Robots() as rules:
                return None if rules.allows(url, self._token) else Refused(reason=f"{origin} does not allow this page")
            case unusable:
                return unusable

    def _remembered(self, origin: str) -> _Remembered | None:
        """What is known of that robots.txt, be it out of date."""
        with self._lock:
            remembered = self._robots.get(origin)
        if self._store is None or (remembered is not None and self._clock.monotonic() < remembered.until_s):
            return remembered
        with self._store.reading(once=True) as tx:  # another process may have asked, or this one before it was started again
            file = tx.robots.get(origin)
        if file is None:
            return remembered
        until_s = self._clock.monotonic() + (file.until - self._clock.now()).total_seconds()
        return self._remember(origin, _Remembered(robots.parse(file.body), until_s))

    def _learn(self, origin: str, outcome: Outcome, before: _Remembered | None) -> _Remembered:
        """RFC 9309, 2.3.1: rules hold a day; no such file allows everything; a server in trouble forbids everything, unless we
        still have its rules. What keeps us from asking at all keeps us from the page, too."""
        verdict: Robots | Failed | Refused
        kept_s = _ROBOTS_KEPT_S
        match outcome:
            case Fetched():
                verdict = robots.parse(outcome.body)
            case Failed(kind="status", status=int(status)) if 400 <= status < 500:
                verdict = robots.ALLOW_ALL
            case Gone() | Failed(kind="redirects"):
                verdict = robots.ALLOW_ALL
            case Refused(reason=reason):
                verdict, kept_s = Refused(reason=f"robots.txt: {reason}"), _ROBOTS_RETRY_S
            case Throttled(retry_after_s=wait):
                verdict, kept_s = _unreachable(outcome), max(_ROBOTS_RETRY_S, wait or 0.0)
            case _:
                verdict, kept_s = _unreachable(outcome), _ROBOTS_RETRY_S
        if isinstance(verdict, Robots) and self._store is not None:
            body = outcome.body if isinstance(outcome, Fetched) else b""
            until = self._clock.now() + timedelta(seconds=kept_s)
            with self._store.writing(on_disk=False) as tx:
                tx.robots.put(RobotsFile(url=origin, body=body, until=until))
        if not isinstance(verdict, Robots) and before is not None and isinstance(before.verdict, Robots):
            verdict = before.verdict
        return self._remember(origin, _Remembered(verdict, self._clock.monotonic() + kept_s))

    def _remember(self, origin: str, remembered: _Remembered) -> _Remembered:
        with self._lock:
            self._robots[origin] = remembered
            self._robots.move_to_end(origin)
            if len(self._robots) > _ROBOTS_HOSTS:
                self._robots.popitem(last=False)
        return remembered


def _unreachable(outcome: Outcome) -> Failed:
    match outcome:
        case Failed():
            return replace(outcome, detail=f"robots.txt: {outcome.detail}")
        case Throttled(status=status):
            return Failed(
                kind="status",
                status=status,
                detail=f"robots.txt: {_status_line(status)}; nothing is fetched here until it answers",
            )
        case _:
            return Failed(kind="protocol", detail="robots.txt: no usable answer")


def _read(
    response: requests.Response, limit: _Body, may_be_large: Callable[[int], bool], count: Callable[[int], None]
) -> bytes | Failed:
    """The whole body, its content coding undone; decoded bytes are counted as they come, so that a bomb stops at the limit. `count` hears
    how many came over the network: of a body in chunks urllib3 does not keep count."""
    body = BytesIO()  # hands out what was written without copying it
    size = taken = 0
    try:
        decoder = Decoder(response.headers.get("Content-Encoding"))
        for block in response.raw.stream(_BLOCK, decode_content=False):
            taken += len(block)
            for piece in decoder.decode(block):
                size += body.write(piece)
                if size > limit.max_bytes:
                    break
                if size > LARGE_BYTES and not may_be_large(size):
                    return Failed(kind="timeout", detail="other large answers were being dealt with until the time was up")
            if size > limit.max_bytes and limit.cut:
                return body.getvalue()[: limit.max_bytes]
            if max(size, taken) > limit.max_bytes:  # a coding has room for any number of bytes that say nothing
                return Failed(kind="too-large", detail=f"the body is larger than {limit.max_bytes} bytes")
    except BadEncoding as bad:
        return Failed(kind="encoding", detail=str(bad))
    except ValueError:  # what urllib3 makes of it
        return Failed(kind="protocol", detail="a chunk of the body has a negative length")
    finally:
        count(taken)
    framed = "Content-Length" in response.headers or "Transfer-Encoding" in response.headers
    if not size and not framed and response.status_code == HTTPStatus.OK:
        return Failed(kind="truncated", detail="the answer ends before its body begins")
    if not decoder.complete:
        return Failed(kind="truncated", detail=f"the compressed body ends in the middle, after {size} decoded bytes")
    return body.getvalue()


def _let_frames_go(error: BaseException) -> None:
    """urllib3's exceptions hold themselves, and through their frames our callers' variables, until the collector comes: among these
    is the large answer that comes next."""
    each: BaseException | None = error
    while each is not None:
        clear_frames(each.__traceback__)
        each = each.__context__


def _let_go(response: requests.Response) -> None:
    """Read a short rest that nobody wants, so that the connection can be used again."""
    length = response.headers.get("Content-Length", "")
    if response.status_code == HTTPStatus.NOT_MODIFIED or (length.isdecimal() and int(length) <= _BLOCK):
        response.raw.read(_BLOCK, decode_content=False)


def _target(url: str, location: str) -> str:
    """Where a Location points, seen from `url`; servers send UTF-8 in it, http.client reads Latin-1."""
    with suppress(UnicodeError):
        location = location.encode("latin-1").decode("utf-8")
    try:
        return urldefrag(requote_uri(urljoin(url, location.strip()))).url
    except (ValueError, requests.RequestException):
        return location


def _downgrades(url: str, target: str) -> bool:
    return urlsplit(url).scheme == "https" and not target.startswith("https:")


def _status_line(status: int) -> str:
    return f"HTTP {status} {phrase(status)}".rstrip()
