"""What holds for every request and every answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from monitor.settings.settings import Settings

MOST_BODY_BYTES = 65_536
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def guarded(app: ASGIApp, settings: Settings) -> ASGIApp:
    """`app` behind all guards. They stand around it, not in it, so that its own error pages pass them too."""
    limited = RequestBodyLimitMiddleware(app, max_body_size=MOST_BODY_BYTES)
    named = TrustedHostMiddleware(SameOrigin(limited), allowed_hosts=hosts(settings), www_redirect=False)
    return SafeAnswers(named)


def hosts(settings: Settings) -> Sequence[str]:
    """The names by which the desk may be called. Any other is refused: a name that someone else owns may lead here (DNS rebinding)."""
    public = urlsplit(settings.public_url or "").hostname
    named = {"localhost", "127.0.0.1", "[::1]", *settings.web.hosts, *([public] if public else [])}
    if settings.web.address not in ("0.0.0.0", "::"):  # noqa: S104  compared, not bound
        named.add(settings.web.address)
    return sorted(name.lower() for name in named)


class SafeAnswers:
    """The headers that every answer carries, those of other guards and of errors included. Nothing but assets is kept by caches."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                policy = headers.get("Content-Security-Policy", _HEADERS["Content-Security-Policy"])
                for name, value in _HEADERS.items():
                    headers[name] = value
                headers["Content-Security-Policy"] = policy  # a page that brings a stricter one of its own keeps it
                headers.setdefault("Cache-Control", "max-age=600" if scope["path"].startswith("/static/") else "no-store")
            await send(message)

        await self._app(scope, receive, send_safely)


class SameOrigin:
    """Refuses what changes something and comes from another site's page. Browsers say so in Sec-Fetch-Site or Origin; what sends
    neither is no browser, and is asked for its token or password all the same."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "http" and scope["method"] not in _SAFE_METHODS and not _is_same_origin(Headers(scope=scope)):
            refusal = PlainTextResponse("This came from a page of another site and was not carried out.\n", status_code=403)
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _is_same_origin(headers: Headers) -> bool:
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc.lower() == headers.get("host", "").lower()
