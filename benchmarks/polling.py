"""What one poll costs: the fetch, the listing, the way through a worker process, the schedule.

    python benchmarks/polling.py [POLLS]

A server in a process of its own answers on loopback; times are CPU of this process (user and system), and wall time where a worker
does the work. A feed is RSS of 30 entries, some 34 kB; "changed" means that its bytes are new, as after one new entry.
"""

from __future__ import annotations

import multiprocessing
import socket
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing.connection import Connection

from monitor.adapters.clock import SystemClock
from monitor.adapters.http import HttpFetch
from monitor.adapters.workers import Workers
from monitor.fetching.addresses import networks
from monitor.fetching.outcome import Fetched, NotModified, Request
from monitor.sources.entry import Listing
from monitor.sources.listing import list_entries
from monitor.sources.schedule import after_poll
from monitor.sources.source import Source
from monitor.sources.state import SourceState

SOURCE = Source(id="bench", name="Bench", url="https://bench.example/feed", kind="feed")
AT = datetime(2024, 6, 1, tzinfo=UTC)


def feed(seed: int) -> bytes:
    """RSS with 30 entries of some 1,100 bytes each."""
    items = "".join(
        f"<item><title>Officers of unit {n} seize boat {seed}-{n} in the strait</title><link>https://bench.example/2024/06/{seed}-{n}</link>"
        f"<guid>{seed}-{n}</guid><pubDate>Sat, 01 Jun 2024 {n % 24:02}:00:00 +0700</pubDate><dc:creator>Reporter {n}</dc:creator>"
        f"<description><![CDATA[<p>{'They said on Saturday that the boat had been seen before. ' * 12}</p>]]></description></item>"
        for n in range(30)
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        f"<title>Bench</title>{items}</channel></rss>"
    ).encode()


def serve(ready: Connection) -> None:
    """One connection at a time: 304 for /304, the feed for everything else; kept alive unless the path ends in `close`."""
    body = feed(0)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ready.send(listener.getsockname()[1])
        while True:
            connection, _ = listener.accept()
            with connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                while head := connection.recv(65_536):
                    path = head.split(b" ", 2)[1]
                    close = b"Connection: close\r\n" if path.endswith(b"close") else b""
                    if path.startswith(b"/304"):
                        connection.sendall(b'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n' + close + b"\r\n")
                    else:
                        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n" % len(body) + close + b"\r\n" + body)
                    if close:
                        break


def cpu_ms(work: Callable[[int], object], count: int) -> float:
    """CPU milliseconds of this process for one call, the best of three rounds after a warm-up."""
    work(-1)
    rounds = []
    for _ in range(3):
        started = time.process_time()
        for number in range(count):
            work(number)
        rounds.append((time.process_time() - started) / count * 1000)
    return min(rounds)


def main() -> None:
    """Print one line per figure."""
    polls = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    mine, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    port = mine.recv()
    fetch = HttpFetch("monitor-benchmark/1.0", SystemClock(), allow_networks=networks(["127.0.0.0/8"]))
    for name, path in (("kept alive", ""), ("new connection", "-close")):
        url = f"http://127.0.0.1:{port}/304{path}"
        assert isinstance(fetch(Request(url=url, etag='"a"')), NotModified)
        print(f"fetch, 304, {name:15} {cpu_ms(lambda _, url=url: fetch(Request(url=url, etag=chr(34))), polls):8.2f} ms CPU")
        url = f"http://127.0.0.1:{port}/200{path}"
        assert isinstance(fetch(Request(url=url)), Fetched)
        print(f"fetch, 34 kB, {name:13} {cpu_ms(lambda _, url=url: fetch(Request(url=url)), polls):8.2f} ms CPU")
    documents = [Fetched(url=SOURCE.url, status=200, body=feed(seed), fetched_at=AT) for seed in range(20)]
    listing = list_entries(SOURCE, documents[0])
    assert isinstance(listing, Listing)
    assert len(listing.entries) == 30
    listed_ms = cpu_ms(lambda number: list_entries(SOURCE, documents[number]), 20)
    print(f"list 30 entries, {len(documents[0].body) / 1000:.0f} kB      {listed_ms:8.2f} ms CPU")
    with Workers(1) as workers:
        workers.list_entries(SOURCE, documents[0])
        started = time.perf_counter()
        for document in documents:
            workers.list_entries(SOURCE, document)
        print(f"the same in a worker         {(time.perf_counter() - started) / len(documents) * 1000:8.2f} ms wall")
    state = SourceState(source_id="bench", next_poll_at=AT)
    unchanged = NotModified(fetched_at=AT, headers={"cache-control": "max-age=60"})
    print(
        f"schedule after a 304         {cpu_ms(lambda _: after_poll(SOURCE, state, unchanged, None, 0, AT, 0.5), 2_000):8.3f} ms CPU"
    )
    fetch.close()
    server.terminate()


if __name__ == "__main__":
    main()
