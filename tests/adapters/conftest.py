"""A site on loopback that answers with exactly the bytes a test writes, and remembers what it was asked."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.adapters.http import HttpFetch
from monitor.fetching.addresses import networks

Answer = bytes | Callable[[socket.socket], None]


class Site:
    """Connections are closed after one answer, unless `keep_alive`."""

    def __init__(self, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None, port: int = 0) -> None:
        self.answers: dict[str, Answer] = {}
        self.requests: list[str] = []
        self.connections = 0
        self.keep_alive = False
        self.stopped = threading.Event()
        self._tls = tls
        self._listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        self.port = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def url(self, path: str = "/") -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}{path}"

    def paths(self) -> list[str]:
        return [request.split(" ")[1] for request in self.requests]

    def headers(self, number: int = -1) -> dict[str, str]:
        lines = self.requests[number].split("\r\n")[1:]
        return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}

    def close(self) -> None:
        self.stopped.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(5)
            try:
                if self._tls:
                    with self._tls.wrap_socket(connection, server_side=True) as secure:
                        self._answer(secure)
                else:
                    self._answer(connection)
            except OSError:
                pass  # the client went away, which some tests are about

    def _answer(self, connection: socket.socket) -> None:
        while True:
            head = b""
            while b"\r\n\r\n" not in head:
                block = connection.recv(65_536)
                if not block:
                    return
                head += block
                if not head.startswith(b"GET "):
                    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
                    return
            text = head.decode("latin-1").split("\r\n\r\n")[0]
            self.requests.append(text)
            answer = self.answers.get(text.split(" ")[1], b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            if isinstance(answer, bytes):
                connection.sendall(answer)
            else:
                answer(connection)
            if not self.keep_alive:
                return


class StillClock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.at = datetime(2024, 6, 1, 12, 0, tzinfo=UTC)
        self.seconds = 0.0

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.seconds

    def move(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        self.seconds += seconds


def answer(body: bytes = b"", status: str = "200 OK", **headers: str) -> bytes:
    """A whole HTTP answer; header names are written with `_` for `-`."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


@pytest.fixture(name="answer")
def _answer() -> Callable[..., bytes]:
    return answer


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


@pytest.fixture
def new_site() -> Iterator[Callable[..., Site]]:
    sites: list[Site] = []

    def make(*args: object, **kwargs: object) -> Site:
        sites.append(Site(*args, **kwargs))  # type: ignore[arg-type]
        return sites[-1]

    yield make
    for site in sites:
        site.close()


@pytest.fixture
def still_clock() -> StillClock:
    return StillClock()


@pytest.fixture
def new_fetch(still_clock: StillClock) -> Iterator[Callable[..., HttpFetch]]:
    """HttpFetch with loopback opened, as the demo's configuration does."""
    made: list[HttpFetch] = []

    def make(**options: object) -> HttpFetch:
        options.setdefault("allow_networks", networks(["127.0.0.0/8"]))
        made.append(HttpFetch("monitor/1.0 (+https://monitor.example/about)", still_clock, **options))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for fetch in made:
        fetch.close()


@pytest.fixture
def fetch(new_fetch: Callable[..., HttpFetch]) -> HttpFetch:
    return new_fetch()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[Path, ssl.SSLContext]]:
    """A self-signed certificate for a name, and a server context that shows it."""

    def make(name: str) -> tuple[Path, ssl.SSLContext]:
        folder = tmp_path_factory.mktemp("tls")
        key, cert = folder / "key.pem", folder / "cert.pem"
        made = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=test".split()
        made += ["-keyout", str(key), "-out", str(cert), "-addext", f"subjectAltName={name}"]
        subprocess.run(made, check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        return cert, context

    return make
