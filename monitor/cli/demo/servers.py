"""Servers on loopback: web servers, a mailbox and a webhook receiver. Each is a context manager, ready when it is entered."""

from __future__ import annotations

import asyncio
import email
import email.policy
import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Literal, Self

from aiosmtpd.smtp import SMTP, Envelope, Session
from standardwebhooks import Webhook, WebhookVerificationError

_LOOPBACK = "127.0.0.1"
_LARGEST_POST = 1_000_000
_LINK = re.compile(r"https?://127\.0\.0\.1:\d+/[^\s<>\"]*")
_RULE = re.compile(r"<([a-z0-9-]+)\.alerts\.")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a web server says."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What it was asked. Header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """An alert that arrived by `way`: its rule, the article's address and a line for people. `trusted` says that the signature was
    right; mail carries none."""

    way: Literal["mail", "webhook"]
    rule: str
    url: str
    line: str
    trusted: bool = True


class WebServer:
    """Answers GET and POST on a port of 127.0.0.1 (`port`, 0 for any that is free), each request in a thread of its own."""

    def __init__(self, answer: Callable[[Asked], Answer], port: int = 0) -> None:
        self._answer = answer
        self._wanted = port

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer((_LOOPBACK, self._wanted), _handler(self._answer))
        self.port = self._server.server_port
        self.url = f"http://{_LOOPBACK}:{self.port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name=f"web-{self.port}", daemon=True
        )
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _handler(answer: Callable[[Asked], Answer]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_GET(self) -> None:
            self._reply(b"")

        def do_POST(self) -> None:
            length = self.headers.get("content-length", "0")
            if not length.isdecimal() or int(length) > _LARGEST_POST:
                self.send_error(413)
                return
            self._reply(self.rfile.read(int(length)))

        def _reply(self, body: bytes) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            said = answer(Asked(method=self.command, path=self.path, headers=headers, body=body))
            self.send_response(said.status)
            for name, value in said.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(said.body)))
            self.end_headers()
            self.wfile.write(said.body)

        def log_message(self, format: str, *args: object) -> None:
            """Requests are shown as what the daemon made of them."""

    return Handler


class Hook:
    """A webhook receiver: checks each signature (Standard Webhooks 1.0) and hands on what arrived, whether it was signed right or not;
    a wrong signature is answered with 401."""

    def __init__(self, secret: str, on_received: Callable[[Received], None]) -> None:
        self._secret = Webhook(secret)
        self._on_received = on_received
        self._server = WebServer(self._take)

    def __enter__(self) -> Self:
        self._server.__enter__()
        self.url = f"{self._server.url}/alerts"
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.__exit__(kind, error, trace)

    def _take(self, asked: Asked) -> Answer:
        if asked.method != "POST" or asked.path != "/alerts":
            return Answer(404)
        try:
            self._secret.verify(asked.body, dict(asked.headers))
            trusted = True
        except WebhookVerificationError:
            trusted = False
        try:
            data = json.loads(asked.body)["data"]
            rule, url, headline = data["rule"]["id"], data["article"]["url"], data["article"]["headline"]
        except (ValueError, KeyError, TypeError):
            return Answer(400)
        self._on_received(Received(way="webhook", rule=rule, url=url or "", line=headline or "", trusted=trusted))
        return Answer(204 if trusted else 401)


class Mailbox:
    """An SMTP server that takes every mail and hands it on."""

    def __init__(self, on_received: Callable[[Received], None]) -> None:
        self._on_received = on_received

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._server = self._loop.run_until_complete(self._loop.create_server(self._protocol, _LOOPBACK, 0))
        self.port: int = self._server.sockets[0].getsockname()[1]
        self._thread = threading.Thread(target=self._loop.run_forever, name="mailbox", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(timeout=5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name for it
        """A whole message has come."""
        assert isinstance(envelope.content, bytes)
        self._on_received(_received(email.message_from_bytes(envelope.content, policy=email.policy.default)))
        return "250 taken"

    def _protocol(self) -> SMTP:
        return SMTP(self, loop=self._loop, hostname="mailbox.demo")

    async def _close(self) -> None:
        self._server.close()
        await self._server.wait_closed()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


def _received(message: EmailMessage) -> Received:
    rule = _RULE.match(message.get("List-Id", ""))
    text: Any = message.get_body(("plain",))
    link = _LINK.search(text.get_content() if text is not None else "")
    return Received(way="mail", rule=rule[1] if rule else "", url=link[0] if link else "", line=message.get("Subject", ""))
