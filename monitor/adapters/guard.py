"""The only way out: connections to public addresses only, which end when their time is up."""

from __future__ import annotations

import logging
import math
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from contextvars import ContextVar
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import certifi
import requests
from requests.adapters import HTTPAdapter
from requests.cookies import RequestsCookieJar
from requests.structures import CaseInsensitiveDict
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.ssl_ import create_urllib3_context

from monitor.computing import waiting
from monitor.fetching.addresses import Network, why_refused

SocketAddress = tuple[socket.AddressFamily, tuple[Any, ...]]
_LONGEST_IDLE_S = 15.0  # long enough for the next page of a host whose robots.txt wants ten seconds between requests

# It warns about every odd header, with a traceback and quoting the server.
logging.getLogger("urllib3.connection").setLevel(logging.ERROR)

_MOST_ADDRESSES = 8  # tried for one name, since its owner could list any number of other people's machines
_MOST_INTERIM = 20
_POOLS, _IDLE = 64, 2  # hosts whose connections are kept, and how many of each

Resolve = Callable[[str, int], Sequence[SocketAddress]]


class AddressRefused(requests.ConnectionError):
    """The host has no address that we may connect to. The text lists its addresses and why each is refused."""


class _NotPublic(Exception):
    """Stands in for AddressRefused on the way through urllib3, which would wrap an OSError."""


class Deadline:
    """An absolute end to what this thread does on guarded connections: `with Deadline(45) as deadline:`.

    A `timeout=` starts anew with every byte received; here another thread shuts the sockets down. An answer cut that way can look like
    an empty 200, so check `passed` before believing anything else. `reused` says whether the latest request used a connection that
    had been idle, which the server may have closed at the same moment. `hurried` says whether the end is now sooner than at first.
    """

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self.reused = False
        self.hurried = False
        self.ends_at = self._latest = time.monotonic() + seconds
        self._watched: list[socket.socket] = []
        self._duplicates: list[socket.socket] = []
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self._token = _deadline.set(self)
        _watchman.begin(self)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        _deadline.reset(self._token)
        _watchman.end(self)
        with self._lock:
            for duplicate in self._duplicates:
                duplicate.close()
            self._watched.clear()
            self._duplicates.clear()

    def left_s(self) -> float:
        """Seconds until the end, never less than a millisecond."""
        return max(0.001, self.ends_at - time.monotonic())

    def hurry(self, until: float) -> None:
        """End at `until`, in monotonic seconds, but never later than planned at first. A later call may move the end back again."""
        self.hurried = until < self._latest
        self.ends_at = min(until, self._latest)
        _watchman.begin(self)

    def watch(self, connected: socket.socket, *, tls: bool = True) -> None:
        """Shut this connection down at the end. With TLS this needs a duplicate, because TLS detaches the socket that it wraps."""
        watched = socket.fromfd(connected.fileno(), connected.family, connected.type) if tls else connected
        with self._lock:
            if tls:
                self._duplicates.append(watched)
            if self.passed:
                _shut(watched)
            self._watched.append(watched)

    def end(self) -> None:
        """The time is up."""
        with self._lock:
            self.passed = True
            for watched in self._watched:
                _shut(watched)


