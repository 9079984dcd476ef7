"""Serving the desk over HTTP/1.1, in a thread of its own, to clients that may be slow or many."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from monitor.errors import UsageError
from monitor.settings.settings import WebSettings

REQUEST_S = 20.0
_MOST_AT_ONCE = 400
_GRACE_S = 3
_UNFINISHED = (h11.IDLE, h11.SEND_BODY)


class PatientOnce(H11Protocol):
    """A connection that may take REQUEST_S to bring each request, headers and body, and is closed when it does not."""

    request_s = REQUEST_S
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """The clock runs from here."""
        super().connection_made(transport)
        self._deadline = self.loop.call_later(self.request_s, self._close)

    def data_received(self, data: bytes) -> None:
        """It runs again with the first byte of the next request, and stops when a request is there."""
        super().data_received(data)
        arriving = self.conn.their_state in _UNFINISHED
        if not arriving and self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        elif arriving and self._deadline is None:
            self._deadline = self.loop.call_later(self.request_s, self._close)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is left to wait for."""
        if self._deadline is not None:
            self._deadline.cancel()
        super().connection_lost(exc)

    def _close(self) -> None:
        self.transport.close()


def listen(settings: WebSettings) -> socket.socket:
    """A socket at the configured place. Raises UsageError with what to do if it cannot be had."""
    family = socket.AF_INET6 if ":" in settings.address else socket.AF_INET
    try:
        listening = socket.create_server((settings.address, settings.port), family=family, backlog=128)
    except OSError as error:
        reason = str(error.strerror).partition(" (")[0]  # behind it Python names the place once more
        raise UsageError(
            f"the desk cannot be served on {settings.address}, port {settings.port}: {reason}. "
            "Give it another place (`web: {port: …}` in monitor.yaml), or start without it (`monitor run --no-web`)."
        ) from error
    # Connections inherit it; asyncio sets it on sockets of its own alone, and without it the second half of an answer waits for 40 ms.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


@contextmanager
def serving(app: ASGIApp, listening: socket.socket, *, request_s: float = REQUEST_S) -> Iterator[None]:
    """Serve `app` on this socket while the context lasts; requests that are under way at its end have three seconds."""
    protocol = type("Connection", (PatientOnce,), {"request_s": request_s})
    config = uvicorn.Config(
        app,
        http=protocol,
        ws="none",
        loop="asyncio",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=_MOST_AT_ONCE,
        timeout_keep_alive=10,
        timeout_graceful_shutdown=_GRACE_S,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="desk", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(timeout=2 * _GRACE_S)
        listening.close()
