"""One step computes at a time, and none of what a step waits for keeps the others from it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.adapters.clock import SystemClock
from monitor.adapters.http import HttpFetch
from monitor.adapters.workers import Workers
from monitor.computing import computing, holding, waiting
from monitor.fetching.addresses import networks
from monitor.fetching.outcome import Fetched, Request
from monitor.sources.source import Source
from monitor.store.database import open_store

WAIT_S = 20.0
HANGING = b"<rss version='2.0'><channel><item><author>" + b"a" * 60_000 + b"</author></item></channel></rss>"


@contextmanager
def beside(step: Callable[[], object]) -> Iterator[threading.Thread]:
    """The step as it runs in another thread, which has the turn but where it waits."""

    def run() -> None:
        with computing():
            began.set()
            step()

    began = threading.Event()
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert began.wait(WAIT_S)
    yield thread
    thread.join(WAIT_S)
    assert not thread.is_alive()


def others_may_compute() -> bool:
    may = threading.Event()

    def compute() -> None:
        with computing():
            may.set()

    threading.Thread(target=compute, daemon=True).start()
    return may.wait(WAIT_S)


def test_one_computes_at_a_time_but_where_it_waits() -> None:
    order: list[str] = []
    go_on, waits = threading.Event(), threading.Event()

    def step() -> None:
        order.append("computes")
        with waiting():
            waits.set()
            assert go_on.wait(WAIT_S)
        order.append("goes on")

    with beside(step):
        assert waits.wait(WAIT_S)
        with computing():
            go_on.set()
            order.append("another")
            order.append("another still")
    assert order == ["computes", "another", "another still", "goes on"]


def test_both_may_be_within_themselves() -> None:
    with computing(), computing(), waiting(), waiting():
        assert others_may_compute()
    with waiting():
        assert others_may_compute()
    assert others_may_compute()


def test_a_step_that_breaks_gives_up_its_turn() -> None:
    for where in (computing, waiting):
        with pytest.raises(ValueError, match="bug"), computing(), where():
            raise ValueError("bug")
        assert others_may_compute()


def test_a_lock_is_waited_for_without_the_turn_that_its_holder_wants_back() -> None:
    lock, waits = threading.Lock(), threading.Event()

    def step() -> None:
        with holding(lock), waiting():
            waits.set()

    for _ in range(50):
        with beside(step), computing():
            assert waits.wait(WAIT_S)
            with holding(lock):
                pass


class Silent:
    """A server that takes a connection, says this, and nothing more until it is to end."""

    def __init__(self, says: bytes) -> None:
        self._says = says
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.asked, self.end = threading.Event(), threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with self._listening, self._listening.accept()[0] as connection:
            connection.recv(65_536)
            connection.sendall(self._says)
            self.asked.set()
            self.end.wait(WAIT_S)


@pytest.mark.parametrize(
    ("scheme", "says"),
    [
        pytest.param("http", b"", id="the head"),
        pytest.param("http", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbody", id="the rest of the body"),
        pytest.param("https", b"", id="the handshake"),
    ],
)
def test_others_compute_while_a_step_waits_for_a_server(scheme: str, says: bytes) -> None:
    server = Silent(says)
    fetch = HttpFetch("test/1", SystemClock(), allow_networks=networks(["127.0.0.0/8"]))
    with beside(lambda: fetch(Request(url=f"{scheme}://127.0.0.1:{server.port}/"))):
        assert server.asked.wait(WAIT_S)
        assert others_may_compute()
        server.end.set()
    fetch.close()


def test_others_compute_while_a_step_waits_for_a_name() -> None:
    asked, end = threading.Event(), threading.Event()

    def resolve(host: str, port: int) -> list[tuple[socket.AddressFamily, tuple[object, ...]]]:
        asked.set()
        end.wait(WAIT_S)
        raise socket.gaierror(f"{host}:{port}")

    fetch = HttpFetch("test/1", SystemClock(), resolve=resolve)
    with beside(lambda: fetch(Request(url="http://slow.example/"))):
        assert asked.wait(WAIT_S)
        assert others_may_compute()
        end.set()


def test_others_compute_while_a_step_waits_for_a_worker() -> None:
    source = Source(id="feed", name="Feed", url="https://news.example/feed", kind="feed")
    body = Fetched(url=source.url, status=200, body=HANGING, fetched_at=datetime(2024, 6, 1, tzinfo=UTC))
    with (
        Workers(1) as workers,
        beside(lambda: workers.list_entries(source, body)) as first,
        beside(lambda: workers.list_entries(source, body)) as second,  # which waits for the only worker
    ):
        assert others_may_compute()
        assert first.is_alive()
        assert second.is_alive()
        workers.close()


def test_others_compute_while_a_step_waits_for_another_writer(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/monitor.db")

    def write() -> None:
        with store.writing():
            pass

    with ExitStack() as writer:
        writer.enter_context(store.writing())
        with beside(write):
            assert others_may_compute()
            writer.close()
    store.close()
