"""The keeper of the door: who is asking, by password, session or the word of a reverse proxy."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import ipaddress
import math
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import anyio
import anyio.to_thread
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cachetools import TTLCache
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection

from monitor.ports import Clock
from monitor.settings.settings import WebSettings
from monitor.web.safety.attempts import Attempts, limits_of

SESSION_S = 12 * 3600
_LONGEST_PASSWORD = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Someone who may see the desk, and how that is known."""

    name: str
    how: Literal["session", "password", "proxy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TooMany:
    """Too many wrong passwords: the next one is heard in `wait_s` seconds."""

    wait_s: float


def hash_password(password: str) -> str:
    """The line that goes into the configuration: Argon2id with the parameters of RFC 9106 for little memory."""
    return PasswordHasher().hash(password)


class Keeper:
    """Knows the users of the settings in force. Sessions live in signed cookies whose key is made anew at each start, and a session that
    was logged out is over whatever cookies are left of it; passwords are checked one at a time, since each check takes 64 MB."""

    def __init__(self, settings: Callable[[], WebSettings], clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._hasher = PasswordHasher()
        self._attempts = Attempts()
        self._one_at_a_time = anyio.Lock()
        self._thread = anyio.CapacityLimiter(1)
        self._ended: TTLCache[str, bool] = TTLCache(math.inf, SESSION_S, clock.monotonic)
        self._remembered: TTLCache[bytes, str] = TTLCache(100, 300, clock.monotonic)

    @property
    def has_users(self) -> bool:
        """Whether anybody could log in at all."""
        return bool(self._settings().users or self._settings().proxy_header)

    def by_proxy(self, request: HTTPConnection) -> Visitor | None:
        """Whom a trusted proxy names."""
        header = self._settings().proxy_header
        name = request.headers.get(header) if header else None
        return Visitor(name=name, how="proxy") if name and self._is_proxy(_peer(request)) else None

    def by_session(self, request: HTTPConnection) -> Visitor | None:
        """Whose session the cookie is, if it is not over and the user still has the password of then."""
        session = request.session
        name, session_id = str(session.get("user", "")), session.get("id")
        users = self._settings().users
        if name not in users or session_id in self._ended or session.get("of") != self._digest(users[name].reveal()):
            return None
        return Visitor(name=name, how="session")

    async def by_basic(self, headers: Headers, address: str) -> Visitor | TooMany | None:
        """Whom name and password of HTTP Basic (RFC 7617) tell. A right password is remembered, as a digest, for five minutes."""
        scheme, _, encoded = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            name, _, password = base64.b64decode(encoded, validate=True).decode("utf-8").partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        digest = hmac.digest(self._key, f"{name}\0{password}".encode(), "sha256")
        users = self._settings().users
        if name in users and self._remembered.get(digest) == users[name].reveal():
            return Visitor(name=name, how="password")
        verdict = await self.check(name, password, address)
        if verdict is True:
            self._remembered[digest] = users[name].reveal()
            return Visitor(name=name, how="password")
        return verdict or None

    async def check(self, name: str, password: str, address: str) -> bool | TooMany:
        """Whether this is the password of that user, as far as it may be tried. An unknown name takes as long as a wrong password."""
        limits = limits_of(address, name[:64])
        async with self._one_at_a_time:
            wait_s = self._attempts.wait_s(limits, self._clock.now())
            if wait_s > 0:
                return TooMany(wait_s=wait_s)
            user = self._settings().users.get(name)
            line = None if user is None else user.reveal()
            right = await anyio.to_thread.run_sync(self._verify, line, password, limiter=self._thread)
            if right and user is not None:
                return True
            self._attempts.failed(limits, self._clock.now())
            return False

    def open(self, request: HTTPConnection, name: str) -> None:
        """Begin a session in a cookie that is new in all its parts."""
        line = self._settings().users[name].reveal()
        request.session.clear()
        request.session.update(user=name, id=secrets.token_urlsafe(16), of=self._digest(line), token=secrets.token_urlsafe(24))

    def end(self, request: HTTPConnection) -> None:
        """End the session for good, wherever its cookie was copied to."""
        if session_id := request.session.get("id"):
            self._ended[session_id] = True
        request.session.clear()

    def token(self, request: HTTPConnection) -> str:
        """The token that forms of this session have to bring along."""
        if "token" not in request.session:
            request.session["token"] = secrets.token_urlsafe(24)
        token: str = request.session["token"]
        return token

    def is_token(self, request: HTTPConnection, given: str) -> bool:
        """Whether a form brought the token of its session."""
        return hmac.compare_digest(str(request.session.get("token", "")).encode(), given.encode()) and bool(given)

    def address(self, request: HTTPConnection) -> str:
        """Where a request comes from: behind a trusted proxy, what that proxy says."""
        peer = _peer(request)
        forwarded = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
        return forwarded if forwarded and self._is_proxy(peer) else peer

    def _verify(self, line: str | None, password: str) -> bool:
        if len(password) > _LONGEST_PASSWORD:
            return False
        if line is None:
            self._hasher.hash(password)  # an unknown name takes as long to refuse as a wrong password
            return False
        try:
            return self._hasher.verify(line, password)
        except (VerificationError, InvalidHashError):
            return False

    def _digest(self, line: str) -> str:
        return hmac.new(self._key, line.encode(), hashlib.sha256).hexdigest()[:32]

    def _is_proxy(self, peer: str) -> bool:
        try:
            address = ipaddress.ip_address(peer)
        except ValueError:
            return False
        return any(address in ipaddress.ip_network(network) for network in self._settings().proxies)


def _peer(request: HTTPConnection) -> str:
    return request.client.host if request.client else ""
