"""A small world on loopback for the daemon to live in: news sites that publish while it runs, and a webhook that takes alerts."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from monitor.adapters.clock import SystemClock

SECRET = "whsec_" + "bW9uaXRvci1mbG93LXRlc3Qtc2VjcmV0LTI0Ynl0ZXM="
_WORDS = (
    "harbour ledger monsoon rubber bridge clinic orchard ferry market village lantern quarry temple canal budget school "
    "engine border rice copper timber signal council river garden road hotel island forest valley tower museum radio "
    "pepper bicycle storm ticket window carpet mirror needle paper basket candle hammer ladder marble onion pillow saddle"
).split()


@dataclass
class World:
    """Sites by port-less path: `/SITE/feed` lists what `publish` has published there, `/SITE/N` is the page of an item."""

    url: str = ""
    items: dict[str, list[int]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    received: list[dict[str, str]] = field(default_factory=list)
    arrived: threading.Condition = field(default_factory=threading.Condition)
    asked: list[str] = field(default_factory=list)
    answer_wait_s: float = 0.0

    def publish(self, site: str, number: int) -> None:
        self.items.setdefault(site, []).append(number)

    def feed(self, site: str) -> str:
        items = "".join(
            f"<item><guid>{site}-{number}</guid><link>{self.url}/{site}/{number}</link><title>{headline(number)}</title>"
            f"<pubDate>{format_datetime(SystemClock().now() - timedelta(minutes=5))}</pubDate></item>"
            for number in reversed(self.items.get(site, []))
        )
        return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{site}</title>{items}</channel></rss>'

    def wait_for(self, stories: set[str], timeout_s: float) -> bool:
        """Whether every one of `stories` (headlines) has been received."""
        with self.arrived:
            return self.arrived.wait_for(lambda: stories <= {each["headline"] for each in self.received}, timeout=timeout_s)


def headline(number: int) -> str:
    return f"ASEANAPOL officers in case {number} close the {_WORDS[number % len(_WORDS)]} file"


def page(number: int) -> str:
    chance = random.Random(number)
    paragraphs = "".join(f"<p>{' '.join(chance.choices(_WORDS, k=45)).capitalize()}.</p>" for _ in range(6))
    return (
        f"<html><head><title>{headline(number)}</title></head><body><nav><a href='/'>Home</a></nav><article>"
        f"<h1>{headline(number)}</h1><p>Officers of ASEANAPOL met on case {number}, the secretariat said in a statement on Monday.</p>"
        f"{paragraphs}</article></body></html>"
    )


@pytest.fixture
def world() -> Iterator[World]:
    here = World()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            here.asked.append(self.path)
            _, site, *rest = self.path.split("/")
            if site in here.broken or not rest:
                return self._answer(500 if rest else 404, "text/plain", b"no")
            if rest[0] == "feed":
                return self._answer(200, "application/rss+xml", here.feed(site).encode())
            return self._answer(200, "text/html; charset=utf-8", page(int(rest[0])).encode())

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with here.arrived:
                here.received.append({"id": self.headers["webhook-id"], "headline": body["data"]["article"]["headline"]})
                here.arrived.notify_all()
            threading.Event().wait(here.answer_wait_s)  # the answer comes late: a kill falls between it and the mark
            self._answer(204, "text/plain", b"")

        def _answer(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words: object) -> None: ...

        def handle(self) -> None:
            with suppress(ConnectionError):  # a killed daemon hangs up
                super().handle()

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_words: object) -> None: ...

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    here.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield here
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def configuration(world: World, tmp_path: Path) -> Path:
    """A configuration that watches /alpha, /beta and /gamma of the world and tells its webhook."""
    directory = tmp_path / "config"
    (directory / "rules").mkdir(parents=True)
    (directory / "vocabularies").mkdir()
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    secret.chmod(0o600)
    (directory / "monitor.yaml").write_text(
        f"contact: desk@monitor.test\nstate: '{tmp_path}'\nworkers: 1\nfetch: {{host_gap: 0s, allow_networks: [127.0.0.0/8]}}\n"
    )
    (directory / "sources.yaml").write_text(
        "".join(
            f"- {{id: {site}, name: {site.title()}, url: '{world.url}/{site}/feed', kind: feed, language: en, country: TH, interval: 1s}}\n"
            for site in ("alpha", "beta", "gamma")
        )
    )
    (directory / "channels.yaml").write_text(
        f"- {{id: hook, kind: webhook, url: '{world.url}/hook', secret: {{file: '{secret}'}}}}\n"
    )
    (directory / "rules" / "rules.yaml").write_text(
        "- {id: aseanapol, title: ASEANAPOL, when: '@asean/police', alert: [hook]}\n"
    )
    (directory / "vocabularies" / "asean.yaml").write_text("asean/police: {title: The police organisation, en: [ASEANAPOL]}\n")
    return directory