class _Watchman:
    """Ends deadlines when they are due. One thread serves all, since starting one for each would cost as much as a small request."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._running: set[Deadline] = set()
        self._wakes_at = math.inf
        self._awake = False

    def begin(self, deadline: Deadline) -> None:
        with self._changed:
            self._running.add(deadline)
            if not self._awake:
                self._awake = True
                threading.Thread(target=self._watch, name="deadlines", daemon=True).start()
            elif deadline.ends_at < self._wakes_at:
                self._changed.notify()

    def end(self, deadline: Deadline) -> None:
        with self._changed:
            self._running.discard(deadline)

    def _watch(self) -> None:
        while True:
            with self._changed:
                now = time.monotonic()
                over = [each for each in self._running if each.ends_at <= now]
                self._running.difference_update(over)
                if not over:
                    self._wakes_at = min((each.ends_at for each in self._running), default=math.inf)
                    self._changed.wait(None if self._wakes_at == math.inf else self._wakes_at - now)
            for each in over:
                each.end()


_watchman = _Watchman()
_deadline: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


def _shut(connected: socket.socket) -> None:
    with suppress(OSError):  # it may already be disconnected
        connected.shutdown(socket.SHUT_RDWR)


def resolve(host: str, port: int) -> Sequence[SocketAddress]:
    """The addresses of `host` in the order in which they should be tried; raises OSError or UnicodeError."""
    return [(family, address) for family, _, _, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class GuardedAdapter(HTTPAdapter):
    """The transport of requests over guarded connections, without retries or proxies. Each connect looks its host up once.
    `ca_bundle` is a file of certificates to trust instead of certifi's; it is loaded once, not for each connection."""

    def __init__(self, allow: Sequence[Network] = (), resolve: Resolve = resolve, *, ca_bundle: str | None = None) -> None:
        self._http, self._https = _pools(tuple(allow), resolve)
        self._trusted = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED)
        self._trusted.load_verify_locations(ca_bundle or certifi.where())
        self._trusted.sslsocket_class = _TlsSocket
        super().__init__(pool_connections=_POOLS)

    def get_connection_with_tls_context(
        self,
        request: requests.PreparedRequest,
        verify: Any,  # noqa: ARG002  passed by requests
        proxies: Any = None,  # noqa: ARG002
        cert: Any = None,  # noqa: ARG002
    ) -> HTTPConnectionPool:
        """The pool of connections to the request's host. All settings but the address are the same for all, so only that is compared."""
        try:
            parts = urlsplit(str(request.url))
            host, key = parts.hostname, (parts.scheme, parts.hostname, parts.port)
        except ValueError as error:
            raise requests.exceptions.InvalidURL(error, request=request) from error
        if not host:
            raise requests.exceptions.InvalidURL("no host", request=request)
        pools = self.poolmanager.pools
        with pools.lock:
            pool: HTTPConnectionPool | None = pools.get(key)
            if pool is None:
                # If no port is given, http.client mistakes the end of an IPv6 address for one.
                if parts.scheme == "https":
                    pool = self._https(host, parts.port or 443, maxsize=_IDLE, ssl_context=self._trusted)
                else:
                    pool = self._http(host, parts.port or 80, maxsize=_IDLE)
                pools[key] = pool
        return pool

    def request_url(self, request: requests.PreparedRequest, proxies: Any) -> str:  # noqa: ARG002
        """The path for the request line; only a proxy would need the whole address."""
        return request.path_url

    def build_response(self, req: requests.PreparedRequest, resp: Any) -> requests.Response:
        """Like HTTPAdapter.build_response, but without the cookies and the text encoding, which are not used here."""
        response = requests.Response()
        response.status_code, response.reason, response.raw = resp.status, resp.reason, resp
        response.headers = CaseInsensitiveDict(resp.headers)
        response.url = str(req.url)
        response.request = req
        response.connection = self
        return response

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:  # noqa: ARG002  passed by requests
        """Always verify, against the certificates that this adapter trusts."""
        conn.cert_reqs = "CERT_REQUIRED"

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Like HTTPAdapter.send, but may also raise AddressRefused."""
        assert not proxies, "a proxy would connect in our place, unguarded"
        try:
            return super().send(request, stream, timeout, verify, cert, None)
        except _NotPublic as refused:
            raise AddressRefused(str(refused), request=request) from None


class _Socket(socket.socket):
    def recv_into(self, *args: Any) -> int:
        with waiting():
            return super().recv_into(*args)


class _TlsSocket(ssl.SSLSocket):
    def do_handshake(self, block: bool = False) -> None:
        with waiting():
            super().do_handshake(block)

    def recv_into(self, *args: Any) -> int:
        with waiting():
            return super().recv_into(*args)


class _FinalResponse(HTTPResponse):
    """Skips all interim answers (RFC 9110, 15.2), up to a limit. http.client skips only `100 Continue`, without limit, and takes any
    other interim answer for the final one."""

    _interim = 0

    def _read_status(self) -> tuple[str, int, str]:
        version, status, reason = super()._read_status()  # type: ignore[misc]  # typeshed leaves it out
        interim = 100 <= status < 200 and status != HTTPStatus.SWITCHING_PROTOCOLS
        self._interim += interim
        if self._interim > _MOST_INTERIM:
            raise HTTPException(f"got more than {_MOST_INTERIM} interim answers")
        return version, HTTPStatus.CONTINUE if interim else status, reason


def _pools(allow: Sequence[Network], resolve: Resolve) -> tuple[type[HTTPConnectionPool], type[HTTPSConnectionPool]]:
    class Guarded(HTTPConnection):
        response_class = _FinalResponse

        def _new_conn(self) -> socket.socket:
            with waiting():
                return _connect(self, allow, resolve)

        def request(self, *args: Any, **kwargs: Any) -> None:
            _ready(self)
            super().request(*args, **kwargs)

    class GuardedTls(Guarded, HTTPSConnection):
        pass

    class Pool(HTTPConnectionPool):
        ConnectionCls = Guarded

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = GuardedTls

    return Pool, TlsPool


def _ready(connection: HTTPConnection) -> None:
    """Before each request: close a connection that has been idle for long, since its server may have dropped it; watch any other."""
    now = time.monotonic()
    if connection.sock is not None and now - getattr(connection, "last_used_s", now) > _LONGEST_IDLE_S:
        connection.close()
    connection.last_used_s = now  # type: ignore[attr-defined]  # urllib3 does not record when it was used
    deadline = _deadline.get()
    if deadline is not None:
        deadline.reused = connection.sock is not None
        if connection.sock is not None:
            deadline.watch(connection.sock, tls=isinstance(connection, HTTPSConnection))


def _connect(connection: HTTPConnection, allow: Sequence[Network], resolve: Resolve) -> socket.socket:
    """Connect to the first public address of the host that answers."""
    host = connection._dns_host.strip("[]")
    try:
        candidates = resolve(host, connection.port or connection.default_port)
    except (OSError, ValueError) as error:
        cause = error if isinstance(error, socket.gaierror) else socket.gaierror(socket.EAI_NONAME, str(error))
        raise NameResolutionError(host, connection, cause) from error
    refusals = [why_refused(str(address[0]), allow) for _, address in candidates]
    public = [candidate for candidate, refusal in zip(candidates, refusals, strict=True) if refusal is None]
    if not public:
        raise _NotPublic("; ".join(dict.fromkeys(filter(None, refusals))) or f"{host} has no address")
    failure: OSError | None = None
    for family, address in public[:_MOST_ADDRESSES]:
        try:
            return _open(connection, family, address)
        except OSError as error:
            failure = error
    if isinstance(failure, TimeoutError):
        raise ConnectTimeoutError(connection, f"{host} did not answer in time") from failure
    raise NewConnectionError(connection, str(failure)) from failure


def _open(connection: HTTPConnection, family: socket.AddressFamily, address: tuple[Any, ...]) -> socket.socket:
    deadline = _deadline.get()
    opened = _Socket(family, socket.SOCK_STREAM)
    try:
        for option in connection.socket_options or ():
            opened.setsockopt(*option)
        timeout = connection.timeout
        if deadline is not None:
            timeout = min(timeout, deadline.left_s()) if isinstance(timeout, (int, float)) else deadline.left_s()
        opened.settimeout(timeout)
        opened.connect(address)
        if timeout != connection.timeout:
            opened.settimeout(connection.timeout)
        if deadline is not None:
            deadline.watch(opened, tls=isinstance(connection, HTTPSConnection))
    except BaseException:
        opened.close()
        raise
    return opened


class _NoCookies(RequestsCookieJar):
    """Ignores all cookies."""

    def extract_cookies(self, response: Any, request: Any) -> None:
        """Do nothing."""


class _GuardedSession(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002
        """None, since requests would read the whole body of a redirect, whatever its size, and send our headers on to another host."""
        return None


def guarded_session(
    allow_networks: Sequence[Network] = (), resolve: Resolve = resolve, *, ca_bundle: str | None = None
) -> requests.Session:
    """A Session that connects only to public addresses and `allow_networks`, follows no redirects, keeps no cookies, and takes
    nothing from the environment (proxies, netrc, CA bundles). Threads may share it."""
    session = _GuardedSession()
    session.trust_env = False
    session.cookies = _NoCookies()
    session.adapters.clear()
    adapter = GuardedAdapter(allow_networks, resolve, ca_bundle=ca_bundle)
    for prefix in ("http://", "https://"):
        session.mount(prefix, adapter)
    return session
